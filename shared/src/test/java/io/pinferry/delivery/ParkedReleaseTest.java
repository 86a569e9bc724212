package io.pinferry.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pinferry.base.Log;
import io.pinferry.base.ManualClock;
import io.pinferry.base.PinferryException.ProviderUnavailable;
import io.pinferry.base.VirtualTasks;
import io.pinferry.directory.InstallationId;
import io.pinferry.directory.IntegrationId;
import io.pinferry.directory.ProjectId;
import io.pinferry.timer.InMemoryTimerStore;
import io.pinferry.timer.Timer;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

final class ParkedReleaseTest {
  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

  private final ManualClock clock = new ManualClock(NOON);
  private final InMemoryTimerStore timers = new InMemoryTimerStore();
  private final InMemoryParkedMessages parked = new InMemoryParkedMessages(timers);
  private final RecordingDeliveryQueue queue = new RecordingDeliveryQueue();
  private final ParkedRelease release =
      new ParkedRelease(
          parked, queue, timers, new VirtualTasks(clock, VirtualTasks.Forks.EAGER), Log.none());

  private static DeliveryMessage message(int number, String destination) {
    return new DeliveryMessage(
        "msg_" + destination + number,
        new ProjectId("project-1"),
        new DeliveryMessage.Records(
            new IntegrationId("integration-1"),
            new InstallationId("installation-1"),
            "pins",
            new DeliveryMessage.Receipt("operation-1", "partition-1", number + ".0.abc")),
        destination,
        new byte[] {'{', '}'},
        3,
        null,
        false);
  }

  private void fireDue() {
    for (Timer timer : timers.all()) {
      if (!timer.dueAt().isAfter(clock.instant())) {
        release.fire(timer);
      }
    }
  }

  @Test
  void aParkedMessageIsSentOnceWithItsAttempts() {
    parked.park(message(1, "hook"), NOON.plusSeconds(1800));
    clock.advance(Duration.ofMinutes(30));

    fireDue();

    assertThat(queue.sent())
        .singleElement()
        .satisfies(
            message -> {
              assertThat(message.id()).isEqualTo("msg_hook1");
              assertThat(message.attempts()).isEqualTo(3);
            });
    assertThat(parked.size()).isZero();
    assertThat(timers.all()).isEmpty();
  }

  @Test
  void aMessageThatTheQueueDoesNotTakeStaysParkedAndIsSentLater() {
    parked.park(message(1, "hook"), NOON);
    queue.accepts(false);

    assertThatThrownBy(this::fireDue).isInstanceOf(ProviderUnavailable.class);

    assertThat(parked.size()).isEqualTo(1);
    queue.accepts(true);
    clock.advance(ParkedRelease.RETRY_DELAY);
    fireDue();
    assertThat(queue.sent()).hasSize(1);
    assertThat(timers.all()).isEmpty();
  }

  @Test
  void whoeverIsSecondAtATimerSendsNothing() {
    parked.park(message(1, "hook"), NOON);
    Timer timer = timers.all().getFirst();

    release.fire(timer);
    release.fire(timer);

    assertThat(queue.sent()).hasSize(1);
  }

  @Test
  void theTimerOfAnEarlierParkingReleasesNothing() {
    parked.park(message(1, "hook"), NOON);
    parked.park(message(1, "hook").after(4), NOON.plusSeconds(3600));

    fireDue();

    assertThat(queue.sent()).isEmpty();
    assertThat(timers.all()).hasSize(1);
    clock.advance(Duration.ofHours(1));
    fireDue();
    assertThat(queue.sent()).extracting(DeliveryMessage::attempts).containsExactly(4);
  }

  @Test
  void aDestinationIsNotMetByEverythingAtOnceAndOthersDoNotWaitForIt() {
    for (int i = 0; i < ParkedRelease.AT_ONCE_MAX + 44; i++) {
      parked.park(message(i, "hook"), NOON);
    }
    parked.park(message(1, "other"), NOON.plusMillis(1));
    clock.advance(Duration.ofSeconds(1));

    fireDue();
    assertThat(queue.sent())
        .filteredOn(message -> message.destination().equals("hook"))
        .hasSize(ParkedRelease.AT_ONCE_MAX);
    assertThat(queue.sent())
        .filteredOn(message -> message.destination().equals("other"))
        .hasSize(1);

    clock.advance(ParkedRelease.RETRY_DELAY);
    fireDue();
    assertThat(queue.sent()).hasSize(ParkedRelease.AT_ONCE_MAX + 44 + 1);
    assertThat(timers.all()).isEmpty();
  }

  @Test
  void whatIsTooMuchComesInTheMinutesAfterIt() {
    int count = 3 * ParkedRelease.AT_ONCE_MAX + 1;
    for (int i = 0; i < count; i++) {
      parked.park(message(i, "hook"), NOON);
    }
    clock.advance(Duration.ofSeconds(1));

    fireDue();

    Instant now = clock.instant();
    assertThat(timers.all())
        .filteredOn(timer -> timer.dueAt().equals(now.plus(ParkedRelease.RETRY_DELAY)))
        .hasSize(ParkedRelease.AT_ONCE_MAX);
    assertThat(timers.all())
        .filteredOn(
            timer -> timer.dueAt().equals(now.plus(ParkedRelease.RETRY_DELAY.multipliedBy(2))))
        .hasSize(ParkedRelease.AT_ONCE_MAX);
    assertThat(timers.all())
        .filteredOn(
            timer -> timer.dueAt().equals(now.plus(ParkedRelease.RETRY_DELAY.multipliedBy(3))))
        .hasSize(1);
  }
}
