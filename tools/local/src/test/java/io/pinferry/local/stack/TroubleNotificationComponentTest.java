package io.pinferry.local.stack;

import static io.pinferry.local.stack.NotificationComponentTest.await;
import static io.pinferry.local.stack.NotificationComponentTest.conform;
import static io.pinferry.local.stack.NotificationComponentTest.route;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import io.pinferry.directory.NotificationType;
import io.pinferry.local.simulator.FaultClient;
import java.net.http.HttpClient;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** A team is told of reads that fail, accounts that are lost and webhooks that are gone. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class TroubleNotificationComponentTest {
  private static final String MANIFEST =
      """
      specVersion: 1.0.0
      integrations:
        - name: wrong
          provider: pinterest
          read:
            objects:
              - objectName: boards
                destination: gone
                schedule: "0 0 29 2 *"
                optionalFieldsAuto: all
                backfill:
                  defaultPeriod:
                    fullHistory: true
      """;

  /** Our own types, and one that the contract names but does not describe. */
  private static final Set<String> UNDESCRIBED =
      Stream.concat(NotificationType.ownTexts().stream(), Stream.of("read.triggered.error"))
          .collect(Collectors.toSet());

  private final HttpClient http =
      HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NEVER).build();
  private LocalStack stack;
  private StackClient team;

  @BeforeAll
  void start() throws Exception {
    stack = LocalStack.start(Customer.stack(50, 0), sim -> sim.withRateLimits(false));
    team = new StackClient(http, stack.api(), stack.project(), stack.apiKey());
  }

  @AfterAll
  void stop() {
    stack.close();
    http.close();
  }

  /** Lets something go wrong at Pinterest, in place of what did before. */
  private void fault(ObjectNode fault) throws Exception {
    var faults = new FaultClient(http, stack.pinterest());
    faults.end();
    if (!fault.isEmpty()) {
      faults.add(fault);
    }
  }

  private static ObjectNode refusedBoards() {
    return Json.object()
        .put("kind", "status")
        .put("object", "boards")
        .put("status", 403)
        .put("code", 2625)
        .put("message", "merchant disapproved");
  }

  @Test
  void whatGoesWrongAndIsMendedIsToldToo() throws Exception {
    try (var gone = RecordingWebhook.start(_ -> 410);
        var alarms = RecordingWebhook.start(_ -> 204)) {
      team.createWebhook("gone", gone.url());
      team.createWebhook("alarms", alarms.url());
      route(
          team,
          "alarms",
          "alarms",
          Arrays.stream(NotificationType.values())
              .map(NotificationType::text)
              .filter(type -> !type.startsWith("installation."))
              .toArray(String[]::new));
      String integration = team.deploy(MANIFEST);
      team.connect("wrong");
      fault(refusedBoards());
      team.done(
          "POST",
          "./integrations/" + integration + "/installations",
          Json.trusted(StackClient.installation("wrong", "boards")));
      JsonNode failed = await(alarms, "read.backfill.error").path("data");
      assertThat(failed.path("error").asText())
          .startsWith(
              "[boards] incomplete: boards stopped at page 1: Pinterest 403 code 2625, merchant"
                  + " disapproved");

      ObjectNode trigger = Json.object().put("groupRef", "wrong").put("mode", "async");
      StackClient door = team.at(stack.read());
      door.done("POST", "./integrations/" + integration + "/objects/boards", trigger);
      await(alarms, "read.triggered.error");

      String connection =
          team.get("./connections?groupRef=wrong&provider=pinterest").at("/0/id").asText();
      fault(Json.object().put("kind", "revokeTokens").put("refreshTokenToo", true).put("count", 1));
      door.done("POST", "./integrations/" + integration + "/objects/boards", trigger);
      JsonNode lost = await(alarms, "connection.error").path("data");
      assertThat(lost.path("connectionId").asText()).isEqualTo(connection);
      JsonNode paused = await(alarms, "read.schedule.paused").path("data");
      assertThat(paused.path("error").asText()).isNotEmpty();

      fault(Json.object());
      team.connect("wrong");
      await(alarms, "connection.updated");
      // The backfill that failed begins anew, and its records meet the webhook that is gone.
      JsonNode disabled = await(alarms, "destination.webhook.disabled").path("data");
      assertThat(disabled.path("destinationName").asText()).isEqualTo("gone");

      team.get("./connections/" + connection + "?refresh=force");
      await(alarms, "connection.refreshed");
      conform(
          alarms.taken().stream()
              .filter(message -> !UNDESCRIBED.contains(message.path("notificationType").asText()))
              .toList());
    }
  }
}
