package io.pinferry.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import io.pinferry.directory.ProjectId;
import io.pinferry.http.Endpoint;
import io.pinferry.http.HttpEvents;
import io.pinferry.local.simulator.PinterestSimulator;
import io.pinferry.local.simulator.SimulatedRequest;
import io.pinferry.local.simulator.SimulatedResponse;
import io.pinferry.pinterest.PinterestOauth;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A customer's way to the consent page of the simulated Pinterest, and back to our door. */
final class Consent {
  private static final Pattern USER = Pattern.compile("<option value=\"([^\"]+)\"");

  private Consent() {}

  /**
   * Starts at our door; returns the address of the consent page.
   *
   * @return empty if the door did not answer with success
   */
  static Optional<URI> start(Endpoint door, ProjectId project, String apiKey) {
    ObjectNode body = Json.object();
    body.put("projectIdOrName", project.value());
    body.put("provider", PinterestOauth.PROVIDER);
    body.put("groupRef", "group").put("consumerRef", "consumer");
    JsonNode answer =
        HttpEvents.request("POST", "/v1/oauth-connect")
            .key(apiKey)
            .body(body.toString())
            .sendTo(door);
    return answer.path("statusCode").asInt() == 200
        ? Optional.of(URI.create(answer.path("body").asText()))
        : Optional.empty();
  }

  /** Agrees at Pinterest; returns where Pinterest sends the customer. */
  static URI agree(PinterestSimulator simulator, URI page) {
    return agree(simulator, query(page));
  }

  /** Agrees as another Pinterest user than the usual one. */
  static URI agreeAsAnotherUser(PinterestSimulator simulator, URI page) {
    String html =
        simulator
            .handle(
                SimulatedRequest.of(
                    "GET", page.getRawPath() + "?" + page.getRawQuery(), Map.of(), ""))
            .bodyText();
    Map<String, String> fields = query(page);
    // The page offers the usual user first.
    fields.put("user", USER.matcher(html).results().skip(1).findFirst().orElseThrow().group(1));
    return agree(simulator, fields);
  }

  private static URI agree(PinterestSimulator simulator, Map<String, String> request) {
    Map<String, String> fields = new LinkedHashMap<>(request);
    fields.put("decision", "approve");
    SimulatedResponse redirect = simulator.handle(form("/oauth/", fields));
    return URI.create(
        Optional.ofNullable(redirect.headers().get("location"))
            .orElseThrow(() -> new IllegalStateException("no consent: " + redirect.bodyText())));
  }

  /** Returns the authorization code in the address that a customer comes back to. */
  static String code(URI callback) {
    return query(callback).getOrDefault("code", "");
  }

  /** Comes back to our door; returns whether the customer is connected. */
  static boolean comeBack(Endpoint door, URI callback) {
    return HttpEvents.request("GET", callback.getRawPath() + "?" + callback.getRawQuery())
            .sendTo(door)
            .path("statusCode")
            .asInt()
        == 200;
  }

  private static Map<String, String> query(URI address) {
    return fields(address.getRawQuery());
  }

  /** Reads the fields of a form or a query. */
  static Map<String, String> fields(String encoded) {
    Map<String, String> fields = new LinkedHashMap<>();
    for (String pair : List.of(encoded.split("&", -1))) {
      int mark = pair.indexOf('=');
      if (mark > 0) {
        fields.put(pair.substring(0, mark), URLDecoder.decode(pair.substring(mark + 1), UTF_8));
      }
    }
    return fields;
  }

  private static SimulatedRequest form(String path, Map<String, String> fields) {
    return SimulatedRequest.of(
        "POST",
        path,
        Map.of("Content-Type", "application/x-www-form-urlencoded"),
        fields.entrySet().stream()
            .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), UTF_8))
            .collect(Collectors.joining("&")));
  }
}
