package io.pinferry.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The command's shape; what it measures is run by hand. */
final class BenchCommandTest {
  private static final Goal FAST = new Goal("fast", 12, 8, "12 a second");
  private static final Goal POLITE = new Goal("polite", 0.8, 0.9, "800 of 1,000");

  private final StringWriter said = new StringWriter();

  private int run(String... arguments) {
    var writer = new PrintWriter(said);
    return new CommandLine(new BenchCommand()).setErr(writer).setOut(writer).execute(arguments);
  }

  @Test
  void anUnknownNameIsRefusedWithThoseThereAre() {
    assertThat(run("no-such")).isEqualTo(CommandLine.ExitCode.USAGE);
    assertThat(said.toString())
        .contains(
            "there is no benchmark 'no-such'",
            "page-cpu, read-chain, read-fanout, calls, tick, memory, proxy");
  }

  @Test
  void helpNamesEachBenchmark() {
    assertThat(run("--help")).isEqualTo(CommandLine.ExitCode.OK);
    assertThat(said.toString())
        .contains(
            "page-cpu:",
            "read-fanout:",
            "memory:",
            "proxy:",
            "cost:",
            "changes:",
            "peer:",
            "first-record:",
            "--json",
            "--records");
  }

  @Test
  void theGoalThatIsFurthestFromHeldCounts() {
    var outcome = new Outcome("both", List.of(FAST, POLITE), List.of());

    assertThat(outcome.holds()).isFalse();
    assertThat(outcome.toJson())
        .isEqualTo(
            "{\"name\":\"both\",\"ratio\":0.8,\"goal\":0.9,\"holds\":false,\"detail\":"
                + "\"fast: 12.00, goal at least 8.00 (12 a second);"
                + " polite: 0.80, goal at least 0.90 (800 of 1,000)\"}");
    assertThat(new Outcome("one", List.of(FAST), List.of()).holds()).isTrue();
  }
}
