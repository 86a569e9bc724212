package io.pinferry.read;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Comparator.comparing;

import io.pinferry.directory.DirectoryWrite;
import io.pinferry.directory.InMemoryDirectoryStore;
import io.pinferry.directory.InstallationId;
import io.pinferry.directory.ProjectId;
import io.pinferry.timer.InMemoryTimerStore;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Operations and partitions in maps; changes directory and timers together with them. */
public final class InMemoryReadStore implements ReadStore {
  private static final Comparator<Operation> NEWEST_FIRST =
      comparing(Operation::startedAt).thenComparing(operation -> operation.id().value()).reversed();

  private final Map<OperationId, Operation> operations = new HashMap<>();
  private final Map<OperationId, NavigableMap<String, Row>> partitions = new HashMap<>();
  private final Map<String, byte[]> results = new HashMap<>();
  private final Map<OperationId, Map<String, LogLine>> logs = new HashMap<>();
  private final InMemoryDirectoryStore directory;
  private final InMemoryTimerStore timers;
  private final Object lock;

  /**
   * Makes an empty store.
   *
   * @param lock the lock of the other two as well
   */
  public InMemoryReadStore(
      InMemoryDirectoryStore directory, InMemoryTimerStore timers, Object lock) {
    this.directory = directory;
    this.timers = timers;
    this.lock = lock;
  }

  /** A partition's columns. */
  private static final class Row {
    private final PartitionKey key;
    private final NewPartition created;
    private PartitionState state = PartitionState.OPEN;
    private int sentThrough;
    private @Nullable String bookmark;
    private final Set<String> undelivered = new HashSet<>();
    private long fence;
    private @Nullable Instant leasedUntil;
    private @Nullable Instant notBefore;
    private int leasesWithoutPage;
    private int storedPage;
    private int restarts;

    /** Whether the newest lease is among {@link #leasesWithoutPage}. */
    private boolean leaseCounts;

    private long recordCount;
    private @Nullable String reason;
    private boolean waitsForDelivery;
    private boolean open = true;

    private Row(PartitionKey key, NewPartition created) {
      this.key = key;
      this.created = created;
    }

    private boolean heldBy(long holder) {
      return fence == holder && state == PartitionState.OPEN;
    }

    private Partition partition() {
      return new Partition(
          key,
          created.step(),
          created.parameters(),
          state,
          sentThrough,
          storedPage,
          bookmark,
          undelivered,
          fence,
          leasedUntil,
          notBefore,
          leasesWithoutPage,
          restarts,
          recordCount,
          reason,
          waitsForDelivery,
          open);
    }
  }

  @Override
  public ReadTransaction.Outcome commit(ReadTransaction transaction) {
    synchronized (lock) {
      if (!directory.refused(transaction.directory()).isEmpty()) {
        return ReadTransaction.Outcome.DIRECTORY_CHANGED;
      }
      if (!timers.holdAll(transaction.removedTimers(), transaction.addedTimers())) {
        return ReadTransaction.Outcome.TIMER_GONE;
      }
      for (ReadTransaction.Start start : transaction.starts()) {
        if (operations.containsKey(start.operation().id())) {
          return ReadTransaction.Outcome.ALREADY_STARTED;
        }
      }
      directory.apply(transaction.directory());
      timers.apply(transaction.removedTimers(), transaction.addedTimers());
      for (ReadTransaction.Start start : transaction.starts()) {
        operations.put(start.operation().id(), inMillis(start.operation()));
        createPartitions(start.operation().id(), start.roots());
      }
      return ReadTransaction.Outcome.COMMITTED;
    }
  }

  @Override
  public Optional<Operation> findOperation(OperationId id) {
    synchronized (lock) {
      return Optional.ofNullable(operations.get(id));
    }
  }

  @Override
  public OperationPage operationsOf(
      InstallationId installation, int limit, @Nullable String pageToken) {
    if (limit < 1 || limit > 1000) {
      throw new IllegalArgumentException("limit " + limit + " is not between 1 and 1000");
    }
    Operation after = pageToken == null ? null : operationOf(pageToken);
    synchronized (lock) {
      List<Operation> rest =
          operations.values().stream()
              .filter(operation -> operation.installation().equals(installation))
              .filter(operation -> after == null || NEWEST_FIRST.compare(operation, after) > 0)
              .sorted(NEWEST_FIRST)
              .toList();
      if (rest.size() <= limit) {
        return new OperationPage(rest, null);
      }
      String last = rest.get(limit - 1).id().value();
      return new OperationPage(
          rest.subList(0, limit),
          Base64.getUrlEncoder().withoutPadding().encodeToString(last.getBytes(UTF_8)));
    }
  }

  @Override
  public List<Operation> readsInProgress(InstallationId installation) {
    synchronized (lock) {
      return operations.values().stream()
          .filter(operation -> operation.installation().equals(installation))
          .filter(operation -> !operation.ended() && operation.readType() != ReadType.WRITE)
          .sorted(NEWEST_FIRST)
          .toList();
    }
  }

  private Operation operationOf(String pageToken) {
    var id = new OperationId(new String(Base64.getUrlDecoder().decode(pageToken), UTF_8));
    return findOperation(id)
        .orElseThrow(() -> new IllegalArgumentException("page token of nothing: " + pageToken));
  }

  @Override
  public Optional<Partition> findPartition(PartitionKey key) {
    synchronized (lock) {
      return row(key).map(Row::partition);
    }
  }

  @Override
  public List<Partition> partitionsOf(OperationId operation) {
    synchronized (lock) {
      return rows(operation).values().stream().map(Row::partition).toList();
    }
  }

  @Override
  public List<Partition> undeliveredOf(OperationId operation) {
    return partitionsOf(operation).stream()
        .filter(partition -> !partition.undelivered().isEmpty() || partition.waitsForDelivery())
        .toList();
  }

  @Override
  public Optional<Partition> tryLease(PartitionKey key, Duration length, Instant now) {
    synchronized (lock) {
      Row row = row(key).orElse(null);
      if (row == null || row.state != PartitionState.OPEN || row.partition().leasedAt(now)) {
        return Optional.empty();
      }
      row.fence++;
      row.leasedUntil = inMillis(now.plus(length));
      row.leasesWithoutPage++;
      row.leaseCounts = true;
      row.waitsForDelivery = false;
      return Optional.of(row.partition());
    }
  }

  @Override
  public OptionalInt storePage(PartitionKey key, long fence, PageStored page) {
    synchronized (lock) {
      Row row = row(key).orElse(null);
      if (row == null || !row.heldBy(fence)) {
        return OptionalInt.empty();
      }
      row.undelivered.removeAll(page.replaced());
      row.undelivered.addAll(page.entries());
      row.sentThrough = page.page() - 1;
      row.bookmark = page.bookmark();
      row.recordCount = page.recordCountBefore();
      row.leasedUntil = inMillis(page.leasedUntil());
      row.storedPage = page.page();
      if (page.advances()) {
        row.leasesWithoutPage = 0;
        row.leaseCounts = false;
      }
      return OptionalInt.of(row.undelivered.size());
    }
  }

  @Override
  public Optional<Partition> release(PartitionKey key, long fence, Release release) {
    synchronized (lock) {
      Row row = row(key).orElse(null);
      if (row == null || !row.heldBy(fence)) {
        return Optional.empty();
      }
      row.sentThrough = release.sentThrough();
      row.bookmark = release.bookmark();
      row.recordCount = release.recordCount();
      row.restarts = release.restarts();
      row.notBefore = release.notBefore() == null ? null : inMillis(release.notBefore());
      row.leasedUntil = null;
      row.waitsForDelivery |= release.forDelivery();
      if (release.waited() && row.leaseCounts) {
        row.leasesWithoutPage--;
        row.leaseCounts = false;
      }
      return Optional.of(row.partition());
    }
  }

  @Override
  public Optional<Partition> end(PartitionKey key, long fence, PartitionEnd end) {
    if (end.state() == PartitionState.OPEN) {
      throw new IllegalArgumentException("a partition cannot end in state OPEN");
    }
    synchronized (lock) {
      Row row = row(key).orElse(null);
      if (row == null || !row.heldBy(fence) || (end.settles() && !row.undelivered.isEmpty())) {
        return Optional.empty();
      }
      row.open = !end.settles();
      row.state = end.state();
      row.sentThrough = end.sentThrough();
      row.recordCount = end.recordCount();
      row.reason = end.reason();
      row.leasedUntil = null;
      return Optional.of(row.partition());
    }
  }

  @Override
  public void createPartitions(OperationId operation, List<NewPartition> created) {
    synchronized (lock) {
      NavigableMap<String, Row> rows =
          partitions.computeIfAbsent(operation, ignored -> new TreeMap<>());
      for (NewPartition partition : created) {
        rows.putIfAbsent(
            partition.id().value(),
            new Row(new PartitionKey(operation, partition.id()), partition));
      }
    }
  }

  @Override
  public Optional<Partition> removeUndelivered(PartitionKey key, Collection<String> entries) {
    synchronized (lock) {
      Optional<Row> row = row(key);
      row.ifPresent(present -> entries.forEach(present.undelivered::remove));
      return row.map(Row::partition);
    }
  }

  @Override
  public Optional<Partition> giveUp(PartitionKey key, String entry, String reason) {
    synchronized (lock) {
      Row row = row(key).orElse(null);
      if (row == null || !row.undelivered.remove(entry)) {
        return Optional.empty();
      }
      if (row.state != PartitionState.FAILED) {
        row.reason = reason;
      }
      row.state = PartitionState.FAILED;
      row.fence++;
      row.leasedUntil = null;
      return Optional.of(row.partition());
    }
  }

  @Override
  public boolean settle(PartitionKey key) {
    synchronized (lock) {
      Row row = row(key).orElse(null);
      if (row == null) {
        return true;
      }
      if (row.state != PartitionState.OPEN && row.undelivered.isEmpty()) {
        row.open = false;
      }
      return !row.open;
    }
  }

  @Override
  public List<PartitionId> openPartitions(
      OperationId operation, @Nullable PartitionId after, int limit) {
    synchronized (lock) {
      return rows(operation).values().stream()
          .filter(row -> row.open)
          .map(row -> row.key.partition())
          .filter(id -> after == null || id.value().compareTo(after.value()) > 0)
          .limit(limit)
          .toList();
    }
  }

  /** Ends an operation without telling of it. */
  public boolean finish(OperationId id, OperationStatus status, String result, Instant endedAt) {
    return finish(findOperation(id).orElseThrow(), status, result, endedAt, null);
  }

  @Override
  public boolean finish(
      Operation found,
      OperationStatus status,
      String result,
      Instant endedAt,
      @Nullable DirectoryWrite along) {
    if (status == OperationStatus.IN_PROGRESS) {
      throw new IllegalArgumentException("an operation cannot end in progress");
    }
    synchronized (lock) {
      OperationId id = found.id();
      Operation operation = operations.get(id);
      if (operation == null || operation.ended()) {
        return false;
      }
      List<DirectoryWrite> writes = along == null ? List.of() : List.of(along);
      if (!directory.refused(writes).isEmpty()) {
        throw new IllegalStateException("operation " + id + " cannot end: its end was told before");
      }
      directory.apply(writes);
      operations.put(id, copy(operation, status, result, inMillis(endedAt)));
      return true;
    }
  }

  @Override
  public void keepResult(ProjectId project, String messageId, byte[] result, Instant until) {
    synchronized (lock) {
      results.put(project.value() + "/" + messageId, result.clone());
    }
  }

  @Override
  public Optional<byte[]> findResult(ProjectId project, String messageId) {
    synchronized (lock) {
      return Optional.ofNullable(results.get(project.value() + "/" + messageId)).map(byte[]::clone);
    }
  }

  @Override
  public void log(OperationId id, LogLine line) {
    synchronized (lock) {
      logs.computeIfAbsent(id, ignored -> new LinkedHashMap<>())
          .putIfAbsent(
              line.id(),
              new LogLine(
                  inMillis(line.at()), line.id(), line.severity(), line.message(), line.details()));
    }
  }

  @Override
  public List<LogLine> logOf(OperationId id, int limit) {
    synchronized (lock) {
      List<LogLine> lines = new ArrayList<>(logs.getOrDefault(id, Map.of()).values());
      lines.sort(comparing(LogLine::at).thenComparing(LogLine::id));
      return List.copyOf(lines.subList(Math.max(0, lines.size() - limit), lines.size()));
    }
  }

  private NavigableMap<String, Row> rows(OperationId operation) {
    return partitions.getOrDefault(operation, new TreeMap<>());
  }

  private Optional<Row> row(PartitionKey key) {
    return Optional.ofNullable(rows(key.operation()).get(key.partition().value()));
  }

  private static Instant inMillis(Instant instant) {
    return instant.truncatedTo(ChronoUnit.MILLIS);
  }

  private static Operation inMillis(Operation given) {
    return new Operation(
        given.id(),
        given.project(),
        given.integration(),
        given.installation(),
        given.connection(),
        given.configId(),
        given.objectName(),
        given.readType(),
        given.spec(),
        inMillis(given.startedAt()),
        given.status(),
        given.result(),
        given.endedAt() == null ? null : inMillis(given.endedAt()));
  }

  private static Operation copy(
      Operation given, OperationStatus status, String result, @Nullable Instant endedAt) {
    return new Operation(
        given.id(),
        given.project(),
        given.integration(),
        given.installation(),
        given.connection(),
        given.configId(),
        given.objectName(),
        given.readType(),
        given.spec(),
        given.startedAt(),
        status,
        result,
        endedAt);
  }
}
