package io.pinferry.benchmarks;

import io.pinferry.limit.Budget;
import io.pinferry.limit.BudgetKey;
import io.pinferry.limit.BudgetOwner;
import io.pinferry.limit.BudgetStore;
import io.pinferry.limit.BudgetWindow;
import java.time.Instant;
import java.util.Collections;
import java.util.List;

/** Grants every request at once. */
final class UnlimitedBudgets implements BudgetStore {
  @Override
  public TakeResult take(BudgetKey key, SlotRequest request) {
    return new TakeResult.Grant(
        Collections.nCopies(request.atOnce(), request.now()), true, request.assumed());
  }

  @Override
  public void giveBack(BudgetKey key, List<Instant> unused) {}

  @Override
  public void learn(BudgetKey key, List<BudgetWindow> windows, Instant now) {}

  @Override
  public void pause(BudgetKey key, Instant until) {}

  @Override
  public List<Budget> find(BudgetOwner owner, List<String> categories) {
    return Collections.nCopies(categories.size(), Budget.UNUSED);
  }
}
