package io.pinferry.local.stack;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.pinferry.base.Json;
import io.pinferry.base.Patience;
import io.pinferry.base.Secret;
import io.pinferry.delivery.WebhookSignature;
import io.pinferry.local.loopback.Loopback;
import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;

/** Takes every message, or refuses what it is told to, and remembers both by message id. */
final class RecordingWebhook implements AutoCloseable {
  private final HttpServer server;
  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<String, JsonNode> taken = new LinkedHashMap<>();
  private final Map<String, Integer> takenCounts = new LinkedHashMap<>();
  private final Map<String, Received> received = new LinkedHashMap<>();
  private final Map<String, Integer> refused = new LinkedHashMap<>();
  private final Refusal refusal;

  private record Received(byte[] body, Headers headers) {}

  /** Decides about a message. */
  interface Refusal {
    /** Returns the status to answer, a 2xx to take the message. */
    int answer(JsonNode message);
  }

  private RecordingWebhook(HttpServer server, Refusal refusal) {
    this.server = server;
    this.refusal = refusal;
  }

  static RecordingWebhook start(Refusal refusal) {
    HttpServer http = Loopback.bind(0);
    var webhook = new RecordingWebhook(http, refusal);
    http.setExecutor(webhook.executor);
    http.createContext("/", webhook::receive);
    http.start();
    return webhook;
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
  }

  synchronized List<JsonNode> taken() {
    return List.copyOf(taken.values());
  }

  /** Returns how often each message was taken, by its id. */
  synchronized Map<String, Integer> takenCounts() {
    return Map.copyOf(takenCounts);
  }

  /** Waits for a message, and returns it. */
  JsonNode await(String what, Predicate<JsonNode> wanted) throws Exception {
    return Patience.until(what, this::taken, taken -> taken.stream().anyMatch(wanted)).stream()
        .filter(wanted)
        .findFirst()
        .orElseThrow();
  }

  /** Waits until so many messages were taken. */
  void awaitTaken(int count) throws Exception {
    Patience.until(count + " messages", this::taken, taken -> taken.size() >= count);
  }

  /** Returns the ids of all records that were taken. */
  Set<String> takenRecordIds() {
    Set<String> ids = new HashSet<>();
    taken().forEach(message -> ids.addAll(recordIds(message)));
    return ids;
  }

  static List<String> recordIds(JsonNode message) {
    return message.path("result").valueStream().map(each -> each.at("/raw/id").asText()).toList();
  }

  /** Returns how many messages have a signature of the key, perhaps among others. */
  synchronized long countSignedWith(String key) {
    return received.entrySet().stream()
        .filter(
            one ->
                List.of(one.getValue().headers().getFirst("webhook-signature").split(" "))
                    .contains(signature(one.getKey(), one.getValue(), key)))
        .count();
  }

  /** Returns whether every message that came was signed with the key. */
  synchronized boolean allSignedWith(String key) {
    return received.entrySet().stream()
        .allMatch(
            one ->
                signature(one.getKey(), one.getValue(), key)
                    .equals(one.getValue().headers().getFirst("webhook-signature")));
  }

  private static String signature(String id, Received message, String key) {
    long seconds = Long.parseLong(message.headers().getFirst("webhook-timestamp"));
    return WebhookSignature.headers(
            id, Instant.ofEpochSecond(seconds), message.body(), List.of(new Secret(key)))
        .getOrDefault("webhook-signature", "");
  }

  /** Returns how often each refused message was tried. */
  synchronized Map<String, Integer> refused() {
    return Map.copyOf(refused);
  }

  private void receive(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      String id = exchange.getRequestHeaders().getFirst("webhook-id");
      synchronized (this) {
        received.put(id, new Received(body, exchange.getRequestHeaders()));
      }
      exchange.sendResponseHeaders(answer(id, Json.parse(body)), -1);
    }
  }

  private synchronized int answer(String id, JsonNode message) {
    int status = refusal.answer(message);
    if (status / 100 == 2) {
      taken.put(id, message);
      takenCounts.merge(id, 1, Integer::sum);
    } else {
      refused.merge(id, 1, Integer::sum);
    }
    return status;
  }

  @Override
  public void close() {
    server.stop(0);
    executor.shutdownNow();
  }
}
