package io.pinferry.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/** The launcher shows help.txt while this module is not built. */
final class HelpTest {
  @Test
  void theTextOfTheLauncherIsTheHelpOfTheCommand() throws IOException {
    CommandLine bench = Objects.requireNonNull(Main.commandLine().getSubcommands().get("bench"));

    assertThat(Files.readString(Path.of("help.txt"))).isEqualTo(bench.getUsageMessage(Ansi.OFF));
  }
}
