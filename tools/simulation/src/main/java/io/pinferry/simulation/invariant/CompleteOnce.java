package io.pinferry.simulation.invariant;

import io.pinferry.directory.DirectoryStore;
import io.pinferry.directory.Installation;
import io.pinferry.directory.InstallationId;
import io.pinferry.directory.InstallationRepository;
import io.pinferry.directory.ProjectId;
import io.pinferry.operation.Operation;
import io.pinferry.operation.OperationEnd;
import io.pinferry.operation.OperationId;
import io.pinferry.operation.Work;
import io.pinferry.read.Partition;
import io.pinferry.read.PartitionStore;
import io.pinferry.simulation.kernel.Journal;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * complete-once: each operation ends exactly once and in time, and the notification of its end
 * arrives, always with the same id. A second end is checked as it happens, the rest at the end of
 * the run. Faults stop after two hours, so an operation that is ended because of its age is a
 * violation, too: the engine has forgotten it.
 */
public final class CompleteOnce implements Invariant {
  /** The age limit of a read, and the time that its watchdog takes to notice. */
  private static final Duration READ_MAX = Duration.ofHours(36).plusMinutes(5);

  private static final Duration SYNCHRONOUS_WRITE_MAX = Duration.ofMinutes(100);
  private static final Duration ASYNCHRONOUS_WRITE_MAX = Duration.ofHours(2);

  private final Journal journal;
  private final InstantSource clock;
  private final DirectoryStore directory;
  private final PartitionStore partitions;
  private final Map<OperationId, Operation> started = new LinkedHashMap<>();
  private final Map<OperationId, End> ends = new HashMap<>();
  private final Map<String, Set<String>> notificationIds = new HashMap<>();
  private final Map<String, Set<String>> notificationTypes = new HashMap<>();
  private final Set<ProjectId> withoutDestination = new HashSet<>();

  /** Removed customers. Operations that had not ended went with them. */
  private final Set<InstallationId> removed = new HashSet<>();

  private record End(Instant at, OperationEnd how) {}

  public CompleteOnce(
      Journal journal, InstantSource clock, DirectoryStore directory, PartitionStore partitions) {
    this.journal = journal;
    this.clock = clock;
    this.directory = directory;
    this.partitions = partitions;
  }

  @Override
  public void on(Event event) {
    switch (event) {
      case Event.OperationStart(Operation operation) -> started.put(operation.id(), operation);
      case Event.OperationFinish(Operation operation, OperationEnd end) -> {
        if (ends.put(operation.id(), new End(clock.instant(), end)) != null) {
          violation("operation " + operation.id() + " was ended twice");
        }
      }
      case Event.MessageReceipt receipt
          when !receipt.notificationType().isEmpty() && receipt.data().has("operationId") ->
          noteNotification(receipt);
      case Event.CustomerRemoval(Installation installation, _) -> removed.add(installation.id());
      case Event.DestinationLoss(ProjectId project) -> withoutDestination.add(project);
      case Event.DestinationRepair(ProjectId project) -> withoutDestination.remove(project);
      default -> {}
    }
  }

  private void noteNotification(Event.MessageReceipt receipt) {
    String operation = receipt.data().path("operationId").asText();
    journal.note("notified of " + operation + ": " + receipt.notificationType());
    notificationIds.computeIfAbsent(operation, _ -> new HashSet<>()).add(receipt.messageId());
    notificationTypes
        .computeIfAbsent(operation, _ -> new HashSet<>())
        .add(receipt.notificationType());
  }

  @Override
  public boolean settled() {
    return started.values().stream()
        .allMatch(operation -> ends.containsKey(operation.id()) || isRemoved(operation));
  }

  @Override
  public void check() {
    for (Operation operation : started.values()) {
      if (isRemoved(operation) && !ends.containsKey(operation.id())) {
        continue;
      }
      if (operation.work() instanceof Work.Write) {
        checkWrite(operation);
      } else {
        checkRead(operation);
      }
    }
  }

  private boolean isRemoved(Operation operation) {
    return removed.contains(operation.installation());
  }

  private void checkRead(Operation read) {
    End end = ends.get(read.id());
    Instant latest = read.startedAt().plus(READ_MAX);
    if (end == null && clock.instant().isBefore(latest)) {
      // It started late, and the run is over before it has to end.
      return;
    }
    if (end == null || end.at().isAfter(latest)) {
      violation(
          "operation " + read.id() + " did not end in time: " + end + openPartitions(read.id()));
      return;
    }
    OperationEnd how = end.how();
    String type = "read." + read.read().type().text() + (how.success() ? ".done" : ".error");
    checkNotification(read, type);
    if (!how.success() && how.result().contains("not finished after")) {
      violation(
          "operation %s was ended because of its age: %s%s"
              .formatted(read.id(), how.result(), openPartitions(read.id())));
    }
  }

  private void checkWrite(Operation write) {
    boolean asynchronous = write.write().timing().asynchronous();
    Instant latest =
        write.startedAt().plus(asynchronous ? ASYNCHRONOUS_WRITE_MAX : SYNCHRONOUS_WRITE_MAX);
    End end = ends.get(write.id());
    if (end == null || end.at().isAfter(latest)) {
      violation("write " + write.id() + " did not end in time: " + end);
    } else if (asynchronous) {
      checkNotification(write, "write.async.done");
      String result = end.how().result();
      if (result.contains("interrupted")) {
        violation("a write was ended because of its age: " + result);
      }
    }
  }

  private void checkNotification(Operation operation, String type) {
    Set<String> ids = notificationIds.getOrDefault(operation.id().value(), Set.of());
    boolean installed =
        new InstallationRepository(directory)
            .find(operation.project(), operation.integration(), operation.installation())
            .isPresent();
    boolean reachable = !withoutDestination.contains(operation.project());
    if (ids.size() > 1 || (ids.isEmpty() && installed && reachable)) {
      violation(
          "the end of operation %s was notified under %d ids"
              .formatted(operation.id(), ids.size()));
    }
    Set<String> types = notificationTypes.getOrDefault(operation.id().value(), Set.of());
    if (ids.size() == 1 && !types.equals(Set.of(type))) {
      violation(
          "the end of operation %s was notified as %s, not as %s"
              .formatted(operation.id(), types, type));
    }
  }

  private String openPartitions(OperationId operation) {
    return partitions.ofOperation(operation).stream()
        .filter(Partition::open)
        .map(partition -> "\n    " + partition)
        .collect(Collectors.joining());
  }

  private void violation(String text) {
    journal.violation("complete-once", text);
  }
}
