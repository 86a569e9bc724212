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
      queue.send(List.of(partition.key()), Duration.ZERO);
    }
  }

  @Override
  public void refused(Receipt receipt, String what, Instant nextAttempt) {
    log(
        receipt,
        "refused-" + receipt.partition() + "-" + receipt.entry(),
        LogLine.Severity.WARNING,
        describe(receipt) + ": " + what + "; next attempt at " + nextAttempt);
  }

  @Override
  public void undeliverable(Receipt receipt, String reason) {
    String text = describe(receipt) + " was not delivered: " + reason;
    log(
        receipt,
        "undeliverable-" + receipt.partition() + "-" + receipt.entry(),
        LogLine.Severity.ERROR,
        text);
    partitions.giveUp(key(receipt), receipt.entry(), text).ifPresent(settlement::afterChange);
  }

  private void log(Receipt receipt, String id, LogLine.Severity severity, String text) {
    operations.log(
        new OperationId(receipt.operation()),
        new LogLine(clock.instant(), id, severity, text, null));
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
