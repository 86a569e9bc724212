package io.pinbridge.aws;

import io.pinbridge.base.VirtualThreadTasks;
import io.pinbridge.directory.DirectoryStore;
import io.pinbridge.local.cloud.EmbeddedParts;
import io.pinbridge.read.ReadStore;
import io.pinbridge.read.ReadStoreContract;
import io.pinbridge.timer.TimerStore;

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
