package io.pinferry.local.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.http.Door;
import io.pinferry.http.HttpEvents;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * Every answer to a GET has the members that the contract requires, also about things that have
 * nothing but what they must have. Skipped where the contract's documents are not.
 */
final class ContractAnswersTest {
  private static final String P = "/v1/projects/{project}";
  private static final String I = P + "/integrations/{integration}";
  private static final String N = I + "/installations/{installation}";

  private final AmpersandOracle contract = AmpersandOracle.orSkip("ampersand-api.json");
  private final DoorWorld world = new DoorWorld();
  private final List<String> wrong = new ArrayList<>();
  private final TreeSet<String> answered = new TreeSet<>();

  @Test
  void requiredMembersAreThereInEveryState() {
    world.seed();
    askEverything("bare");
    world.send(Door.READ, "POST", N + ":pause", "{}");
    world.send(
        Door.API,
        "POST",
        P + "/notification-event-topic-routes",
        "{\"eventType\":\"connection.error\",\"topicId\":\"{topic}\"}");
    world.send(
        Door.API,
        "POST",
        P + "/topic-destination-routes",
        "{\"topicId\":\"{topic}\",\"destinationId\":\"{destinationId}\"}");
    askEverything("paused, with routes");
    world.send(Door.READ, "POST", N + ":unpause", "{}");
    world.send(
        Door.API,
        "PATCH",
        N,
        "{\"updateMask\":[\"config.content.read.objects\"],\"installation\":{\"config\":{"
            + "\"content\":{\"read\":{\"objects\":{}}}}}}");
    askEverything("no objects");
    world.send(Door.API, "DELETE", N, "");
    askEverything("uninstalled");
    world.send(Door.API, "DELETE", P + "/connections/{connection}", "");
    askEverything("not connected");
    world.send(Door.API, "DELETE", I, "");
    askEverything("no integration");

    assertThat(wrong).isEmpty();
    assertThat(answered).as("operations that were answered with 200").hasSizeGreaterThan(20);
  }

  private void askEverything(String state) {
    JsonNode revision =
        HttpEvents.bodyOf(world.send(Door.API, "GET", I, "")).at("/latestRevision/id");
    if (revision.isTextual()) {
      world.know("revision", revision.asText());
    }
    JsonNode operations =
        HttpEvents.bodyOf(world.send(Door.API, "GET", N + "/operations", "")).path("results");
    if (operations.has(0)) {
      world.know("operation", operations.at("/0/operationId").asText());
    }
    for (String operation : contract.operations()) {
      if (!operation.startsWith("GET ")) {
        continue;
      }
      String path = operation.substring(4);
      JsonNode answer = world.send(Door.API, "GET", "/v1" + own(path), "");
      String type = answer.at("/headers/content-type").asText();
      if (answer.path("statusCode").asInt() != 200 || !type.startsWith("application/json")) {
        continue;
      }
      answered.add(operation);
      contract
          .validateAnswer("GET", path, 200, HttpEvents.bodyOf(answer))
          .forEach(it -> wrong.add(state + ": " + operation + ": " + it));
    }
  }

  /** Returns a path of the contract with the names that the doors give to its variables. */
  private static String own(String path) {
    return path.replace("{projectIdOrName}", "{project}")
        .replaceAll("\\{(integration|installation|connection|topic|revision|operation)Id}", "{$1}")
        .replace("{providerAppId}", "{providerApp}")
        .replace("{keyId}", "{jwtKey}")
        .replace("{provider}", "pinterest")
        .replace("{objectName}", "boards");
  }
}
