package io.pinferry.read;

import io.pinferry.delivery.DeliveryMessage.Receipt;
import io.pinferry.delivery.Receipts;
import io.pinferry.operation.LogLine;
import io.pinferry.operation.OperationId;
import io.pinferry.operation.OperationStore;
import io.pinferry.operation.PartitionId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Records the ends of messages. The last one ends its partition and its operation. */
public final class ReadReceipts implements Receipts {
  /** Stands between the message and the reason. */
  static final String NOT_DELIVERED = " was not delivered: ";

  private final PartitionStore partitions;
  private final OperationStore operations;
  private final Settlement settlement;
  private final ReadQueue queue;
  private final InstantSource clock;

  public ReadReceipts(
      PartitionStore partitions,
      OperationStore operations,
      Settlement settlement,
      ReadQueue queue,
      InstantSource clock) {
    this.partitions = partitions;
    this.operations = operations;
    this.settlement = settlement;
    this.queue = queue;
    this.clock = clock;
  }

  @Override
  public void delivered(List<Receipt> receipts) {
    Map<PartitionKey, List<String>> byPartition =
        receipts.stream()
            .collect(
                Collectors.groupingBy(
                    ReadReceipts::key,
                    LinkedHashMap::new,
                    Collectors.mapping(Receipt::entry, Collectors.toList())));
    byPartition.forEach(
        (key, entries) ->
            partitions
                .removeUndelivered(key, entries)
                .ifPresent(
                    partition -> {
                      settlement.afterChange(partition);
                      wake(partition, entries.size());
                    }));
  }

  /**
   * Sends a waiting partition again if this removal made room for it. The next lease clears its
   * mark. If this step is lost, the watchdog sends the partition.
   */
  private void wake(Partition partition, int removedMax) {
    if (partition.waitsForDelivery()
        && partition.state() == PartitionState.OPEN
        && partition.mayGoOn()
        && partition.sentAndUndelivered() + removedMax >= Partition.UNDELIVERED_MAX / 2) {
      operations
          .find(partition.key().operation())
          .ifPresent(
              operation ->
                  queue.send(operation.installation(), List.of(partition.key()), Duration.ZERO));
    }
  }

  @Override
  public void refused(AttemptId attempt, String answer, Instant nextAttempt) {
    log(
        attempt.receipt(),
        id("attempt", attempt) + "-" + attempt.number(),
        LogLine.Severity.WARNING,
        describe(attempt.receipt()) + ": " + answer + "; next attempt at " + nextAttempt);
  }

  @Override
  public void deliveredLate(AttemptId attempt, String destination) {
    Receipt receipt = attempt.receipt();
    boolean again = attempt.sentAgainAt() != null;
    log(
        receipt,
        id("delivered", attempt),
        LogLine.Severity.INFO,
        "%s: attempt %s at %s was accepted%s"
            .formatted(
                describe(receipt),
                attempt.number(),
                destination,
                again ? ", after it was sent again" : ""));
    if (again) {
      partitions.deliverLate(key(receipt), receipt.entry()).ifPresent(settlement::afterChange);
    }
  }

  @Override
  public void sentAgain(Receipt receipt, String destination, Instant at) {
    log(
        receipt,
        id("again", new AttemptId(receipt, at, 1)),
        LogLine.Severity.INFO,
        describe(receipt) + " is sent again to " + destination + ", as somebody asked for it");
  }

  @Override
  public void undeliverable(AttemptId attempt, String reason) {
    Receipt receipt = attempt.receipt();
    partitions
        .giveUp(key(receipt), receipt.entry(), noteEnd(attempt, reason))
        .ifPresent(settlement::afterChange);
  }

  @Override
  public void dropped(AttemptId attempt, String reason) {
    Receipt receipt = attempt.receipt();
    partitions
        .drop(key(receipt), receipt.entry(), noteEnd(attempt, reason))
        .ifPresent(settlement::afterChange);
  }

  private String noteEnd(AttemptId attempt, String reason) {
    Receipt receipt = attempt.receipt();
    String text = describe(receipt) + NOT_DELIVERED + reason;
    log(receipt, id("undeliverable", attempt), LogLine.Severity.ERROR, text);
    return text;
  }

  /** Returns the id of a log line, which is another one after the message was sent again. */
  private static String id(String kind, AttemptId attempt) {
    Receipt receipt = attempt.receipt();
    Instant again = attempt.sentAgainAt();
    return kind
        + "-"
        + receipt.partition()
        + "-"
        + receipt.entry()
        + (again == null ? "" : "-" + again.toEpochMilli());
  }

  private void log(Receipt receipt, String id, LogLine.Severity severity, String text) {
    var operation = new OperationId(receipt.operation());
    // The log of an operation that was removed must not come back.
    if (operations.find(operation).isPresent()) {
      operations.log(operation, new LogLine(clock.instant(), id, severity, text, null));
    }
  }

  private static PartitionKey key(Receipt receipt) {
    return new PartitionKey(
        new OperationId(receipt.operation()), new PartitionId(receipt.partition()));
  }

  /** An entry is {@code page.part.digest}. For people, parts are numbered from 1. */
  private static String describe(Receipt receipt) {
    String[] entry = receipt.entry().split("\\.", -1);
    return "message " + (Integer.parseInt(entry[1]) + 1) + " of page " + entry[0];
  }
}
