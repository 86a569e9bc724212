package io.pinferry.local.demo;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.base.Json;
import io.pinferry.pinterest.ReadCatalogue;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
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
  private static final Duration POLL = Duration.ofMillis(250);

  private final Product product;
  private final String manifest;
  private final PrintStream out;
  private final boolean terminal;

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
    this.product = new Product(api, project, apiKey, pinterest);
    this.manifest = manifest;
    this.out = out;
    this.terminal = terminal;
  }

  /** Runs from the webhook to the last record. */
  public DemoReport run() throws IOException, InterruptedException {
    Map<String, Map<String, String>> truth = new LinkedHashMap<>();
    for (String object : ReadCatalogue.names()) {
      truth.put(object, product.truth(ReadCatalogue.get(object)));
    }
    var delivered = new DeliveredRecords();
    try (WebhookReceiver receiver = WebhookReceiver.start(delivered::take)) {
      product.register(receiver);
      step("webhook at " + receiver.url() + " registered as destination " + Product.DESTINATION);
      JsonNode deployed = product.deploy(manifest);
      step("integration " + deployed.path("name").asText() + " deployed from examples/amp.yaml");
      String integration = deployed.path("id").asText();
      URI authorize = product.connect();
      step("Pinterest account connected by OAuth through " + authorize.getAuthority());
      Instant begin = Instant.now();
      String installation = product.install(integration, ReadCatalogue.names());
      step("installed; the first full read has begun");
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

  private Map<String, JsonNode> awaitEnd(
      String integration,
      String installation,
      DeliveredRecords delivered,
      Map<String, Map<String, String>> truth)
      throws IOException, InterruptedException {
    try (Progress progress = Progress.to(out, terminal)) {
      while (true) {
        Map<String, JsonNode> operations = new HashMap<>();
        for (JsonNode operation : product.operations(integration, installation)) {
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
      String object, JsonNode operation, DeliveredRecords.Comparison comparison)
      throws IOException, InterruptedException {
    long pages = 0;
    Instant end = Instant.parse(operation.path("createTime").asText());
    Instant begin = end;
    for (JsonNode line : product.log(operation.path("id").asText())) {
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

  private void step(String what) {
    out.println("- " + what);
  }
}
