package io.pinferry.aws;

import io.pinferry.base.VirtualThreadTasks;
import io.pinferry.delivery.DeliveryAttempts;
import io.pinferry.delivery.DeliveryAttemptsContract;
import io.pinferry.local.cloud.EmbeddedParts;
import io.pinferry.operation.OperationStore;
import java.time.Clock;

final class DynamoDbDeliveryAttemptsComponentTest extends DeliveryAttemptsContract {
  /** Small, so that pages end before they are full. */
  private static final int EXAMINED_MAX = 3;

  private final VirtualThreadTasks tasks = new VirtualThreadTasks(Clock.systemUTC());
  private final DynamoDbOperationStore.Tables tables =
      new DynamoDbOperationStore.Tables(
          DynamoDbTables.createReads(),
          DynamoDbTables.create("directory"),
          DynamoDbTables.create("timers"));

  @Override
  protected DeliveryAttempts attempts() {
    return new DynamoDbDeliveryAttempts(
        EmbeddedParts.dynamoDb(), tables.reads(), tasks, EXAMINED_MAX);
  }

  @Override
  protected OperationStore operations() {
    return new DynamoDbOperationStore(EmbeddedParts.dynamoDb(), tables, tasks);
  }
}
