package io.pinferry.read;

import static io.pinferry.read.ReadFixtures.NOON;
import static io.pinferry.read.ReadFixtures.OPERATION;
import static io.pinferry.read.ReadWorld.LEASE;
import static org.assertj.core.api.Assertions.assertThat;

import io.pinferry.base.ManualClock;
import io.pinferry.base.VirtualTasks;
import io.pinferry.delivery.DeliveryMessage.Receipt;
import io.pinferry.operation.Chain;
import io.pinferry.operation.Operation;
import io.pinferry.operation.OperationStatus;
import io.pinferry.operation.OperationStore;
import io.pinferry.operation.OperationTransaction;
import io.pinferry.operation.PartitionId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class ReadReceiptsTest {
  private static final PartitionKey ROOT =
      new PartitionKey(OPERATION, PartitionId.of("pins", Map.of()));

  private final ManualClock clock = new ManualClock(NOON);
  private final Crashes crashes = new Crashes();
  private final InMemoryCloud cloud = new InMemoryCloud(clock);
  private final InMemoryPartitionStore store = cloud.partitions();
  private final PartitionStore partitions = crashes.at(PartitionStore.class, store);
  private final OperationStore operations = crashes.at(OperationStore.class, cloud.operations());
  private final ReadReceipts receipts =
      new ReadReceipts(
          partitions,
          operations,
          cloud.settlement(
              partitions, operations, new VirtualTasks(clock, VirtualTasks.Forks.EAGER)),
          cloud.readQueue(),
          clock);

  @BeforeEach
  void aReadWithThreeMessages() {
    ReadStarts.ReadStart prepared =
        new ReadStarts(cloud.operations(), Duration.ofMinutes(1))
            .prepare(
                ReadFixtures.target("pins", null, ReadFixtures.EVERYTHING),
                OPERATION,
                ReadRequest.scheduled(),
                NOON);
    cloud
        .operations()
        .commit(
            new OperationTransaction(List.of(), List.of(), List.of(), List.of(prepared.start())));
    long fence = store.tryLease(ROOT, LEASE, NOON).orElseThrow().fence();
    store.storePage(
        ROOT,
        fence,
        new PartitionStore.PageWrite(
            new Cursor(0, null, 0, 0),
            Set.of("1.0.a", "1.1.b", "1.2.c"),
            Set.of(),
            NOON.plus(LEASE),
            true));
    store.end(
        ROOT,
        fence,
        new PartitionStore.PartitionEnd(
            PartitionState.ENDED, new Cursor(1, null, 3, 0), null, false));
  }

  private static Receipt receipt(String entry) {
    return new Receipt(OPERATION.value(), ROOT.partition().value(), entry);
  }

  private Partition partition() {
    return store.find(ROOT).orElseThrow();
  }

  private Operation operation() {
    return cloud.operations().find(OPERATION).orElseThrow();
  }

  @Test
  void theLastDeliveryEndsTheRead() {
    receipts.delivered(List.of(receipt("1.0.a")));
    receipts.delivered(List.of(receipt("1.2.c")));
    assertThat(operation().ended()).isFalse();

    receipts.delivered(List.of(receipt("1.1.b")));
    assertThat(operation().status()).isEqualTo(OperationStatus.SUCCESS);
  }

  @Test
  void deliveriesOfOnePartitionAreJoined() {
    receipts.delivered(List.of(receipt("1.0.a"), receipt("1.1.b"), receipt("1.2.c")));

    assertThat(crashes.calls()).containsOnlyOnce("PartitionStore.removeUndelivered");
    assertThat(operation().status()).isEqualTo(OperationStatus.SUCCESS);
  }

  @Test
  void aDeliveryNotedTwiceCountsOnce() {
    receipts.delivered(List.of(receipt("1.0.a"), receipt("1.0.a")));
    receipts.delivered(List.of(receipt("1.0.a")));

    assertThat(partition().undelivered()).containsExactlyInAnyOrder("1.1.b", "1.2.c");
    assertThat(operation().ended()).isFalse();
  }

  @Test
  void aDeliveryOfSomethingUnknownIsPassedOver() {
    receipts.delivered(
        List.of(receipt("9.0.z"), new Receipt("absent", "absent", "1.0.a"), receipt("1.0.a")));

    assertThat(partition().undelivered()).hasSize(2);
  }

  private List<String> log() {
    return cloud.operations().logOf(OPERATION, 100).stream()
        .map(line -> line.severity() + " " + line.message())
        .toList();
  }

  @Test
  void aMessageThatIsSentAgainIsDeliveredLater() {
    receipts.undeliverable(receipt("1.1.b"), "it answered 500");
    assertThat(partition().givenUp()).isEqualTo(new GivenUp(Set.of("1.1.b"), Set.of()));
    clock.advance(Duration.ofMinutes(1));
    receipts.sentAgain(receipt("1.1.b"), "webhook", NOON.plusSeconds(60));
    receipts.sentAgain(receipt("1.1.b"), "webhook", NOON.plusSeconds(60));
    receipts.deliveredLater(receipt("1.1.b"));

    assertThat(log())
        .containsExactly(
            "INFO message 2 of page 1 is sent again to webhook, as somebody asked for it");
    assertThat(partition().givenUp()).isEqualTo(new GivenUp(Set.of("1.1.b"), Set.of("1.1.b")));
    assertThat(partition().state()).isEqualTo(PartitionState.FAILED);
  }

  @Test
  void aDroppedMessageFailsTheReadAndIsNoneThatARedriveCouldDeliver() {
    receipts.dropped(receipt("1.1.b"), "the object is paused");

    assertThat(partition().state()).isEqualTo(PartitionState.FAILED);
    assertThat(partition().undelivered()).doesNotContain("1.1.b");
    assertThat(partition().givenUp()).isEqualTo(GivenUp.NONE);
  }

  @Test
  void aMessageThatIsGivenUpFailsTheRead() {
    receipts.delivered(List.of(receipt("1.0.a"), receipt("1.2.c")));

    receipts.undeliverable(
        receipt("1.1.b"), "message 2 of page 1 was not delivered: it answered 500");

    assertThat(operation().status()).isEqualTo(OperationStatus.FAILURE);
    assertThat(operation().result())
        .isEqualTo(
            "[pins] incomplete: pins: message 2 of page 1 was not delivered: it answered 500");
  }

  @Test
  void theOthersAreStillWaitedFor() {
    receipts.undeliverable(receipt("1.1.b"), "it answered 500");
    assertThat(partition().state()).isEqualTo(PartitionState.FAILED);
    assertThat(operation().ended()).isFalse();

    receipts.undeliverable(receipt("1.1.b"), "again");
    receipts.delivered(List.of(receipt("1.0.a"), receipt("1.2.c")));

    assertThat(operation().status()).isEqualTo(OperationStatus.FAILURE);
    assertThat(operation().result()).endsWith("it answered 500");
  }

  @Test
  void aDeliveryAfterTheEndChangesNothing() {
    cloud.operations().finish(OPERATION, OperationStatus.FAILURE, "too old", NOON);
    Operation ended = operation();

    receipts.delivered(List.of(receipt("1.0.a"), receipt("1.1.b")));
    receipts.undeliverable(receipt("1.2.c"), "gone");

    assertThat(operation()).isEqualTo(ended);
  }

  @Test
  void theRemovalThatLeavesLessThanHalfTheBoundSendsAWaitingPartition() {
    PartitionKey board =
        new PartitionKey(OPERATION, PartitionId.of("board_pins", Map.of("board_id", "1")));
    store.createPartitions(OPERATION, List.of(new Chain("board_pins", Map.of("board_id", "1"))));
    List<String> entries = IntStream.range(0, 64).mapToObj(i -> "1." + i + ".a").toList();
    long fence = store.tryLease(board, LEASE, NOON).orElseThrow().fence();
    store.storePage(
        board,
        fence,
        new PartitionStore.PageWrite(
            new Cursor(0, null, 0, 0), Set.copyOf(entries), Set.of(), NOON, true));
    store.release(
        board, fence, PartitionStore.Release.waitsForDelivery(new Cursor(1, "b2", 64, 0)));

    deliver(board, entries.subList(0, 32));
    assertThat(cloud.readQueue().sent()).isEmpty();
    deliver(board, entries.subList(30, 34));
    assertThat(cloud.readQueue().sent())
        .extracting(InMemoryReadQueue.Sent::partition)
        .containsExactly(board);
    deliver(board, entries.subList(34, 44));
    assertThat(cloud.readQueue().sent()).as("sent before").hasSize(1);
  }

  private void deliver(PartitionKey partition, List<String> entries) {
    receipts.delivered(
        entries.stream()
            .map(entry -> new Receipt(OPERATION.value(), partition.partition().value(), entry))
            .toList());
  }

  @Test
  void aDeliveryAfterTheEndChangesNoEndedRead() {
    for (String entry : List.of("1.0.a", "1.1.b", "1.2.c")) {
      receipts.undeliverable(receipt(entry), "it answered 500");
    }
    Operation ended = operation();
    assertThat(ended.status()).isEqualTo(OperationStatus.FAILURE);
    Partition before = partition();

    clock.advance(Duration.ofDays(3));
    receipts.delivered(List.of(receipt("1.0.a")));
    receipts.undeliverable(receipt("1.1.b"), "it answered 500 again");

    assertThat(operation()).isEqualTo(ended);
    assertThat(partition()).isEqualTo(before);
  }
}
