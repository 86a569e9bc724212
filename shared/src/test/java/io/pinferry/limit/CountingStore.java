package io.pinferry.limit;

import io.pinferry.base.PinferryException.ProviderUnavailable;
import java.time.Instant;
import java.util.List;

/** Counts the calls of a store, and makes them fail on request. */
public final class CountingStore implements BudgetStore {
  private final BudgetStore inner;
  private int calls;
  private boolean failing;

  public CountingStore(BudgetStore inner) {
    this.inner = inner;
  }

  /** Returns how often the store was called. */
  public int calls() {
    return calls;
  }

  void fail(boolean calls) {
    failing = calls;
  }

  private BudgetStore called() {
    calls++;
    if (failing) {
      throw new ProviderUnavailable("the store is away", null, null);
    }
    return inner;
  }

  @Override
  public TakeResult take(BudgetKey key, SlotRequest request) {
    return called().take(key, request);
  }

  @Override
  public void giveBack(BudgetKey key, List<Instant> unused) {
    called().giveBack(key, unused);
  }

  @Override
  public void learn(BudgetKey key, List<BudgetWindow> windows, Instant now) {
    called().learn(key, windows, now);
  }

  @Override
  public void pause(BudgetKey key, Instant until) {
    called().pause(key, until);
  }

  @Override
  public List<Budget> find(BudgetOwner owner, List<String> categories) {
    return called().find(owner, categories);
  }
}
