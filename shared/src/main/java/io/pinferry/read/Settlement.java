package io.pinferry.read;

import io.pinferry.base.Json;
import io.pinferry.base.Tasks;
import io.pinferry.operation.EndNotification;
import io.pinferry.operation.Operation;
import io.pinferry.operation.OperationEnd;
import io.pinferry.operation.OperationFinisher;
import io.pinferry.operation.OperationId;
import io.pinferry.operation.OperationStore;
import io.pinferry.pinterest.ReadPlan;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Settles partitions that are done: a partition leaves the index of open ones, and the last one
 * ends the operation. Every step can be repeated, so the watchdog repairs a crash in between.
 */
public final class Settlement {
  /** The most partitions that a result names; there can be thousands. */
  private static final int DESCRIBED_MAX = 5;

  /** The start of the reason of a failed partition; the page follows. */
  static final String STOPPED_AT = "stopped at page ";

  private final PartitionStore partitions;
  private final OperationStore operations;
  private final OperationFinisher finisher;
  private final Tasks tasks;

  public Settlement(
      PartitionStore partitions,
      OperationStore operations,
      OperationFinisher finisher,
      Tasks tasks) {
    this.partitions = partitions;
    this.operations = operations;
    this.finisher = finisher;
    this.tasks = tasks;
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
        finish(operation.get(), partitions.ofOperation(id));
      }
    }
  }

  private void finish(Operation operation, List<Partition> all) {
    List<Partition> failed = in(all, PartitionState.FAILED);
    List<Partition> skipped = in(all, PartitionState.SKIPPED);
    List<String> leftOut = operation.read().leftOut();
    long records = delivered(operation, all);
    var result = new StringBuilder("[" + operation.objectName() + "] ");
    if (failed.isEmpty()) {
      result.append(records == 0 ? "No data found" : records + " records read");
    } else {
      result.append("incomplete: ").append(describeAll(failed));
    }
    List<String> notes =
        Stream.concat(
                skipped.isEmpty() ? Stream.empty() : Stream.of("skipped: " + describeAll(skipped)),
                leftOut.stream())
            .toList();
    if (!notes.isEmpty()) {
      result.append("; ").append(String.join("; ", notes));
    }
    String details =
        Json.text(
            Json.object()
                .put("records", records)
                .put("pages", all.stream().mapToLong(Partition::sentThrough).sum())
                .put("partitions", all.size())
                .put("failed", failed.size())
                .put("skipped", skipped.size()));
    end(operation, new OperationEnd(failed.isEmpty(), result.toString(), details, tasks.now()));
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
  public static long delivered(Operation operation, List<Partition> partitions) {
    ReadPlan plan = operation.read().plan();
    return partitions.stream()
        .filter(partition -> plan.step(partition.step()).delivers())
        .mapToLong(Partition::recordCount)
        .sum();
  }

  private static String describeAll(List<Partition> partitions) {
    String names =
        String.join(
            "; ",
            partitions.stream()
                .limit(DESCRIBED_MAX)
                .map(partition -> describeEnd(partition, String.valueOf(partition.reason())))
                .toList());
    int more = partitions.size() - DESCRIBED_MAX;
    return more > 0 ? names + "; and " + more + " more" : names;
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
