package io.pinbridge.aws;

import io.pinbridge.base.VirtualThreadTasks;
import io.pinbridge.delivery.ParkedMessages;
import io.pinbridge.delivery.ParkedMessagesContract;
import io.pinbridge.local.cloud.EmbeddedParts;
import io.pinbridge.timer.TimerStore;
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
