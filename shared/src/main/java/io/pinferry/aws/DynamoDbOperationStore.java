package io.pinferry.aws;

import static java.util.Comparator.comparing;

import io.pinferry.base.Codec;
import io.pinferry.base.Tasks;
import io.pinferry.directory.DirectoryWrite;
import io.pinferry.directory.InstallationId;
import io.pinferry.operation.Chain;
import io.pinferry.operation.LogLine;
import io.pinferry.operation.Operation;
import io.pinferry.operation.OperationEnd;
import io.pinferry.operation.OperationId;
import io.pinferry.operation.OperationStatus;
import io.pinferry.operation.OperationStore;
import io.pinferry.operation.OperationTransaction;
import io.pinferry.operation.OperationTransaction.Outcome;
import io.pinferry.operation.Work;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;

/**
 * Operations in a DynamoDB table with keys {@code pk} and {@code sk}; see {@link OperationItems}.
 */
public final class DynamoDbOperationStore implements OperationStore {
  private static final int LIST_MAX = 1000;

  private final DynamoDb dynamoDb;
  private final Tables tables;
  private final Tasks tasks;

  /** Names of the tables that a transaction of operations may write to. */
  public record Tables(String reads, String directory, String timers) {}

  public DynamoDbOperationStore(DynamoDbClient client, Tables tables, Tasks tasks) {
    this.dynamoDb = new DynamoDb(client, tasks);
    this.tables = tables;
    this.tasks = tasks;
  }

  @Override
  public Outcome commit(OperationTransaction transaction) {
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
    for (OperationTransaction.Start start : transaction.starts()) {
      writes.add(
          DynamoDb.putIfAbsentInTransaction(
              tables.reads(), OperationItems.operation(start.operation())));
      // These belong to the operation, and are absent when it is.
      writes.add(put(OperationItems.operationOfInstallation(start.operation())));
      if (start.operation().work() instanceof Work.Read) {
        writes.add(put(OperationItems.reading(start.operation())));
      }
      for (Chain root : start.roots()) {
        writes.add(put(PartitionItems.partition(start.operation().id(), root, now)));
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
  public Optional<Operation> find(OperationId id) {
    return dynamoDb
        .get(tables.reads(), id.value(), OperationItems.OPERATION)
        .map(OperationItems::operation);
  }

  @Override
  public Page ofInstallation(InstallationId installation, int limit, @Nullable String pageToken) {
    Limit.check(limit, LIST_MAX);
    var query =
        new DynamoDb.Query(tables.reads(), OperationItems.installation(installation))
            .beginning(OperationItems.OPERATION_PREFIX)
            .after(
                pageToken == null ? null : OperationItems.afterPageToken(installation, pageToken))
            .descending();
    // One more than asked for tells whether there is a next page.
    List<Item> found = dynamoDb.query(query, limit + 1);
    List<Item> page = found.subList(0, Math.min(limit, found.size()));
    Map<Map<String, AttributeValue>, Operation> operations = new HashMap<>();
    dynamoDb
        .getAll(tables.reads(), page.stream().map(OperationItems::operationKey).toList())
        .forEach(
            item ->
                operations.put(
                    Item.key(item.text(Item.PK), item.text(Item.SK)),
                    OperationItems.operation(item)));
    return new Page(
        page.stream()
            .map(item -> operations.get(OperationItems.operationKey(item)))
            // Both expire, but DynamoDB removes them one after the other.
            .filter(Objects::nonNull)
            .toList(),
        found.size() > limit ? OperationItems.pageToken(page.getLast()) : null);
  }

  @Override
  public List<Operation> readsInProgress(InstallationId installation) {
    List<Item> found =
        dynamoDb.queryAll(
            new DynamoDb.Query(tables.reads(), OperationItems.installation(installation))
                .beginning(OperationItems.READING_PREFIX));
    return dynamoDb
        .getAll(tables.reads(), found.stream().map(OperationItems::operationKey).toList())
        .stream()
        .map(OperationItems::operation)
        // Both were not read in one step.
        .filter(operation -> !operation.ended())
        .sorted(comparing(Operation::startedAt).reversed())
        .toList();
  }

  @Override
  public boolean changeWork(Operation operation, Work work) {
    return dynamoDb
        .updated(update(operation).set(OperationItems.WORK, Values.text(Codec.text(work))))
        .isPresent();
  }

  @Override
  public boolean finish(Operation operation, OperationEnd end, @Nullable DirectoryWrite along) {
    List<TransactWriteItem> writes = new ArrayList<>();
    writes.add(
        TransactWriteItem.builder()
            .update(
                update(operation)
                    .set(OperationItems.STATUS, Values.text(end.status().name()))
                    .set(OperationItems.RESULT, Values.text(end.result()))
                    .set(OperationItems.ENDED_AT, Values.millis(end.at()))
                    .inTransaction())
            .build());
    if (along != null) {
      writes.add(DirectoryItems.write(tables.directory(), along, tasks.now()));
    }
    writes.add(put(OperationItems.logLine(operation.id(), LogLine.of(end))));
    if (operation.work() instanceof Work.Read) {
      writes.add(
          TransactWriteItem.builder()
              .delete(
                  delete ->
                      delete.tableName(tables.reads()).key(OperationItems.readingKey(operation)))
              .build());
    }
    List<Integer> refused = dynamoDb.transact(writes);
    if (refused.equals(List.of(1))) {
      throw new IllegalStateException(
          "operation " + operation.id() + " cannot end: its notification exists already");
    }
    return refused.isEmpty();
  }

  /** Returns an update that is refused unless the operation is in progress. */
  private ItemUpdate update(Operation operation) {
    return new ItemUpdate(tables.reads(), operation.id().value(), OperationItems.OPERATION)
        .when("#status = :inProgress")
        .value("inProgress", Values.text(OperationStatus.IN_PROGRESS.name()));
  }

  @Override
  public void log(OperationId id, LogLine line) {
    dynamoDb.putIfAbsent(tables.reads(), OperationItems.logLine(id, line));
  }

  @Override
  public List<LogLine> logOf(OperationId id, int limit) {
    NavigableSet<LogLine> newest = new TreeSet<>(comparing(LogLine::at).thenComparing(LogLine::id));
    dynamoDb.query(
        new DynamoDb.Query(tables.reads(), id.value()).beginning(OperationItems.LOG_PREFIX),
        item -> {
          newest.add(OperationItems.logLine(item));
          if (newest.size() > limit) {
            newest.removeFirst();
          }
          return true;
        });
    return List.copyOf(newest);
  }
}
