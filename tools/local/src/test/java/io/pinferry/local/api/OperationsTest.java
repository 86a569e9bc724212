package io.pinferry.local.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.base.ManualClock;
import io.pinferry.base.Secret;
import io.pinferry.base.SteppingTasks;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class OperationsTest {
  private static final String API = "http://127.0.0.1:8080";
  private static final String OPERATIONS = "GET " + API + "/v1/projects/p/operations";
  private static final Instant START = Instant.parse("2026-09-01T08:00:00Z");

  private final ScriptedTransport transport = new ScriptedTransport();
  private final ManualClock clock = new ManualClock(START);
  private final Operations operations =
      new Operations(
          new Doors(
              new Target(URI.create(API), null, null, null, new Secret("k"), "p", "a test"),
              transport),
          new SteppingTasks(clock));

  private static String progress(int records) {
    return "{'id':'o','status':'in_progress','metadata':{'objects':['pins'],'progress':"
        + "{'recordsProcessed':"
        + records
        + "}}}";
  }

  private static String line(String text) {
    return "{'timestamp':'t','severity':'INFO','message':{'msg':'" + text + "'}}";
  }

  @Test
  void aReadIsLookedAtOnceASecondUntilItsEnd() {
    transport
        .on(OPERATIONS + "/o", 200, progress(250))
        .on(OPERATIONS + "/o", 200, progress(500))
        .on(OPERATIONS + "/o", 200, "{'id':'o','status':'success','result':'all'}");
    List<Long> seen = new ArrayList<>();

    JsonNode end = operations.watch("o", one -> Operations.records(one).ifPresent(seen::add));

    assertThat(seen).containsExactly(250L, 500L);
    assertThat(end.path("result").asText()).isEqualTo("all");
    assertThat(Duration.between(START, clock.instant())).isEqualTo(Duration.ofSeconds(2));
  }

  @Test
  void eachLineOfALogIsShownOnceAlsoIfOlderLinesFallOutOfIt() {
    transport
        .on(OPERATIONS + "/o", 200, progress(1))
        .on(OPERATIONS + "/o", 200, progress(2))
        .on(OPERATIONS + "/o", 200, "{'id':'o','status':'failure'}")
        .on(OPERATIONS + "/o/logs", 200, "[" + line("a") + "," + line("b") + "]")
        .on(OPERATIONS + "/o/logs", 200, "[" + line("b") + "," + line("c") + "]")
        .on(OPERATIONS + "/o/logs", 200, "[" + line("c") + "," + line("end") + "]");
    List<String> seen = new ArrayList<>();

    JsonNode end = operations.follow("o", one -> seen.add(Explanation.message(one)));

    assertThat(seen).containsExactly("a", "b", "c", "end");
    assertThat(Operations.hasFailed(end)).isTrue();
  }

  @Test
  void aListOfOneInstallationGoesOverPagesUntilItIsFull() {
    transport
        .on(
            OPERATIONS + "?pageSize=2&groupRef=org%207&status=failure",
            200,
            "{'results':[{'id':'1','installationId':'i'},{'id':'2','installationId':'other'}],"
                + "'pagination':{'done':false,'nextPageToken':'t/1'}}")
        .on(
            OPERATIONS + "?pageSize=1&groupRef=org%207&status=failure&pageToken=t%2F1",
            200,
            "{'results':[{'id':'3','installationId':'i'}],"
                + "'pagination':{'done':false,'nextPageToken':'t/2'}}");

    JsonNode list =
        operations.list(new Operations.Filter("org 7", "i", null, "failure", null), 2, null);

    assertThat(list.path("results").valueStream().map(one -> one.path("id").asText()))
        .containsExactly("1", "3");
    assertThat(list.at("/pagination/nextPageToken").asText()).isEqualTo("t/2");
    assertThat(list.at("/pagination/done").asBoolean()).isFalse();
  }

  @Test
  void aShortPageWithATokenIsNotTheEnd() {
    transport
        .on(
            OPERATIONS + "?pageSize=20&objectName=pins",
            200,
            "{'results':[],'pagination':{'done':false,'nextPageToken':'more'}}")
        .on(
            OPERATIONS + "?pageSize=20&objectName=pins&pageToken=more",
            200,
            "{'results':[{'id':'9'}],'pagination':{'done':true}}");

    JsonNode list =
        operations.list(new Operations.Filter(null, null, "pins", null, null), 20, null);

    assertThat(list.at("/results/0/id").asText()).isEqualTo("9");
    assertThat(list.at("/pagination/done").asBoolean()).isTrue();
  }
}
