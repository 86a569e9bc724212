package io.pinbridge.read;

import io.pinbridge.directory.DirectoryStore;
import io.pinbridge.timer.TimerStore;

final class InMemoryReadStoreTest extends ReadStoreContract {
  private final InMemoryCloud cloud = new InMemoryCloud(clock);

  @Override
  protected ReadStore reads() {
    return cloud.reads();
  }

  @Override
  protected DirectoryStore directory() {
    return cloud.directory();
  }

  @Override
  protected TimerStore timers() {
    return cloud.timers();
  }
}
