package io.pinferry.operation;

import static java.util.Comparator.comparing;

import io.pinferry.directory.DirectoryWrite;
import io.pinferry.directory.InMemoryDirectoryStore;
import io.pinferry.directory.InstallationId;
import io.pinferry.directory.ProjectId;
import io.pinferry.timer.InMemoryTimerStore;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Operations in maps; changes directory, timers and partitions together with them. */
public final class InMemoryOperationStore implements OperationStore {
  private final Map<OperationId, Operation> operations = new HashMap<>();
  private final Map<OperationId, Map<String, LogLine>> logs = new HashMap<>();
  private final Map<InstallationId, Set<ListPosition>> places = new HashMap<>();
  private final InMemoryDirectoryStore directory;
  private final InMemoryTimerStore timers;
  private final BiConsumer<OperationId, List<Chain>> createPartitions;
  private final Object lock;

  /**
   * Makes an empty store.
   *
   * @param createPartitions creates the root partitions of an operation
   * @param lock the lock of the other stores as well
   */
  public InMemoryOperationStore(
      InMemoryDirectoryStore directory,
      InMemoryTimerStore timers,
      BiConsumer<OperationId, List<Chain>> createPartitions,
      Object lock) {
    this.directory = directory;
    this.timers = timers;
    this.createPartitions = createPartitions;
    this.lock = lock;
  }

  @Override
  public OperationTransaction.Outcome commit(OperationTransaction transaction) {
    synchronized (lock) {
      if (!directory.refused(transaction.directory()).isEmpty()) {
        return OperationTransaction.Outcome.DIRECTORY_CHANGED;
      }
      if (!timers.holdAll(transaction.removedTimers(), transaction.addedTimers())) {
        return OperationTransaction.Outcome.TIMER_GONE;
      }
      for (OperationTransaction.Start start : transaction.starts()) {
        if (operations.containsKey(start.operation().id())) {
          return OperationTransaction.Outcome.ALREADY_STARTED;
        }
      }
      directory.apply(transaction.directory());
      timers.apply(transaction.removedTimers(), transaction.addedTimers());
      for (OperationTransaction.Start start : transaction.starts()) {
        Operation started = start.operation();
        operations.put(
            started.id(),
            Operation.started(
                started.id(), started.origin(), started.work(), inMillis(started.startedAt())));
        places
            .computeIfAbsent(started.installation(), _ -> new HashSet<>())
            .add(new ListPosition(inMillis(started.startedAt()), started.id()));
        createPartitions.accept(started.id(), start.roots());
      }
      return OperationTransaction.Outcome.COMMITTED;
    }
  }

  @Override
  public Optional<Operation> find(OperationId id) {
    synchronized (lock) {
      return Optional.ofNullable(operations.get(id));
    }
  }

  @Override
  public Page ofInstallation(InstallationId installation, int limit, @Nullable String pageToken) {
    return page(operation -> operation.installation().equals(installation), limit, pageToken);
  }

  @Override
  public Page ofProject(ProjectId project, int limit, @Nullable String pageToken) {
    return page(operation -> operation.project().equals(project), limit, pageToken);
  }

  private Page page(Predicate<Operation> which, int limit, @Nullable String pageToken) {
    if (limit < 1 || limit > 1000) {
      throw new IllegalArgumentException("limit " + limit + " is not between 1 and 1000");
    }
    ListPosition after = pageToken == null ? null : ListPosition.of(pageToken);
    synchronized (lock) {
      List<Operation> rest =
          operations.values().stream()
              .filter(which)
              .filter(operation -> after == null || !after.isAfter(operation))
              .sorted(ListPosition.NEWEST_FIRST)
              .toList();
      return rest.size() <= limit
          ? new Page(rest, null)
          : new Page(rest.subList(0, limit), ListPosition.after(rest.get(limit - 1)).pageToken());
    }
  }

  @Override
  public List<ListPosition> placesOf(
      InstallationId installation, int limit, @Nullable String pageToken) {
    ListPosition after = pageToken == null ? null : ListPosition.of(pageToken);
    synchronized (lock) {
      return places.getOrDefault(installation, Set.of()).stream()
          .sorted(
              comparing(ListPosition::startedAt)
                  .thenComparing(place -> place.id().value())
                  .reversed())
          .dropWhile(place -> after != null && !isBehind(place, after))
          .limit(limit)
          .toList();
    }
  }

  private static boolean isBehind(ListPosition place, ListPosition after) {
    int order = place.startedAt().compareTo(after.startedAt());
    return order < 0 || (order == 0 && place.id().value().compareTo(after.id().value()) < 0);
  }

  @Override
  public boolean remove(OperationId id) {
    synchronized (lock) {
      logs.remove(id);
      return operations.remove(id) != null;
    }
  }

  @Override
  public void removePlace(InstallationId installation, ListPosition place) {
    synchronized (lock) {
      places.getOrDefault(installation, new HashSet<>()).remove(place);
    }
  }

  @Override
  public List<Operation> readsInProgress(InstallationId installation) {
    synchronized (lock) {
      return operations.values().stream()
          .filter(operation -> operation.installation().equals(installation))
          .filter(operation -> !operation.ended() && operation.work() instanceof Work.Read)
          .sorted(ListPosition.NEWEST_FIRST)
          .toList();
    }
  }

  @Override
  public boolean changeWork(Operation found, Work work) {
    synchronized (lock) {
      Operation operation = operations.get(found.id());
      if (operation == null || operation.ended()) {
        return false;
      }
      operations.put(found.id(), operation.with(work));
      return true;
    }
  }

  /** Ends an operation without a notification. */
  public boolean finish(OperationId id, OperationStatus status, String result, Instant at) {
    return finish(
        find(id).orElseThrow(),
        new OperationEnd(status == OperationStatus.SUCCESS, result, null, at),
        null);
  }

  @Override
  public boolean finish(Operation found, OperationEnd end, @Nullable DirectoryWrite along) {
    synchronized (lock) {
      OperationId id = found.id();
      Operation operation = operations.get(id);
      if (operation == null || operation.ended()) {
        return false;
      }
      List<DirectoryWrite> writes = along == null ? List.of() : List.of(along);
      if (!directory.refused(writes).isEmpty()) {
        throw new IllegalStateException(
            "operation " + id + " cannot end: its notification exists already");
      }
      directory.apply(writes);
      operations.put(
          id,
          operation.with(new OperationEnd(end.success(), end.result(), null, inMillis(end.at()))));
      log(id, LogLine.of(end));
      return true;
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

  private static Instant inMillis(Instant instant) {
    return instant.truncatedTo(ChronoUnit.MILLIS);
  }
}
