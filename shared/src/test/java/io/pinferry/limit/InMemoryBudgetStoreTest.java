package io.pinferry.limit;

final class InMemoryBudgetStoreTest extends BudgetStoreContract {
  private final BudgetStore store = new InMemoryBudgetStore();

  @Override
  protected BudgetStore store() {
    return store;
  }

  @Override
  protected BudgetStore otherProcess() {
    return store;
  }
}
