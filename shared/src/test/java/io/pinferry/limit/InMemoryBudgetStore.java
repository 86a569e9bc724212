package io.pinferry.limit;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Budgets in a map. */
public final class InMemoryBudgetStore implements BudgetStore {
  private final Map<BudgetKey, Budget> budgets = new HashMap<>();

  private Budget budget(BudgetKey key) {
    return budgets.getOrDefault(key, Budget.UNUSED);
  }

  @Override
  public synchronized TakeResult take(BudgetKey key, SlotRequest request) {
    Budget.Transition transition = budget(key).take(request);
    budgets.put(key, transition.after());
    return transition.result();
  }

  @Override
  public synchronized void giveBack(BudgetKey key, List<Instant> unused) {
    budgets.put(key, budget(key).giveBack(unused));
  }

  @Override
  public synchronized void learn(BudgetKey key, List<BudgetWindow> windows, Instant now) {
    Budget budget = budget(key);
    budgets.put(key, new Budget(budget.ledger(), windows, budget.pausedUntil()));
  }

  @Override
  public synchronized void pause(BudgetKey key, Instant until) {
    Budget budget = budget(key);
    if (until.isAfter(budget.pausedUntil())) {
      budgets.put(key, new Budget(budget.ledger(), budget.learned(), until));
    }
  }
}
