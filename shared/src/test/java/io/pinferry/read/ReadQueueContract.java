package io.pinferry.read;

import static java.time.Duration.ZERO;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pinferry.directory.InstallationId;
import io.pinferry.operation.OperationId;
import io.pinferry.operation.PartitionId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Every promise of {@link ReadQueue}. Each test meets an empty queue. */
public abstract class ReadQueueContract {
  private static final InstallationId CUSTOMER = new InstallationId("installation-1");

  private static final OperationId OPERATION =
      new OperationId("0a000000-0000-4000-8000-000000000001");

  /** Returns the queue under test, the same during one test. */
  protected abstract ReadQueue queue();

  /** Takes out everything that can be received now. */
  protected abstract List<PartitionKey> receive();

  /** The queue's clock. */
  protected abstract InstantSource clock();

  /** Lets time pass for the queue. */
  protected abstract void pass(Duration time);

  @Test
  void everythingSentIsReceived() {
    List<PartitionKey> sent = partitions(25);

    queue().send(CUSTOMER, sent, ZERO);

    assertThat(receive()).containsExactlyInAnyOrderElementsOf(sent);
    assertThat(receive()).isEmpty();
  }

  @Test
  void sendingNothingIsFine() {
    queue().send(CUSTOMER, List.of(), ZERO);

    assertThat(receive()).isEmpty();
  }

  @Test
  void nothingIsReceivedBeforeItsDelayHasPassed() {
    List<PartitionKey> sent = partitions(2);
    Instant before = clock().instant();

    queue().send(CUSTOMER, sent, Duration.ofMillis(1_001));

    // However long a real queue takes, it is never too early.
    List<PartitionKey> received = receive();
    while (received.isEmpty()) {
      pass(Duration.ofMillis(100));
      received = new ArrayList<>(receive());
    }
    assertThat(clock().instant()).isAfterOrEqualTo(before.plusMillis(1_001));
    while (received.size() < sent.size()) {
      pass(Duration.ofMillis(100));
      received.addAll(receive());
    }
    assertThat(received).containsExactlyInAnyOrderElementsOf(sent);
  }

  @Test
  void aMessageWithoutDelayOvertakesADelayedOne() {
    queue().send(CUSTOMER, partitions(2), Duration.ofMinutes(10));
    queue().send(CUSTOMER, partitions(1), ZERO);

    assertThat(receive()).hasSize(1);
    assertThat(receive()).isEmpty();
  }

  @Test
  void aPartitionCanBeSentAgain() {
    List<PartitionKey> sent = partitions(1);

    queue().send(CUSTOMER, sent, ZERO);
    queue().send(CUSTOMER, sent, ZERO);

    assertThat(receive()).hasSize(2).containsOnly(sent.getFirst());
  }

  @Test
  void theDelayIsAtMostAQuarterOfAnHour() {
    assertThatThrownBy(() -> queue().send(CUSTOMER, partitions(1), Duration.ofSeconds(901)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("15M1S");
    assertThatThrownBy(() -> queue().send(CUSTOMER, partitions(1), Duration.ofSeconds(-1)))
        .isInstanceOf(IllegalArgumentException.class);
    queue().send(CUSTOMER, partitions(1), ReadQueue.DELAY_MAX);
    assertThat(receive()).isEmpty();
  }

  private static List<PartitionKey> partitions(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> PartitionId.of("board-pins", Map.of("board_id", "" + i)))
        .map(id -> new PartitionKey(OPERATION, id))
        .toList();
  }
}
