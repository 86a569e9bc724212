package io.pinferry.limit;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The use of a limit. Slots that were granted and not yet used count, too.
 *
 * @param shared whether all budgets of the owner use it together
 * @param used the requests in the period of this length before now; null for a quota, which is not
 *     counted
 * @param fullAt when all of it is left again if no request follows; null if all is left, or unknown
 */
public record WindowUse(
    BudgetWindow window, boolean shared, @Nullable Integer used, @Nullable Instant fullAt) {
  static WindowUse of(BudgetWindow window, TakenSlots taken, Instant now) {
    if (window.length().compareTo(Pace.QUOTA_LENGTH_MIN) >= 0) {
      return new WindowUse(window, false, null, null);
    }
    boolean shared = window.length().compareTo(SharedPace.LENGTH_MAX) <= 0;
    Ledger ledger = shared ? taken.ofOwner() : taken.ofBudget();
    long from = ledger.cellOf(now.minus(window.length()));
    return new WindowUse(
        window,
        shared,
        ledger.sum(from, Long.MAX_VALUE),
        ledger.endOfLast(from).map(end -> end.plus(window.length())).orElse(null));
  }

  /** Returns how many requests are left; null if that is unknown. */
  public @Nullable Integer left() {
    return used == null ? null : Math.max(0, window.limit() - used);
  }
}
