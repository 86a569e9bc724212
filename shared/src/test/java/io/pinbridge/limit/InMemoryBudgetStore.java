package io.pinbridge.limit;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Budgets in a map. */
public final class InMemoryBudgetStore implements BudgetStore {
  private final Map<BudgetKey, Budget> budgets = new HashMap<>();

  private static final class Budget {
    private Instant nextFree = Instant.EPOCH;
    private Instant pausedUntil = Instant.EPOCH;
    private @Nullable Duration interval;
  }

  private Budget budget(BudgetKey key) {
    return budgets.computeIfAbsent(key, absent -> new Budget());
  }

  @Override
  public synchronized Taken take(BudgetKey key, Wanted wanted) {
    Budget budget = budget(key);
    Duration interval = budget.interval == null ? wanted.assumed() : budget.interval;
    if (budget.pausedUntil.isAfter(wanted.now())) {
      return new Taken.Refused(budget.pausedUntil, true, interval);
    }
    Instant now = wanted.now().truncatedTo(ChronoUnit.MICROS);
    Instant first = budget.nextFree.isAfter(now) ? budget.nextFree : now;
    if (first.isAfter(wanted.firstBy()) && first.isAfter(now)) {
      return new Taken.Refused(first, false, interval);
    }
    var slots = new Slots(first, interval, wanted.slots());
    budget.interval = interval;
    budget.nextFree = slots.end();
    return new Taken.Granted(slots);
  }

  @Override
  public synchronized boolean giveBack(BudgetKey key, Slots unused) {
    Budget budget = budget(key);
    if (!budget.nextFree.equals(unused.end())) {
      return false;
    }
    budget.nextFree = unused.first();
    return true;
  }

  @Override
  public synchronized void learn(BudgetKey key, Duration interval, Instant now) {
    budget(key).interval = interval;
  }

  @Override
  public synchronized void pause(BudgetKey key, Instant until) {
    Budget budget = budget(key);
    if (until.isAfter(budget.pausedUntil)) {
      budget.pausedUntil = until;
    }
  }
}
