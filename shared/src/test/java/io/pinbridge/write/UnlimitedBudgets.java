package io.pinbridge.write;

import io.pinbridge.limit.BudgetKey;
import io.pinbridge.limit.BudgetStore;
import io.pinbridge.limit.Slots;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Gives every caller what it wants at once, as if Pinterest had no limits; pauses hold. */
final class UnlimitedBudgets implements BudgetStore {
  private static final Duration NONE = Duration.of(1, ChronoUnit.MICROS);
  private Instant pausedUntil = Instant.EPOCH;

  @Override
  public synchronized Taken take(BudgetKey key, Wanted wanted) {
    Instant now = wanted.now().truncatedTo(ChronoUnit.MICROS);
    return pausedUntil.isAfter(now)
        ? new Taken.Refused(pausedUntil, true, NONE)
        : new Taken.Granted(new Slots(now, NONE, wanted.slots()));
  }

  @Override
  public boolean giveBack(BudgetKey key, Slots unused) {
    return true;
  }

  @Override
  public void learn(BudgetKey key, Duration interval, Instant now) {
    // There are none to learn.
  }

  @Override
  public synchronized void pause(BudgetKey key, Instant until) {
    pausedUntil = until;
  }
}
