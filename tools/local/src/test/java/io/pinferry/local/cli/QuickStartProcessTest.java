package io.pinferry.local.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.base.Json;
import io.pinferry.base.Patience;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/**
 * The commands that use a running Pinferry start at once. Their time depends on the machine, so
 * this counts what it is spent on: the classes that are loaded.
 */
final class QuickStartProcessTest {
  /** With the client of {@code java.net.http} there are a thousand more. */
  private static final int CLASSES_MAX = 2_200;

  /** The libraries that the launcher gives to these commands. */
  private static final String CLASS_PATH =
      Stream.of(
              Main.class,
              Json.class,
              CommandLine.class,
              JsonNode.class,
              JsonFactory.class,
              JsonInclude.class)
          .map(type -> type.getProtectionDomain().getCodeSource().getLocation().getPath())
          .collect(Collectors.joining(File.pathSeparator));

  @TempDir private Path folder;

  private record Run(int code, String said, List<String> classes) {}

  private Run run(String... arguments) throws Exception {
    Path log = folder.resolve("classes.txt");
    Path output = folder.resolve("output.txt");
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xlog:class+load:file=" + log + "::filecount=0",
                "-cp",
                CLASS_PATH,
                Main.class.getName()));
    command.addAll(List.of(arguments));
    var builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
    builder.environment().put("PINFERRY_API", "http://127.0.0.1:1");
    builder.environment().put("PINFERRY_KEY", "a-key");
    Process process = builder.start();
    assertThat(process.waitFor(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    List<String> classes =
        Files.readAllLines(log).stream()
            .filter(line -> line.contains(" source: "))
            .map(line -> line.replaceFirst(".*\\] (\\S+) source: .*", "$1"))
            .toList();
    return new Run(process.exitValue(), new String(Files.readAllBytes(output), UTF_8), classes);
  }

  @Test
  void aCommandThatAsksADoorLoadsFewClasses() throws Exception {
    Run run = run("installations");

    assertThat(run.code()).as(run.said()).isEqualTo(4);
    assertThat(run.said()).contains("http://127.0.0.1:1 is not reachable", "./pinferry up");
    assertThat(run.classes()).hasSizeLessThan(CLASSES_MAX).contains(Main.class.getName());
    assertThat(run.classes())
        .noneMatch(name -> name.startsWith("java.net.http."))
        .noneMatch(name -> name.startsWith("io.pinferry.local.cloud."))
        .noneMatch(name -> name.startsWith("io.pinferry.pinterest."))
        .doesNotContain("io.pinferry.local.cli.FilterOptions");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--help",
        "installations --help",
        "operations --help",
        "operation --help",
        "why --help",
        "logs --help",
        "connect --help",
        "read --help",
        "write --help",
        "listen --help",
        "deploy --help",
        "doctor --help",
        "completion"
      })
  void theFewLibrariesOfTheLauncherAreEnough(String arguments) throws Exception {
    Run run = run(arguments.split(" "));

    assertThat(run.code()).as(run.said()).isZero();
    assertThat(run.classes()).hasSizeLessThan(CLASSES_MAX);
  }

  @Test
  void theDoctorFindsItsCatalogueThere() throws Exception {
    Run run = run("doctor");

    assertThat(run.code()).as(run.said()).isEqualTo(3);
    assertThat(run.said()).contains("problem  api door: http://127.0.0.1:1 is not reachable");
  }
}
