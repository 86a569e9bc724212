package io.pinbridge.local.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinbridge.base.Json;
import io.pinbridge.pinterest.ReadCatalogue;
import io.pinbridge.pinterest.ReadObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Does what a team does on its first day, through the public interfaces only: registers a webhook,
 * deploys a manifest, lets a customer connect, installs, and waits for the customer's records.
 */
public final class Demo {
  private static final String DESTINATION = "pinterestWebhook";
  private static final String GROUP = "demo-group";
  private static final Duration POLL = Duration.ofMillis(250);

  private final PinbridgeClient pinbridge;
  private final String project;
  private final URI pinterest;
  private final String manifest;
  private final PrintStream out;
  private final boolean terminal;
  private final HttpClient http =
      HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NEVER).build();

  /**
   * @param pinterest the simulator's address
   * @param manifest the text of an amp.yaml with one integration that reads all objects
   * @param terminal whether a person looks at the output in a terminal
   */
  public Demo(
      URI api,
      String project,
      String apiKey,
      URI pinterest,
      String manifest,
      PrintStream out,
      boolean terminal) {
    this.pinbridge = new PinbridgeClient(http, api, apiKey);
    this.project = project;
    this.pinterest = pinterest;
    this.manifest = manifest;
    this.out = out;
    this.terminal = terminal;
  }

  /** Runs from the webhook to the last record. */
  public DemoReport run() throws IOException, InterruptedException {
    Map<String, Map<String, String>> truth = new LinkedHashMap<>();
    for (String object : ReadCatalogue.names()) {
      truth.put(object, truth(ReadCatalogue.get(object)));
    }
    var delivered = new Delivered();
    try (WebhookReceiver receiver = WebhookReceiver.start(delivered)) {
      registerDestination(receiver);
      String integration = deploy();
      connect();
      Instant begin = Instant.now();
      String installation = install(integration);
      Map<String, JsonNode> operations = awaitEnd(integration, installation, delivered, truth);
      Duration took = Duration.between(begin, Instant.now());
      List<DemoReport.ObjectResult> results = new ArrayList<>();
      for (Map.Entry<String, Map<String, String>> object : truth.entrySet()) {
        results.add(
            result(
                object.getKey(),
                operations.getOrDefault(object.getKey(), Json.object()),
                delivered.compare(object.getKey(), object.getValue())));
      }
      return new DemoReport(
          took, receiver.signaturesVerified(), receiver.signaturesFailed(), results);
    }
  }

  private void registerDestination(WebhookReceiver receiver)
      throws IOException, InterruptedException {
    ObjectNode body = Json.object().put("name", DESTINATION).put("type", "webhook");
    body.putObject("metadata").put("url", receiver.url().toString());
    pinbridge.post(path("/destinations"), body);
    JsonNode destination =
        pinbridge.get(path("/destinations/" + DESTINATION + "?includeSecrets=true"));
    receiver.verifyWith(destination.path("secrets").path("webhookSigningKey").asText());
    step("webhook at " + receiver.url() + " registered as destination " + DESTINATION);
  }

  private String deploy() throws IOException, InterruptedException {
    JsonNode integrations =
        pinbridge.put(path("/integrations:batch"), Json.object().put("sourceYaml", manifest));
    JsonNode integration = integrations.path(0);
    step("integration " + integration.path("name").asText() + " deployed from examples/amp.yaml");
    return integration.path("id").asText();
  }

  private void connect() throws IOException, InterruptedException {
    ObjectNode body =
        Json.object()
            .put("projectIdOrName", project)
            .put("provider", "pinterest")
            .put("groupRef", GROUP)
            .put("groupName", "Demo group")
            .put("consumerRef", "demo-consumer")
            .put("consumerName", "Demo consumer");
    URI authorize = URI.create(pinbridge.postForText("/v1/oauth-connect", body));
    new ConsentClicker(http).giveAccess(authorize);
    step("Pinterest account connected by OAuth through " + authorize.getAuthority());
  }

  private String install(String integration) throws IOException, InterruptedException {
    ObjectNode body = Json.object().put("groupRef", GROUP);
    ObjectNode content = body.putObject("config").putObject("content");
    content.put("provider", "pinterest");
    ObjectNode objects = content.putObject("read").putObject("objects");
    for (String object : ReadCatalogue.names()) {
      ObjectNode chosen = objects.putObject(object).put("objectName", object);
      chosen.putObject("selectedFields");
      chosen.putObject("selectedFieldMappings");
    }
    JsonNode installation =
        pinbridge.post(path("/integrations/" + integration + "/installations"), body);
    step("installed; the first full read has begun");
    return installation.path("id").asText();
  }

  private Map<String, JsonNode> awaitEnd(
      String integration,
      String installation,
      Delivered delivered,
      Map<String, Map<String, String>> truth)
      throws IOException, InterruptedException {
    String list =
        path("/integrations/" + integration + "/installations/" + installation + "/operations");
    try (Progress progress = Progress.to(out, terminal)) {
      while (true) {
        Map<String, JsonNode> operations = new HashMap<>();
        for (JsonNode operation : pinbridge.get(list).path("results")) {
          operations.put(operation.path("metadata").path("objects").path(0).asText(), operation);
        }
        truth.forEach(
            (object, records) -> progress.show(object, delivered.records(object), records.size()));
        boolean running =
            operations.values().stream()
                .anyMatch(operation -> operation.path("status").asText().equals("in_progress"));
        if (!running && operations.keySet().containsAll(truth.keySet())) {
          return operations;
        }
        Thread.sleep(POLL);
      }
    }
  }

  private DemoReport.ObjectResult result(
      String object, JsonNode operation, Delivered.Comparison comparison)
      throws IOException, InterruptedException {
    long pages = 0;
    Instant end = Instant.parse(operation.path("createTime").asText());
    Instant begin = end;
    for (JsonNode line :
        pinbridge.get(path("/operations/" + operation.path("id").asText() + "/logs"))) {
      JsonNode details = line.path("message").path("details");
      if (details.has("pages")) {
        pages = details.path("pages").asLong();
        end = Instant.parse(line.path("timestamp").asText());
      }
    }
    return new DemoReport.ObjectResult(
        object,
        operation.path("status").asText(),
        operation.path("result").asText(),
        comparison,
        pages,
        Duration.between(begin, end));
  }

  private Map<String, String> truth(ReadObject object) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(pinterest.resolve("/_sim/truth/" + object.name())).GET().build();
    Map<String, String> records = new HashMap<>();
    try (var lines =
        new BufferedReader(
            new InputStreamReader(
                http.send(request, BodyHandlers.ofInputStream()).body(), UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        RecordFingerprint record = RecordFingerprint.of(object, Json.trusted(line));
        records.put(record.key(), record.content());
      }
    }
    return records;
  }

  private String path(String rest) {
    return "/v1/projects/" + project + rest;
  }

  private void step(String what) {
    out.println("- " + what);
  }
}
