package io.pinferry.aws;

import static io.pinferry.aws.OperationItems.OPERATION;
import static io.pinferry.aws.OperationItems.OPERATION_PREFIX;
import static io.pinferry.aws.OperationItems.READING_PREFIX;
import static java.util.Comparator.comparing;

import io.pinferry.base.Codec;
import io.pinferry.base.Tasks;
import io.pinferry.directory.DirectoryWrite;
import io.pinferry.directory.InstallationId;
import io.pinferry.directory.ProjectId;
import io.pinferry.operation.Chain;
import io.pinferry.operation.ListPosition;
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
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
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
    // The order is that of the outcomes, so the first refused write decides the outcome.
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
      // These items exist only if the operation exists.
      writes.add(put(OperationItems.ofInstallation(OPERATION_PREFIX, start.operation())));
      if (start.operation().work() instanceof Work.Read) {
        writes.add(put(OperationItems.ofInstallation(READING_PREFIX, start.operation())));
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
    return dynamoDb.get(tables.reads(), id.value(), OPERATION).map(OperationItems::operation);
  }

  @Override
  public Page ofInstallation(InstallationId installation, int limit, @Nullable String pageToken) {
    Limit.check(limit, LIST_MAX);
    return page(query(installation, pageToken), limit);
  }

  @Override
  public List<ListPosition> placesOf(
      InstallationId installation, int limit, @Nullable String pageToken) {
    Limit.check(limit, LIST_MAX);
    return dynamoDb.query(query(installation, pageToken).descending(), limit).stream()
        .map(OperationItems::position)
        .toList();
  }

  private DynamoDb.Query query(InstallationId installation, @Nullable String pageToken) {
    return new DynamoDb.Query(tables.reads(), OperationItems.installation(installation))
        .beginning(OPERATION_PREFIX)
        .after(
            pageToken == null
                ? null
                : OperationItems.ofInstallation(installation, ListPosition.of(pageToken)));
  }

  @Override
  public boolean remove(OperationId id) {
    for (String prefix : List.of(OperationItems.LOG_PREFIX, OperationItems.DELIVERED_PREFIX)) {
      dynamoDb.deleteAll(
          tables.reads(), new DynamoDb.Query(tables.reads(), id.value()).beginning(prefix));
    }
    return dynamoDb
        .transact(
            List.of(
                new ItemWrite(tables.reads(), id.value(), OPERATION)
                    .when(ItemWrite.EXISTS)
                    .delete()))
        .isEmpty();
  }

  @Override
  public void removePlace(InstallationId installation, ListPosition place) {
    dynamoDb.transact(
        Stream.of(OPERATION_PREFIX, READING_PREFIX)
            .map(prefix -> OperationItems.place(installation, prefix, place))
            .map(key -> new ItemWrite(tables.reads(), key).delete())
            .toList());
  }

  @Override
  public Page ofProject(ProjectId project, int limit, @Nullable String pageToken) {
    Limit.check(limit, LIST_MAX);
    var query =
        DynamoDb.Query.ofGlobalIndex(
                tables.reads(),
                OperationItems.RECENT_INDEX,
                OperationItems.LISTED_IN,
                project.value())
            .after(
                pageToken == null
                    ? null
                    : OperationItems.ofProject(project, ListPosition.of(pageToken)));
    return page(query, limit);
  }

  private Page page(DynamoDb.Query query, int limit) {
    // One more item shows whether there is a next page.
    List<ListPosition> found =
        dynamoDb.query(query.descending(), limit + 1).stream()
            .map(OperationItems::position)
            .toList();
    List<ListPosition> page = found.subList(0, Math.min(limit, found.size()));
    return new Page(
        // The items of an operation are removed one after the other.
        operations(page.stream().map(ListPosition::id).toList())
            .sorted(ListPosition.NEWEST_FIRST)
            .toList(),
        found.size() > limit ? page.getLast().pageToken() : null);
  }

  @Override
  public List<Operation> readsInProgress(InstallationId installation) {
    var query =
        new DynamoDb.Query(tables.reads(), OperationItems.installation(installation))
            .beginning(READING_PREFIX);
    return operations(dynamoDb.queryAll(query, OperationItems::operationId))
        // The two reads are not one atomic step.
        .filter(operation -> !operation.ended())
        .sorted(comparing(Operation::startedAt).reversed())
        .toList();
  }

  /** Loads the operations that exist, in no order. */
  private Stream<Operation> operations(List<OperationId> ids) {
    return dynamoDb
        .getAll(tables.reads(), ids.stream().map(id -> Item.key(id.value(), OPERATION)).toList())
        .stream()
        .map(OperationItems::operation);
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
        update(operation)
            .set(OperationItems.STATUS, Values.text(end.status().name()))
            .set(OperationItems.RESULT, Values.text(end.result()))
            .set(OperationItems.ENDED_AT, Values.millis(end.at()))
            .update());
    if (along != null) {
      writes.add(DirectoryItems.write(tables.directory(), along, tasks.now()));
    }
    writes.add(put(OperationItems.logLine(operation.id().value(), LogLine.of(end))));
    if (operation.work() instanceof Work.Read) {
      Item reading = OperationItems.ofInstallation(READING_PREFIX, operation);
      writes.add(new ItemWrite(tables.reads(), reading.key()).delete());
    }
    List<Integer> refused = dynamoDb.transact(writes);
    if (refused.equals(List.of(1))) {
      throw new IllegalStateException(
          "operation " + operation.id() + " cannot end: its notification exists already");
    }
    return refused.isEmpty();
  }

  /** Returns an update with the condition that the operation is in progress. */
  private ItemWrite update(Operation operation) {
    return new ItemWrite(tables.reads(), operation.id().value(), OPERATION)
        .when("#status = :inProgress")
        .value("inProgress", Values.text(OperationStatus.IN_PROGRESS.name()));
  }

  @Override
  public void log(OperationId id, LogLine line) {
    dynamoDb.putIfAbsent(tables.reads(), OperationItems.logLine(id.value(), line));
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
