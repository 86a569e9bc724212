package io.pinferry.read;

import static java.time.Duration.ZERO;
import static org.assertj.core.api.Assertions.assertThat;

import io.pinferry.base.ManualClock;
import io.pinferry.directory.InstallationId;
import io.pinferry.operation.OperationId;
import io.pinferry.operation.PartitionId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class InMemoryReadQueueTest extends ReadQueueContract {
  private final ManualClock clock = new ManualClock(Instant.parse("2026-03-01T12:00:00Z"));
  private final InMemoryReadQueue queue = new InMemoryReadQueue(clock);

  @Override
  protected ReadQueue queue() {
    return queue;
  }

  @Override
  protected List<PartitionKey> receive() {
    return queue.receive();
  }

  @Override
  protected InstantSource clock() {
    return clock;
  }

  @Override
  protected void pass(Duration time) {
    clock.advance(time);
  }

  @Test
  void itRemembersEverySendingAndKnowsWhatComesNext() {
    var key = new PartitionKey(new OperationId("o"), PartitionId.of("step", Map.of()));
    queue.send(new InstallationId("i"), List.of(key), Duration.ofSeconds(5));
    queue.send(new InstallationId("i"), List.of(key), ZERO);

    assertThat(queue.nextVisibleAt()).contains(clock.instant());
    queue.receive();
    assertThat(queue.nextVisibleAt()).contains(clock.instant().plusSeconds(5));
    assertThat(queue.sent())
        .extracting(InMemoryReadQueue.Sent::delay)
        .containsExactly(Duration.ofSeconds(5), ZERO);
  }
}
