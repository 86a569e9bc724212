package io.pinferry.aws;

import io.pinferry.base.VirtualThreadTasks;
import io.pinferry.local.cloud.EmbeddedParts;
import io.pinferry.operation.OperationStore;
import io.pinferry.read.PartitionStore;
import io.pinferry.read.PartitionStoreContract;

final class DynamoDbPartitionStoreComponentTest extends PartitionStoreContract {
  private final VirtualThreadTasks tasks = new VirtualThreadTasks(clock);

  private final DynamoDbOperationStore.Tables tables =
      new DynamoDbOperationStore.Tables(
          DynamoDbTables.createReads(),
          DynamoDbTables.create("directory"),
          DynamoDbTables.create("timers"));

  private final OperationStore operations =
      new DynamoDbOperationStore(EmbeddedParts.dynamoDb(), tables, tasks);

  /** moto copies the table for each write of a transaction, so 2,000 take two minutes there. */
  @Override
  protected int many() {
    return EmbeddedParts.replaced() ? 250 : super.many();
  }

  @Override
  protected OperationStore operations() {
    return operations;
  }

  @Override
  protected PartitionStore partitions() {
    return new DynamoDbPartitionStore(EmbeddedParts.dynamoDb(), tables.reads(), tasks);
  }
}
