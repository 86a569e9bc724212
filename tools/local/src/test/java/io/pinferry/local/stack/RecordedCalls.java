package io.pinferry.local.stack;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.local.cloud.LocalCloud;
import io.pinferry.local.meter.Prices;
import io.pinferry.local.meter.ServiceCall;
import io.pinferry.local.meter.ServiceProxy;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/** Notes which permissions each function needed. */
final class RecordedCalls implements AutoCloseable {
  private final Set<String> needed = ConcurrentHashMap.newKeySet();
  private final Set<String> unpriced = ConcurrentHashMap.newKeySet();
  private final Prices prices = Prices.load();
  private final ServiceProxy proxy = new ServiceProxy(this::note);

  /** Returns the environment that leads functions here. */
  Map<String, String> environment() {
    return proxy.environment();
  }

  /** Sets the cloud, which starts after its functions know this address. */
  void to(LocalCloud cloud) {
    proxy.to(cloud);
  }

  /** Returns all permissions that were needed, each as {@code function action resource}. */
  Set<String> needed() {
    return new TreeSet<>(needed);
  }

  /** Returns the calls that prices.json does not know; they would cost, and nobody counts them. */
  Set<String> unpriced() {
    return new TreeSet<>(unpriced);
  }

  private void note(ServiceCall call) {
    try {
      var _ = prices.item(call.service(), call.operation());
    } catch (IllegalArgumentException e) {
      unpriced.add(e.getMessage());
    }
    switch (call.service()) {
      case DYNAMODB -> noteTables(call.function(), call.operation(), call.request());
      case SQS -> {
        String url = call.request().path("QueueUrl").asText();
        // A batch needs the permission of one message.
        need(
            call.function(),
            "sqs:" + call.operation().replace("Batch", ""),
            url.substring(url.lastIndexOf('/') + 1));
      }
      case SECRETS_MANAGER ->
          need(call.function(), "secretsmanager:" + call.operation(), "secrets");
      case KMS -> {
        String arn = call.request().path("KeyId").asText();
        need(call.function(), "kms:" + call.operation(), arn.substring(arn.lastIndexOf(':') + 1));
      }
    }
  }

  private void noteTables(String function, String operation, JsonNode call) {
    switch (operation) {
      case "TransactWriteItems" ->
          call.path("TransactItems")
              .forEach(
                  item ->
                      item.properties()
                          .forEach(
                              part ->
                                  need(
                                      function,
                                      "dynamodb:"
                                          + (part.getKey().equals("ConditionCheck")
                                              ? "ConditionCheckItem"
                                              : part.getKey() + "Item"),
                                      part.getValue().path("TableName").asText())));
      case "TransactGetItems" ->
          call.path("TransactItems")
              .forEach(
                  item -> need(function, "dynamodb:GetItem", item.at("/Get/TableName").asText()));
      case "BatchGetItem", "BatchWriteItem" ->
          call.path("RequestItems")
              .fieldNames()
              .forEachRemaining(table -> need(function, "dynamodb:" + operation, table));
      default -> {
        String index = call.path("IndexName").asText("");
        String table = call.path("TableName").asText();
        need(
            function, "dynamodb:" + operation, index.isEmpty() ? table : table + "/index/" + index);
      }
    }
  }

  private void need(String function, String action, String resource) {
    needed.add(function + " " + action + " " + resource);
  }

  @Override
  public void close() {
    proxy.close();
  }
}
