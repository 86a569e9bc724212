package io.pinferry.aws;

import io.pinferry.base.VirtualThreadTasks;
import io.pinferry.directory.DirectoryStore;
import io.pinferry.local.cloud.EmbeddedParts;
import io.pinferry.read.ReadStore;
import io.pinferry.read.ReadStoreContract;
import io.pinferry.timer.TimerStore;

final class DynamoDbReadStoreComponentTest extends ReadStoreContract {
  private final VirtualThreadTasks tasks = new VirtualThreadTasks(clock);

  private final DynamoDbReadStore.Tables tables =
      new DynamoDbReadStore.Tables(
          DynamoDbTables.createReads(),
          DynamoDbTables.create("directory"),
          DynamoDbTables.create("timers"));

  private final ReadStore reads = new DynamoDbReadStore(EmbeddedParts.dynamoDb(), tables, tasks);

  @Override
  protected ReadStore reads() {
    return reads;
  }

  @Override
  protected DirectoryStore directory() {
    return new DynamoDbDirectoryStore(EmbeddedParts.dynamoDb(), tables.directory(), tasks);
  }

  @Override
  protected TimerStore timers() {
    return new DynamoDbTimerStore(EmbeddedParts.dynamoDb(), tables.timers(), tasks);
  }
}
