package io.pinferry.local.stack;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.pinferry.base.Json;
import io.pinferry.base.Patience;
import io.pinferry.http.Door;
import io.pinferry.local.contract.AmpersandOracle;
import io.pinferry.local.contract.OwnDocument;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests to the doors of a stack, and compares each answer with the status that is
 * expected, with the door's own document, and with the contract's where that is at hand. What is
 * wrong is collected, so that one run shows all of it.
 */
final class ApiTour {
  /** {@code {project}} for the value that is known, {@code {project=nobody}} for another. */
  private static final Pattern VARIABLE = Pattern.compile("\\{([a-zA-Z]+)(?:=([^}]*))?\\}");

  private final HttpClient http;
  private final Map<Door, URI> doors;
  private final Map<Door, OwnDocument> documents = new EnumMap<>(Door.class);
  private final Map<Door, AmpersandOracle> contracts = new EnumMap<>(Door.class);
  private final @Nullable AmpersandOracle problems;
  private final Map<String, String> known = new HashMap<>();
  private final Map<String, String> headers = new LinkedHashMap<>();
  private final Set<String> asked = new TreeSet<>();
  private final List<String> failures = new ArrayList<>();
  private @Nullable String key;
  private int count;

  ApiTour(HttpClient http, Map<Door, URI> doors) {
    this.http = http;
    this.doors = Map.copyOf(doors);
    for (Door door : Door.values()) {
      documents.put(door, OwnDocument.of(door));
      if (door != Door.PROXY) {
        AmpersandOracle.find("ampersand-" + door.text() + ".json")
            .ifPresent(contract -> contracts.put(door, contract));
      }
    }
    this.problems = AmpersandOracle.find("ampersand-problem.json").orElse(null);
  }

  /** Sets the value that a variable has from now on. */
  void know(String variable, String value) {
    if (value.isEmpty()) {
      throw new AssertionError("the tour has no " + variable + " to go on with: " + failures);
    }
    known.put(variable, value);
  }

  String known(String variable) {
    return Objects.requireNonNull(known.get(variable), variable);
  }

  /** Sets the key that is sent from now on, null for none. */
  void as(@Nullable String other) {
    key = other;
  }

  /** Adds a header to the next request only. */
  ApiTour header(String name, String value) {
    headers.put(name, value);
    return this;
  }

  /** Returns how many requests were sent. */
  int count() {
    return count;
  }

  /** Returns what was not as it should be. */
  List<String> failures() {
    return Collections.unmodifiableList(failures);
  }

  /** Returns the operations of the doors' own documents that were never asked. */
  Set<String> neverAsked() {
    var left = new TreeSet<String>();
    documents.forEach(
        (door, document) ->
            document.operations().keySet().stream()
                .map(operation -> door.text() + " " + operation)
                .filter(operation -> !asked.contains(operation))
                .forEach(left::add));
    return left;
  }

  /** Returns the contract's operations that were never asked; none where it is not at hand. */
  Set<String> neverAskedOfTheContract() {
    var done = new TreeSet<String>();
    asked.forEach(operation -> done.add(nameless(operation)));
    var left = new TreeSet<String>();
    contracts.forEach(
        (door, contract) ->
            contract.operations().stream()
                .map(operation -> operation.replaceFirst(" ", " /v1"))
                .map(operation -> door.text() + " " + operation)
                .filter(operation -> !done.contains(nameless(operation)))
                .forEach(left::add));
    return left;
  }

  /** Sends a request to the api door. */
  JsonNode api(int status, String method, String path) {
    return send(Door.API, status, method, path, BodyPublishers.noBody(), null);
  }

  /** Sends a request with a body: JSON with single quotes for double ones. */
  JsonNode api(int status, String method, String path, String body) {
    return json(Door.API, status, method, path, body);
  }

  JsonNode json(Door door, int status, String method, String path, String body) {
    return send(
        door,
        status,
        method,
        path,
        BodyPublishers.ofString(filled(body.replace('\'', '"'))),
        "application/json");
  }

  /**
   * Sends a request.
   *
   * @param path a pattern of the door's document, its variables with or without a value, and
   *     perhaps a query
   * @return the JSON of the answer; missing if it is empty, a text if it is no JSON
   */
  JsonNode send(
      Door door,
      int status,
      String method,
      String path,
      BodyPublisher body,
      @Nullable String contentType) {
    count++;
    String operation =
        method + " " + VARIABLE.matcher(path.replaceFirst("\\?.*", "")).replaceAll("{$1}");
    asked.add(door.text() + " " + operation);
    String what = count + ". " + door.text() + " " + method + " " + filled(path);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(Objects.requireNonNull(doors.get(door)).resolve(filled(path)))
            .timeout(Patience.LIMIT)
            .method(method, body);
    if (key != null) {
      request.header("X-Api-Key", key);
    }
    if (contentType != null) {
      request.header("Content-Type", contentType);
    }
    headers.forEach(request::header);
    headers.clear();
    HttpResponse<String> answer;
    try {
      answer = http.send(request.build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new AssertionError(what, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(what, e);
    }
    String type = answer.headers().firstValue("content-type").orElse("");
    JsonNode json = tree(answer.body(), type);
    if (answer.statusCode() != status) {
      failures.add(what + ": " + answer.statusCode() + ", not " + status + ": " + answer.body());
      return json;
    }
    if (door != Door.PROXY) {
      compare(what, door, operation, answer.statusCode(), type, json);
    }
    return json;
  }

  private void compare(
      String what, Door door, String operation, int status, String type, JsonNode json) {
    // Records of Pinterest are passed on unchanged.
    if (door != Door.WRITE && json.toString().contains(":null")) {
      failures.add(what + ": a member is null: " + json);
    }
    if (status >= 400 && type.startsWith("application/problem+json")) {
      if (problems != null) {
        note(what, "contract", problems.validate("InputValidationProblem", json));
      }
      if (json.path("detail").asText().isBlank()) {
        failures.add(what + ": says nothing: " + json);
      }
    }
    OwnDocument document = Objects.requireNonNull(documents.get(door));
    if (!document.operations().containsKey(operation)) {
      if (status != 404 && status != 405) {
        failures.add(what + ": is answered but not described");
      }
      return;
    }
    note(
        what,
        "own document",
        document.validateAnswer(
            operation, status, type, type.contains("json") ? json : bodyless(json)));
    AmpersandOracle contract = contracts.get(door);
    if (contract == null || (status >= 400 && !type.startsWith("application/json"))) {
      return;
    }
    contract.operations().stream()
        .filter(one -> nameless(one.replaceFirst(" ", " /v1")).equals(nameless(operation)))
        .findFirst()
        .ifPresent(
            one -> {
              String[] methodAndPath = one.split(" ", 2);
              if (type.startsWith("text/plain")) {
                return;
              }
              try {
                note(
                    what,
                    "contract",
                    contract.validateAnswer(methodAndPath[0], methodAndPath[1], status, json));
              } catch (IllegalArgumentException e) {
                failures.add(what + ": " + e.getMessage());
              }
            });
  }

  private static JsonNode bodyless(JsonNode text) {
    return text.isTextual() && text.textValue().isEmpty() ? MissingNode.getInstance() : text;
  }

  private void note(String what, String who, List<String> wrong) {
    wrong.forEach(one -> failures.add(what + ": against the " + who + ": " + one));
  }

  private static JsonNode tree(String body, String type) {
    if (body.isEmpty()) {
      return MissingNode.getInstance();
    }
    if (!type.contains("json")) {
      return Json.object().textNode(body);
    }
    try {
      return Json.parse(body.getBytes(UTF_8));
    } catch (IOException e) {
      throw new AssertionError("no JSON: " + body, e);
    }
  }

  private String filled(String path) {
    return VARIABLE.matcher(path).replaceAll(found -> value(found).replace("$", "\\$"));
  }

  private String value(MatchResult variable) {
    return Optional.ofNullable(variable.group(2))
        .map(value -> URLEncoder.encode(value, UTF_8))
        .orElseGet(() -> known(variable.group(1)));
  }

  /** The documents name the variables of paths in their own ways. */
  private static String nameless(String operation) {
    return operation.replaceAll("\\{[^}]*\\}", "{}");
  }
}
