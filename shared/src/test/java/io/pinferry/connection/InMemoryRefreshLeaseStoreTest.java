package io.pinferry.connection;

final class InMemoryRefreshLeaseStoreTest extends RefreshLeaseStoreContract {
  private final RefreshLeaseStore store = new InMemoryRefreshLeaseStore();

  @Override
  protected RefreshLeaseStore store() {
    return store;
  }
}
