package io.pinferry.directory;

final class InMemoryDirectoryStoreTest extends DirectoryStoreContract {
  private final DirectoryStore store = new InMemoryDirectoryStore(clock);

  @Override
  protected DirectoryStore store() {
    return store;
  }
}
