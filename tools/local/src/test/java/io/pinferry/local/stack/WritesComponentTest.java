package io.pinferry.local.stack;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.pinferry.base.Json;
import io.pinferry.base.Patience;
import io.pinferry.local.contract.AmpersandOracle;
import io.pinferry.local.demo.WriteDemo;
import io.pinferry.local.demo.WriteReport;
import io.pinferry.local.oracle.PinterestOracle;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The write door of a whole stack against the simulator. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class WritesComponentTest {
  private static final String ROUTE =
      "/projects/{projectIdOrName}/integrations/{integrationId}/objects/{objectName}";

  private final HttpClient http = HttpClient.newHttpClient();
  private final Permissions permissions = new Permissions();
  private LocalStack stack;
  private WriteReport report;
  private StackClient writer;

  @BeforeAll
  void writeEverything() throws Exception {
    stack = permissions.start(Customer.stack(200, 0), Map.of());
    report =
        new WriteDemo(
                stack.api(),
                stack.write(),
                stack.project(),
                stack.apiKey(),
                stack.pinterest(),
                ExampleManifest.read(),
                new PrintStream(new ByteArrayOutputStream(), true))
            .run();
    writer = new StackClient(http, stack.write(), stack.project(), stack.apiKey());
  }

  @AfterAll
  void noRoleLacksAPermission() {
    try (http;
        permissions) {
      stack.close();
      permissions.assertNoneIsMissing("WriteFunction", "WriteWorkerFunction");
    }
  }

  private HttpResponse<String> post(String object, String body) throws Exception {
    return writer.send(
        "POST",
        "./integrations/pinterestSync/objects/" + object,
        "{\"groupRef\":\"demo-writer\"," + body + "}");
  }

  @Test
  void everyVerbOfEveryObjectHasItsEffect() {
    assertThat(report.ok()).as(report.toJson()).isTrue();
    Map<String, Long> counts = new LinkedHashMap<>();
    report.verbs().forEach(verb -> counts.merge(verb.verb(), 1L, Long::sum));
    assertThat(counts.get("create")).isGreaterThanOrEqualTo(11);
    assertThat(counts.get("update")).isGreaterThanOrEqualTo(5);
    assertThat(counts.get("delete")).isGreaterThanOrEqualTo(6);
    assertThat(report.verbs())
        .anySatisfy(verb -> assertThat(verb.detail()).isEqualTo("\"VIDEO\""))
        .anySatisfy(verb -> assertThat(verb.detail()).isEqualTo("\"FINISHED\""));
  }

  @Test
  void everyRequestWithoutABodyIsOneThatPinterestDescribes() throws Exception {
    PinterestOracle oracle = PinterestOracle.orSkip();
    try (var customer = new Customer(stack, "nobody")) {
      JsonNode log =
          Json.trusted(String.join("", customer.simulator("/_sim/requests?limit=20000")));
      int compared = 0;
      for (JsonNode request : log.path("requests")) {
        String path = request.path("path").asText();
        String method = request.path("method").asText();
        // The log holds no bodies.
        if (path.startsWith("/v5/") && (method.equals("GET") || method.equals("DELETE"))) {
          String query = request.path("query").asText("");
          String target = query.isEmpty() ? path : path + "?" + query;
          assertThat(oracle.validateRequest(method, target, "")).as(target).isEmpty();
          compared++;
        }
      }
      assertThat(compared).isGreaterThanOrEqualTo(20);
    }
  }

  @Test
  void everyAnswerIsOneThatTheContractDescribes() throws Exception {
    AmpersandOracle oracle = AmpersandOracle.orSkip("ampersand-write.json");
    String board = "{\"name\":\"Contract %s\"}";
    Map<String, Integer> expected = new LinkedHashMap<>();
    expected.put("\"type\":\"create\",\"record\":" + board.formatted("one"), 200);
    expected.put("\"type\":\"create\",\"record\":{}", 422);
    expected.put("\"type\":\"delete\",\"record\":{\"id\":\"1\"}", 200);
    expected.put("\"type\":\"update\",\"record\":{\"id\":\"1\",\"name\":\"x\"}", 422);
    expected.put(
        "\"type\":\"create\",\"batch\":[{\"record\":"
            + board.formatted("two")
            + "},{\"record\":{\"name\":7}}]",
        200);
    expected.put("\"type\":\"create\",\"batch\":[{\"record\":{}}]", 422);
    expected.put("\"type\":\"upsert\",\"record\":{}", 400);

    for (Map.Entry<String, Integer> one : expected.entrySet()) {
      HttpResponse<String> answer = post("boards", one.getKey());

      assertThat(answer.statusCode()).as(one.getKey() + answer.body()).isEqualTo(one.getValue());
      assertThat(
              oracle.validateAnswer(
                  "POST",
                  ROUTE,
                  answer.statusCode(),
                  answer.statusCode() == 400
                      ? MissingNode.getInstance()
                      : Json.trusted(answer.body())))
          .as(answer.body())
          .isEmpty();
    }
  }

  @Test
  void aWriteIsAnOperationWithALog() throws Exception {
    JsonNode answer =
        Json.trusted(post("boards", "\"type\":\"create\",\"record\":{\"name\":\"Logged\"}").body());
    StackClient api = writer.at(stack.api());
    String id = answer.path("operationId").asText();

    assertThat(api.get("./operations/" + id + "/logs").toString())
        .contains("[boards] create: 1 of 1 written");
  }

  @Test
  void anAsynchronousWriteIsCarriedOutAfterItsAnswer() throws Exception {
    AmpersandOracle oracle = AmpersandOracle.orSkip("ampersand-write.json");
    HttpResponse<String> answer =
        post(
            "boards",
            "\"type\":\"create\",\"mode\":\"asynchronous\",\"batch\":[{\"record\":{\"name\":\"Later\"}},{\"record\":{\"name\":\"Later"
                + " still\"}}]");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(oracle.validateAnswer("POST", ROUTE, 200, Json.trusted(answer.body()))).isEmpty();

    JsonNode operation = ended(Json.trusted(answer.body()).path("operationId").asText());

    assertThat(operation.path("result").asText()).isEqualTo("[boards] create: 2 of 2 written");
    assertThat(operation.path("status").asText()).isEqualTo("success");
  }

  @Test
  void aHundredSingleRecordsBecomeOneWrite() throws Exception {
    Set<String> operations = new HashSet<>();
    for (int i = 0; i < 100; i++) {
      HttpResponse<String> answer =
          post(
              "logs",
              "\"type\":\"create\",\"mode\":\"asynchronous\",\"autoBatchPolicy\":{\"maxDelayMinutes\":60},"
                  + "\"record\":{\"client_timestamp\":1,\"event_type\":\"APP\",\"log_level\":\"INFO\"}");
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
      operations.add(Json.trusted(answer.body()).path("operationId").asText());
    }

    assertThat(operations).hasSize(1);
    assertThat(ended(operations.iterator().next()).path("result").asText())
        .isEqualTo("[logs] create: 100 of 100 written");
  }

  private JsonNode ended(String id) throws Exception {
    StackClient api = writer.at(stack.api());
    return Patience.until(
        "the end of the write",
        () -> api.get("./operations/" + id),
        operation -> !operation.path("status").asText().equals("in_progress"));
  }
}
