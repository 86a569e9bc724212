package io.pinferry.aws;

import io.pinferry.base.VirtualThreadTasks;
import io.pinferry.local.cloud.EmbeddedParts;
import io.pinferry.timer.TimerStore;
import io.pinferry.timer.TimerStoreContract;
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
