package io.pinferry.local.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import io.pinferry.http.Door;
import io.pinferry.http.HttpEvents;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The OpenAPI documents allow the body of a request exactly if its door takes it. Each valid body
 * is changed at every place of its schema: to values at and beyond the bounds, to other kinds, to
 * nothing, and by one more member.
 */
final class DescribedRequestsTest {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  /** Rules that a schema cannot say, by the places that the door names. */
  private static final Pattern RULES =
      Pattern.compile(
          // A manifest and a field have a grammar.
          "latestRevision\\..*|sourceYaml|integrations.*|amp\\.yaml"
              + "|config\\.content\\..*"
              // A thing that is named must exist, be of this group, or have been uploaded.
              + "|groupRef|objects.*|topicId|destinationId|metadata\\..*|name|publicKeyPem|sourceZipUrl|providerAppId|config\\.createdBy|config\\.connectionId|connectionId"
              // A name must not look like an id, and a rule of the proxy has a grammar.
              + "|project\\.name|project\\.proxyAllowed.*|destination\\.name"
              // Addresses and headers have rules of their own.
              + "|destination\\.metadata\\..*"
              // The mode of the object, and the period, say whether a read can compare.
              + "|deliver|releaseHeldDeletions"
              // The values that a mask needs are at the paths of the mask.
              + "|installation\\..*|changes\\[0].path"
              // A time must be before another one, and a token must be one of Pinterest.
              + "|untilTimestamp|.*\\.expiresAt|record.*|batch\\[0]\\.record.*");

  private final DoorWorld world = new DoorWorld();

  @ParameterizedTest
  @MethodSource("io.pinferry.local.contract.DoorWorld#bodies")
  void whatIsAllowedIsTakenAndNothingElse(DoorWorld.Request request) {
    Door door = request.door();
    String path = request.path();
    OwnDocument document = OwnDocument.of(door);
    String operation = request.operation();
    world.seed(request);
    JsonNode body = world.body(request);
    JsonNode schema = document.resolved(document.bodyOf(operation));
    List<JsonNode> bodies = new ArrayList<>(List.of(body));
    change(schema, body, bodies);
    List<String> differences = new ArrayList<>();
    Set<String> sent = new HashSet<>();

    for (JsonNode one : bodies) {
      String text = Json.text(one);
      if (!sent.add(text)) {
        continue;
      }
      JsonNode answer = world.send(door, request.method(), path, text);
      int status = answer.path("statusCode").asInt();
      JsonNode told = withoutNulls(one);
      List<String> refused =
          hasWrongNull(schema, told) ? List.of("null") : document.validateRequest(operation, told);
      boolean taken = status != 400 && status != 422;
      assertThat(status).as(operation + " " + text).isLessThan(500);
      boolean byARule = !taken && refused.isEmpty() && isARule(answer);
      if (taken != refused.isEmpty() && !byARule) {
        differences.add(
            "%s %s: %s, the document: %s"
                .formatted(
                    status,
                    text.substring(0, Math.min(400, text.length())),
                    answer.path("body").asText().replaceFirst(".*\"detail\":", ""),
                    refused));
      }
      if (status < 300) {
        world.seed(request);
      }
    }

    assertThat(sent).as("bodies").hasSizeGreaterThan(30);
    assertThat(differences).isEmpty();
    assertThat(status(world.send(door, request.method(), path, Json.text(body))))
        .as("the unchanged body: " + world.send(door, request.method(), path, Json.text(body)))
        .matches(status -> status < 300 || request.body().contains("second"));
  }

  private static int status(JsonNode answer) {
    return answer.path("statusCode").asInt();
  }

  private static boolean isARule(JsonNode answer) {
    String body = answer.path("body").asText();
    // The write door answers with a text, by the contract.
    Stream<String> places =
        body.startsWith("{")
            ? HttpEvents.bodyOf(answer)
                .path("issues")
                .valueStream()
                .map(issue -> issue.path("name").asText())
            : Stream.of(body.replaceFirst(":.*", ""));
    return places.allMatch(place -> RULES.matcher(place).matches());
  }

  /**
   * Returns whether a body has null where its schema does not allow it. The validator looks at the
   * schema around for that.
   */
  private static boolean hasWrongNull(JsonNode schema, JsonNode body) {
    if (body.isNull()) {
      return schema.has("type") && !schema.path("nullable").asBoolean();
    }
    return body.properties().stream()
            .anyMatch(
                member ->
                    hasWrongNull(
                        schema.path("properties").has(member.getKey())
                            ? schema.path("properties").path(member.getKey())
                            : schema.path("additionalProperties"),
                        member.getValue()))
        || (body.isArray()
            && body.valueStream().anyMatch(entry -> hasWrongNull(schema.path("items"), entry)));
  }

  /** Returns a body without the members of a config that are null, since they count as absent. */
  private static JsonNode withoutNulls(JsonNode body) {
    JsonNode copy = body.deepCopy();
    removeNulls(copy.at("/config/content"));
    return copy;
  }

  private static void removeNulls(JsonNode node) {
    if (node instanceof ObjectNode object) {
      object.properties().removeIf(member -> member.getValue().isNull());
      object.forEach(DescribedRequestsTest::removeNulls);
    }
  }

  /** Adds bodies that are changed in one place each. */
  private static void change(JsonNode schema, JsonNode body, List<JsonNode> bodies) {
    for (Place place : places(schema, body, List.of())) {
      for (JsonNode value : values(place.schema())) {
        bodies.add(with(body, place.path(), value));
      }
      bodies.add(with(body, place.path(), null));
    }
  }

  private record Place(List<Object> path, JsonNode schema) {}

  /** Returns the places of a body by its schema, also those of absent members. */
  private static List<Place> places(JsonNode schema, JsonNode body, List<Object> path) {
    List<Place> places = new ArrayList<>();
    if (!path.isEmpty()) {
      places.add(new Place(path, schema));
    }
    if (body.isObject()) {
      schema
          .path("properties")
          .properties()
          .forEach(
              member ->
                  places.addAll(
                      places(
                          member.getValue(),
                          body.path(member.getKey()),
                          plus(path, member.getKey()))));
      if (schema.path("additionalProperties").isObject()) {
        body.properties()
            .forEach(
                member ->
                    places.addAll(
                        places(
                            schema.path("additionalProperties"),
                            member.getValue(),
                            plus(path, member.getKey()))));
      } else if (schema.has("properties")) {
        places.add(new Place(plus(path, "colour"), JSON.objectNode()));
      }
    }
    for (int i = 0; i < body.size() && body.isArray(); i++) {
      places.addAll(places(schema.path("items"), body.path(i), plus(path, i)));
    }
    return places;
  }

  private static List<Object> plus(List<Object> path, Object step) {
    List<Object> longer = new ArrayList<>(path);
    longer.add(step);
    return longer;
  }

  private static JsonNode with(JsonNode body, List<Object> path, @Nullable JsonNode value) {
    JsonNode copy = body.deepCopy();
    JsonNode parent = copy;
    for (Object step : path.subList(0, path.size() - 1)) {
      parent = step instanceof Integer index ? parent.path(index) : parent.path(step.toString());
    }
    Object last = path.getLast();
    if (parent instanceof ArrayNode list && last instanceof Integer index) {
      if (value == null) {
        list.remove(index);
      } else {
        list.set(index, value);
      }
    } else if (parent instanceof ObjectNode object) {
      if (value == null) {
        object.remove(last.toString());
      } else {
        object.set(last.toString(), value);
      }
    }
    return copy;
  }

  /** Returns values at the bounds of a schema, and of other kinds. */
  private static List<JsonNode> values(JsonNode schema) {
    List<JsonNode> values = new ArrayList<>();
    for (String text : List.of("", " ", "a", "7", "a b", "a:b", "ä", "-", "2026-01-01T00:00:00Z")) {
      values.add(JSON.textNode(text));
    }
    if (schema.has("maxLength")) {
      int max = schema.path("maxLength").intValue();
      // A text of a megabyte is longer than a body may be.
      if (max < 100_000) {
        values.add(JSON.textNode("x".repeat(max)));
        values.add(JSON.textNode("x".repeat(max + 1)));
      }
    }
    schema.path("enum").forEach(values::add);
    for (String bound : List.of("minimum", "maximum")) {
      if (schema.has(bound)) {
        int at = schema.path(bound).intValue();
        values.add(JSON.numberNode(at));
        values.add(JSON.numberNode(at - 1));
        values.add(JSON.numberNode(at + 1));
      }
    }
    values.add(JSON.nullNode());
    values.add(JSON.numberNode(7));
    values.add(JSON.numberNode(7.5));
    values.add(JSON.booleanNode(true));
    values.add(JSON.booleanNode(false));
    values.add(JSON.arrayNode());
    values.add(JSON.arrayNode().add("a"));
    values.add(JSON.arrayNode().addNull());
    values.add(JSON.arrayNode().add(JSON.objectNode()));
    for (String count : List.of("maxItems", "minItems")) {
      for (int more = 0; more < 2 && schema.has(count); more++) {
        ArrayNode list = JSON.arrayNode();
        for (int i = 0; i < schema.path(count).intValue() + more; i++) {
          JsonNode first = schema.at("/items/enum/0");
          list.add(first.isMissingNode() ? JSON.textNode("a") : first);
        }
        values.add(list);
      }
    }
    values.add(JSON.objectNode());
    values.add(JSON.objectNode().put("a", "b"));
    values.add(JSON.objectNode().putNull("a"));
    values.add(JSON.objectNode().set("a", JSON.objectNode()));
    return values;
  }
}
