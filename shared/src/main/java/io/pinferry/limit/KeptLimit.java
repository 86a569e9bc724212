package io.pinferry.limit;

import java.time.Duration;
import java.time.Instant;

/**
 * A limit as a ledger keeps it.
 *
 * @param limit the most requests in its window
 * @param cells the length of each period of the ledger in which the limit is kept
 */
record KeptLimit(int limit, int cells) {
  /**
   * Returns the limit of a window. The period is longer than the window by the displacement, and by
   * a cell, since a time of this length touches one cell more.
   *
   * @param displacement how much two requests may shift against each other between slot and arrival
   */
  static KeptLimit of(BudgetWindow window, Duration displacement, Duration cell) {
    Duration kept = window.length().plus(displacement);
    return new KeptLimit(
        window.limit(), Math.toIntExact(Math.ceilDiv(kept.toMillis(), cell.toMillis())) + 1);
  }

  /** Returns whether each period around a cell has fewer slots than a number. */
  boolean isBelow(int slots, Ledger ledger, long cell) {
    return ledger.mostAround(cell, cells) < slots;
  }

  /** Returns whether less than a percentage of the limit is used around an instant. */
  boolean isUsedBelow(int percent, Ledger ledger, Instant now) {
    long cell = ledger.cellOf(now);
    int used = ledger.sum(cell - cells + 1, cell + cells);
    return used * 100L < (long) limit * percent;
  }
}
