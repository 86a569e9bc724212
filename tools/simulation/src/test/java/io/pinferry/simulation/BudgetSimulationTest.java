package io.pinferry.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.pinferry.operation.OperationStatus;
import io.pinferry.simulation.LimitedReads.Account;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The real engine at the simulated Pinterest with its limits on, in virtual time. */
final class BudgetSimulationTest {
  private static final int PAGE_SIZE = 5;
  private static final Duration FIRST_WINDOW = Duration.ofMinutes(1);

  private static Account big(LimitedReads reads) {
    return reads.start("ana", 30_000, 300);
  }

  private static Account small(LimitedReads reads) {
    return reads.start("bea", 2_000, 50);
  }

  private static void assertComplete(LimitedReads reads, Account account) {
    assertThat(reads.operation(account).status()).isEqualTo(OperationStatus.SUCCESS);
    assertThat(account.delivered).isEqualTo(account.truth());
  }

  @Test
  void tenProcessesUseNineTenthsOfTheLimitAndNeverRunIntoIt() {
    var reads = new LimitedReads(PAGE_SIZE, false);
    Account account = big(reads);

    reads.finish(10);

    assertComplete(reads, account);
    assertThat(account.arrivals).hasSizeGreaterThan(6_000);
    assertThat(account.refused()).isZero();
    assertThat(account.pagesPerMinuteAfter(FIRST_WINDOW)).isGreaterThan(900);
    assertThat(reads.budgetCalls()).isLessThan(account.arrivals.size());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void fewerProcessesAskTheStoreLess(int processes) {
    var reads = new LimitedReads(PAGE_SIZE, false);
    Account account = small(reads);

    reads.finish(processes);

    assertComplete(reads, account);
    assertThat(account.refused()).isZero();
    assertThat(reads.budgetCalls()).isLessThan(account.arrivals.size() * 4 / 10);
  }

  @ParameterizedTest
  @CsvSource({"10, 0", "10, 100", "4, 60"})
  void aSmallAccountHardlyWaitsForABigOne(int processes, int secondsLater) {
    var alone = new LimitedReads(PAGE_SIZE, true);
    Account undisturbed = small(alone);
    alone.finish(processes);
    var together = new LimitedReads(PAGE_SIZE, true);
    Account big = big(together);
    List<Account> small = new ArrayList<>();

    together.finish(processes, Duration.ofSeconds(secondsLater), () -> small.add(small(together)));

    assertComplete(together, big);
    assertComplete(together, small.getFirst());
    assertThat(big.refused() + small.getFirst().refused()).isZero();
    assertThat(small.getFirst().time()).isLessThan(undisturbed.time().multipliedBy(2));
    assertThat(big.pagesPerMinuteAfter(FIRST_WINDOW)).as("as if it were alone").isGreaterThan(900);
  }

  @Test
  void inFairQueuesASmallAccountHardlyWaitsEvenWithTwoProcesses() {
    Fairness beside = Fairness.measure(2, 30, true);

    assertThat(beside.ratio()).as("3.2 without turns of customers").isLessThan(1.5);
  }
}
