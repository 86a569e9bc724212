package io.pinferry.local.repository;

import static org.assertj.core.api.Assertions.assertThat;

import io.pinferry.base.Patience;
import io.pinferry.local.RepositoryRoot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The launcher in a small checkout of its own, several processes at once. Maven and Java are
 * scripts here. They say what they were called with, and wait where a test wants them to.
 */
final class LauncherProcessTest {
  /** Builds a package that holds the source, so that a test sees what a version was built from. */
  private static final String MAVEN =
      """
      #!/bin/sh
      set -eu
      ls "$STUBS/a checkout/.pinferry/versions" >> "$STUBS/versions-before-builds" 2> /dev/null || true
      echo begin >> "$STUBS/maven.log"
      trap 'echo end >> "$STUBS/maven.log"' EXIT
      trap 'exit 143' TERM
      for argument in "$@"; do
        case $argument in
          -Dpinferry.build=*) build=${argument#*=} ;;
        esac
      done
      while [ ! -e "$STUBS/maven-may-go-on" ]; do
        sleep 1
      done
      if [ -e "$STUBS/maven-fails" ]; then
        echo "A.java: not a statement"
        exit 1
      fi
      for module in local simulation; do
        mkdir -p "$build/pinferry-$module/lib" "$build/pinferry-$module/ric" "$build/pinferry-$module/junit"
        touch "$build/pinferry-$module/pinferry-$module-1.jar"
      done
      mkdir -p "$build/pinferry-oauth/function/lib"
      cp "$STUBS/a checkout/shared/src/main/java/A.java" "$build/pinferry-oauth/function/lib/"
      """;

  private static final String JAVA =
      """
      #!/bin/sh
      printf '%s\\n' "$@"
      while [ -n "${JAVA_WAITS:-}" ] && [ ! -e "$STUBS/java-may-end" ]; do
        sleep 1
      done
      """;

  /** The launcher counts its looks at the lock, and not the time. They may come often. */
  private static final String SLEEP =
      """
      #!/bin/sh
      exec "$(command -p -v sleep)" 0.2
      """;

  private static final String VERSION = "-Dpinferry.version=";

  @TempDir private Path folder;
  private Path checkout;
  private final List<Command> commands = new ArrayList<>();

  private record Command(Process process, Path out, Path err) {
    String said() throws IOException {
      return Files.readString(err);
    }

    int status() throws InterruptedException {
      assertThat(process.waitFor(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS))
          .as("the command ends")
          .isTrue();
      return process.exitValue();
    }

    /** Returns the folder of the version that the command has run. */
    Path version() throws Exception {
      assertThat(status()).as(said()).isZero();
      return Path.of(
          Files.readAllLines(out).stream()
              .filter(argument -> argument.startsWith(VERSION))
              .map(argument -> argument.substring(VERSION.length()))
              .findFirst()
              .orElseThrow());
    }
  }

  @BeforeEach
  void makeCheckout() throws IOException {
    // The launcher prints the real path, and a temporary folder may be behind a link.
    folder = folder.toRealPath();
    checkout = Files.createDirectories(folder.resolve("a checkout"));
    for (String module :
        List.of(
            ".",
            "shared",
            "functions",
            "functions/oauth",
            "tools",
            "tools/local",
            "tools/simulation")) {
      write(checkout.resolve(module).resolve("pom.xml"), "<project />\n");
    }
    source("one");
    script(
        checkout.resolve("pinferry"), Files.readString(RepositoryRoot.find().resolve("pinferry")));
    script(folder.resolve("bin/mvn"), MAVEN);
    script(folder.resolve("bin/sleep"), SLEEP);
    script(folder.resolve("jdk/bin/java"), JAVA);
    script(folder.resolve("jdk/bin/javac"), JAVA);
    write(folder.resolve("jdk/release"), "JAVA_VERSION=\"25\"\n");
  }

  @AfterEach
  void end() throws Exception {
    letMavenGoOn();
    letJavaEnd();
    for (Command command : commands) {
      int _ = command.status();
    }
    Patience.until("the end of Maven", () -> builds("begin") == builds("end"));
  }

  @Test
  void aQuickCommandStartsWithAnArchiveOfItsClassesAndAStackDoesNot() throws Exception {
    letMavenGoOn();
    Command quick = start("doctor");
    Path version = quick.version();
    Command stack = start("up");
    assertThat(stack.version()).isEqualTo(version);

    Path target = version.resolve("tools/local/target");
    assertThat(Files.readAllLines(quick.out()))
        .contains(
            "-XX:+AutoCreateSharedArchive", "-XX:SharedArchiveFile=" + version + "/doctor.jsa")
        .anyMatch(argument -> argument.startsWith(target + "/pinferry-local-1.jar:" + target))
        .noneMatch(argument -> argument.contains("/lib/*:"));
    assertThat(Files.readAllLines(stack.out()))
        .contains(target + "/*:" + target + "/lib/*")
        .noneMatch(argument -> argument.contains("SharedArchive"));
  }

  @Test
  void twoCommandsAtOnceShareOneBuild() throws Exception {
    Command first = start("demo");
    awaitBuilds(1);
    Command second = start("up");
    Patience.until(
        "the second command's word that it waits",
        () -> second.said().contains("waiting for process " + first.process.pid()));
    letMavenGoOn();

    assertThat(second.version()).isEqualTo(first.version()).isDirectory();
    assertThat(builds("begin")).isEqualTo(1);
    assertThat(Files.readAllLines(second.out))
        .contains(
            "-Dpinferry.home=" + checkout,
            "%s/tools/local/target/*:%<s/tools/local/target/lib/*".formatted(second.version()),
            "up");
  }

  @Test
  void manyCommandsAtOnceShareOneBuild() throws Exception {
    letMavenGoOn();

    for (int i = 0; i < 6; i++) {
      Command _ = start("demo");
    }

    for (Command command : commands) {
      assertThat(command.version()).isDirectory();
    }
    assertThat(builds("begin")).isEqualTo(1);
    assertThat(state("lock")).doesNotExist();
  }

  @Test
  void commandsOfDifferentModulesAtOnceBuildOneAfterTheOther() throws Exception {
    Command demo = start("demo");
    awaitBuilds(1);
    Command simulate = start("simulate");
    Patience.until(
        "the second command's word that it waits",
        () -> simulate.said().contains("waiting for process"));
    letMavenGoOn();

    assertThat(demo.version()).isDirectory();
    assertThat(simulate.version()).isDirectory();
    assertThat(mavenLog()).containsExactly("begin", "end", "begin", "end");
    assertThat(versions()).containsExactlyInAnyOrder(demo.version(), simulate.version());
  }

  @Test
  void theLockOfADeadProcessIsTakenOver() throws Exception {
    letMavenGoOn();
    Process dead = new ProcessBuilder("sh", "-c", ":").start();
    assertThat(dead.waitFor(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    write(state("lock/" + dead.pid()), "");

    List<Command> both = List.of(start("demo"), start("demo"));

    for (Command command : both) {
      assertThat(command.version()).isDirectory();
    }
    assertThat(builds("begin")).isEqualTo(1);
    assertThat(state("lock")).doesNotExist();
  }

  @Test
  void aLockWithoutOwnerIsRemoved() throws Exception {
    letMavenGoOn();
    Files.createDirectories(state("lock"));

    assertThat(start("demo").version()).isDirectory();
    assertThat(state("lock")).doesNotExist();
  }

  @Test
  void theMavenOfAKilledCommandDisturbsNoOtherBuild() throws Exception {
    Command killed = start("demo");
    awaitBuilds(1);
    killed.process.destroyForcibly();
    assertThat(killed.status()).isNotZero();

    Command next = start("demo");
    awaitBuilds(2);
    letMavenGoOn();

    assertThat(next.version()).isDirectory();
    assertThat(packageIn(next.version())).hasContent("one");
    assertThat(versions()).containsExactly(next.version());
  }

  @Test
  void aCommandThatIsEndedEndsItsMavenAndGivesTheLockBack() throws Exception {
    Command ended = start("demo");
    awaitBuilds(1);
    ended.process.destroy();

    assertThat(ended.status()).isEqualTo(143);
    assertThat(mavenLog()).containsExactly("begin", "end");
    assertThat(state("lock")).doesNotExist();
    assertThat(state("builds")).isEmptyDirectory();
  }

  @Test
  void aFailedBuildSaysWhyAndLeavesNoVersion() throws Exception {
    letMavenGoOn();
    Path fault = write(folder.resolve("maven-fails"), "");

    Command failed = start("demo");

    assertThat(failed.status()).isEqualTo(1);
    assertThat(failed.said()).contains("A.java: not a statement", "the build failed");
    assertThat(versions()).isEmpty();
    Files.delete(fault);
    assertThat(start("demo").version()).isDirectory();
  }

  @Test
  void onlyChangedSourcesAreBuilt() throws Exception {
    letMavenGoOn();
    Path before = start("demo").version();

    assertThat(start("demo").version()).isEqualTo(before);
    assertThat(builds("begin")).isEqualTo(1);

    source("two");
    Path after = start("demo").version();
    assertThat(after).isNotEqualTo(before);
    assertThat(packageIn(after)).hasContent("two");
    assertThat(builds("begin")).isEqualTo(2);
  }

  @Test
  void sourcesThatChangeDuringABuildAreBuiltAgain() throws Exception {
    Command command = start("demo");
    awaitBuilds(1);
    source("two");
    letMavenGoOn();

    assertThat(packageIn(command.version())).hasContent("two");
    assertThat(builds("begin")).isEqualTo(2);
    assertThat(folder.resolve("versions-before-builds"))
        .as("no version of the first build")
        .isEmptyFile();
  }

  @Test
  void anOldVersionIsRemovedWhenNoCommandUsesIt() throws Exception {
    letMavenGoOn();
    Command running = start(Map.of("JAVA_WAITS", "yes"), "up");
    Patience.until("a running command", () -> Files.size(running.out) > 0);
    source("two");
    Path second = start("demo").version();
    assertThat(versions()).as("versions while the old one runs").hasSize(2).contains(second);
    letJavaEnd();
    assertThat(running.version()).isDirectory();

    source("three");
    Path third = start("demo").version();

    assertThat(versions()).containsExactly(third);
  }

  @Test
  void nothingInTheCheckoutIsTouched() throws Exception {
    letMavenGoOn();
    for (String module : List.of("shared", "functions/oauth", "tools/local")) {
      write(checkout.resolve(module).resolve("target/classes/A.class"), "of another build");
    }
    Map<Path, String> before = checkoutFiles();

    Path version = start("demo").version();

    assertThat(version).startsWith(state("versions"));
    assertThat(checkoutFiles()).isEqualTo(before);
  }

  @Test
  void mavenBuildsEachModuleWhereTheLauncherLooksForIt() {
    assertThat(Repository.read(Path.of("pom.xml")))
        .contains("<directory>${pinferry.build}/${project.artifactId}</directory>");
    assertThat(Repository.modules())
        .allSatisfy(
            module ->
                assertThat(Repository.read(module.resolve("pom.xml")))
                    .contains("<artifactId>pinferry-" + Repository.name(module) + "</artifactId>")
                    .doesNotContain("{project.basedir}/target", "{basedir}/target"));
  }

  private Command start(String... arguments) throws IOException {
    return start(Map.of(), arguments);
  }

  private Command start(Map<String, String> environment, String... arguments) throws IOException {
    var line = new ArrayList<String>(List.of(checkout.resolve("pinferry").toString()));
    line.addAll(List.of(arguments));
    Path out = folder.resolve("out-" + commands.size());
    Path err = folder.resolve("err-" + commands.size());
    var builder = new ProcessBuilder(line).redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().putAll(environment);
    builder.environment().put("STUBS", folder.toString());
    builder.environment().put("PINFERRY_JAVA_HOME", folder.resolve("jdk").toString());
    builder.environment().merge("PATH", "", (path, _) -> folder.resolve("bin") + ":" + path);
    var command = new Command(builder.start(), out, err);
    commands.add(command);
    return command;
  }

  private void awaitBuilds(int number) throws Exception {
    Patience.until("build " + number, () -> builds("begin") == number);
  }

  private void letMavenGoOn() throws IOException {
    Path _ = write(folder.resolve("maven-may-go-on"), "");
  }

  private void letJavaEnd() throws IOException {
    Path _ = write(folder.resolve("java-may-end"), "");
  }

  private void source(String text) throws IOException {
    Path _ = write(checkout.resolve("shared/src/main/java/A.java"), text);
  }

  private long builds(String mark) throws IOException {
    return mavenLog().stream().filter(mark::equals).count();
  }

  private List<String> mavenLog() throws IOException {
    Path log = folder.resolve("maven.log");
    return Files.exists(log) ? Files.readAllLines(log) : List.of();
  }

  private Path state(String path) {
    return checkout.resolve(".pinferry").resolve(path);
  }

  private List<Path> versions() throws IOException {
    if (!Files.exists(state("versions"))) {
      return List.of();
    }
    try (Stream<Path> versions = Files.list(state("versions"))) {
      return versions.toList();
    }
  }

  /** Returns the file in which the scripted Maven has kept the source that it has built. */
  private static Path packageIn(Path version) {
    return version.resolve("functions/oauth/target/function/lib/A.java");
  }

  /** Returns content and time of change of all files but the launcher's own. */
  private Map<Path, String> checkoutFiles() throws IOException {
    var files = new TreeMap<Path, String>();
    try (Stream<Path> all = Files.walk(checkout)) {
      for (Path file : all.filter(path -> !path.startsWith(state(""))).toList()) {
        if (Files.isRegularFile(file)) {
          files.put(file, Files.getLastModifiedTime(file) + " " + Files.readString(file));
        }
      }
    }
    return files;
  }

  private static Path write(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  private static void script(Path file, String text) throws IOException {
    Files.setPosixFilePermissions(write(file, text), PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
