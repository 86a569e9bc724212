package io.pinferry.local.stack;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.pinferry.base.Json;
import io.pinferry.local.cloud.LocalCloud;
import io.pinferry.local.loopback.Loopback;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Stands between the functions and the services of an embedded cloud, and notes which permissions
 * each function needed. A function is known by the key that it signs with.
 */
final class RecordedCalls implements AutoCloseable {
  private static final Pattern KEY = Pattern.compile("Credential=([^/]+)/");
  private static final Set<String> NOT_PASSED_ON =
      Set.of("host", "content-length", "connection", "expect", "upgrade");

  private final Set<String> needed = ConcurrentHashMap.newKeySet();
  private final Map<String, HttpServer> servers = new LinkedHashMap<>();
  private final Map<String, URI> targets = new ConcurrentHashMap<>();
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  RecordedCalls() {
    for (String service : Set.of("DYNAMODB", "SQS", "SECRETS_MANAGER")) {
      var server = Loopback.bind(0);
      server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
      server.createContext("/", exchange -> passOn(service, exchange));
      server.start();
      servers.put(service, server);
    }
  }

  /** Returns the environment that leads functions here. */
  Map<String, String> environment() {
    Map<String, String> environment = new TreeMap<>();
    servers.forEach(
        (service, server) ->
            environment.put(
                "AWS_ENDPOINT_URL_" + service,
                Loopback.uri(server.getAddress().getPort()).toString()));
    return environment;
  }

  /** Sets the cloud, which starts after its functions know this address. */
  void to(LocalCloud cloud) {
    targets.put("DYNAMODB", cloud.dynamoDb());
    targets.put("SQS", cloud.sqs());
    targets.put("SECRETS_MANAGER", cloud.secrets());
  }

  /** Returns all permissions that were needed, each as {@code function action resource}. */
  Set<String> needed() {
    return new TreeSet<>(needed);
  }

  private void passOn(String service, HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      note(exchange, body);
      URI target = Objects.requireNonNull(targets.get(service));
      var request = HttpRequest.newBuilder(target.resolve(exchange.getRequestURI().toString()));
      exchange
          .getRequestHeaders()
          .forEach(
              (name, values) -> {
                if (!NOT_PASSED_ON.contains(name.toLowerCase(java.util.Locale.ROOT))) {
                  values.forEach(value -> request.header(name, value));
                }
              });
      HttpResponse<byte[]> answer =
          http.send(
              request
                  .method(exchange.getRequestMethod(), HttpRequest.BodyPublishers.ofByteArray(body))
                  .build(),
              HttpResponse.BodyHandlers.ofByteArray());
      answer
          .headers()
          .map()
          .forEach(
              (name, values) -> {
                if (!NOT_PASSED_ON.contains(name.toLowerCase(java.util.Locale.ROOT))
                    && !name.equalsIgnoreCase("transfer-encoding")) {
                  exchange.getResponseHeaders().put(name, values);
                }
              });
      byte[] bytes = answer.body();
      exchange.sendResponseHeaders(answer.statusCode(), bytes.length == 0 ? -1 : bytes.length);
      exchange.getResponseBody().write(bytes);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void note(HttpExchange exchange, byte[] body) throws IOException {
    Matcher key = KEY.matcher(exchange.getRequestHeaders().getFirst("Authorization"));
    String target = exchange.getRequestHeaders().getFirst("X-Amz-Target");
    if (!key.find() || target == null) {
      throw new IOException("a call that nobody signed: " + new String(body, ISO_8859_1));
    }
    String function = key.group(1);
    String operation = target.substring(target.indexOf('.') + 1);
    JsonNode call = Json.parse(body);
    if (target.startsWith("DynamoDB")) {
      noteTables(function, operation, call);
    } else if (target.startsWith("AmazonSQS")) {
      String url = call.path("QueueUrl").asText();
      // A batch needs the permission of one message.
      need(
          function,
          "sqs:" + operation.replace("Batch", ""),
          url.substring(url.lastIndexOf('/') + 1));
    } else {
      need(function, "secretsmanager:" + operation, "secrets");
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
    servers.values().forEach(server -> server.stop(0));
    http.close();
  }
}
