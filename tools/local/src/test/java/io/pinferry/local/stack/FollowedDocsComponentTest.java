package io.pinferry.local.stack;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.pinferry.base.Patience;
import io.pinferry.local.RepositoryRoot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Follows docs/getting-started.md, docs/reads.md, docs/writes.md and docs/cli.md as a reader does:
 * the commands in their order, in one shell, beside {@code pinferry up}. Needs bash, curl and jq.
 */
final class FollowedDocsComponentTest {
  private static final String FENCE = "```";

  /** The command in the first terminal. */
  private static final String UP = "./pinferry up";

  /** The comment before commands that need more than this computer. */
  private static final String NOT_RUN = "<!-- not run by the test";

  /** Pause and unpause would race with the reads of this test. Another test runs the demo. */
  private static final List<String> LEFT_OUT =
      List.of(":pause", "deliverResults", ":resync", "./pinferry demo");

  @TempDir private Path folder;

  @Test
  void everyCommandOfTheDocsWorksInItsOrder() throws Exception {
    for (String tool : List.of("bash", "curl", "jq")) {
      assumeTrue(isThere(tool), "skipped, since this computer has no " + tool);
    }
    Path root = RepositoryRoot.find();
    Path output = folder.resolve("up.txt");
    Path launcher = launcher(root);
    Process up =
        new ProcessBuilder(
                launcher.toString(),
                "up",
                "--records",
                "50",
                "--json",
                folder.resolve("pinferry.json").toString())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      Patience.until(
          "the addresses of pinferry up",
          () -> Files.exists(folder.resolve("pinferry.json")) || !up.isAlive());
      assertThat(up.isAlive()).as(text(output)).isTrue();

      String said = follow(root);

      assertThat(said).doesNotContain("\"subsystem\"", "\"status\":4", "\"status\":5", "null");
      Patience.until(
          "the receiver's line about the boards",
          () -> text(output).contains(" boards of org_7, the first is"));
      assertThat(text(output)).contains("signature valid");
    } finally {
      up.destroy();
      assertThat(up.waitFor(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }
  }

  private String follow(Path root) throws Exception {
    var script = new StringBuilder("set -euo pipefail\n");
    for (String page : List.of("getting-started", "reads", "writes", "cli")) {
      List<String> commands = commands(Files.readString(root.resolve("docs/" + page + ".md")));
      assertThat(commands).as(page).isNotEmpty();
      commands.forEach(
          block ->
              script
                  .append(
                      block
                          .replace("/tmp/", folder + "/")
                          .replace("./pinferry ", folder + "/pinferry "))
                  .append('\n'));
    }
    Path output = folder.resolve("docs.txt");
    Files.writeString(folder.resolve("docs.sh"), script);
    var builder =
        new ProcessBuilder("bash", folder.resolve("docs.sh").toString())
            .directory(root.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    // Profiles are written below it.
    builder.environment().put("HOME", folder.toString());
    builder.environment().remove("XDG_CONFIG_HOME");
    Process shell = builder.start();
    // Dozens of commands, some of which wait for a read.
    assertThat(shell.waitFor(10 * Patience.LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(shell.exitValue()).as(text(output)).isZero();
    return text(output);
  }

  /** Writes a launcher of the classes of this test, since the real one would build. */
  private Path launcher(Path root) throws IOException {
    Path launcher = folder.resolve("pinferry");
    Files.writeString(
        launcher,
        """
        #!/bin/sh
        exec '%s' --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \\
          -XX:TieredStopAtLevel=1 -XX:+UseSerialGC '-Dpinferry.home=%s' -cp '%s' io.pinferry.local.cli.Main "$@"
        """
            .formatted(
                Path.of(System.getProperty("java.home"), "bin", "java"),
                root,
                System.getProperty("java.class.path")));
    Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwx------"));
    return launcher;
  }

  /** Returns the blocks of commands that run on this computer, in their order. */
  private static List<String> commands(String page) {
    List<String> blocks = new ArrayList<>();
    String before = "";
    StringBuilder block = null;
    for (String line : page.lines().toList()) {
      if (block == null && line.startsWith(FENCE)) {
        // A block with a language is no command.
        before = line.equals(FENCE) ? before : NOT_RUN;
        block = new StringBuilder();
      } else if (block != null && line.equals(FENCE)) {
        if (!before.startsWith(NOT_RUN) && isCommand(block.toString())) {
          blocks.add(block.toString());
        }
        block = null;
        before = "";
      } else if (block != null) {
        block.append(line).append('\n');
      } else if (!line.isBlank()) {
        before = line;
      }
    }
    return blocks;
  }

  private static boolean isCommand(String block) {
    return (block.contains("curl ")
            || block.contains("$(")
            || block.contains("./pinferry ")
            || block.startsWith("write "))
        && !block.contains(UP)
        && LEFT_OUT.stream().noneMatch(block::contains);
  }

  private static boolean isThere(String tool) throws IOException, InterruptedException {
    return new ProcessBuilder("sh", "-c", "command -v " + tool).start().waitFor() == 0;
  }

  private static String text(Path file) throws IOException {
    return new String(Files.readAllBytes(file), UTF_8);
  }
}
