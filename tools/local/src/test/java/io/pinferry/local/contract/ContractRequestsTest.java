package io.pinferry.local.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import io.pinferry.http.Door;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The requests of the contract, as clients send them whose language has no absent values: every
 * member that the contract knows and that has no value is there, as an empty text or list, zero,
 * false, or the zero time. Skipped where the contract's documents are not.
 */
final class ContractRequestsTest {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  /**
   * Members of a write that are not filled with empty values. An empty one says something else: a
   * batch of nothing, or a policy without what it needs. The published SDKs leave them out.
   */
  private static final Set<String> OF_A_WRITE =
      Set.of("mode", "retryPolicy", "autoBatchPolicy", "batch", "record");

  private final DoorWorld world = new DoorWorld();

  @ParameterizedTest
  @MethodSource("io.pinferry.local.contract.DoorWorld#bodies")
  void membersWithoutAValueAreTaken(DoorWorld.Request request) {
    AmpersandOracle contract = contract(request.door());
    Optional<JsonNode> schema = schema(contract, request);
    if (schema.isEmpty()) {
      return;
    }
    world.seed();
    int plain = status(request, world.body(request));
    for (boolean zero : List.of(true, false)) {
      world.seed();
      JsonNode body = world.body(request);
      JsonNode own = body.deepCopy();
      fill(body, schema.get(), zero);
      if (request.door() == Door.WRITE && zero && body instanceof ObjectNode object) {
        object
            .properties()
            .removeIf(it -> OF_A_WRITE.contains(it.getKey()) && !own.has(it.getKey()));
      }

      assertThat(status(request, body)).as(request.operation() + " " + body).isEqualTo(plain);
    }
  }

  private int status(DoorWorld.Request request, JsonNode body) {
    return world
        .send(request.door(), request.method(), request.path(), Json.text(body))
        .path("statusCode")
        .asInt();
  }

  @Test
  void everyBodyOfTheContractIsWalked() {
    Set<String> walked =
        DoorWorld.bodies()
            .map(request -> request.door() + " " + nameless(request.operation()))
            .collect(Collectors.toSet());
    Set<String> left = new TreeSet<>();
    for (Door door : List.of(Door.API, Door.READ, Door.WRITE)) {
      AmpersandOracle contract = contract(door);
      contract.operations().stream()
          .filter(operation -> !contract.bodyOf(operation).isMissingNode())
          .map(operation -> door + " " + nameless(operation.replaceFirst(" ", " /v1")))
          .filter(operation -> !walked.contains(operation))
          .forEach(left::add);
    }
    assertThat(left)
        .as("what only makes sense at the hosted service, or is refused whatever its body is")
        .allMatch(
            operation ->
                operation.matches(
                    ".*(/orgs|/invites|/claimed-domains|/billingAccounts|/custom-auth"
                        + "|/object-metadata|:deliverResults).*"));
  }

  private static AmpersandOracle contract(Door door) {
    return AmpersandOracle.orSkip("ampersand-" + door.text() + ".json");
  }

  private static Optional<JsonNode> schema(AmpersandOracle contract, DoorWorld.Request request) {
    return contract.operations().stream()
        .filter(
            one -> nameless(one.replaceFirst(" ", " /v1")).equals(nameless(request.operation())))
        .findFirst()
        .map(contract::bodyOf);
  }

  private static String nameless(String operation) {
    return operation.replaceAll("\\{[^}]*}", "{}");
  }

  /**
   * Adds all absent members of a schema.
   *
   * @param zero whether they are empty values, or else null
   */
  private static void fill(JsonNode node, JsonNode schema, boolean zero) {
    if (node instanceof ObjectNode object) {
      for (JsonNode variant : variants(schema)) {
        for (Map.Entry<String, JsonNode> member : variant.path("properties").properties()) {
          if (object.has(member.getKey())) {
            fill(object.path(member.getKey()), member.getValue(), zero);
          } else if (zero) {
            zero(member.getValue()).ifPresent(value -> object.set(member.getKey(), value));
          } else {
            object.putNull(member.getKey());
          }
        }
      }
    }
    node.forEach(
        entry -> {
          if (node.isArray()) {
            fill(entry, schema.path("items"), zero);
          }
        });
  }

  /** Returns the schemas that hold all at once. */
  private static List<JsonNode> variants(JsonNode schema) {
    return Stream.concat(Stream.of(schema), schema.path("allOf").valueStream()).toList();
  }

  private static Optional<JsonNode> zero(JsonNode schema) {
    return switch (schema.path("type").asText()) {
      case "string" ->
          Optional.of(
              JSON.textNode(
                  schema.path("format").asText().equals("date-time")
                      ? "0001-01-01T00:00:00Z"
                      : ""));
      case "integer", "number" -> Optional.of(JSON.numberNode(0));
      case "boolean" -> Optional.of(JSON.booleanNode(false));
      case "array" -> Optional.of(JSON.arrayNode());
      case "object" -> Optional.of(JSON.objectNode());
      default -> Optional.empty();
    };
  }
}
