package io.pinbridge.aws;

import io.pinbridge.base.VirtualThreadTasks;
import io.pinbridge.local.cloud.EmbeddedParts;
import io.pinbridge.timer.TimerStore;
import io.pinbridge.timer.TimerStoreContract;
import java.time.Clock;

final class DynamoDbTimerStoreComponentTest extends TimerStoreContract {
  private final TimerStore store =
      new DynamoDbTimerStore(
          EmbeddedParts.dynamoDb(),
          DynamoDbTables.create("timers"),
          new VirtualThreadTasks(Clock.systemUTC()));

  @Override
  protected TimerStore store() {
    return store;
  }
}
