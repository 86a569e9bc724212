package io.pinferry.write;

final class InMemoryWriteStoreTest extends WriteStoreContract {
  private final WriteStore store = new InMemoryWriteStore();

  @Override
  protected WriteStore store() {
    return store;
  }
}
