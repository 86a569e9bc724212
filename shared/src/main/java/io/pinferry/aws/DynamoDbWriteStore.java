package io.pinferry.aws;

import io.pinferry.base.Tasks;
import io.pinferry.operation.OperationId;
import io.pinferry.write.WriteStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Records of writes in the Reads table, beside their operations: {@code pk} operation, {@code sk}
 * {@code RECORD#<index>}, and {@code sk} {@code WRITE} for the lease.
 */
public final class DynamoDbWriteStore implements WriteStore {
  private static final String PREFIX = "RECORD#";
  private static final String SENT_BY = "sentBy";
  private static final String SENT_AT = "sentAt";
  private static final String SAME_BEFORE = "sameBefore";

  /** Present when the lookup by natural key was made, even if it found nothing. */
  private static final String LOOKED_BEFORE = "lookedBefore";

  private static final String OUTCOME = "outcome";
  private static final String INPUT = "input";
  private static final String PROGRESS = "progress";

  /** The item of the lease to send the records of an operation. */
  private static final String WRITE = "WRITE";

  private static final String LEASED_BY = "leasedBy";
  private static final String LEASED_UNTIL = "leasedUntil";
  private static final String NOT_BEFORE = "notBefore";
  private static final String LEASES = "leases";

  private final DynamoDb dynamoDb;
  private final String table;
  private final Tasks tasks;

  public DynamoDbWriteStore(DynamoDbClient client, String table, Tasks tasks) {
    this.dynamoDb = new DynamoDb(client, tasks);
    this.table = table;
    this.tasks = tasks;
  }

  @Override
  public void put(OperationId operation, Instant at, List<String> inputs) {
    List<Callable<DynamoDb.UpdateResult>> puts = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      ItemWrite put =
          update(operation, i)
              .set(INPUT, Values.text(inputs.get(i)))
              .setIfAbsent(Item.EXPIRES_AT, expiry(at));
      puts.add(() -> dynamoDb.update(put));
    }
    tasks.all(puts);
  }

  @Override
  public boolean mark(OperationId operation, int index, Mark mark, @Nullable String input) {
    Set<String> before = mark.sameBefore();
    ItemWrite update =
        update(operation, index)
            .set(SENT_BY, Values.text(mark.by()))
            .set(SENT_AT, Values.millis(mark.at()))
            .setIfAbsent(Item.EXPIRES_AT, expiry(mark.at()))
            .when("attribute_not_exists(#sentBy) OR #sentBy = :sentBy");
    if (before != null) {
      update.set(LOOKED_BEFORE, AttributeValue.fromBool(true));
      update.set(SAME_BEFORE, before.isEmpty() ? null : Values.set(before));
    }
    if (input != null) {
      update.set(INPUT, Values.text(input));
    }
    return dynamoDb.updated(update).isPresent();
  }

  @Override
  public void unmark(OperationId operation, int index, String by) {
    dynamoDb.update(
        update(operation, index)
            .remove(SENT_BY)
            .remove(SENT_AT)
            .remove(LOOKED_BEFORE)
            .remove(SAME_BEFORE)
            .when("#sentBy = :by")
            .value("by", Values.text(by)));
  }

  @Override
  public void progress(OperationId operation, int index, Instant at, String progress) {
    dynamoDb.update(
        update(operation, index)
            .set(PROGRESS, Values.text(progress))
            .setIfAbsent(Item.EXPIRES_AT, expiry(at)));
  }

  @Override
  public OptionalInt tryLease(OperationId operation, String by, Instant now, Instant until) {
    return dynamoDb
        .updated(
            new ItemWrite(table, operation.value(), WRITE)
                .set(LEASED_BY, Values.text(by))
                .set(LEASED_UNTIL, Values.millis(until))
                .add(LEASES, Values.number(1))
                .setIfAbsent(Item.EXPIRES_AT, expiry(now))
                .when("attribute_not_exists(#leasedUntil) OR #leasedUntil <= :now")
                .when("attribute_not_exists(#notBefore) OR #notBefore <= :now")
                .value("now", Values.millis(now)))
        .map(item -> OptionalInt.of((int) item.number(LEASES) - 1))
        .orElse(OptionalInt.empty());
  }

  @Override
  public boolean isLeased(OperationId operation, Instant now) {
    return dynamoDb
        .get(table, operation.value(), WRITE)
        .map(item -> item.millisOrNull(LEASED_UNTIL))
        .filter(now::isBefore)
        .isPresent();
  }

  @Override
  public void release(OperationId operation, String by, Instant notBefore) {
    dynamoDb.update(
        new ItemWrite(table, operation.value(), WRITE)
            .remove(LEASED_UNTIL)
            .remove(LEASED_BY)
            .set(NOT_BEFORE, Values.millis(notBefore))
            .when("#leasedBy = :by")
            .value("by", Values.text(by)));
  }

  @Override
  public void keep(OperationId operation, int index, Instant at, String outcome) {
    dynamoDb.update(
        update(operation, index)
            .setIfAbsent(OUTCOME, Values.text(outcome))
            .remove(INPUT)
            .setIfAbsent(Item.EXPIRES_AT, expiry(at)));
  }

  @Override
  public List<RecordState> recordsOf(OperationId operation) {
    return dynamoDb.queryAll(
        new DynamoDb.Query(table, operation.value()).beginning(PREFIX), DynamoDbWriteStore::record);
  }

  @Override
  public void remove(OperationId operation) {
    dynamoDb.deleteAll(table, new DynamoDb.Query(table, operation.value()).beginning(PREFIX));
    dynamoDb.transact(List.of(new ItemWrite(table, operation.value(), WRITE).delete()));
  }

  private ItemWrite update(OperationId operation, int index) {
    return new ItemWrite(table, operation.value(), PREFIX + "%03d".formatted(index));
  }

  private static AttributeValue expiry(Instant at) {
    return Values.seconds(at.plus(OperationItems.KEPT));
  }

  private static RecordState record(Item item) {
    return new RecordState(
        Integer.parseInt(item.text(Item.SK).substring(PREFIX.length())),
        item.textOrNull(INPUT),
        mark(item),
        item.textOrNull(PROGRESS),
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
