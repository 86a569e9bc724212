package io.pinferry.benchmarks;

import io.pinferry.limit.BudgetKey;
import io.pinferry.limit.BudgetStore;
import io.pinferry.limit.BudgetWindow;
import java.time.Instant;
import java.util.Collections;
import java.util.List;

/** Lets everybody ask at once. */
final class Unlimited implements BudgetStore {
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
}
