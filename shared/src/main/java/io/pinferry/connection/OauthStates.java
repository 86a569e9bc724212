package io.pinferry.connection;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Digest;
import io.pinferry.base.Json;
import io.pinferry.connection.ConnectionKeeper.Party;
import io.pinferry.directory.ConnectionId;
import io.pinferry.directory.DirectoryStore;
import io.pinferry.directory.DirectoryWrite;
import io.pinferry.directory.Document;
import io.pinferry.directory.DocumentKey;
import io.pinferry.directory.ProjectId;
import io.pinferry.directory.ProviderAppId;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Remembers who was sent to Pinterest, by the state that comes back from there. Each state is good
 * for one return. Only its hash is stored, so that who sees the table cannot return in another's
 * place.
 */
final class OauthStates {
  private static final String SORT = "OAUTH-STATE";

  private final DirectoryStore store;

  OauthStates(DirectoryStore store) {
    this.store = store;
  }

  /**
   * A customer under way.
   *
   * @param redirectUri where they are sent back to; the code is only good together with it
   */
  record Journey(Party party, URI redirectUri) {}

  void create(String state, Journey journey, Instant expiresAt) {
    var create = new DirectoryWrite.Create(key(state), write(journey), expiresAt);
    if (!store.write(List.of(create)).isEmpty()) {
      throw new IllegalStateException("a state of 256 random bits exists already");
    }
  }

  /** Uses a state up. Empty if it is unknown, expired, or was used; of several callers one wins. */
  Optional<Journey> consume(String state) {
    Optional<Document> found = store.find(key(state));
    if (found.isEmpty()) {
      return Optional.empty();
    }
    var remove = new DirectoryWrite.Remove(key(state), found.get().version());
    return store.write(List.of(remove)).isEmpty()
        ? Optional.of(read(Json.trusted(found.get().json())))
        : Optional.empty();
  }

  private static DocumentKey key(String state) {
    return new DocumentKey("OAUTH-STATE#" + Digest.sha256Hex(state), SORT);
  }

  private static String write(Journey journey) {
    Party party = journey.party();
    ObjectNode json = Json.object();
    json.put("projectId", party.project().value());
    json.put("groupRef", party.groupRef());
    put(json, "groupName", party.groupName());
    json.put("consumerRef", party.consumerRef());
    put(json, "consumerName", party.consumerName());
    put(json, "providerAppId", party.app());
    put(json, "connectionId", party.connection());
    json.put("onlyOwn", party.onlyOwn());
    json.put("redirectUri", journey.redirectUri().toString());
    return Json.text(json);
  }

  private static Journey read(JsonNode json) {
    String app = text(json, "providerAppId");
    String connection = text(json, "connectionId");
    return new Journey(
        new Party(
            new ProjectId(json.path("projectId").asText()),
            json.path("groupRef").asText(),
            text(json, "groupName"),
            json.path("consumerRef").asText(),
            text(json, "consumerName"),
            app == null ? null : new ProviderAppId(app),
            connection == null ? null : new ConnectionId(connection),
            json.path("onlyOwn").asBoolean(false)),
        URI.create(json.path("redirectUri").asText()));
  }

  private static void put(ObjectNode json, String name, @Nullable Object value) {
    if (value != null) {
      json.put(name, value.toString());
    }
  }

  private static @Nullable String text(JsonNode json, String name) {
    return json.hasNonNull(name) ? json.path(name).asText() : null;
  }
}
