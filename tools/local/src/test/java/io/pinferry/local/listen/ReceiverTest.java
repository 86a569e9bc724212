package io.pinferry.local.listen;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.pinferry.base.ManualClock;
import io.pinferry.base.Secret;
import io.pinferry.base.SteppingTasks;
import io.pinferry.delivery.WebhookSignature;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ReceiverTest {
  private static final Instant START = Instant.parse("2026-09-01T08:00:00Z");
  private static final Secret OLD = new Secret("whsec_" + "A".repeat(32));
  private static final Secret NEW = new Secret("whsec_" + "B".repeat(32));

  @TempDir private Path folder;
  private final ManualClock clock = new ManualClock(START);
  private final List<String> printed = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();
  private ListenState state;
  private Secret present = OLD;
  private int asked;
  private Receiver receiver;

  @BeforeEach
  void open() {
    state = ListenState.open(folder.resolve("state.jsonl"), START);
    receiver =
        new Receiver(
            state,
            () -> {
              asked++;
              return present;
            },
            new SteppingTasks(clock),
            (id, message) -> printed.add(id + " " + message),
            warnings::add);
  }

  @AfterEach
  void close() {
    state.close();
  }

  private int post(String id, String body, Instant at, Secret... keys) {
    return post(WebhookSignature.headers(id, at, body.getBytes(UTF_8), List.of(keys)), body);
  }

  private int post(Map<String, String> headers, String body) {
    return receiver.take(headers::get, body.getBytes(UTF_8));
  }

  @Test
  void aMessageIsPrintedOnce() {
    assertThat(post("msg_1", "{\"a\":1}", START, OLD)).isEqualTo(204);
    clock.advance(Duration.ofHours(1));
    assertThat(post("msg_1", "{\"a\":1}", clock.instant(), OLD)).isEqualTo(204);

    assertThat(printed).containsExactly("msg_1 {\"a\":1}");
    assertThat(asked).isEqualTo(1);
  }

  @Test
  void aForeignTamperedOrOldMessageIsRefused() {
    Map<String, String> headers =
        WebhookSignature.headers("msg_1", START, "{\"a\":1}".getBytes(UTF_8), List.of(OLD));

    assertThat(post("msg_1", "{}", START, NEW)).isEqualTo(401);
    assertThat(post(headers, "{\"a\":2}")).isEqualTo(401);
    assertThat(post("msg_1", "{}", START.minusSeconds(301), OLD)).isEqualTo(401);
    assertThat(post("msg_1", "{}", START.plusSeconds(301), OLD)).isEqualTo(401);
    assertThat(post(Map.of(), "{}")).isEqualTo(400);
    assertThat(
            post(
                Map.of("webhook-id", "m", "webhook-signature", "v1,", "webhook-timestamp", "x"),
                "{}"))
        .isEqualTo(400);
    assertThat(post("msg_1", "{", START, OLD)).isEqualTo(422);

    assertThat(printed).isEmpty();
    assertThat(warnings).hasSize(7).anyMatch(line -> line.contains("is the clock of this"));
    assertThat(post(headers, "{\"a\":1}")).isEqualTo(204);
  }

  @Test
  void aRotatedKeyIsLookedUpButNotForEachStranger() {
    post("msg_1", "{}", START, OLD);
    present = NEW;
    assertThat(post("msg_2", "{}", START, OLD, NEW)).as("both sign").isEqualTo(204);
    clock.advance(Receiver.KEY_PAUSE);

    assertThat(post("msg_3", "{}", clock.instant(), NEW)).isEqualTo(204);
    assertThat(post("msg_4", "{}", clock.instant(), OLD)).isEqualTo(401);
    assertThat(post("msg_4", "{}", clock.instant(), OLD)).isEqualTo(401);
    assertThat(asked).isEqualTo(2);
  }
}
