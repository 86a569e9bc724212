package io.pinferry.local.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import io.pinferry.local.demo.ChangesReport.Counts;
import io.pinferry.local.demo.ChangesReport.ObjectResult;
import io.pinferry.pinterest.ReadCatalogue;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Reads an account, changes it, and reads it again: the second read delivers only what is new,
 * changed or deleted. A product that keeps a copy from the messages must then have what the account
 * has.
 */
public final class ChangesDemo {
  /** A read asks Pinterest for so many missing records. */
  private static final int LOOKUPS = 100;

  /** The share of pins that go in a large drop. */
  private static final double DROP = 0.4;

  private final URI readDoor;
  private final String apiKey;
  private final Product product;
  private final String manifest;
  private final boolean drop;
  private final PrintStream out;
  private final Replica replica = new Replica();

  /**
   * @param read the read door
   * @param pinterest the simulator's address
   * @param manifest the text of an amp.yaml with one integration that reads all objects
   * @param drop whether a large part of the pins is deleted, too
   */
  public ChangesDemo(
      URI api,
      URI read,
      String project,
      String apiKey,
      URI pinterest,
      String manifest,
      boolean drop,
      PrintStream out) {
    this.readDoor = read;
    this.apiKey = apiKey;
    this.product = new Product(api, project, apiKey, pinterest, "demo-changes");
    this.manifest = manifest;
    this.drop = drop;
    this.out = out;
  }

  /** Runs from the webhook to the last record of the second read. */
  public ChangesReport run() throws IOException, InterruptedException {
    try (WebhookReceiver receiver = WebhookReceiver.start(replica::take);
        HttpClient http = HttpClient.newHttpClient()) {
      product.register(receiver);
      String integration = product.deploy(manifest).path("id").asText();
      product.connect();
      String installation = product.install(integration, modes());
      product.awaitReads(integration, installation, modes().size());
      out.println("- everything was read once");
      Map<String, Replica.Delivery> first = new HashMap<>();
      for (JsonNode operation : product.operations(integration, installation)) {
        first.put(
            operation.path("metadata").path("objects").path(0).asText(),
            replica.of(operation.path("id").asText()));
      }
      Account before = account();
      product.change(changes(before));
      out.println("- records were edited, added and deleted at Pinterest");
      Account now = account();
      var read = new Reads(new PinferryClient(http, readDoor, apiKey), integration);
      Map<String, String> operations = new LinkedHashMap<>();
      for (String object : modes().keySet()) {
        operations.put(object, read.start(object, false));
      }
      List<ObjectResult> results = new ArrayList<>();
      for (Map.Entry<String, String> operation : operations.entrySet()) {
        String object = operation.getKey();
        results.add(
            read.result(
                object,
                operation.getValue(),
                counts(object, before.of(object), now.of(object)),
                now.of(object),
                first.getOrDefault(object, Replica.Delivery.NONE)));
      }
      out.println("- everything was read again");
      return new ChangesReport(
          receiver.signaturesFailed(), results, drop ? release(read, results, now) : null);
    }
  }

  private static Map<String, String> modes() {
    Map<String, String> modes = new LinkedHashMap<>();
    for (String object : ReadCatalogue.names()) {
      modes.put(
          object,
          ReadCatalogue.namesWithDeletions().contains(object) ? "changedAndDeleted" : "changed");
    }
    return modes;
  }

  /**
   * The records at Pinterest.
   *
   * @param records contents by key, by object
   */
  private record Account(Map<String, Map<String, String>> records) {
    Map<String, String> of(String object) {
      return records.getOrDefault(object, Map.of());
    }
  }

  private Account account() throws IOException, InterruptedException {
    Map<String, Map<String, String>> records = new HashMap<>();
    for (String object : modes().keySet()) {
      records.put(object, product.truthWithoutCounters(ReadCatalogue.get(object)));
    }
    return new Account(records);
  }

  private JsonNode changes(Account before) {
    int pins = before.of("pins").size();
    ArrayNode changes = Json.object().putArray("changes");
    add(changes, "edit", "pins", Math.max(1, pins / 100));
    add(changes, "insert", "pins", Math.max(1, pins / 200));
    add(changes, "delete", "pins", drop ? (int) (pins * DROP) : Math.clamp(pins / 200, 1, LOOKUPS));
    add(changes, "edit", "boards", 3);
    add(changes, "insert", "boards", 2);
    add(changes, "insert", "media", 3);
    add(changes, "delete", "media", 2);
    add(changes, "insert", "product_groups", 2);
    return changes;
  }

  private static void add(ArrayNode changes, String kind, String object, int number) {
    changes.addObject().put("kind", kind).put("changes", object).put("number", number);
  }

  private Counts counts(String object, Map<String, String> before, Map<String, String> now) {
    long created = now.keySet().stream().filter(key -> !before.containsKey(key)).count();
    long unchanged =
        now.entrySet().stream()
            .filter(record -> record.getValue().equals(before.get(record.getKey())))
            .count();
    long missing = before.keySet().stream().filter(key -> !now.containsKey(key)).count();
    boolean held = drop && object.equals("pins");
    return new Counts(
        now.size(),
        created,
        now.size() - created - unchanged,
        unchanged,
        held ? 0 : missing,
        held ? missing : 0);
  }

  /** Reads the pins again. This time they are told as deleted, as far as Pinterest was asked. */
  private ObjectResult release(Reads read, List<ObjectResult> results, Account now)
      throws IOException, InterruptedException {
    ObjectResult pins =
        results.stream().filter(one -> one.object().equals("pins")).findFirst().orElseThrow();
    long missing = pins.told().held();
    long seen = pins.truth().seen();
    var truth = new Counts(seen, 0, 0, seen, Math.min(missing, LOOKUPS), 0);
    return read.result("pins", read.start("pins", true), truth, now.of("pins"), pins.first());
  }

  /** Reads on demand, which deliver changes only. */
  private final class Reads {
    private final PinferryClient client;
    private final String integration;

    Reads(PinferryClient client, String integration) {
      this.client = client;
      this.integration = integration;
    }

    String start(String object, boolean releases) throws IOException, InterruptedException {
      ObjectNode members = Json.object().put("deliver", "changes");
      if (releases) {
        members.put("releaseHeldDeletions", true);
      }
      return product.trigger(client, integration, object, members);
    }

    ObjectResult result(
        String object,
        String operation,
        Counts truth,
        Map<String, String> now,
        Replica.Delivery first)
        throws IOException, InterruptedException {
      JsonNode end = product.awaitEnd(operation);
      JsonNode numbers = numbers(operation);
      var told =
          new Counts(
              numbers.path("records").asLong(),
              numbers.path("new").asLong(),
              numbers.path("changed").asLong(),
              numbers.path("unchanged").asLong(),
              numbers.path("deleted").asLong(),
              numbers.path("held").asLong());
      return new ObjectResult(
          object,
          end.path("result").asText(),
          truth,
          told,
          replica.of(operation),
          first,
          Math.max(0, differences(object, now) - numbers.path("unconfirmed").asLong()));
    }

    private JsonNode numbers(String operation) throws IOException, InterruptedException {
      for (JsonNode line : product.log(operation)) {
        JsonNode details = line.path("message").path("details");
        if (details.has("unchanged")) {
          return details;
        }
      }
      return Json.object();
    }
  }

  /** Returns in how many records the copy differs from the account. */
  private long differences(String object, Map<String, String> now) {
    Map<String, String> copy = replica.records(object);
    Set<String> keys = new HashSet<>(now.keySet());
    if (ReadCatalogue.namesWithDeletions().contains(object)) {
      keys.addAll(copy.keySet());
    }
    return keys.stream().filter(key -> !Objects.equals(now.get(key), copy.get(key))).count();
  }
}
