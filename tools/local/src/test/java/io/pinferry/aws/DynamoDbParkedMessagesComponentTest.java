package io.pinferry.aws;

import io.pinferry.base.VirtualThreadTasks;
import io.pinferry.delivery.ParkedMessages;
import io.pinferry.delivery.ParkedMessagesContract;
import io.pinferry.local.cloud.EmbeddedParts;
import io.pinferry.timer.TimerStore;
import java.time.Clock;

final class DynamoDbParkedMessagesComponentTest extends ParkedMessagesContract {
  private final VirtualThreadTasks tasks = new VirtualThreadTasks(Clock.systemUTC());
  private final String timersTable = DynamoDbTables.create("timers");
  private final ParkedMessages parked =
      new DynamoDbParkedMessages(
          EmbeddedParts.dynamoDb(), DynamoDbTables.createReads(), timersTable, tasks);
  private final TimerStore timers =
      new DynamoDbTimerStore(EmbeddedParts.dynamoDb(), timersTable, tasks);

  @Override
  protected ParkedMessages parked() {
    return parked;
  }

  @Override
  protected TimerStore timers() {
    return timers;
  }
}
