package io.pinferry.limit;

import static io.pinferry.limit.TakenSlots.CELL;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Keeps the short limits. Pinterest counts the requests of all categories in them, so all budgets
 * of an owner share them.
 */
final class SharedPace {
  /** The length of the longest short window. */
  static final Duration LENGTH_MAX = Duration.ofSeconds(10);

  /**
   * How much two requests may shift against each other between slot and arrival: callers are up to
   * 100 ms early or 400 ms late ({@link Budgets#EARLY_MAX}, {@link Budgets#LATE_MAX}), clocks
   * differ by up to 50 ms, and one request travels up to 200 ms longer than the other. More would
   * cost too much of a second's limit. A longer stall can bring a 429, which pauses for a second.
   */
  private static final Duration DISPLACEMENT_MAX = Duration.ofMillis(750);

  private static final Duration BEHIND_MAX = Duration.ofSeconds(1);

  private final List<KeptLimit> limits;
  private final int perCellMax;

  /** The pace that keeps all these limits; no limit, no wait. */
  SharedPace(List<BudgetWindow> windows) {
    limits = windows.stream().map(window -> KeptLimit.of(window, DISPLACEMENT_MAX, CELL)).toList();
    perCellMax =
        limits.stream()
            .mapToInt(limit -> Math.ceilDiv(limit.limit(), limit.cells()))
            .min()
            .orElse(Integer.MAX_VALUE);
  }

  /** Returns the first instant, from one on, at which one more request may be sent. */
  Instant next(Ledger ledger, Instant from) {
    long wanted = ledger.cellOf(from);
    // For earlier cells the ledger does not reach back far enough.
    long cell = Math.max(wanted, ledger.first() + cellsMax() - 1);
    while (!fits(ledger, cell)) {
      cell++;
    }
    return cell == wanted ? from : ledger.begin(cell);
  }

  private boolean fits(Ledger ledger, long cell) {
    return ledger.count(cell) < perCellMax
        && limits.stream().allMatch(limit -> limit.isBelow(limit.limit(), ledger, cell));
  }

  /** Returns whether less than a percentage of each limit is used around an instant. */
  boolean isUsedBelow(int percent, Ledger ledger, Instant now) {
    return limits.stream().allMatch(limit -> limit.isUsedBelow(percent, ledger, now));
  }

  /** Returns the ledger without what is too old to count, even for a clock that is behind. */
  Ledger forget(Ledger ledger, Instant now) {
    return ledger.from(ledger.cellOf(now.minus(BEHIND_MAX)) - cellsMax());
  }

  private int cellsMax() {
    return limits.stream().mapToInt(KeptLimit::cells).max().orElse(1);
  }
}
