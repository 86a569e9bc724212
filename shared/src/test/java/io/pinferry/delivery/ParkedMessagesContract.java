package io.pinferry.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.pinferry.directory.InstallationId;
import io.pinferry.directory.IntegrationId;
import io.pinferry.directory.ProjectId;
import io.pinferry.timer.Timer;
import io.pinferry.timer.TimerStore;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Every promise of {@link ParkedMessages}. Each test meets an empty store. */
public abstract class ParkedMessagesContract {
  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00.123456Z");

  /** Returns the store under test, the same during one test. */
  protected abstract ParkedMessages parked();

  /** Returns the store of its timers. */
  protected abstract TimerStore timers();

  private static DeliveryMessage message(String id, byte[] body) {
    return new DeliveryMessage(
        id,
        new ProjectId("project-1"),
        new DeliveryMessage.Records(
            new IntegrationId("integration-1"),
            new InstallationId("installation-1"),
            "pins",
            new DeliveryMessage.Receipt("operation-1", "partition-1", "1.0.abc")),
        "webhook",
        body,
        3,
        Instant.parse("2026-02-27T09:00:00.125Z"),
        false);
  }

  private static DeliveryMessage message(String id) {
    return message(id, new byte[] {'{', '}'});
  }

  private List<Timer> due(Instant now) {
    return IntStream.range(0, Timer.SHARD_COUNT)
        .mapToObj(shard -> timers().due(shard, now, 10))
        .flatMap(List::stream)
        .toList();
  }

  @Test
  void aParkedMessageIsFoundByIdAndInstantAsItWas() {
    DeliveryMessage message = message("msg_1");
    parked().park(message, NOON);

    DeliveryMessage found = parked().find("msg_1", NOON).orElseThrow();
    assertThat(found).usingRecursiveComparison().isEqualTo(message);
    assertThat(found.attempts()).isEqualTo(3);
    assertThat(parked().find("msg_1", NOON.plusMillis(1))).isEmpty();
    assertThat(parked().find("msg_2", NOON)).isEmpty();
  }

  @Test
  void itsTimerIsSetWithIt() {
    parked().park(message("msg_1"), NOON);

    assertThat(due(NOON.minusMillis(1))).isEmpty();
    assertThat(due(NOON)).containsExactly(ParkedRelease.timerFor(message("msg_1"), NOON));
  }

  @Test
  void parkedAgainItIsThereUntilTheLaterInstantOnly() {
    parked().park(message("msg_1"), NOON);
    parked().park(message("msg_1").after(4), NOON.plusSeconds(60));

    assertThat(parked().find("msg_1", NOON)).isEmpty();
    assertThat(parked().find("msg_1", NOON.plusSeconds(60)).map(DeliveryMessage::attempts))
        .contains(4);
    assertThat(due(NOON.plusSeconds(60))).hasSize(2);
  }

  @Test
  void removingIsForThatInstantAndCanBeRepeated() {
    parked().park(message("msg_1"), NOON);

    parked().remove("msg_1", NOON.plusSeconds(1));
    assertThat(parked().find("msg_1", NOON)).isPresent();
    parked().remove("msg_1", NOON);
    parked().remove("msg_1", NOON);
    assertThat(parked().find("msg_1", NOON)).isEmpty();
  }

  @Test
  void aDiscardedMessageIsGoneWheneverItWasDue() {
    parked().park(message("msg_1"), NOON);

    assertThat(parked().discard("msg_1")).isTrue();
    assertThat(parked().discard("msg_1")).isFalse();
    assertThat(parked().find("msg_1", NOON)).isEmpty();
  }

  @Test
  void aMessageAsLargeAsTheQueueTakesIsKept() {
    // Hexadecimal digits of random bytes compress to about half, which is as bad as JSON gets.
    byte[] body = new byte[300 * 1024];
    Arrays.fill(body, (byte) ' ');
    body[0] = '[';
    body[1] = '"';
    var random = new SplittableRandom(7);
    for (int i = 2; i < body.length - 2; i++) {
      body[i] = (byte) Character.forDigit(random.nextInt(16), 16);
    }
    body[body.length - 2] = '"';
    body[body.length - 1] = ']';
    parked().park(message("msg_1", body), NOON);

    assertThat(parked().find("msg_1", NOON).orElseThrow().body()).isEqualTo(body);
  }
}
