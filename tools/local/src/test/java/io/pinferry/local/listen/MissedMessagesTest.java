package io.pinferry.local.listen;

import static org.assertj.core.api.Assertions.assertThat;

import io.pinferry.base.Json;
import io.pinferry.base.ManualClock;
import io.pinferry.base.Secret;
import io.pinferry.base.SteppingTasks;
import io.pinferry.local.api.Deliveries;
import io.pinferry.local.api.Doors;
import io.pinferry.local.api.Target;
import io.pinferry.local.api.Transport;
import io.pinferry.local.listen.MissedMessages.Gap;
import io.pinferry.local.listen.MissedMessages.Report;
import java.net.URI;
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

final class MissedMessagesTest {
  private static final Instant START = Instant.parse("2026-09-01T08:00:00Z");
  private static final String NOTHING_LEFT = "{'replayed':1,'left':[],'pagination':{'done':true}}";

  @TempDir private Path folder;
  private final ManualClock clock = new ManualClock(START);
  private final List<String> asked = new ArrayList<>();
  private final List<String> replays = new ArrayList<>();
  private String attempts = "";
  private String replayAnswer = NOTHING_LEFT;
  private ListenState state;
  private MissedMessages missed;

  @BeforeEach
  void open() {
    state = ListenState.open(folder.resolve("state.jsonl"), START);
    Transport pinferry =
        call -> {
          if (call.method().equals("GET")) {
            asked.add(call.address().getQuery());
            return new Transport.Answer(200, Map.of(), json("{'results':[" + attempts + "]}"));
          }
          replays.add(Json.trusted(String.valueOf(call.body())).path("messageIds").toString());
          return new Transport.Answer(200, Map.of(), json(replayAnswer));
        };
    var target =
        new Target(URI.create("http://127.0.0.1:1"), null, null, null, new Secret("k"), "p", "");
    missed =
        new MissedMessages(
            new Deliveries(new Doors(target, pinferry)), "listen", state, new SteppingTasks(clock));
  }

  @AfterEach
  void close() {
    state.close();
  }

  private static String json(String text) {
    return text.replace('\'', '"');
  }

  private static String attempt(String id, String outcome) {
    return "{'messageId':'%s','outcome':'%s','nextAttemptTime':'2026-09-01T09:00:00Z'}"
        .formatted(id, outcome);
  }

  @Test
  void onlyMessagesThatDoNotComeByThemselvesAreSentAgain() {
    state.add("printed");
    attempts =
        String.join(
            ",",
            attempt("printed", "accepted"),
            attempt("elsewhere", "accepted"),
            attempt("dead", "given_up"),
            attempt("dead", "failed"),
            attempt("retried", "failed"),
            attempt("paused", "dropped"));

    Report report = missed.look();

    assertThat(replays).containsExactly("[\"elsewhere\",\"dead\"]");
    assertThat(report).isEqualTo(new Report(2, 0, 1, "2026-09-01T09:00:00Z", List.of()));
  }

  @Test
  void aMessageIsSentAgainThreeTimesAndThenItIsAGap() {
    attempts = attempt("m", "accepted");

    for (int i = 0; i < 3; i++) {
      assertThat(missed.look().replayed()).isEqualTo(1);
      clock.advance(MissedMessages.REPLAY_TIME.minusSeconds(1));
      assertThat(missed.look().waiting()).isEqualTo(1);
      clock.advance(Duration.ofSeconds(1));
    }

    assertThat(missed.look().gaps())
        .containsExactly(new Gap("m", "it was sent again 3 times, and has not come"));
    assertThat(missed.look().isComplete()).as("reported once").isTrue();
    assertThat(replays).hasSize(3);
    assertThat(state.has("m")).as("is printed if it comes").isFalse();
  }

  @Test
  void aMessageThatIsNotKeptIsAGapAtOnce() {
    attempts = attempt("m", "accepted");
    replayAnswer = "{'replayed':0,'left':[{'messageId':'m','reason':'not kept'}]}";

    Report report = missed.look();

    assertThat(report.gaps()).containsExactly(new Gap("m", "not kept"));
    assertThat(report.isComplete()).isFalse();
  }

  @Test
  void aLookBeginsBeforeTheTimeUpToWhichAllIsThere() {
    missed.look();
    clock.advance(Duration.ofHours(1));
    missed.look();
    clock.advance(Duration.ofHours(1));
    attempts = attempt("m", "accepted");
    missed.look();
    clock.advance(Duration.ofHours(1));
    missed.look();

    assertThat(asked)
        .extracting(query -> query.replaceFirst(".*since=([^&]*).*", "$1"))
        .containsExactly(
            "2026-09-01T08:00:00Z",
            "2026-09-01T08:00:00Z",
            "2026-09-01T08:50:00Z",
            "2026-09-01T08:50:00Z");
  }
}
