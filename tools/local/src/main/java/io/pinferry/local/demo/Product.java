package io.pinferry.local.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import io.pinferry.pinterest.ReadableObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiFunction;

/**
 * A product that uses Pinferry, through the public interfaces only, and a customer of it; knows
 * what the simulated account really has.
 */
public final class Product {
  /** The name of the destination of all messages. */
  public static final String DESTINATION = "pinterestWebhook";

  private static final Duration POLL = Duration.ofMillis(250);

  private final PinferryClient pinferry;
  private final String project;
  private final URI pinterest;
  private final String group;
  private final HttpClient http =
      HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NEVER).build();

  /**
   * @param api the api door
   * @param pinterest the simulator's address
   */
  public Product(URI api, String project, String apiKey, URI pinterest) {
    this(api, project, apiKey, pinterest, "demo-group");
  }

  /**
   * @param group the customer's reference
   */
  public Product(URI api, String project, String apiKey, URI pinterest, String group) {
    this.group = group;
    this.pinferry = new PinferryClient(http, api, apiKey);
    this.project = project;
    this.pinterest = pinterest;
  }

  /** Makes a webhook the destination of all messages. */
  public void register(WebhookReceiver receiver) throws IOException, InterruptedException {
    receiver.verifyWith(register(receiver.url()));
  }

  /**
   * Makes a webhook the destination of all messages.
   *
   * @return the key that they are signed with
   */
  public String register(URI webhook) throws IOException, InterruptedException {
    ObjectNode body = Json.object().put("name", DESTINATION).put("type", "webhook");
    body.putObject("metadata").put("url", webhook.toString());
    try {
      pinferry.post(path("/destinations"), body);
    } catch (PinferryClient.RefusedRequest e) {
      if (e.status() != 409) {
        throw e;
      }
      // A stack that keeps its data has it from an earlier start, perhaps at another port.
      ObjectNode change = Json.object();
      change.putArray("updateMask").add("metadata.url");
      change.putObject("destination").set("metadata", body.path("metadata"));
      pinferry.patch(path("/destinations/" + DESTINATION), change);
    }
    return pinferry
        .get(path("/destinations/" + DESTINATION + "?includeSecrets=true"))
        .path("secrets")
        .path("webhookSigningKey")
        .asText();
  }

  /**
   * Deploys a manifest with one integration, whose destination is {@link #register}'s.
   *
   * @return the integration
   */
  public JsonNode deploy(String manifest) throws IOException, InterruptedException {
    return pinferry
        .put(path("/integrations:batch"), Json.object().put("sourceYaml", manifest))
        .path(0);
  }

  /**
   * Lets the customer connect the simulated account.
   *
   * @return the address of the page on which access was given
   */
  public URI connect() throws IOException, InterruptedException {
    ObjectNode body =
        Json.object()
            .put("projectIdOrName", project)
            .put("provider", "pinterest")
            .put("groupRef", group)
            .put("groupName", "Demo group")
            .put("consumerRef", "consumer-of-" + group)
            .put("consumerName", "Demo consumer");
    URI authorize = URI.create(pinferry.postForText("/v1/oauth-connect", body));
    new ConsentClicker(http).giveAccess(authorize);
    return authorize;
  }

  /**
   * Lets the customer install objects.
   *
   * @return the installation's id
   */
  public String install(String integration, Collection<String> objects)
      throws IOException, InterruptedException {
    Map<String, String> modes = new LinkedHashMap<>();
    objects.forEach(object -> modes.put(object, "all"));
    return install(integration, modes);
  }

  /**
   * Lets the customer install objects.
   *
   * @param modes which records scheduled reads deliver, by object
   * @return the installation's id
   */
  public String install(String integration, Map<String, String> modes)
      throws IOException, InterruptedException {
    ObjectNode content = Json.object().put("provider", "pinterest");
    ObjectNode read = content.putObject("read").putObject("objects");
    modes.forEach(
        (object, mode) -> {
          ObjectNode chosen = read.putObject(object).put("objectName", object);
          chosen.putObject("selectedFields");
          chosen.putObject("selectedFieldMappings");
          chosen.put("x-pinferry-changes", mode);
        });
    return install(integration, content);
  }

  /**
   * Lets the customer permit that objects are written, and deleted.
   *
   * @return the installation's id
   */
  String installForWriting(String integration, Collection<String> objects)
      throws IOException, InterruptedException {
    ObjectNode content = Json.object().put("provider", "pinterest");
    ObjectNode write = content.putObject("write").putObject("objects");
    for (String object : objects) {
      write
          .putObject(object)
          .put("objectName", object)
          .putObject("deletionSettings")
          .put("enabled", true);
    }
    return install(integration, content);
  }

  private String install(String integration, ObjectNode content)
      throws IOException, InterruptedException {
    ObjectNode body = Json.object().put("groupRef", group);
    body.putObject("config").set("content", content);
    return pinferry
        .post(path("/integrations/" + integration + "/installations"), body)
        .path("id")
        .asText();
  }

  /** Returns the newest operations of an installation. */
  public JsonNode operations(String integration, String installation)
      throws IOException, InterruptedException {
    return pinferry
        .get(
            path(
                "/integrations/"
                    + integration
                    + "/installations/"
                    + installation
                    + "/operations?pageSize=1000"))
        .path("results");
  }

  /**
   * Waits until an installation has so many successful reads.
   *
   * @throws IllegalStateException if a read failed
   */
  public void awaitReads(String integration, String installation, int number)
      throws IOException, InterruptedException {
    while (true) {
      int ended = 0;
      for (JsonNode operation : operations(integration, installation)) {
        if (operation.path("status").asText().equals("failure")) {
          throw new IllegalStateException("a read failed: " + operation.path("result").asText());
        }
        ended += operation.path("status").asText().equals("success") ? 1 : 0;
      }
      if (ended == number) {
        return;
      }
      Thread.sleep(POLL);
    }
  }

  /** Waits for the end of an operation, and returns it. */
  public JsonNode awaitEnd(String operation) throws IOException, InterruptedException {
    while (true) {
      JsonNode found = pinferry.get(path("/operations/" + operation));
      if (!found.path("status").asText().equals("in_progress")) {
        return found;
      }
      Thread.sleep(POLL);
    }
  }

  /** Changes what the account has, as its owner would. */
  public void change(JsonNode changes) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(pinterest.resolve("/_sim/changes"))
            .POST(BodyPublishers.ofByteArray(Json.bytes(changes)))
            .build();
    HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
    if (answer.statusCode() != 204) {
      throw new IllegalStateException("the account was not changed: " + answer.body());
    }
  }

  /** Returns an operation's log. */
  public JsonNode log(String operation) throws IOException, InterruptedException {
    return pinferry.get(path("/operations/" + operation + "/logs"));
  }

  /**
   * Returns what the account has of an object.
   *
   * @return contents by key, see {@link RecordFingerprint}
   */
  public Map<String, String> truth(ReadableObject object) throws IOException, InterruptedException {
    return truth(object, RecordFingerprint::of);
  }

  /** Returns what the account has of an object, without the members whose changes do not count. */
  Map<String, String> truthWithoutCounters(ReadableObject object)
      throws IOException, InterruptedException {
    return truth(object, RecordFingerprint::withoutCounters);
  }

  private Map<String, String> truth(
      ReadableObject object, BiFunction<ReadableObject, JsonNode, RecordFingerprint> fingerprint)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(pinterest.resolve("/_sim/truth/" + object.name())).GET().build();
    Map<String, String> records = new HashMap<>();
    try (var lines =
        new BufferedReader(
            new InputStreamReader(
                http.send(request, BodyHandlers.ofInputStream()).body(), UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        RecordFingerprint record = fingerprint.apply(object, Json.trusted(line));
        records.put(record.key(), record.content());
      }
    }
    return records;
  }

  /**
   * Starts a read of an object now.
   *
   * @param read the read door
   * @return the operation's id
   */
  public String trigger(PinferryClient read, String integration, String object)
      throws IOException, InterruptedException {
    return trigger(read, integration, object, Json.object());
  }

  /**
   * Starts a read of an object now.
   *
   * @param members further members of the request
   */
  public String trigger(PinferryClient read, String integration, String object, ObjectNode members)
      throws IOException, InterruptedException {
    return read.post(
            path("/integrations/" + integration + "/objects/" + object),
            members.put("groupRef", group).put("mode", "async"))
        .path("operationId")
        .asText();
  }

  /**
   * Writes a record.
   *
   * @param write the write door
   * @return the answer
   * @throws PinferryClient.RefusedRequest if it was not written
   */
  JsonNode write(
      PinferryClient write, String integration, String object, String verb, JsonNode record)
      throws IOException, InterruptedException {
    ObjectNode body = Json.object().put("groupRef", group).put("type", verb);
    body.set("record", record);
    return write.post(path("/integrations/" + integration + "/objects/" + object), body);
  }

  private String path(String rest) {
    return "/v1/projects/" + project + rest;
  }
}
