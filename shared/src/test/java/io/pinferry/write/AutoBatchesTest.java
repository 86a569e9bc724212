package io.pinferry.write;

import io.pinferry.base.ManualClock;
import io.pinferry.directory.DirectoryFixtures;
import io.pinferry.directory.DirectoryStore;
import io.pinferry.directory.InMemoryDirectoryStore;
import java.time.Instant;

final class AutoBatchesTest extends AutoBatchesContract {
  private final DirectoryStore store =
      new InMemoryDirectoryStore(new ManualClock(DirectoryFixtures.NOON));

  @Override
  DirectoryStore store() {
    return store;
  }

  @Override
  Instant now() {
    return DirectoryFixtures.NOON;
  }
}
