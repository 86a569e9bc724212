package io.pinferry.local.stack;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import io.pinferry.directory.NotificationType;
import io.pinferry.local.contract.AmpersandOracle;
import java.net.http.HttpClient;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** A team that routes notifications to its webhook is told, signed, what happens to a customer. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class NotificationComponentTest {
  private static final String MANIFEST =
      """
      specVersion: 1.0.0
      integrations:
        - name: told
          provider: pinterest
          read:
            objects:
              - objectName: boards
                mapToName: walls
                destination: records
                optionalFieldsAuto: all
                backfill:
                  defaultPeriod:
                    fullHistory: true
      """;

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

  /** Routes types to a destination by a topic, all by HTTP. */
  static void route(StackClient team, String topicName, String destination, String... types)
      throws Exception {
    String topic =
        team.done("POST", "./topics", Json.object().put("name", topicName)).path("id").asText();
    String destinationId = team.get("./destinations/" + destination).path("id").asText();
    for (String type : types) {
      team.done(
          "POST",
          "./notification-event-topic-routes",
          Json.object().put("eventType", type).put("topicId", topic));
    }
    team.done(
        "POST",
        "./topic-destination-routes",
        Json.object().put("topicId", topic).put("destinationId", destinationId));
  }

  static JsonNode await(RecordingWebhook webhook, String type) throws Exception {
    return webhook.await(type, message -> message.path("notificationType").asText().equals(type));
  }

  @Test
  void whatHappensToACustomerIsToldToWhoeverWantsToKnow() throws Exception {
    try (var records = RecordingWebhook.start(_ -> 204);
        var alerts = RecordingWebhook.start(_ -> 204)) {
      team.createWebhook("records", records.url());
      team.createWebhook("alerts", alerts.url());
      route(
          team,
          "alerts",
          "alerts",
          Arrays.stream(NotificationType.values())
              .map(NotificationType::text)
              .toArray(String[]::new));
      String integration = team.deploy(MANIFEST);
      team.connect("told");
      String installations = "./integrations/" + integration + "/installations";
      JsonNode installation =
          team.done(
              "POST", installations, Json.trusted(StackClient.installation("told", "boards")));
      await(alerts, "connection.created");
      await(alerts, "installation.created");
      JsonNode backfilled = await(alerts, "read.backfill.done").path("data");
      assertThat(backfilled.path("integrationName").asText()).isEqualTo("told");
      assertThat(backfilled.path("objectName").asText()).isEqualTo("walls");
      assertThat(backfilled.path("installationId")).isEqualTo(installation.path("id"));

      ObjectNode trigger = Json.object().put("groupRef", "told").put("mode", "async");
      trigger.put("sinceTimestamp", "2020-01-01T00:00:00Z");
      String operation =
          team.at(stack.read())
              .done("POST", "./integrations/" + integration + "/objects/boards", trigger)
              .path("operationId")
              .asText();
      JsonNode triggered = await(alerts, "read.triggered.done").path("data");
      assertThat(triggered.path("operationId").asText()).isEqualTo(operation);
      assertThat(triggered.path("fromTimestamp").asText()).isEqualTo("2020-01-01T00:00:00Z");
      assertThat(team.get("./operations/" + operation + "/logs").toString())
          .contains("notification read.triggered.done sent to alerts");

      team.done("DELETE", installations + "/" + installation.path("id").asText(), Json.object());
      await(alerts, "installation.deleted");
      await(alerts, "connection.deleted");

      String key =
          team.get("./destinations/alerts?includeSecrets=true")
              .at("/secrets/webhookSigningKey")
              .asText();
      assertThat(alerts.allSignedWith(key)).isTrue();
      assertThat(alerts.taken().stream().map(one -> one.path("notificationType").asText()))
          .as("each once, and nothing else")
          .containsExactlyInAnyOrder(
              "connection.created",
              "installation.created",
              "read.backfill.done",
              "read.triggered.done",
              "installation.deleted",
              "connection.deleted");
      assertThat(records.taken()).noneMatch(message -> message.has("notificationType"));
      conform(alerts.taken());
    }
  }

  /** Compares with the official schemas, where they are. */
  static void conform(List<JsonNode> notifications) {
    AmpersandOracle oracle = AmpersandOracle.orSkip("ampersand-notifications.json");
    for (JsonNode notification : notifications) {
      String schema =
          Arrays.stream(notification.path("notificationType").asText().split("\\.", -1))
              .map(word -> word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1))
              .collect(Collectors.joining("", "", "NotificationPayload"));
      assertThat(oracle.validate(schema, notification)).as(schema).isEmpty();
      ((ObjectNode) notification.path("data")).remove("projectId");
      assertThat(oracle.validate(schema, notification))
          .as("the comparison notices what is missing")
          .isNotEmpty();
    }
  }
}
