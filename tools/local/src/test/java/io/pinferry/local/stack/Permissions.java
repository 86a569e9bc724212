package io.pinferry.local.stack;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pinferry.base.Json;
import io.pinferry.local.cloud.Stack;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The permissions that the functions of a stack need for the work of a test, and those that their
 * roles have.
 */
final class Permissions implements AutoCloseable {
  private final RecordedCalls calls = new RecordedCalls();
  private final Set<String> granted = new TreeSet<>();

  /**
   * Starts a stack whose calls are noted, at a Pinterest without limits. The stack must be closed
   * before this.
   *
   * @param parameters values for parameters of the template
   */
  LocalStack start(LocalStackSettings settings, Map<String, String> parameters)
      throws IOException, InterruptedException {
    return LocalStack.start(
        settings,
        simulator -> simulator.withRateLimits(false),
        embedded -> embedded.withEnvironment(calls.environment()).withMoreParameters(parameters),
        cloud -> {
          calls.to(cloud);
          cloud.stack().functions().values().forEach(function -> granted.addAll(granted(function)));
        });
  }

  /**
   * Asserts that no role lacks a permission, and that each call has a price.
   *
   * @param functions these have made calls, among others
   * @return the permissions that were needed
   */
  Set<String> assertNoneIsMissing(String... functions) {
    Set<String> needed = calls.needed();
    // Their number depends on what happened at the same time.
    assertThat(needed.stream().map(each -> each.split(" ", 2)[0])).contains(functions);
    assertThat(granted).containsAll(needed);
    assertThat(calls.unpriced()).isEmpty();
    return needed;
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

  @Override
  public void close() {
    calls.close();
  }
}
