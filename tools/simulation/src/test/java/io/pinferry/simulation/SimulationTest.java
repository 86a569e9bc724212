package io.pinferry.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;

/** Fresh random seeds, another few hundred at each run of the tests. */
final class SimulationTest {
  private static final int SEEDS = 300;

  @Test
  void everyInvariantHoldsUnderFreshSeeds() throws InterruptedException {
    long first = new SecureRandom().nextInt(1_000_000_000);
    System.out.println("simulation: " + SEEDS + " seeds from " + first);
    var output = new ByteArrayOutputStream();

    SimulateCommand.Totals totals =
        SimulateCommand.run(first, SEEDS, new PrintStream(output, true, UTF_8));

    assertThat(totals.violations()).as(output.toString(UTF_8)).isZero();
    assertThat(totals.successes()).isGreaterThan(SEEDS);
  }

  @Test
  void theSameSeedGivesTheSameRun() {
    assertThat(Run.of(11, Mutation.NONE)).isEqualTo(Run.of(11, Mutation.NONE));
  }
}
