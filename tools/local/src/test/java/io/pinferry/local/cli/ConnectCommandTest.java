package io.pinferry.local.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.pinferry.base.Json;
import io.pinferry.base.ManualClock;
import io.pinferry.base.SteppingTasks;
import io.pinferry.local.api.ScriptedTransport;
import io.pinferry.local.cli.CommandRun.Shell;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ConnectCommandTest {
  private static final String API = "http://127.0.0.1:8080";
  private static final String PROJECT = API + "/v1/projects/p";
  private static final String CONNECTIONS =
      "GET " + PROJECT + "/connections?provider=pinterest&groupRef=org_7";
  private static final String LINK = "https://www.pinterest.com/oauth/?state=s";
  private static final Instant START = Instant.parse("2026-09-01T08:00:00Z");

  @TempDir private Path home;
  private final ManualClock clock = new ManualClock(START);
  private final ScriptedTransport transport =
      new ScriptedTransport().on("POST " + API + "/v1/oauth-connect", 200, LINK);

  private Shell shell() {
    return Shell.of(Map.of("PINFERRY_API", API, "PINFERRY_KEY", "k", "PINFERRY_PROJECT", "p"), home)
        .with(transport)
        .with(new SteppingTasks(clock));
  }

  private static String connection(String id, String updateTime, String status) {
    return "{'id':'%s','updateTime':'%s','status':'%s'}".formatted(id, updateTime, status);
  }

  @Test
  void theWaitEndsWhenTheConnectionIsThere() {
    transport
        .on(CONNECTIONS, 200, "[]")
        .on(CONNECTIONS, 200, "[]")
        .on(CONNECTIONS, 200, "[" + connection("c", "", "working") + "]")
        .on("GET " + PROJECT + "/installations?groupRef=org_7", 200, "[]");

    CommandRun run = shell().run("connect", "org_7", "--group-name", "Lamps & Co");

    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out()).isEqualTo(LINK + "\nconnected: org_7, connection c, working\n");
    assertThat(Duration.between(START, clock.instant())).isEqualTo(Duration.ofSeconds(2));
    assertThat(Json.trusted(String.valueOf(transport.calls().get(1).body())))
        .isEqualTo(
            Json.object()
                .put("projectIdOrName", "p")
                .put("provider", "pinterest")
                .put("groupRef", "org_7")
                .put("consumerRef", "org_7")
                .put("groupName", "Lamps & Co"));
  }

  @Test
  void aConnectionThatWasThereBeforeIsNotTheEndOfTheWait() {
    transport
        .on(
            CONNECTIONS,
            200,
            "[" + connection("c", "2026-08-01T00:00:00Z", "bad_credentials") + "]")
        .on(
            CONNECTIONS,
            200,
            "[" + connection("c", "2026-08-01T00:00:00Z", "bad_credentials") + "]")
        .on(CONNECTIONS, 200, "[" + connection("c", "2026-09-01T08:00:04Z", "working") + "]")
        .on("GET " + PROJECT + "/integrations", 200, "[{'id':'n','name':'sync'}]")
        .on(
            "GET " + PROJECT + "/installations?groupRef=org_7",
            200,
            "[{'id':'i','integrationId':'n','config':{'content':{'read':{'objects':{'pins':{}}}}}}]");

    CommandRun run = shell().run("connect", "org_7");

    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.err()).contains("Next: ./pinferry read i pins");
    assertThat(Duration.between(START, clock.instant())).isEqualTo(Duration.ofSeconds(2));
  }

  @Test
  void theWaitEndsWithTheLink() {
    transport.on(CONNECTIONS, 200, "[]");

    CommandRun run = shell().run("connect", "org_7");

    assertThat(run.code()).isEqualTo(8);
    assertThat(run.err()).contains("the link has expired", "./pinferry connect org_7");
    assertThat(Duration.between(START, clock.instant())).isEqualTo(Duration.ofMinutes(10));
  }

  @Test
  void onlyALinkToAWebPageIsOpened() {
    List<URI> pages = new ArrayList<>();
    var other =
        new ScriptedTransport()
            .on(CONNECTIONS, 200, "[]")
            .on("POST " + API + "/v1/oauth-connect", 200, "file:///etc/passwd");

    CommandRun run = shell().with(other).withBrowser(pages::add).run("connect", "org_7");

    assertThat(run.code()).isEqualTo(4);
    assertThat(pages).isEmpty();
  }
}
