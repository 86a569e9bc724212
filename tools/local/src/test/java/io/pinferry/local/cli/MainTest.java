package io.pinferry.local.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.pinferry.local.RepositoryRoot;
import io.pinferry.local.api.ExitCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class MainTest {
  @TempDir private Path home;

  private CommandRun run(String... arguments) {
    return CommandRun.Shell.of(Map.of(), home).run(arguments);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "installations",
        "operations",
        "deliveries",
        "operation",
        "logs",
        "connect",
        "read",
        "write",
        "listen",
        "rate",
        "deploy",
        "doctor"
      })
  void everyCommandTakesATargetAndJsonButNoKey(String command) {
    CommandRun help = run(command, "--help");

    assertThat(help.code()).isZero();
    assertThat(help.out()).contains("--stack", "--profile", "--project", "--json");
    assertThat(help.out()).doesNotContain("--key");
  }

  @Test
  void theHelpAndTheDocsHaveTheExitCodes() throws Exception {
    String help = run("--help").out();
    String page = Files.readString(RepositoryRoot.file("docs/cli.md"));

    for (ExitCode code : ExitCode.values()) {
      assertThat(help)
          .containsPattern("\n  " + code.number() + " +" + Pattern.quote(code.meaning()));
      assertThat(page).contains("| %d | %s |".formatted(code.number(), code.meaning()));
    }
  }

  @Test
  void theDocsNameEveryCommand() throws Exception {
    String page = Files.readString(RepositoryRoot.file("docs/cli.md"));

    for (String command :
        List.of(
            "installations",
            "operations",
            "deliveries",
            "replay",
            "operation",
            "why",
            "logs",
            "connect",
            "read",
            "write",
            "listen",
            "rate",
            "deploy",
            "doctor",
            "completion")) {
      assertThat(page).contains("`" + command);
    }
  }

  @Test
  void aShellCompletesCommandsAndOptions() throws Exception {
    CommandRun script = run("completion");
    assertThat(script.code()).isZero();
    Path file = home.resolve("completion.sh");
    Files.writeString(
        file,
        script.out()
            + "\nCOMP_WORDS=(pinferry doc); COMP_CWORD=1; COMP_LINE='pinferry doc'; COMP_POINT=12\n"
            + "_complete_pinferry; printf '%s\\n' \"${COMPREPLY[@]}\"\n");
    Process bash = new ProcessBuilder("bash", file.toString()).redirectErrorStream(true).start();

    assertThat(new String(bash.getInputStream().readAllBytes(), UTF_8)).isEqualTo("doctor\n");
  }

  @Test
  void aCommandThatIsMisspeltIsSuggested() {
    CommandRun run = run("oprations");

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("Did you mean", "pinferry operations");
  }
}
