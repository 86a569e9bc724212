package io.pinferry.delivery;

final class InMemoryResultStoreTest extends ResultStoreContract {
  private final InMemoryResultStore results = new InMemoryResultStore();

  @Override
  protected ResultStore results() {
    return results;
  }
}
