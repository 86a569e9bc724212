package io.pinferry.directory;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Codec;
import io.pinferry.base.Json;
import org.jspecify.annotations.Nullable;

/**
 * Connections and provider apps as the contract shows them: what is absent is left out, never null,
 * and no secret is in them.
 */
public final class ConnectionViews {
  private ConnectionViews() {}

  /**
   * Returns a connection, also as it stands within an installation.
   *
   * @param app the connection's provider app, null if it has none (any more)
   */
  public static ObjectNode connection(Connection connection, @Nullable ProviderApp app) {
    ObjectNode json = Json.object();
    json.put("id", connection.id().value());
    json.put("projectId", connection.project().value());
    json.put("provider", connection.provider());
    if (app != null) {
      json.set("providerApp", providerApp(app));
    }
    json.set("group", group(connection.project(), connection.owner().group()));
    json.set("consumer", consumer(connection.project(), connection.owner().consumer()));
    String workspaceRef = connection.notes().workspaceRef();
    putIfPresent(
        json,
        "providerWorkspaceRef",
        workspaceRef == null ? connection.access().userName() : workspaceRef);
    putIfPresent(json, "providerConsumerRef", connection.access().userId());
    json.put("createTime", connection.createTime().toString());
    putIfPresent(json, "updateTime", connection.updateTime());
    json.put("authScheme", Connection.AUTH_SCHEME);
    json.put("status", connection.access().status().text());
    if (!connection.notes().metadata().isEmpty()) {
      json.set("providerMetadata", Codec.tree(connection.notes().metadata()));
    }
    return json;
  }

  /** Returns a provider app. */
  public static ObjectNode providerApp(ProviderApp app) {
    ObjectNode json = Json.object();
    json.put("id", app.id().value());
    json.put("projectId", app.project().value());
    putIfPresent(json, "externalRef", app.externalRef());
    json.put("provider", app.provider());
    json.put("clientId", app.clientId());
    app.scopes().forEach(json.putArray("scopes")::add);
    if (!app.metadata().equals(ProviderApp.Metadata.NONE)) {
      json.set("metadata", Codec.tree(app.metadata()));
    }
    json.put("createTime", app.createTime().toString());
    putIfPresent(json, "updateTime", app.updateTime());
    return json;
  }

  /** Returns a group. */
  public static ObjectNode group(ProjectId project, Group group) {
    ObjectNode json = Json.object();
    json.put("groupRef", group.ref());
    json.put("groupName", group.name());
    json.put("projectId", project.value());
    json.put("createTime", group.createTime().toString());
    putIfPresent(json, "updateTime", group.updateTime());
    return json;
  }

  /** Returns a consumer. */
  public static ObjectNode consumer(ProjectId project, Consumer consumer) {
    ObjectNode json = Json.object();
    json.put("consumerRef", consumer.ref());
    json.put("consumerName", consumer.name());
    json.put("projectId", project.value());
    json.put("createTime", consumer.createTime().toString());
    putIfPresent(json, "updateTime", consumer.updateTime());
    return json;
  }

  private static void putIfPresent(ObjectNode json, String name, @Nullable Object value) {
    if (value != null) {
      json.put(name, value.toString());
    }
  }
}
