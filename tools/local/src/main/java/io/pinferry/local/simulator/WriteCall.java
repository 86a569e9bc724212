package io.pinferry.local.simulator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.local.simulator.TokenAuthority.Session;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;

/**
 * One writing request whose token, scopes and query are known to be right.
 *
 * @param user whom the token speaks for
 */
record WriteCall(
    ApiCall call, SimulatedRequest request, Session session, Person user, Instant now) {
  private static final ObjectMapper MAPPER =
      new ObjectMapper()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY);

  long seconds() {
    return now.getEpochSecond();
  }

  /** Returns the body, whatever JSON it is. */
  JsonNode body() {
    if (!request.header("content-type").orElse("").startsWith("application/json")) {
      throw ApiFailure.invalid("The header Content-Type must be application/json");
    }
    try {
      return MAPPER.readTree(request.bodyText());
    } catch (JsonProcessingException e) {
      throw ApiFailure.invalid("The body is not JSON: " + e.getOriginalMessage());
    }
  }

  /** Returns the body, which has the given shape. */
  JsonNode body(Shape shape) {
    JsonNode body = body();
    shape.check("body", body);
    return body;
  }

  void requireScope(String scope) {
    if (!session.scopes().contains(scope)) {
      throw new ApiFailure(401, 3, "The access token does not have the scope " + scope);
    }
  }

  /** The address of this simulator as the client knows it. */
  String address() {
    return "http://" + request.header("host").orElse("127.0.0.1");
  }

  /** Starts a change; the owner is whom what it makes belongs to. */
  ObjectNode change(String op, Person owner) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("op", op)
        .put("owner", owner.number)
        .put("at", seconds());
  }

  static SimulatedResponse json(int status, JsonNode json) {
    return SimulatedResponse.of(
        status,
        Map.of("content-type", "application/json"),
        json.toString().getBytes(StandardCharsets.UTF_8));
  }

  static SimulatedResponse gone() {
    return SimulatedResponse.of(204, Map.of(), new byte[0]);
  }

  /** If the specification allows both answers to a create, it gives either. */
  static int created(long id) {
    return (Mix.mix(id) & 1) == 0 ? 200 : 201;
  }
}
