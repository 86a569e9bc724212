package io.pinferry.operation;

import static org.assertj.core.api.Assertions.assertThat;

import io.pinferry.base.ManualClock;
import io.pinferry.delivery.NotificationNotes.Severity;
import io.pinferry.read.InMemoryCloud;
import java.time.Instant;
import org.junit.jupiter.api.Test;

final class OperationNotificationNotesTest {
  private static final OperationId GONE = new OperationId("7c2b9a52-3f0e-4f6e-9c1f-0a8f8a4c2b11");

  private final ManualClock clock = new ManualClock(Instant.parse("2026-03-01T12:00:00Z"));
  private final OperationStore store = new InMemoryCloud(clock).operations();

  @Test
  void theLogOfARemovedOperationDoesNotComeBack() {
    new OperationNotificationNotes(store, clock)
        .note(GONE.value(), "msg_1-attempt-1", Severity.WARNING, "it answered 500");

    assertThat(store.logOf(GONE, 10)).isEmpty();
  }
}
