package io.pinferry.simulation;

import io.pinferry.simulation.LimitedReads.Account;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * How long the read of a small account takes alone, and beside that of a large one. Each has limits
 * of its own, so they only share processes.
 */
record Fairness(Duration alone, Duration beside) {
  private static final int PAGE_SIZE = 5;
  private static final int SECONDS_LATER = 30;

  /**
   * @param secondsLater how long after the large read the small one starts
   * @param fair whether the queue gives each customer a turn, as SQS does with message groups
   */
  static Fairness measure(int processes, int secondsLater, boolean fair) {
    var own = new LimitedReads(PAGE_SIZE, fair);
    Account alone = small(own);
    own.finish(processes);
    var reads = new LimitedReads(PAGE_SIZE, fair);
    reads.start("ana", 30_000, 300);
    List<Account> beside = new ArrayList<>();
    reads.finish(processes, Duration.ofSeconds(secondsLater), () -> beside.add(small(reads)));
    return new Fairness(alone.time(), beside.getFirst().time());
  }

  private static Account small(LimitedReads reads) {
    return reads.start("bea", 2_000, 50);
  }

  double ratio() {
    return (double) beside.toMillis() / alone.toMillis();
  }

  static void print(PrintStream out) {
    out.println("A small account of 50 boards, read beside a large one of 300 boards:");
    for (int processes : List.of(2, 4, 10)) {
      Fairness plain = measure(processes, SECONDS_LATER, false);
      Fairness fair = measure(processes, SECONDS_LATER, true);
      out.printf(
          "  %2d invocations of sync: alone %d s; without message groups %.1f times that; with them"
              + " %.1f times%n",
          processes, plain.alone().toSeconds(), plain.ratio(), fair.ratio());
    }
  }
}
