package io.pinferry.local.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import io.pinferry.local.contract.AmpersandOracle;
import io.pinferry.local.demo.Demo;
import io.pinferry.local.demo.DemoReport;
import io.pinferry.local.oracle.PinterestOracle;
import io.pinferry.pinterest.ReadCatalogue;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** A small account with something of everything arrives whole, and as the contracts say. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class WholeAccountComponentTest {

  private final Permissions permissions = new Permissions();
  private LocalStack stack;
  private String manifest;

  @BeforeAll
  void start() throws Exception {
    manifest = ExampleManifest.read();
    // Tokens are in DynamoDB under a key in KMS here, and in Secrets Manager elsewhere.
    stack = permissions.start(Customer.stack(200, 0), Map.of("TokenStore", "dynamodb"));
  }

  /** The logs and the calls are those of all functions, after all tests. */
  @AfterAll
  void everyLineOfTheLogsParsesStrictlyAndNoRoleLacksAPermission() throws Exception {
    try (permissions) {
      stack.close();
      assertThat(
              permissions.assertNoneIsMissing(
                  "OauthFunction",
                  "ManagementFunction",
                  "ScheduleFunction",
                  "SyncFunction",
                  "DeliverFunction"))
          .asString()
          .contains(" kms:GenerateDataKey ", " kms:Decrypt ");
    }
    var strict = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY);
    List<String> lines = Files.readAllLines(stack.logFile());
    // The number of lines depends on how often a test asked for the end of a read.
    Set<String> functions = new TreeSet<>();
    for (String line : lines) {
      assertThatCode(() -> strict.readTree(line)).as(line).doesNotThrowAnyException();
      // A line of metrics has no message.
      assertThat(strict.readTree(line).path("message").isTextual())
          .as(line)
          .isNotEqualTo(strict.readTree(line).has("_aws"));
      functions.add(strict.readTree(line).path("function").asText());
    }
    assertThat(functions).contains("management", "oauth", "sync", "deliver");
  }

  @Test
  void allObjectsOfADemoArriveRecordByRecord() throws Exception {
    DemoReport report = demo(stack, manifest);

    assertThat(report.ok()).as(report.toJson()).isTrue();
    JsonNode objects = Json.trusted(report.toJson()).path("objects");
    assertThat(objects).hasSameSizeAs(ReadCatalogue.names());
    assertThat(objects)
        .allSatisfy(object -> assertThat(object.path("onPinterest").asLong()).isPositive());
    assertThat(report.signaturesVerified()).isGreaterThanOrEqualTo(10);
  }

  @Test
  void everyMessageIsOneThatTheContractDescribes() throws Exception {
    AmpersandOracle oracle = AmpersandOracle.orSkip("ampersand-webhook.json");
    try (var customer = new Customer(stack, "Messages");
        var webhook = RecordingWebhook.start(_ -> 204)) {
      Map<String, JsonNode> operations = readAll(customer, webhook, "Messages");

      assertThat(operations.values())
          .hasSameSizeAs(ReadCatalogue.names())
          .allSatisfy(each -> assertThat(each.path("status").asText()).isEqualTo("success"));
      assertThat(webhook.taken()).hasSizeGreaterThanOrEqualTo(10);
      assertThat(webhook.taken())
          .allSatisfy(message -> assertThat(oracle.validate("WebhookMessage", message)).isEmpty());
    }
  }

  @Test
  void everyRequestIsOneThatPinterestDescribes() throws Exception {
    PinterestOracle oracle = PinterestOracle.orSkip();
    try (var customer = new Customer(stack, "Requests");
        var webhook = RecordingWebhook.start(_ -> 204)) {
      readAll(customer, webhook, "Requests");

      JsonNode log =
          Json.trusted(String.join("", customer.simulator("/_sim/requests?limit=20000")));
      int compared = 0;
      for (JsonNode request : log.path("requests")) {
        String path = request.path("path").asText();
        // The log holds no bodies, and the token endpoint's form is all there is to compare.
        if (path.startsWith("/v5/") && !path.equals("/v5/oauth/token")) {
          String query = request.path("query").asText("");
          String target = query.isEmpty() ? path : path + "?" + query;
          assertThat(oracle.validateRequest(request.path("method").asText(), target, ""))
              .as(target)
              .isEmpty();
          // Some ad accounts show this user nothing (401, 403) or have no catalogs (409).
          assertThat(request.path("outcome").asText()).as(target).matches("200|401|403|409");
          compared++;
        }
      }
      assertThat(compared).isGreaterThanOrEqualTo(20);
    }
  }

  static DemoReport demo(LocalStack stack, String manifest) throws Exception {
    var out = new ByteArrayOutputStream();
    return new Demo(
            stack.api(),
            stack.project(),
            stack.apiKey(),
            stack.pinterest(),
            manifest,
            new PrintStream(out, true),
            false)
        .run();
  }

  private Map<String, JsonNode> readAll(Customer customer, RecordingWebhook webhook, String group)
      throws Exception {
    ObjectNode chosen = Json.object();
    for (String object : ReadCatalogue.names()) {
      ObjectNode choice = chosen.putObject(object).put("objectName", object);
      choice.putObject("selectedFields");
      choice.putObject("selectedFieldMappings");
    }
    String own =
        manifest
            .replace("name: pinterestSync", "name: sync" + group)
            .replace("pinterestWebhook", "webhookOf" + group);
    return customer.read(webhook, own, chosen);
  }
}
