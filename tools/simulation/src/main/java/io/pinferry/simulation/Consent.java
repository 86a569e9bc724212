package io.pinferry.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Digest;
import io.pinferry.base.IdSource;
import io.pinferry.base.Json;
import io.pinferry.base.Log;
import io.pinferry.connection.OauthRoutes;
import io.pinferry.directory.DirectoryStore;
import io.pinferry.directory.Project;
import io.pinferry.directory.SecretStore;
import io.pinferry.http.Caller;
import io.pinferry.http.Door;
import io.pinferry.http.Endpoint;
import io.pinferry.http.Guard;
import io.pinferry.http.HttpEvents;
import io.pinferry.http.Router;
import io.pinferry.local.simulator.PinterestSimulator;
import io.pinferry.local.simulator.SimulatedRequest;
import io.pinferry.local.simulator.SimulatedResponse;
import io.pinferry.pinterest.PinterestOauth;
import io.pinferry.timer.TimerStore;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The way of a customer to the simulated Pinterest and back, through the real routes. */
final class Consent {
  private static final Pattern USER = Pattern.compile("<option value=\"([^\"]+)\"");
  private static final String KEY = "simulation-key";

  private final Endpoint endpoint;

  Consent(
      Project project,
      DirectoryStore directory,
      SecretStore secrets,
      TimerStore timers,
      PinterestOauth oauth,
      IdSource ids,
      InstantSource clock,
      Log log) {
    String known = Digest.sha256Hex(KEY);
    Caller caller = Caller.full(project.id().value(), project.name(), "key");
    endpoint =
        new Endpoint(
            Door.API,
            new Router(
                OauthRoutes.of(directory, secrets, timers, oauth, World.PUBLIC_URL, ids, clock)),
            new Guard(
                hash -> hash.equals(known) ? Optional.of(caller) : Optional.empty(),
                null,
                Duration.ZERO,
                clock),
            log,
            clock);
  }

  /**
   * Returns the address at Pinterest to which a group's customer is sent.
   *
   * @return empty if that failed
   */
  Optional<URI> start(Project project) {
    ObjectNode body = Json.object();
    body.put("projectIdOrName", project.id().value());
    body.put("provider", PinterestOauth.PROVIDER);
    body.put("groupRef", "group").put("consumerRef", "consumer");
    JsonNode answer =
        HttpEvents.request("POST", "/v1/oauth-connect")
            .key(KEY)
            .body(body.toString())
            .sendTo(endpoint);
    return answer.path("statusCode").asInt() == 200
        ? Optional.of(URI.create(answer.path("body").asText()))
        : Optional.empty();
  }

  /** Returns whether the customer who comes back is connected then. */
  boolean comeBack(URI redirected) {
    return HttpEvents.request("GET", redirected.getRawPath() + "?" + redirected.getRawQuery())
            .sendTo(endpoint)
            .path("statusCode")
            .asInt()
        == 200;
  }

  /** Lets the customer agree at Pinterest; returns where the browser is sent then. */
  static URI agree(PinterestSimulator simulator, URI authorize) {
    return agree(simulator, query(authorize));
  }

  /** Lets somebody agree who is logged in at Pinterest as another user than the customer before. */
  static URI agreeAsAnother(PinterestSimulator simulator, URI authorize) {
    String page =
        simulator
            .handle(
                SimulatedRequest.of(
                    "GET", authorize.getRawPath() + "?" + authorize.getRawQuery(), Map.of(), ""))
            .bodyText();
    Map<String, String> fields = query(authorize);
    // The first one offered is the usual one.
    fields.put("user", USER.matcher(page).results().skip(1).findFirst().orElseThrow().group(1));
    return agree(simulator, fields);
  }

  private static URI agree(PinterestSimulator simulator, Map<String, String> asked) {
    Map<String, String> fields = new LinkedHashMap<>(asked);
    fields.put("decision", "approve");
    SimulatedResponse redirect = simulator.handle(form("/oauth/", fields));
    return URI.create(
        Optional.ofNullable(redirect.headers().get("location"))
            .orElseThrow(() -> new IllegalStateException("no consent: " + redirect.bodyText())));
  }

  static Map<String, String> query(URI address) {
    return fields(address.getRawQuery());
  }

  /** Reads a form, or a query, which has the same form. */
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
