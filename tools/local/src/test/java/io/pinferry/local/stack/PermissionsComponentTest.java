package io.pinferry.local.stack;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import io.pinferry.local.cloud.Stack;
import io.pinferry.local.demo.WriteDemo;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** No role lacks a permission that its function needs: reads, writes, trouble, every request. */
final class PermissionsComponentTest {
  private final Set<String> needed = new TreeSet<>();
  private final Set<String> granted = new TreeSet<>();

  /** The work of one stack. */
  private interface Work {
    void of(LocalStack stack) throws Exception;
  }

  @Test
  void noRoleLacksAPermission() throws Exception {
    // Tokens are in DynamoDB under a key in KMS here, and in Secrets Manager elsewhere.
    during(
        Map.of("TokenStore", "dynamodb"),
        stack -> {
          String manifest = ExampleManifest.read();
          assertThat(WholeAccountComponentTest.demo(stack, manifest).ok()).isTrue();
        });
    during(
        stack ->
            assertThat(
                    new WriteDemo(
                            stack.api(),
                            stack.write(),
                            stack.project(),
                            stack.apiKey(),
                            stack.pinterest(),
                            ExampleManifest.read(),
                            new PrintStream(new ByteArrayOutputStream(), true))
                        .run()
                        .ok())
                .isTrue());
    during(PermissionsComponentTest::trouble);
    during(stack -> assertThat(ApiTourComponentTest.tour(stack).failures()).isEmpty());

    // Their number depends on what happened at the same time.
    assertThat(needed.stream().map(each -> each.split(" ", 2)[0]))
        .contains(
            "OauthFunction",
            "ManagementFunction",
            "ReadFunction",
            "WriteFunction",
            "ProxyFunction",
            "ScheduleFunction",
            "SyncFunction",
            "DeliverFunction",
            "WriteWorkerFunction");
    assertThat(granted).containsAll(needed);
    assertThat(needed.toString()).contains(" kms:GenerateDataKey ", " kms:Decrypt ");
  }

  /** A webhook that refuses, tokens that end, a page that fails, a customer that goes. */
  private static void trouble(LocalStack stack) throws Exception {
    var answers = new AtomicInteger();
    try (var customer = new Customer(stack, "Trouble");
        var webhook = RecordingWebhook.start(_ -> answers.incrementAndGet() % 3 == 0 ? 503 : 204)) {
      customer.fault(Json.object().put("kind", "revokeTokens").put("count", 1));
      ObjectNode chosen = Json.object();
      for (String object : List.of("boards", "pins")) {
        ObjectNode choice = chosen.putObject(object).put("objectName", object);
        choice.putObject("selectedFields");
        choice.putObject("selectedFieldMappings");
      }
      customer.read(
          webhook, ExampleManifest.read().replace("pinterestWebhook", "webhookOfTrouble"), chosen);
    }
  }

  /** Returns all permissions of a role, each as {@code function action resource}. */
  private static Set<String> granted(Stack.Function function) {
    Set<String> granted = new TreeSet<>();
    JsonNode policies =
        Json.trusted(Json.text(new ObjectMapper().valueToTree(function.policies())));
    for (JsonNode policy : policies) {
      for (JsonNode statement : policy.path("Statement")) {
        for (String action : texts(statement.path("Action"))) {
          for (String arn : texts(statement.path("Resource"))) {
            granted.add(function.id() + " " + action + " " + resource(arn));
          }
        }
      }
    }
    return granted;
  }

  private static List<String> texts(JsonNode node) {
    return node.isArray()
        ? node.valueStream().map(JsonNode::asText).toList()
        : List.of(node.asText());
  }

  private static String resource(String arn) {
    String name = arn.split(":", 6)[5];
    return name.startsWith("secret:") ? "secrets" : name.replace("table/", "");
  }

  private void during(Work work) throws Exception {
    during(Map.of(), work);
  }

  private void during(Map<String, String> parameters, Work work) throws Exception {
    try (var calls = new RecordedCalls()) {
      try (LocalStack stack =
          LocalStack.start(
              Customer.stack(200, 0),
              simulator -> simulator.withRateLimits(false),
              embedded ->
                  embedded.withEnvironment(calls.environment()).withMoreParameters(parameters),
              cloud -> {
                calls.to(cloud);
                cloud
                    .stack()
                    .functions()
                    .values()
                    .forEach(function -> granted.addAll(granted(function)));
              })) {
        work.of(stack);
      }
      needed.addAll(calls.needed());
      assertThat(calls.unpriced()).isEmpty();
    }
  }
}
