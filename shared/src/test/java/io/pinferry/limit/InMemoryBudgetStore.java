package io.pinferry.limit;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Budgets in a map. */
public final class InMemoryBudgetStore implements BudgetStore {
  private final Map<BudgetKey, Budget> budgets = new HashMap<>();
  private final Map<BudgetOwner, Ledger> owners = new HashMap<>();

  private Budget budget(BudgetKey key) {
    Budget budget = budgets.getOrDefault(key, Budget.UNUSED);
    Ledger ofOwner = owners.getOrDefault(key.owner(), TakenSlots.NONE.ofOwner());
    return new Budget(
        new TakenSlots(budget.taken().ofBudget(), ofOwner), budget.learned(), budget.pausedUntil());
  }

  private void put(BudgetKey key, Budget budget) {
    budgets.put(key, budget);
    owners.put(key.owner(), budget.taken().ofOwner());
  }

  @Override
  public synchronized TakeResult take(BudgetKey key, SlotRequest request) {
    Budget.Transition transition = budget(key).take(request);
    put(key, transition.after());
    return transition.result();
  }

  @Override
  public synchronized void giveBack(BudgetKey key, List<Instant> unused) {
    put(key, budget(key).giveBack(unused));
  }

  @Override
  public synchronized void learn(BudgetKey key, List<BudgetWindow> windows, Instant now) {
    Budget budget = budget(key);
    put(key, new Budget(budget.taken(), windows, budget.pausedUntil()));
  }

  @Override
  public synchronized void pause(BudgetKey key, Instant until) {
    Budget budget = budget(key);
    if (until.isAfter(budget.pausedUntil())) {
      put(key, new Budget(budget.taken(), budget.learned(), until));
    }
  }

  @Override
  public synchronized List<Budget> find(BudgetOwner owner, List<String> categories) {
    return categories.stream().map(category -> budget(new BudgetKey(owner, category))).toList();
  }
}
