package io.pinferry.read;

import io.pinferry.operation.OperationStore;

final class InMemoryPartitionStoreTest extends PartitionStoreContract {
  private final InMemoryCloud cloud = new InMemoryCloud(clock);

  @Override
  protected PartitionStore partitions() {
    return cloud.partitions();
  }

  @Override
  protected OperationStore operations() {
    return cloud.operations();
  }
}
