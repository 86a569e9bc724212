package io.pinferry.aws;

import io.pinferry.base.Tasks;
import io.pinferry.delivery.DeliveryMessage;
import io.pinferry.delivery.ParkedMessages;
import io.pinferry.delivery.ParkedRelease;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;

/**
 * Parked messages in the Reads table: {@code pk} {@code PARKED#<message id>}, {@code sk} {@code
 * PARKED}, with the body as it travels in the queue, which is less than an item may hold. The timer
 * is in the Timers table.
 */
public final class DynamoDbParkedMessages implements ParkedMessages {
  /** How long a message that nobody came for is kept after its time. */
  private static final Duration KEPT = Duration.ofDays(14);

  private static final String PARKED = "PARKED";
  private static final String UNTIL = "parkedUntil";
  private static final String IS_THAT = "#parkedUntil = :until";
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

  /** Returns the parts of a transaction that parks a message; never refused. */
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
        .map(DynamoDbParkedMessages::message);
  }

  @Override
  public void remove(String messageId, Instant dueAt) {
    // A refusal means that it is gone, or parked until another time.
    dynamoDb.transact(
        List.of(
            TransactWriteItem.builder()
                .delete(
                    delete ->
                        delete
                            .tableName(reads)
                            .key(Item.key(partition(messageId), PARKED))
                            .conditionExpression(IS_THAT)
                            .expressionAttributeNames(ItemUpdate.names(IS_THAT))
                            .expressionAttributeValues(Map.of(":until", Values.millis(dueAt))))
                .build()));
  }

  private static DeliveryMessage message(Item item) {
    try {
      return DeliveryMessage.fromJson(QueueBody.decode(item.text(BODY)));
    } catch (IOException e) {
      throw new UncheckedIOException("a parked message that is none of ours", e);
    }
  }

  private static String partition(String messageId) {
    return "PARKED#" + messageId;
  }
}
