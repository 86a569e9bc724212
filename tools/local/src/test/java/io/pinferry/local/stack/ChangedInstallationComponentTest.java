package io.pinferry.local.stack;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import io.pinferry.local.contract.AmpersandOracle;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** A customer's changes of an installation show in the messages, on the whole stack. */
final class ChangedInstallationComponentTest {
  private static final String MANIFEST =
      """
      specVersion: 1.0.0
      integrations:
        - name: changed
          provider: pinterest
          read:
            objects:
              - objectName: boards
                destination: records
                requiredFields:
                  - fieldName: id
                optionalFieldsAuto: all
                backfill:
                  defaultPeriod:
                    fullHistory: true
              - objectName: catalogs
                destination: records
                schedule: "0 0 29 2 *"
                optionalFieldsAuto: all
                backfill:
                  defaultPeriod:
                    fullHistory: true
      """;

  private static Predicate<JsonNode> of(String object, String readType) {
    return message ->
        message.path("objectName").asText().equals(object)
            && message.path("readType").asText().equals(readType);
  }

  private static Set<String> fields(JsonNode message) {
    Set<String> names = new TreeSet<>();
    message.at("/result/0/fields").fieldNames().forEachRemaining(names::add);
    return names;
  }

  /** A change as the published component sends it. */
  private static ObjectNode change(String object, String... selected) {
    ObjectNode body = Json.object();
    body.putArray("updateMask").add("config.content.read.objects." + object);
    ObjectNode one =
        body.putObject("installation")
            .putObject("config")
            .putObject("content")
            .put("provider", "pinterest")
            .putObject("read")
            .putObject("objects")
            .putObject(object)
            .put("objectName", object);
    ObjectNode fields = one.putObject("selectedFields");
    for (String field : selected) {
      fields.put(field, true);
    }
    one.putObject("selectedFieldMappings");
    one.putArray("dynamicMappingsInput");
    one.putObject("selectedValueMappings");
    return body;
  }

  @Test
  void aChangedSelectionAndANewObjectArrive() throws Exception {
    HttpClient http = HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NEVER).build();
    try (http;
        LocalStack stack =
            LocalStack.start(Customer.stack(60, 3), sim -> sim.withRateLimits(false));
        var webhook = RecordingWebhook.start(_ -> 204)) {
      var team = new StackClient(http, stack.api(), stack.project(), stack.apiKey());
      team.createWebhook("records", webhook.url());
      String integration = team.deploy(MANIFEST);
      team.connect("blue");
      String installations = "./integrations/" + integration + "/installations";
      JsonNode installed =
          team.done(
              "POST", installations, Json.trusted(StackClient.installation("blue", "boards")));
      String one = installations + "/" + installed.path("id").asText();
      assertThat(fields(webhook.await("a backfill of boards", of("boards", "backfill"))))
          .containsExactly("id");

      JsonNode hydrated =
          team.get(
              "./integrations/"
                  + integration
                  + "/revisions/"
                  + installed.at("/config/revisionId").asText()
                  + ":hydrate?connectionId="
                  + installed.at("/connection/id").asText());
      List<String> offered =
          hydrated
              .at("/content/read/objects/0/optionalFields")
              .valueStream()
              .map(field -> field.path("fieldName").asText())
              .toList();
      assertThat(offered).contains("name", "privacy");
      team.done("PATCH", one, change("boards", "name", "privacy"));
      team.at(stack.read())
          .done(
              "POST",
              "./integrations/" + integration + "/objects/boards",
              Json.object().put("groupRef", "blue").put("mode", "async"));
      assertThat(fields(webhook.await("a triggered of boards", of("boards", "triggered"))))
          .containsExactly("id", "name", "privacy");

      JsonNode changed = team.done("PATCH", one, change("catalogs", "catalog_type"));
      assertThat(fields(webhook.await("a backfill of catalogs", of("catalogs", "backfill"))))
          .containsExactly("catalog_type");
      assertThat(changed.at("/config/content/read/objects/boards/selectedFields/name").asBoolean())
          .isTrue();

      ObjectNode off = change("boards");
      off.putArray("updateMask").add("config.content.read.objects.boards.disabled");
      ((ObjectNode) off.at("/installation/config/content/read/objects/boards"))
          .put("disabled", true);
      JsonNode disabled = team.done("PATCH", one, off);
      HttpResponse<String> refused =
          team.at(stack.read())
              .send(
                  "POST",
                  "./integrations/" + integration + "/objects/boards",
                  "{\"groupRef\":\"blue\",\"mode\":\"async\"}");
      assertThat(refused.statusCode()).as(refused.body()).isEqualTo(409);
      assertThat(disabled.at("/config/content/read/objects/boards/selectedFields/name").asBoolean())
          .isTrue();

      HttpResponse<String> repeated = team.send("PATCH", one, Json.text(off));
      assertThat(repeated.statusCode()).isEqualTo(200);
      assertThat(
              AmpersandOracle.orSkip("ampersand-api.json")
                  .validateAnswer(
                      "PATCH",
                      "/projects/{projectIdOrName}/integrations/{integrationId}/installations/"
                          + "{installationId}",
                      200,
                      Json.trusted(repeated.body())))
          .isEmpty();
    }
  }
}
