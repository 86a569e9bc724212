package io.pinferry.aws;

import static io.pinferry.aws.ReadItems.BOOKMARK;
import static io.pinferry.aws.ReadItems.ENDED_AT;
import static io.pinferry.aws.ReadItems.FAILURE;
import static io.pinferry.aws.ReadItems.LEASED_UNTIL;
import static io.pinferry.aws.ReadItems.LEASES_WITHOUT_PAGE;
import static io.pinferry.aws.ReadItems.LEASE_WITHOUT_PAGE;
import static io.pinferry.aws.ReadItems.NOT_BEFORE;
import static io.pinferry.aws.ReadItems.OPEN_MARK;
import static io.pinferry.aws.ReadItems.RECORD_COUNT;
import static io.pinferry.aws.ReadItems.RESTARTS;
import static io.pinferry.aws.ReadItems.RESULT;
import static io.pinferry.aws.ReadItems.SENT_THROUGH;
import static io.pinferry.aws.ReadItems.SKIPPED;
import static io.pinferry.aws.ReadItems.STATE;
import static io.pinferry.aws.ReadItems.STATUS;
import static io.pinferry.aws.ReadItems.STORED_PAGE;
import static io.pinferry.aws.ReadItems.UNDELIVERED;
import static io.pinferry.aws.ReadItems.WAITS_FOR_DELIVERY;
import static java.util.Comparator.comparing;

import io.pinferry.base.Tasks;
import io.pinferry.directory.DirectoryWrite;
import io.pinferry.directory.InstallationId;
import io.pinferry.directory.ProjectId;
import io.pinferry.read.NewPartition;
import io.pinferry.read.Operation;
import io.pinferry.read.OperationId;
import io.pinferry.read.OperationStatus;
import io.pinferry.read.Partition;
import io.pinferry.read.PartitionId;
import io.pinferry.read.PartitionKey;
import io.pinferry.read.PartitionState;
import io.pinferry.read.ReadStore;
import io.pinferry.read.ReadTransaction;
import io.pinferry.read.ReadTransaction.Outcome;
import io.pinferry.read.ReadType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;

/**
 * Operations and partitions in a DynamoDB table with keys {@code pk} and {@code sk} and a local
 * secondary index {@code open}; {@link ReadItems} says what is in it. A partition's attributes are
 * top-level, so that each step of it is one conditional UpdateItem.
 */
public final class DynamoDbReadStore implements ReadStore {
  /** The most partitions created in one transaction. */
  private static final int GROUP_MAX = 99;

  private static final int LIST_MAX = 1000;

  /** An item may have 400 KB, its names and keys included. */
  private static final int RESULT_PART_BYTES_MAX = 390_000;

  private static final AttributeValue OPEN = Values.text(PartitionState.OPEN.name());
  private static final AttributeValue ZERO = Values.number(0);
  private static final AttributeValue ONE = Values.number(1);
  private static final String IS_HELD = "#fence = :held AND #state = :open";
  private static final String EXISTS = "attribute_exists(#pk)";

  private final DynamoDb dynamoDb;
  private final Tables tables;
  private final Tasks tasks;

  /** Names of the tables that a transaction of reads may write to. */
  public record Tables(String reads, String directory, String timers) {}

  public DynamoDbReadStore(DynamoDbClient client, Tables tables, Tasks tasks) {
    this.dynamoDb = new DynamoDb(client, tasks);
    this.tables = tables;
    this.tasks = tasks;
  }

  @Override
  public Outcome commit(ReadTransaction transaction) {
    TimerItems.checkDistinct(transaction.removedTimers(), transaction.addedTimers());
    Instant now = tasks.now();
    // In the order of the outcomes, so that the first refused write tells the first of them.
    List<TransactWriteItem> writes = new ArrayList<>();
    transaction
        .directory()
        .forEach(write -> writes.add(DirectoryItems.write(tables.directory(), write, now)));
    int directoryEnd = writes.size();
    transaction
        .removedTimers()
        .forEach(timer -> writes.add(TimerItems.remove(tables.timers(), timer)));
    int timersEnd = writes.size();
    for (ReadTransaction.Start start : transaction.starts()) {
      writes.add(
          DynamoDb.putIfAbsentInTransaction(
              tables.reads(), ReadItems.operation(start.operation())));
      // These belong to the operation, and are absent when it is.
      writes.add(put(ReadItems.operationOfInstallation(start.operation())));
      if (start.operation().readType() != ReadType.WRITE) {
        writes.add(put(ReadItems.reading(start.operation())));
      }
      for (NewPartition root : start.roots()) {
        writes.add(put(ReadItems.partition(start.operation().id(), root, now)));
      }
    }
    transaction.addedTimers().forEach(timer -> writes.add(TimerItems.add(tables.timers(), timer)));

    List<Integer> refused = dynamoDb.transact(writes);
    if (refused.isEmpty()) {
      return Outcome.COMMITTED;
    }
    int first = refused.getFirst();
    if (first < directoryEnd) {
      return Outcome.DIRECTORY_CHANGED;
    }
    return first < timersEnd ? Outcome.TIMER_GONE : Outcome.ALREADY_STARTED;
  }

  private TransactWriteItem put(Item item) {
    return DynamoDb.putInTransaction(tables.reads(), item);
  }

  @Override
  public Optional<Operation> findOperation(OperationId id) {
    return dynamoDb.get(tables.reads(), id.value(), ReadItems.OPERATION).map(ReadItems::operation);
  }

  @Override
  public OperationPage operationsOf(
      InstallationId installation, int limit, @Nullable String pageToken) {
    Limit.check(limit, LIST_MAX);
    var query =
        new DynamoDb.Query(tables.reads(), ReadItems.installation(installation))
            .beginning(ReadItems.OPERATION_PREFIX)
            .after(pageToken == null ? null : ReadItems.afterPageToken(installation, pageToken))
            .descending();
    // One more than asked for tells whether there is a next page.
    List<Item> found = dynamoDb.query(query, limit + 1);
    List<Item> page = found.subList(0, Math.min(limit, found.size()));
    Map<Map<String, AttributeValue>, Operation> operations = new HashMap<>();
    dynamoDb
        .getAll(tables.reads(), page.stream().map(ReadItems::operationKey).toList())
        .forEach(
            item ->
                operations.put(
                    Item.key(item.text(Item.PK), item.text(Item.SK)), ReadItems.operation(item)));
    return new OperationPage(
        page.stream()
            .map(item -> operations.get(ReadItems.operationKey(item)))
            // Both expire, but DynamoDB removes them one after the other.
            .filter(Objects::nonNull)
            .toList(),
        found.size() > limit ? ReadItems.pageToken(page.getLast()) : null);
  }

  @Override
  public List<Operation> readsInProgress(InstallationId installation) {
    List<Item> found =
        dynamoDb.queryAll(
            new DynamoDb.Query(tables.reads(), ReadItems.installation(installation))
                .beginning(ReadItems.READING_PREFIX));
    return dynamoDb
        .getAll(tables.reads(), found.stream().map(ReadItems::operationKey).toList())
        .stream()
        .map(ReadItems::operation)
        // Both were not read in one step.
        .filter(operation -> !operation.ended())
        .sorted(comparing(Operation::startedAt).reversed())
        .toList();
  }

  @Override
  public Optional<Partition> findPartition(PartitionKey key) {
    return dynamoDb
        .get(tables.reads(), key.operation().value(), ReadItems.sort(key.partition()))
        .map(ReadItems::partition);
  }

  @Override
  public List<Partition> partitionsOf(OperationId operation) {
    return dynamoDb
        .queryAll(
            new DynamoDb.Query(tables.reads(), operation.value())
                .beginning(ReadItems.PARTITION_PREFIX))
        .stream()
        .map(ReadItems::partition)
        .toList();
  }

  @Override
  public List<Partition> undeliveredOf(OperationId operation) {
    return dynamoDb
        .queryAll(
            new DynamoDb.Query(tables.reads(), operation.value())
                .beginning(ReadItems.PARTITION_PREFIX)
                .filter(
                    "attribute_exists(#undelivered) OR #waitsForDelivery = :isTrue",
                    "isTrue",
                    AttributeValue.fromBool(true)))
        .stream()
        .map(ReadItems::partition)
        .toList();
  }

  @Override
  public Optional<Partition> tryLease(PartitionKey key, Duration length, Instant now) {
    return partition(
        update(key)
            .compute(LEASES_WITHOUT_PAGE, "#leasesWithoutPage + #leaseWithoutPage")
            .set(LEASE_WITHOUT_PAGE, ONE)
            .compute(ReadItems.FENCE, "#fence + :one")
            .value("one", ONE)
            .set(LEASED_UNTIL, Values.millis(now.plus(length)))
            .remove(WAITS_FOR_DELIVERY)
            .when("#state = :open")
            .value("open", OPEN)
            .when("attribute_not_exists(#leasedUntil) OR #leasedUntil <= :now")
            .value("now", Values.millis(now)));
  }

  @Override
  public OptionalInt storePage(PartitionKey key, long fence, PageStored page) {
    // One expression cannot both add to and delete from a set. The partition is held and open
    // before and after the first of the two updates, so nobody concludes anything from the set in
    // between; and if this is all that happens, the page is read again by the next holder, whose
    // messages are other entries than the ones that went.
    if (!page.replaced().isEmpty()
        && dynamoDb
            .updated(held(key, fence).delete(UNDELIVERED, Values.set(page.replaced())))
            .isEmpty()) {
      return OptionalInt.empty();
    }
    ItemUpdate update =
        held(key, fence)
            .set(SENT_THROUGH, Values.number(page.page() - 1L))
            .set(BOOKMARK, page.bookmark() == null ? null : Values.text(page.bookmark()))
            .set(RECORD_COUNT, Values.number(page.recordCountBefore()))
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
    ItemUpdate update =
        held(key, fence)
            .set(SENT_THROUGH, Values.number(release.sentThrough()))
            .set(BOOKMARK, release.bookmark() == null ? null : Values.text(release.bookmark()))
            .set(RECORD_COUNT, Values.number(release.recordCount()))
            .set(RESTARTS, Values.number(release.restarts()))
            .set(
                NOT_BEFORE, release.notBefore() == null ? null : Values.millis(release.notBefore()))
            .remove(LEASED_UNTIL);
    if (release.forDelivery()) {
      update.set(WAITS_FOR_DELIVERY, AttributeValue.fromBool(true));
    }
    if (release.waited()) {
      update.set(LEASE_WITHOUT_PAGE, ZERO);
    }
    return partition(update);
  }

  @Override
  public Optional<Partition> end(PartitionKey key, long fence, PartitionEnd end) {
    AttributeValue reason = end.reason() == null ? null : Values.text(end.reason());
    ItemUpdate update =
        held(key, fence)
            .set(STATE, Values.text(end.state().name()))
            .set(SENT_THROUGH, Values.number(end.sentThrough()))
            .set(RECORD_COUNT, Values.number(end.recordCount()))
            .remove(LEASED_UNTIL);
    if (end.settles()) {
      update.remove(OPEN_MARK).when("attribute_not_exists(#undelivered)");
    }
    switch (end.state()) {
      case OPEN -> throw new IllegalArgumentException("a partition cannot end in state OPEN");
      case ENDED -> {}
      case FAILED -> update.set(FAILURE, reason);
      case SKIPPED -> update.set(SKIPPED, reason);
    }
    return partition(update);
  }

  @Override
  public void createPartitions(OperationId operation, List<NewPartition> partitions) {
    Instant now = tasks.now();
    List<TransactWriteItem> writes =
        partitions.stream()
            .distinct()
            .map(created -> ReadItems.partition(operation, created, now))
            .map(item -> DynamoDb.putIfAbsentInTransaction(tables.reads(), item))
            .toList();
    for (int from = 0; from < writes.size(); from += GROUP_MAX) {
      createGroup(writes.subList(from, Math.min(writes.size(), from + GROUP_MAX)));
    }
  }

  /** Puts the items that are absent. Each round leaves out those that the one before found. */
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
      return findPartition(key);
    }
    return partition(update(key).delete(UNDELIVERED, Values.set(distinct)).when(EXISTS));
  }

  @Override
  public Optional<Partition> giveUp(PartitionKey key, String entry, String reason) {
    return partition(
        update(key)
            .delete(UNDELIVERED, Values.set(Set.of(entry)))
            .set(STATE, Values.text(PartitionState.FAILED.name()))
            .setIfAbsent(FAILURE, Values.text(reason))
            .compute(ReadItems.FENCE, "#fence + :one")
            .value("one", ONE)
            .remove(LEASED_UNTIL)
            .when("contains(#undelivered, :entry)")
            .value("entry", Values.text(entry)));
  }

  @Override
  public boolean settle(PartitionKey key) {
    var changed =
        dynamoDb.update(
            update(key)
                .remove(OPEN_MARK)
                .when(EXISTS)
                .when("#state <> :open AND attribute_not_exists(#undelivered)")
                .value("open", OPEN));
    return switch (changed) {
      case DynamoDb.Changed.Applied applied -> true;
      case DynamoDb.Changed.Refused(@Nullable Item found) -> found == null;
    };
  }

  @Override
  public List<PartitionId> openPartitions(
      OperationId operation, @Nullable PartitionId after, int limit) {
    var query =
        new DynamoDb.Query(tables.reads(), operation.value())
            .indexed(ReadItems.OPEN_INDEX, OPEN_MARK, after == null ? null : after.value());
    return dynamoDb.query(query, limit).stream()
        .map(item -> new PartitionId(item.text(OPEN_MARK)))
        .toList();
  }

  @Override
  public boolean finish(
      Operation operation,
      OperationStatus status,
      String result,
      Instant endedAt,
      @Nullable DirectoryWrite along) {
    if (status == OperationStatus.IN_PROGRESS) {
      throw new IllegalArgumentException("an operation cannot end in progress");
    }
    List<TransactWriteItem> writes = new ArrayList<>();
    writes.add(
        TransactWriteItem.builder()
            .update(
                new ItemUpdate(tables.reads(), operation.id().value(), ReadItems.OPERATION)
                    .set(STATUS, Values.text(status.name()))
                    .set(RESULT, Values.text(result))
                    .set(ENDED_AT, Values.millis(endedAt))
                    .when("#status = :inProgress")
                    .value("inProgress", Values.text(OperationStatus.IN_PROGRESS.name()))
                    .inTransaction())
            .build());
    if (along != null) {
      writes.add(DirectoryItems.write(tables.directory(), along, tasks.now()));
    }
    if (operation.readType() != ReadType.WRITE) {
      writes.add(
          TransactWriteItem.builder()
              .delete(
                  delete -> delete.tableName(tables.reads()).key(ReadItems.readingKey(operation)))
              .build());
    }
    List<Integer> refused = dynamoDb.transact(writes);
    if (refused.equals(List.of(1))) {
      throw new IllegalStateException(
          "operation " + operation.id() + " cannot end: its end was told before");
    }
    return refused.isEmpty();
  }

  @Override
  public void keepResult(ProjectId project, String messageId, byte[] result, Instant until) {
    byte[] packed = Gzip.pack(result);
    int count = (packed.length + RESULT_PART_BYTES_MAX - 1) / RESULT_PART_BYTES_MAX;
    for (int part = 0; part < count; part++) {
      int from = part * RESULT_PART_BYTES_MAX;
      int to = Math.min(packed.length, from + RESULT_PART_BYTES_MAX);
      dynamoDb.transact(
          List.of(
              put(
                  ReadItems.resultPart(
                      project,
                      messageId,
                      part,
                      count,
                      Arrays.copyOfRange(packed, from, to),
                      until))));
    }
  }

  @Override
  public Optional<byte[]> findResult(ProjectId project, String messageId) {
    List<Item> parts =
        dynamoDb.queryAll(new DynamoDb.Query(tables.reads(), ReadItems.result(project, messageId)));
    if (parts.isEmpty() || parts.size() < ReadItems.resultPartCount(parts.getFirst())) {
      return Optional.empty();
    }
    var packed = new ByteArrayOutputStream();
    parts.forEach(part -> packed.writeBytes(ReadItems.resultBytes(part)));
    try {
      return Optional.of(Gzip.unpack(packed.toByteArray(), Integer.MAX_VALUE));
    } catch (IOException e) {
      throw new UncheckedIOException("a kept result that is none of ours", e);
    }
  }

  @Override
  public void log(OperationId id, LogLine line) {
    dynamoDb.putIfAbsent(tables.reads(), ReadItems.logLine(id, line));
  }

  @Override
  public List<LogLine> logOf(OperationId id, int limit) {
    NavigableSet<LogLine> newest = new TreeSet<>(comparing(LogLine::at).thenComparing(LogLine::id));
    dynamoDb.query(
        new DynamoDb.Query(tables.reads(), id.value()).beginning(ReadItems.LOG_PREFIX),
        item -> {
          newest.add(ReadItems.logLine(item));
          if (newest.size() > limit) {
            newest.removeFirst();
          }
          return true;
        });
    return List.copyOf(newest);
  }

  private ItemUpdate update(PartitionKey key) {
    return new ItemUpdate(tables.reads(), key.operation().value(), ReadItems.sort(key.partition()));
  }

  /** Returns an update that is refused unless the fence is the newest and the state OPEN. */
  private ItemUpdate held(PartitionKey key, long fence) {
    return update(key).when(IS_HELD).value("held", Values.number(fence)).value("open", OPEN);
  }

  private Optional<Partition> partition(ItemUpdate update) {
    return dynamoDb.updated(update).map(ReadItems::partition);
  }
}
