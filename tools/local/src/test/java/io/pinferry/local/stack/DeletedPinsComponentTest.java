package io.pinferry.local.stack;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import io.pinferry.base.Patience;
import java.net.http.HttpClient;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A whole stack tells its webhook which pins were deleted between two reads. */
final class DeletedPinsComponentTest {
  private static final String MANIFEST =
      """
      specVersion: 1.0.0
      integrations:
        - name: deletedPins
          provider: pinterest
          read:
            objects:
              - objectName: pins
                destination: webhookOfShop
                schedule: "0 0 29 2 *"
                x-pinferry-changes: changedAndDeleted
                optionalFieldsAuto: all
                backfill:
                  defaultPeriod:
                    fullHistory: true
      """;

  @Test
  void aDeletedPinIsToldInAMessageOfTheNextRead() throws Exception {
    try (LocalStack stack = LocalStack.start(Customer.stack(60, 3));
        var customer = new Customer(stack, "Shop");
        HttpClient http = HttpClient.newHttpClient();
        var webhook = RecordingWebhook.start(_ -> 204)) {
      var team = new StackClient(http, stack.api(), stack.project(), stack.apiKey());
      ObjectNode chosen = Json.object();
      ObjectNode pins = chosen.putObject("pins").put("objectName", "pins");
      pins.putObject("selectedFields");
      pins.putObject("selectedFieldMappings");
      customer.read(webhook, MANIFEST, chosen);
      List<String> before = customer.truth("pins");
      List<String> deleted = before.subList(10, 12);
      ObjectNode fault = Json.object().put("kind", "delete").put("changes", "pins");
      fault.put("number", deleted.size());
      deleted.forEach(fault.putArray("ids")::add);
      customer.fault(fault);

      String integration = team.get("./integrations").path(0).path("id").asText();
      String operation =
          team.at(stack.read())
              .done(
                  "POST",
                  "./integrations/" + integration + "/objects/pins",
                  Json.object().put("groupRef", "Shop").put("mode", "async"))
              .path("operationId")
              .asText();

      JsonNode message =
          webhook.await(
              "a message about deletions",
              taken -> taken.path("action").asText().equals("subscribe"));
      assertThat(customer.truth("pins"))
          .hasSize(before.size() - 2)
          .doesNotContainAnyElementsOf(deleted);
      assertThat(message.path("operationId").asText()).isEqualTo(operation);
      assertThat(message.path("result"))
          .allSatisfy(
              record -> assertThat(record.path("subscribeEventType").asText()).isEqualTo("delete"));
      assertThat(message.path("result").valueStream().map(record -> record.path("id").asText()))
          .containsExactlyInAnyOrderElementsOf(deleted);
      assertThat(ended(team, operation)).endsWith("; 2 deleted");
    }
  }

  private static String ended(StackClient team, String operation) throws Exception {
    return Patience.until(
            "the end of the read",
            () -> team.get("./operations/" + operation),
            json -> json.path("status").asText().equals("success"))
        .path("result")
        .asText();
  }
}
