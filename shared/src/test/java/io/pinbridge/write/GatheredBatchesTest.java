package io.pinbridge.write;

import io.pinbridge.base.ManualClock;
import io.pinbridge.directory.DirectoryFixtures;
import io.pinbridge.directory.DirectoryStore;
import io.pinbridge.directory.InMemoryDirectoryStore;
import java.time.Instant;

final class GatheredBatchesTest extends GatheredBatchesContract {
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
