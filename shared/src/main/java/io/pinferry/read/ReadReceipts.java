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
      operations
          .find(partition.key().operation())
          .ifPresent(
              operation ->
                  queue.send(operation.installation(), List.of(partition.key()), Duration.ZERO));
    }
  }

  @Override
  public void deliveredLater(Receipt receipt) {
    partitions.deliverLate(key(receipt), receipt.entry()).ifPresent(settlement::afterChange);
  }

  @Override
  public void sentAgain(Receipt receipt, String destination, Instant at) {
    var operation = new OperationId(receipt.operation());
    // The log of an operation that was removed must not come back.
    if (operations.find(operation).isPresent()) {
      operations.log(
          operation,
          new LogLine(
              clock.instant(),
              "again-%s-%s-%s".formatted(receipt.partition(), receipt.entry(), at.toEpochMilli()),
              LogLine.Severity.INFO,
              receipt.describe()
                  + " is sent again to "
                  + destination
                  + ", as somebody asked for it",
              null));
    }
  }

  @Override
  public void undeliverable(Receipt receipt, String reason) {
    partitions.giveUp(key(receipt), receipt.entry(), reason).ifPresent(settlement::afterChange);
  }

  @Override
  public void dropped(Receipt receipt, String reason) {
    partitions.drop(key(receipt), receipt.entry(), reason).ifPresent(settlement::afterChange);
  }

  private static PartitionKey key(Receipt receipt) {
    return new PartitionKey(
        new OperationId(receipt.operation()), new PartitionId(receipt.partition()));
  }
}
