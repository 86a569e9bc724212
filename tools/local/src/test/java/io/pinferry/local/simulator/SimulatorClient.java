package io.pinferry.local.simulator;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Asks a simulator as an application would: with the token it got, following bookmarks. */
final class SimulatorClient {
  static final String CLIENT_ID = "1489000";
  static final String SECRET = "app-secret";
  static final String REDIRECT = "http://127.0.0.1:8080/callbacks/v1/oauth";

  /** No list of a test is longer; a chain that goes on is one that never ends. */
  private static final int PAGES_MAX = 5_000;

  final PinterestSimulator simulator;
  final SteppedClock clock;
  private final ObjectMapper mapper = new ObjectMapper();
  private String token;

  SimulatorClient(SimulatorSettings settings, SteppedClock clock, StateStore store) {
    this.simulator = new PinterestSimulator(settings, clock, store);
    this.clock = clock;
    this.token = simulator.issueAccessToken(CLIENT_ID, Set.copyOf(PinterestSimulator.scopes()));
  }

  static SimulatorClient of(long seed, int records) {
    return of(settings(seed, records).withRateLimits(false));
  }

  static SimulatorClient of(SimulatorSettings settings) {
    return new SimulatorClient(settings, new SteppedClock(), StateStore.forgetful());
  }

  static SimulatorSettings settings(long seed, int records) {
    return SimulatorSettings.of(
        seed, records, new SimulatedApp(CLIENT_ID, SECRET, Set.of(REDIRECT)));
  }

  SimulatorClient withToken(String accessToken) {
    token = accessToken;
    return this;
  }

  SimulatorClient withScopes(String... scopes) {
    return withToken(simulator.issueAccessToken(CLIENT_ID, Set.of(scopes)));
  }

  SimulatedResponse get(String pathAndQuery) {
    return simulator.handle(SimulatedRequest.get(pathAndQuery, token));
  }

  /** Sends a write with a JSON body, or without one where it is empty. */
  SimulatedResponse send(String method, String pathAndQuery, String body) {
    return simulator.handle(
        SimulatedRequest.of(
            method,
            pathAndQuery,
            Map.of("Authorization", "Bearer " + token, "Content-Type", "application/json"),
            body.replace('\'', '"')));
  }

  JsonNode json(SimulatedResponse response) {
    try {
      return mapper.readTree(response.bodyText());
    } catch (JsonProcessingException e) {
      throw new AssertionError("not JSON", e);
    }
  }

  /** Returns the body of a 200. */
  JsonNode ok(String pathAndQuery) {
    SimulatedResponse response = get(pathAndQuery);
    if (response.status() != 200) {
      throw new AssertionError(
          pathAndQuery + " answered " + response.status() + " " + response.bodyText());
    }
    return json(response);
  }

  /** Follows the bookmarks of a list to its end and returns all records, repeated ones too. */
  List<JsonNode> all(String pathAndQuery) {
    var records = new ArrayList<JsonNode>();
    var seen = new HashSet<String>();
    String next = pathAndQuery;
    for (int page = 0; page < PAGES_MAX; page++) {
      JsonNode body = ok(next);
      body.get("items").forEach(records::add);
      JsonNode bookmark = body.get("bookmark");
      if (bookmark.isNull()) {
        return records;
      }
      if (!seen.add(bookmark.asText())) {
        throw new AssertionError("the bookmark repeats: " + next);
      }
      next =
          pathAndQuery
              + (pathAndQuery.contains("?") ? "&" : "?")
              + "bookmark="
              + encode(bookmark.asText());
    }
    throw new AssertionError("the list does not end: " + pathAndQuery);
  }

  List<JsonNode> truth(String object, PinPlan plan) {
    return simulator
        .truth(object, plan)
        .map(
            line -> {
              try {
                return mapper.readTree(line);
              } catch (JsonProcessingException e) {
                throw new AssertionError(line, e);
              }
            })
        .toList();
  }

  SimulatedResponse control(String method, String pathAndQuery, String body) {
    return simulator.handle(SimulatedRequest.of(method, pathAndQuery, Map.of(), body));
  }

  /** Posts a form to the authorize page, as its buttons do. */
  SimulatedResponse decide(String decision, String scope, String more) {
    return simulator.handle(
        SimulatedRequest.of(
            "POST",
            "/oauth/",
            Map.of("Content-Type", "application/x-www-form-urlencoded"),
            "client_id="
                + CLIENT_ID
                + "&redirect_uri="
                + encode(REDIRECT)
                + "&response_type=code&state=st&scope="
                + encode(scope)
                + "&decision="
                + decision
                + more));
  }

  /** Consents and returns the code the application is sent. */
  String code(String scope) {
    return parameter(decide("approve", scope, ""), "code");
  }

  static String parameter(SimulatedResponse redirect, String name) {
    String location = redirect.headers().getOrDefault("location", "");
    for (String pair : List.of(location.substring(location.indexOf('?') + 1).split("&", -1))) {
      if (pair.startsWith(name + "=")) {
        return URLDecoder.decode(pair.substring(name.length() + 1), UTF_8);
      }
    }
    throw new AssertionError("no " + name + " in " + location);
  }

  SimulatedResponse postToken(String form) {
    return postToken(form, CLIENT_ID + ":" + SECRET);
  }

  SimulatedResponse postToken(String form, String credentials) {
    return simulator.handle(
        SimulatedRequest.of(
            "POST",
            "/v5/oauth/token",
            Map.of(
                "Authorization",
                "Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(UTF_8)),
                "Content-Type",
                "application/x-www-form-urlencoded"),
            form));
  }

  SimulatedResponse exchange(String code) {
    return postToken(
        "grant_type=authorization_code&continuous_refresh=true&code="
            + encode(code)
            + "&redirect_uri="
            + encode(REDIRECT));
  }

  SimulatedResponse refresh(String refreshToken) {
    return postToken("grant_type=refresh_token&refresh_token=" + encode(refreshToken));
  }

  static String encode(String text) {
    return URLEncoder.encode(text, UTF_8);
  }
}
