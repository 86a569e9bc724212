package io.pinferry.aws;

import static io.pinferry.aws.PartitionItems.BOOKMARK;
import static io.pinferry.aws.PartitionItems.FAILURE;
import static io.pinferry.aws.PartitionItems.GONE;
import static io.pinferry.aws.PartitionItems.LEASED_UNTIL;
import static io.pinferry.aws.PartitionItems.LEASES_WITHOUT_PAGE;
import static io.pinferry.aws.PartitionItems.LEASE_WITHOUT_PAGE;
import static io.pinferry.aws.PartitionItems.NOT_BEFORE;
import static io.pinferry.aws.PartitionItems.OPEN_MARK;
import static io.pinferry.aws.PartitionItems.RECORD_COUNT;
import static io.pinferry.aws.PartitionItems.RESTARTS;
import static io.pinferry.aws.PartitionItems.SENT_THROUGH;
import static io.pinferry.aws.PartitionItems.SKIPPED;
import static io.pinferry.aws.PartitionItems.STATE;
import static io.pinferry.aws.PartitionItems.STORED_PAGE;
import static io.pinferry.aws.PartitionItems.UNDELIVERED;
import static io.pinferry.aws.PartitionItems.WAITS_FOR_DELIVERY;

import io.pinferry.base.Tasks;
import io.pinferry.operation.Chain;
import io.pinferry.operation.OperationId;
import io.pinferry.operation.PartitionId;
import io.pinferry.read.Cursor;
import io.pinferry.read.Partition;
import io.pinferry.read.PartitionKey;
import io.pinferry.read.PartitionState;
import io.pinferry.read.PartitionStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;

/**
 * Partitions in a DynamoDB table with keys {@code pk} and {@code sk} and a local secondary index
 * {@code open}; see {@link PartitionItems}.
 */
public final class DynamoDbPartitionStore implements PartitionStore {
  /** The most partitions created in one transaction. */
  private static final int GROUP_MAX = 99;

  private static final AttributeValue OPEN = Values.text(PartitionState.OPEN.name());
  private static final AttributeValue ZERO = Values.number(0);
  private static final AttributeValue ONE = Values.number(1);
  private static final String IS_HELD = "#fence = :held AND #state = :open";

  private final DynamoDb dynamoDb;
  private final String table;
  private final Tasks tasks;

  public DynamoDbPartitionStore(DynamoDbClient client, String table, Tasks tasks) {
    this.dynamoDb = new DynamoDb(client, tasks);
    this.table = table;
    this.tasks = tasks;
  }

  @Override
  public Optional<Partition> find(PartitionKey key) {
    return dynamoDb
        .get(table, key.operation().value(), PartitionItems.sort(key.partition()))
        .map(PartitionItems::partition);
  }

  @Override
  public List<Partition> ofOperation(OperationId operation) {
    return dynamoDb.queryAll(partitionsOf(operation), PartitionItems::partition);
  }

  @Override
  public List<Partition> undeliveredOf(OperationId operation) {
    return dynamoDb.queryAll(
        partitionsOf(operation)
            .filter(
                "attribute_exists(#undelivered) OR #waitsForDelivery = :isTrue",
                "isTrue",
                AttributeValue.fromBool(true)),
        PartitionItems::partition);
  }

  private DynamoDb.Query partitionsOf(OperationId operation) {
    return new DynamoDb.Query(table, operation.value()).beginning(PartitionItems.PARTITION_PREFIX);
  }

  @Override
  public Optional<Partition> tryLease(PartitionKey key, Duration length, Instant now) {
    return partition(
        update(key)
            .compute(LEASES_WITHOUT_PAGE, "#leasesWithoutPage + #leaseWithoutPage")
            .set(LEASE_WITHOUT_PAGE, ONE)
            .compute(PartitionItems.FENCE, "#fence + :one")
            .value("one", ONE)
            .set(LEASED_UNTIL, Values.millis(now.plus(length)))
            .remove(WAITS_FOR_DELIVERY)
            .when("#state = :open")
            .value("open", OPEN)
            .when("attribute_not_exists(#leasedUntil) OR #leasedUntil <= :now")
            .value("now", Values.millis(now)));
  }

  @Override
  public OptionalInt storePage(PartitionKey key, long fence, PageWrite page) {
    // One expression cannot both add to and delete from a set, so there are two updates. In between
    // the partition is leased and in state OPEN, so nobody draws conclusions from the set. If the
    // second update never comes, the next holder reads the page again and adds other entries.
    if (!page.replaced().isEmpty()
        && dynamoDb
            .updated(held(key, fence).delete(UNDELIVERED, Values.set(page.replaced())))
            .isEmpty()) {
      return OptionalInt.empty();
    }
    ItemWrite update =
        at(held(key, fence), page.cursor())
            .set(LEASED_UNTIL, Values.millis(page.leasedUntil()))
            .set(STORED_PAGE, Values.number(page.page()));
    if (page.advances()) {
      update.set(LEASES_WITHOUT_PAGE, ZERO).set(LEASE_WITHOUT_PAGE, ZERO);
    }
    if (!page.entries().isEmpty()) {
      update.add(UNDELIVERED, Values.set(page.entries()));
    }
    return dynamoDb
        .updated(update)
        .map(item -> OptionalInt.of(item.set(UNDELIVERED).size()))
        .orElse(OptionalInt.empty());
  }

  @Override
  public Optional<Partition> release(PartitionKey key, long fence, Release release) {
    ItemWrite update =
        at(held(key, fence), release.cursor())
            .set(RESTARTS, Values.number(release.cursor().restarts()))
            .set(
                NOT_BEFORE, release.notBefore() == null ? null : Values.millis(release.notBefore()))
            .remove(LEASED_UNTIL);
    if (release.forDelivery()) {
      update.set(WAITS_FOR_DELIVERY, AttributeValue.fromBool(true));
    }
    if (!release.counts()) {
      update.set(LEASE_WITHOUT_PAGE, ZERO);
    }
    return partition(update);
  }

  @Override
  public Optional<Partition> end(PartitionKey key, long fence, PartitionEnd end) {
    AttributeValue reason = end.reason() == null ? null : Values.text(end.reason());
    ItemWrite update =
        counted(held(key, fence), end.cursor())
            .set(STATE, Values.text(end.state().name()))
            .remove(LEASED_UNTIL);
    if (end.settles()) {
      update.remove(OPEN_MARK).when("attribute_not_exists(#undelivered)");
    }
    switch (end.state()) {
      case OPEN -> throw new IllegalArgumentException("a partition cannot end in state OPEN");
      case ENDED -> {
        if (reason != null) {
          update.set(GONE, reason);
        }
      }
      case FAILED -> update.set(FAILURE, reason);
      case SKIPPED -> update.set(SKIPPED, reason);
    }
    return partition(update);
  }

  @Override
  public void createPartitions(OperationId operation, List<Chain> chains) {
    Instant now = tasks.now();
    List<TransactWriteItem> writes =
        chains.stream()
            .distinct()
            .map(created -> PartitionItems.partition(operation, created, now))
            .map(item -> DynamoDb.putIfAbsentInTransaction(table, item))
            .toList();
    for (int from = 0; from < writes.size(); from += GROUP_MAX) {
      createGroup(writes.subList(from, Math.min(writes.size(), from + GROUP_MAX)));
    }
  }

  /** Puts the absent items. Each round leaves out the items that exist. */
  private void createGroup(List<TransactWriteItem> group) {
    List<TransactWriteItem> absent = group;
    while (!absent.isEmpty()) {
      Set<Integer> there = new HashSet<>(dynamoDb.transact(absent));
      if (there.isEmpty()) {
        return;
      }
      List<TransactWriteItem> rest = new ArrayList<>();
      for (int i = 0; i < absent.size(); i++) {
        if (!there.contains(i)) {
          rest.add(absent.get(i));
        }
      }
      absent = rest;
    }
  }

  @Override
  public Optional<Partition> removeUndelivered(PartitionKey key, Collection<String> entries) {
    Set<String> distinct = Set.copyOf(entries);
    if (distinct.isEmpty()) {
      return find(key);
    }
    return partition(update(key).delete(UNDELIVERED, Values.set(distinct)).when(ItemWrite.EXISTS));
  }

  @Override
  public Optional<Partition> giveUp(PartitionKey key, String entry, String reason) {
    return partition(
        failure(key, entry, reason).add(PartitionItems.GIVEN_UP, Values.set(Set.of(entry))));
  }

  @Override
  public Optional<Partition> drop(PartitionKey key, String entry, String reason) {
    return partition(failure(key, entry, reason));
  }

  private ItemWrite failure(PartitionKey key, String entry, String reason) {
    return update(key)
        .delete(UNDELIVERED, Values.set(Set.of(entry)))
        .set(STATE, Values.text(PartitionState.FAILED.name()))
        .setIfAbsent(FAILURE, Values.text(reason))
        .compute(PartitionItems.FENCE, "#fence + :one")
        .value("one", ONE)
        .remove(LEASED_UNTIL)
        .when("contains(#undelivered, :entry)")
        .value("entry", Values.text(entry));
  }

  @Override
  public Optional<Partition> deliverLate(PartitionKey key, String entry) {
    return partition(
        update(key)
            .delete(UNDELIVERED, Values.set(Set.of(entry)))
            .add(PartitionItems.DELIVERED_LATER, Values.set(Set.of(entry)))
            .when(ItemWrite.EXISTS));
  }

  @Override
  public void remove(OperationId operation) {
    dynamoDb.deleteAll(table, partitionsOf(operation));
  }

  @Override
  public boolean settle(PartitionKey key) {
    var result =
        dynamoDb.update(
            update(key)
                .remove(OPEN_MARK)
                .when(ItemWrite.EXISTS)
                .when("#state <> :open AND attribute_not_exists(#undelivered)")
                .value("open", OPEN));
    return switch (result) {
      case DynamoDb.UpdateResult.Success _ -> true;
      case DynamoDb.UpdateResult.Refusal(@Nullable Item found) -> found == null;
    };
  }

  @Override
  public List<PartitionId> openPartitions(
      OperationId operation, @Nullable PartitionId after, int limit) {
    var query =
        new DynamoDb.Query(table, operation.value())
            .indexed(PartitionItems.OPEN_INDEX, OPEN_MARK, after == null ? null : after.value());
    return dynamoDb.query(query, limit).stream()
        .map(item -> new PartitionId(item.text(OPEN_MARK)))
        .toList();
  }

  private ItemWrite update(PartitionKey key) {
    return new ItemWrite(table, key.operation().value(), PartitionItems.sort(key.partition()));
  }

  /** Returns an update with the condition that the fence is the newest and the state OPEN. */
  private ItemWrite held(PartitionKey key, long fence) {
    return update(key).when(IS_HELD).value("held", Values.number(fence)).value("open", OPEN);
  }

  private static ItemWrite at(ItemWrite update, Cursor cursor) {
    String bookmark = cursor.bookmark();
    return counted(update, cursor).set(BOOKMARK, bookmark == null ? null : Values.text(bookmark));
  }

  private static ItemWrite counted(ItemWrite update, Cursor cursor) {
    Cursor.Changes changes = cursor.changes();
    return update
        .set(SENT_THROUGH, Values.number(cursor.sentThrough()))
        .set(RECORD_COUNT, Values.number(cursor.recordCount()))
        .set(PartitionItems.NEW_COUNT, positive(changes.created()))
        .set(PartitionItems.UNCHANGED_COUNT, positive(changes.unchanged()))
        .set(PartitionItems.READ_AGAIN, changes.readAgain() ? AttributeValue.fromBool(true) : null);
  }

  /** Returns null for zero: most partitions are not compared, and have no such attribute. */
  private static @Nullable AttributeValue positive(long count) {
    return count == 0 ? null : Values.number(count);
  }

  private Optional<Partition> partition(ItemWrite update) {
    return dynamoDb.updated(update).map(PartitionItems::partition);
  }
}
