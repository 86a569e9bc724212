package io.pinferry.local.simulator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;

/** The state that outlives a restart: grants, used codes, and what was changed in the world. */
final class SavedState {
  private static final int FORMAT = 1;

  /** The state of the tokens of one consent. */
  static final class Grant {
    /** The number of the newest pair of tokens; each refresh counts it up. */
    int generation;

    /** When the newest pair was issued. */
    long rotatedAtMillis;

    /** Access tokens up to this generation are revoked; -1 for none. */
    int accessRevokedThrough = -1;

    /** Whether the user removed the application: no token works any more. */
    boolean revoked;
  }

  final Map<String, Grant> grants = new LinkedHashMap<>();

  /** Marks of used codes with the time at which the code would have ended anyway. */
  final Map<String, Long> usedCodes = new LinkedHashMap<>();

  /** Commands that changed the world, in their order. */
  final ArrayNode changes;

  private final ObjectMapper mapper = new ObjectMapper();
  private final StateStore store;

  SavedState(StateStore store) {
    this.store = store;
    JsonNode saved = store.load().map(this::parse).orElseGet(mapper::createObjectNode);
    for (var entry : saved.path("grants").properties()) {
      var grant = new Grant();
      grant.generation = entry.getValue().path("generation").asInt();
      grant.rotatedAtMillis = entry.getValue().path("rotatedAtMillis").asLong();
      grant.accessRevokedThrough = entry.getValue().path("accessRevokedThrough").asInt(-1);
      grant.revoked = entry.getValue().path("revoked").asBoolean();
      grants.put(entry.getKey(), grant);
    }
    for (var entry : saved.path("usedCodes").properties()) {
      usedCodes.put(entry.getKey(), entry.getValue().asLong());
    }
    this.changes = saved.get("changes") instanceof ArrayNode list ? list : mapper.createArrayNode();
  }

  private JsonNode parse(String text) {
    try {
      JsonNode saved = mapper.readTree(text);
      if (saved.path("format").asInt() != FORMAT) {
        throw new IllegalStateException(
            "the simulator's state has format "
                + saved.path("format")
                + ", not "
                + FORMAT
                + "; delete the data directory to start afresh");
      }
      return saved;
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(
          "the simulator's state is not JSON; delete the data directory to start afresh", e);
    }
  }

  void save(long nowMillis) {
    usedCodes.values().removeIf(end -> end < nowMillis);
    ObjectNode saved = mapper.createObjectNode();
    saved.put("format", FORMAT);
    ObjectNode grantsJson = saved.putObject("grants");
    grants.forEach(
        (id, grant) ->
            grantsJson
                .putObject(id)
                .put("generation", grant.generation)
                .put("rotatedAtMillis", grant.rotatedAtMillis)
                .put("accessRevokedThrough", grant.accessRevokedThrough)
                .put("revoked", grant.revoked));
    ObjectNode codesJson = saved.putObject("usedCodes");
    usedCodes.forEach(codesJson::put);
    saved.set("changes", changes);
    store.save(saved.toString());
  }
}
