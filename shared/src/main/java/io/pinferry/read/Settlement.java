package io.pinferry.read;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import io.pinferry.base.Reasons;
import io.pinferry.base.Tasks;
import io.pinferry.delivery.DeliveryAttempt;
import io.pinferry.operation.EndNotification;
import io.pinferry.operation.Operation;
import io.pinferry.operation.OperationEnd;
import io.pinferry.operation.OperationFinisher;
import io.pinferry.operation.OperationId;
import io.pinferry.operation.OperationStore;
import io.pinferry.operation.Work;
import io.pinferry.pinterest.ReadPlan;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Settles partitions that are done: a partition leaves the index of open ones. After the last one,
 * a read that tells deletions gets a partition for them, and any other operation ends. Every step
 * can be repeated, so the watchdog repairs a crash in between.
 */
public final class Settlement {
  /** The most partitions, or causes, that a result names; there can be thousands. */
  private static final int DESCRIBED_MAX = 5;

  /** The most partitions that a result names for one cause, besides the first. */
  private static final int ALIKE_MAX = 3;

  /** How many lists that were not found are compared with the read before. */
  private static final int GONE_SEARCHED_MAX = 25;

  /** The start of the reason of a failed partition; the page follows. */
  static final String STOPPED_AT = "stopped at page ";

  private final PartitionStore partitions;
  private final OperationStore operations;
  private final OperationFinisher finisher;
  private final ReadQueue readQueue;
  private final Tasks tasks;
  private final ReadHistory history;
  private final DeletionStart deletionStart;

  public Settlement(
      PartitionStore partitions,
      OperationStore operations,
      OperationFinisher finisher,
      ReadQueue readQueue,
      Tasks tasks) {
    this.partitions = partitions;
    this.operations = operations;
    this.finisher = finisher;
    this.readQueue = readQueue;
    this.tasks = tasks;
    this.history = new ReadHistory(operations);
    this.deletionStart = new DeletionStart(operations);
  }

  /** Settles a partition after a change, if it is done. */
  public void afterChange(Partition partition) {
    if (partition.state() != PartitionState.OPEN
        && withoutUnsent(partition).undelivered().isEmpty()
        && (!partition.open() || partitions.settle(partition.key()))) {
      finishIfDone(partition.key().operation());
    }
  }

  /**
   * Removes the messages of a page that was stored but perhaps not sent before its partition ended.
   * Nobody sends them any more, so the operation would wait until it is too old. Sent messages are
   * delivered all the same.
   */
  private Partition withoutUnsent(Partition ended) {
    Set<String> unsent = ended.undeliveredAfter(ended.sentThrough());
    return unsent.isEmpty()
        ? ended
        : partitions.removeUndelivered(ended.key(), unsent).orElse(ended);
  }

  /** Ends the operation if none of its partitions is open. */
  public void finishIfDone(OperationId id) {
    if (partitions.openPartitions(id, null, 1).isEmpty()) {
      Optional<Operation> operation = operations.find(id);
      if (operation.isPresent() && !operation.get().ended()) {
        finishIfDone(operation.get(), partitions.ofOperation(id));
      }
    }
  }

  private void finishIfDone(Operation operation, List<Partition> all) {
    Optional<Partition> deletions = all.stream().filter(Partition::tellsDeletions).findAny();
    if (deletions.isPresent()) {
      // Another process may have created it since this one found no open partition.
      if (!deletions.get().open()) {
        finish(operation, all, Deletions.of(deletions.get()));
      }
    } else if (!operation.read().tellsDeletions()) {
      finish(operation, all, Deletions.NONE);
    } else {
      deletionStart
          .obstacle(operation, all)
          .ifPresentOrElse(
              obstacle -> finish(operation, all, Deletions.none(obstacle)),
              () -> startDeletions(operation));
    }
  }

  private void startDeletions(Operation operation) {
    partitions.createPartitions(operation.id(), List.of(DeletionPages.CHAIN));
    readQueue.send(
        operation.installation(),
        List.of(new PartitionKey(operation.id(), DeletionPages.CHAIN.id())),
        Duration.ZERO);
  }

  /**
   * The records that are not listed any more.
   *
   * @param told the deleted records
   * @param unconfirmed the records that may be deleted
   * @param held how many of them are held
   * @param obstacle why nobody looked for deletions; null if they were looked for, or are not told
   */
  private record Deletions(long told, long unconfirmed, long held, @Nullable String obstacle) {
    static final Deletions NONE = new Deletions(0, 0, 0, null);

    static Deletions none(String obstacle) {
      return new Deletions(0, 0, 0, obstacle);
    }

    static Deletions of(Partition partition) {
      Cursor.Changes changes = partition.cursor().changes();
      return new Deletions(
          partition.recordCount() - changes.unchanged(),
          changes.unchanged(),
          changes.created(),
          null);
    }

    /** Returns the notes of the result. */
    List<String> notes() {
      List<String> notes = new ArrayList<>();
      if (told > 0) {
        notes.add(told + " deleted");
      }
      if (unconfirmed > held) {
        notes.add((unconfirmed - held) + " no longer listed, but not yet confirmed as deleted");
      }
      if (held > 0) {
        notes.add(
            held
                + " no longer listed; because they are so many, they are not told as deleted"
                + " unless the next complete read misses them too");
      }
      if (obstacle != null) {
        notes.add("deletions are not told, since " + obstacle);
      }
      return notes;
    }
  }

  private void finish(Operation operation, List<Partition> all, Deletions deletions) {
    List<Partition> lists = all.stream().filter(each -> !each.tellsDeletions()).toList();
    List<Partition> failed = in(all, PartitionState.FAILED);
    List<Partition> skipped = in(lists, PartitionState.SKIPPED);
    List<Partition> gone = lists.stream().filter(Partition::isGone).toList();
    List<Partition> stillListed = stillListed(operation, gone);
    long records = recordsRead(operation, all);
    long created = lists.stream().mapToLong(each -> each.cursor().changes().created()).sum();
    long unchanged = lists.stream().mapToLong(each -> each.cursor().changes().unchanged()).sum();
    var result = new StringBuilder("[" + operation.objectName() + "] ");
    if (failed.isEmpty()) {
      result.append(records == 0 ? "No data found" : records + " records read");
      result.append(describeChanges(operation.read().comparison(), records, created, unchanged));
    } else {
      result.append("incomplete: ").append(describeAll(failed));
    }
    List<String> notes = new ArrayList<>(deletions.notes());
    if (!skipped.isEmpty()) {
      notes.add("skipped: " + describeAll(skipped));
    }
    if (!stillListed.isEmpty()) {
      notes.add(
          "not found by this read and the one before, though Pinterest still lists it: "
              + describeAll(stillListed));
    }
    notes.addAll(operation.read().leftOut());
    if (!notes.isEmpty()) {
      result.append("; ").append(String.join("; ", notes));
    }
    ObjectNode details =
        Json.object()
            .put("records", records)
            .put("pages", lists.stream().mapToLong(Partition::sentThrough).sum())
            .put("partitions", lists.size())
            .put("failed", failed.size())
            .put("skipped", skipped.size())
            .put("notFound", gone.size());
    if (operation.read().comparison() != null) {
      details
          .put("new", created)
          .put("changed", records - created - unchanged)
          .put("unchanged", unchanged);
    }
    if (operation.read().tellsDeletions()) {
      details
          .put("deleted", deletions.told())
          .put("unconfirmed", deletions.unconfirmed())
          .put("held", deletions.held());
    }
    putNames(details, "notFoundLists", gone);
    putNames(details, "notFoundThoughListed", stillListed);
    end(
        operation,
        new OperationEnd(failed.isEmpty(), result.toString(), Json.text(details), tasks.now()));
  }

  private static String describeChanges(
      Work.@Nullable Comparison comparison, long records, long created, long unchanged) {
    if (comparison == null) {
      return "";
    }
    return comparison.before() == null
        ? ", and all delivered, since " + comparison.whole()
        : ": %d new, %d changed, and %d unchanged, which were not delivered"
            .formatted(created, records - created - unchanged, unchanged);
  }

  private static void putNames(ObjectNode details, String member, List<Partition> partitions) {
    if (!partitions.isEmpty()) {
      partitions.stream()
          .limit(DESCRIBED_MAX)
          .map(Settlement::describe)
          .forEach(details.putArray(member)::add);
    }
  }

  /**
   * Returns the lists that Pinterest did not know in the read before either. That read began with
   * other lists of parents, so a parent that was deleted meanwhile would no longer be listed.
   */
  private List<Partition> stillListed(Operation operation, List<Partition> gone) {
    if (gone.isEmpty()) {
      return List.of();
    }
    Optional<OperationId> before =
        history
            .newest(
                operation.installation(),
                operation.objectName(),
                found -> !isReadBefore(operation, found.getLast()))
            .reads()
            .stream()
            .filter(earlier -> isReadBefore(operation, earlier))
            .map(Operation::id)
            .findFirst();
    return before.stream()
        .flatMap(
            id ->
                gone.stream()
                    .limit(GONE_SEARCHED_MAX)
                    .filter(
                        partition ->
                            partitions
                                .find(new PartitionKey(id, partition.key().partition()))
                                .filter(Partition::isGone)
                                .isPresent()))
        .toList();
  }

  private static boolean isReadBefore(Operation operation, Operation earlier) {
    return earlier.read().planName().equals(operation.read().planName())
        && earlier.startedAt().isBefore(operation.startedAt());
  }

  /** Ends a read in progress as a failure, in any state of its partitions. */
  public void fail(Operation operation, String result) {
    end(operation, OperationEnd.failure(result, tasks.now()));
  }

  private void end(Operation operation, OperationEnd end) {
    finisher.finish(operation, end, EndNotification.ofRead(operation, end));
  }

  private static List<Partition> in(List<Partition> partitions, PartitionState state) {
    return partitions.stream().filter(partition -> partition.state() == state).toList();
  }

  /** Returns the records of the partitions that deliver. The others only lead to them. */
  public static long recordsRead(Operation operation, List<Partition> partitions) {
    ReadPlan plan = operation.read().plan();
    return partitions.stream()
        .filter(partition -> partition.delivers(plan))
        .mapToLong(Partition::recordCount)
        .sum();
  }

  /** Describes the ends of partitions, each cause once. */
  private static String describeAll(List<Partition> partitions) {
    Map<String, List<Partition>> byCause =
        partitions.stream()
            .collect(
                Collectors.groupingBy(
                    Settlement::causeOf, LinkedHashMap::new, Collectors.toList()));
    List<String> described =
        byCause.values().stream().limit(DESCRIBED_MAX).map(Settlement::describeAlike).toList();
    long more = byCause.values().stream().skip(DESCRIBED_MAX).mapToLong(List::size).sum();
    String text = String.join("; ", described);
    return more > 0 ? text + "; and " + more + " more" : text;
  }

  /** Returns the reason without the place: the page, or the message. */
  private static String causeOf(Partition partition) {
    String reason = String.valueOf(partition.reason());
    int placeEnd = reason.indexOf(": ");
    boolean placed =
        reason.startsWith(STOPPED_AT) || reason.contains(DeliveryAttempt.NOT_DELIVERED);
    return Reasons.cause(placed && placeEnd > 0 ? reason.substring(placeEnd) : reason);
  }

  private static String describeAlike(List<Partition> alike) {
    Partition first = alike.getFirst();
    String text = describeEnd(first, String.valueOf(first.reason()));
    int more = alike.size() - 1;
    if (more == 0) {
      return text;
    }
    String names =
        alike.stream()
            .skip(1)
            .limit(ALIKE_MAX)
            .map(Settlement::describe)
            .collect(Collectors.joining(", "));
    return text
        + " (the same for "
        + more
        + " more: "
        + names
        + (more > ALIKE_MAX ? " and others)" : ")");
  }

  /**
   * Describes the end of a partition for people, e.g. {@code ingestion_stats of feed 7 of ad
   * account 3 stopped at page 12: …}.
   */
  static String describeEnd(Partition partition, String reason) {
    return describe(partition) + (reason.startsWith(STOPPED_AT) ? " " : ": ") + reason;
  }

  /** Names a partition for people, e.g. {@code product_groups of catalog 7 of ad account 3}. */
  static String describe(Partition partition) {
    return Stream.concat(
            Stream.of(partition.step()),
            partition.parameters().entrySet().stream()
                .filter(parameter -> parameter.getKey().endsWith("_id"))
                // Reverse alphabetical order is from the inside out: section, feed, catalog, board,
                // account.
                .sorted(Map.Entry.<String, String>comparingByKey().reversed())
                .map(p -> p.getKey().replace("_id", "").replace('_', ' ') + " " + p.getValue()))
        .collect(Collectors.joining(" of "));
  }
}
