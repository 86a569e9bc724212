package io.pinferry.aws;

import io.pinferry.base.Tasks;
import io.pinferry.delivery.DeliveryMessage;
import io.pinferry.delivery.ParkedMessages;
import io.pinferry.delivery.ParkedRelease;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;

/**
 * Parked messages in the Reads table: {@code pk} {@code PARKED#<message id>}, {@code sk} {@code
 * PARKED}, with the message in the form of the queue, which is smaller than the limit of an item.
 * The timer is in the Timers table.
 */
public final class DynamoDbParkedMessages implements ParkedMessages {
  /** The time that a message is kept after its due time if its timer is lost. */
  private static final Duration KEPT = Duration.ofDays(14);

  private static final String PARKED = "PARKED";
  private static final String UNTIL = "parkedUntil";
  private static final String BODY = "body";

  private final DynamoDb dynamoDb;
  private final String reads;
  private final String timers;

  /**
   * @param reads the name of the table of reads
   * @param timers the name of the table of timers
   */
  public DynamoDbParkedMessages(DynamoDbClient client, String reads, String timers, Tasks tasks) {
    this.dynamoDb = new DynamoDb(client, tasks);
    this.reads = reads;
    this.timers = timers;
  }

  @Override
  public void park(DeliveryMessage message, Instant dueAt) {
    dynamoDb.transact(writes(reads, timers, message, dueAt));
  }

  /** Returns the parts of a transaction that parks a message. They have no condition. */
  static List<TransactWriteItem> writes(
      String reads, String timers, DeliveryMessage message, Instant dueAt) {
    Item item =
        Item.keyed(partition(message.id()), PARKED)
            .withMillis(UNTIL, dueAt)
            .with(BODY, QueueBody.encode(message.toJson()))
            .expiringAt(dueAt.plus(KEPT));
    return List.of(
        DynamoDb.putInTransaction(reads, item),
        TimerItems.add(timers, ParkedRelease.timerFor(message, dueAt)));
  }

  @Override
  public Optional<DeliveryMessage> find(String messageId, Instant dueAt) {
    return dynamoDb
        .get(reads, partition(messageId), PARKED)
        .filter(item -> item.number(UNTIL) == dueAt.toEpochMilli())
        .map(item -> QueueBody.storedMessage(item.text(BODY)));
  }

  @Override
  public void remove(String messageId, Instant dueAt) {
    // After a refusal the message is gone or parked until another time.
    dynamoDb.transact(
        List.of(
            new ItemWrite(reads, partition(messageId), PARKED)
                .when("#parkedUntil = :until")
                .value("until", Values.millis(dueAt))
                .delete()));
  }

  @Override
  public boolean discard(String messageId) {
    return dynamoDb
        .transact(
            List.of(
                new ItemWrite(reads, partition(messageId), PARKED).when(ItemWrite.EXISTS).delete()))
        .isEmpty();
  }

  private static String partition(String messageId) {
    return "PARKED#" + messageId;
  }
}
