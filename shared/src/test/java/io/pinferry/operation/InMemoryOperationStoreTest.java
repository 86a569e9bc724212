package io.pinferry.operation;

import io.pinferry.directory.DirectoryStore;
import io.pinferry.read.InMemoryCloud;
import io.pinferry.read.PartitionStore;
import io.pinferry.timer.TimerStore;

final class InMemoryOperationStoreTest extends OperationStoreContract {
  private final InMemoryCloud cloud = new InMemoryCloud(clock);

  @Override
  protected OperationStore operations() {
    return cloud.operations();
  }

  @Override
  protected PartitionStore partitions() {
    return cloud.partitions();
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
