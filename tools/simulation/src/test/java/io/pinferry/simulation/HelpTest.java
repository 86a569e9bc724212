package io.pinferry.simulation;

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
    CommandLine simulate =
        Objects.requireNonNull(Main.commandLine().getSubcommands().get("simulate"));

    assertThat(Files.readString(Path.of("help.txt"))).isEqualTo(simulate.getUsageMessage(Ansi.OFF));
  }
}
