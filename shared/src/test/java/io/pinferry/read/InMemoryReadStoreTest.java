package io.pinferry.read;

import io.pinferry.directory.DirectoryStore;
import io.pinferry.timer.TimerStore;

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
