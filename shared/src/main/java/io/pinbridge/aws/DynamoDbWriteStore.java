package io.pinbridge.aws;

import io.pinbridge.base.Tasks;
import io.pinbridge.read.OperationId;
import io.pinbridge.write.WriteStore;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Records of writes in the Reads table, beside their operations: {@code pk} operation, {@code sk}
 * {@code RECORD#<index>}.
 */
public final class DynamoDbWriteStore implements WriteStore {
  private static final String PREFIX = "RECORD#";
  private static final String SENT_BY = "sentBy";
  private static final String SENT_AT = "sentAt";
  private static final String SAME_BEFORE = "sameBefore";

  /** There when it is known what had the same natural key, also if that is nothing. */
  private static final String LOOKED_BEFORE = "lookedBefore";

  private static final String OUTCOME = "outcome";

  private final DynamoDb dynamoDb;
  private final String table;

  public DynamoDbWriteStore(DynamoDbClient client, String table, Tasks tasks) {
    this.dynamoDb = new DynamoDb(client, tasks);
    this.table = table;
  }

  @Override
  public boolean mark(OperationId operation, int index, Mark mark) {
    Set<String> before = mark.sameBefore();
    ItemUpdate update =
        update(operation, index)
            .set(SENT_BY, Values.text(mark.by()))
            .set(SENT_AT, Values.millis(mark.at()))
            .setIfAbsent(Item.EXPIRES_AT, expiry(mark.at()))
            .when("attribute_not_exists(#sentBy) OR #sentBy = :sentBy");
    if (before != null) {
      update.set(LOOKED_BEFORE, AttributeValue.fromBool(true));
      update.set(SAME_BEFORE, before.isEmpty() ? null : Values.set(before));
    }
    return dynamoDb.updated(update).isPresent();
  }

  @Override
  public void keep(OperationId operation, int index, Instant at, String outcome) {
    dynamoDb.update(
        update(operation, index)
            .setIfAbsent(OUTCOME, Values.text(outcome))
            .setIfAbsent(Item.EXPIRES_AT, expiry(at)));
  }

  @Override
  public List<KeptRecord> recordsOf(OperationId operation) {
    return dynamoDb
        .queryAll(new DynamoDb.Query(table, operation.value()).beginning(PREFIX))
        .stream()
        .map(DynamoDbWriteStore::record)
        .toList();
  }

  private ItemUpdate update(OperationId operation, int index) {
    return new ItemUpdate(table, operation.value(), PREFIX + "%03d".formatted(index));
  }

  private static AttributeValue expiry(Instant at) {
    return Values.seconds(at.plus(ReadItems.KEPT));
  }

  private static KeptRecord record(Item item) {
    return new KeptRecord(
        Integer.parseInt(item.text(Item.SK).substring(PREFIX.length())),
        mark(item),
        item.textOrNull(OUTCOME));
  }

  private static @Nullable Mark mark(Item item) {
    return item.has(SENT_BY)
        ? new Mark(
            item.text(SENT_BY),
            item.millis(SENT_AT),
            item.has(LOOKED_BEFORE) ? new TreeSet<>(item.set(SAME_BEFORE)) : null)
        : null;
  }
}
