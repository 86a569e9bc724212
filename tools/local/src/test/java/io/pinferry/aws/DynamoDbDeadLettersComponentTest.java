package io.pinferry.aws;

import io.pinferry.base.VirtualThreadTasks;
import io.pinferry.delivery.DeadLetters;
import io.pinferry.delivery.DeadLettersContract;
import io.pinferry.delivery.ParkedMessages;
import io.pinferry.local.cloud.EmbeddedParts;
import io.pinferry.timer.TimerStore;
import java.time.Clock;

final class DynamoDbDeadLettersComponentTest extends DeadLettersContract {
  /** Small, so that pages end before they are full. */
  private static final int EXAMINED_MAX = 3;

  private final VirtualThreadTasks tasks = new VirtualThreadTasks(Clock.systemUTC());
  private final String readsTable = DynamoDbTables.createReads();
  private final String timersTable = DynamoDbTables.create("timers");
  private final DeadLetters letters =
      new DynamoDbDeadLetters(
          EmbeddedParts.dynamoDb(), readsTable, timersTable, tasks, EXAMINED_MAX);
  private final ParkedMessages parked =
      new DynamoDbParkedMessages(EmbeddedParts.dynamoDb(), readsTable, timersTable, tasks);
  private final TimerStore timers =
      new DynamoDbTimerStore(EmbeddedParts.dynamoDb(), timersTable, tasks);

  @Override
  protected DeadLetters letters() {
    return letters;
  }

  @Override
  protected ParkedMessages parked() {
    return parked;
  }

  @Override
  protected TimerStore timers() {
    return timers;
  }
}
