package io.pinferry.directory;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
    json.set("group", group(connection.project(), connection.group()));
    json.set("consumer", consumer(connection.project(), connection.consumer()));
    String workspaceRef = connection.notes().workspaceRef();
    Stored.putIfPresent(
        json,
        "providerWorkspaceRef",
        workspaceRef == null ? connection.providerUserName() : workspaceRef);
    Stored.putIfPresent(json, "providerConsumerRef", connection.providerUserId());
    json.put("createTime", connection.createTime().toString());
    Stored.putIfPresent(json, "updateTime", connection.updateTime());
    json.put("authScheme", Connection.AUTH_SCHEME);
    json.put("status", connection.status().text());
    if (!connection.notes().metadata().isEmpty()) {
      json.set("providerMetadata", Stored.metadata(connection.notes().metadata()));
    }
    return json;
  }

  /** Returns a provider app. */
  public static ObjectNode providerApp(ProviderApp app) {
    ObjectNode json = Json.object();
    json.put("id", app.id().value());
    json.put("projectId", app.project().value());
    Stored.putIfPresent(json, "externalRef", app.externalRef());
    json.put("provider", app.provider());
    json.put("clientId", app.clientId());
    app.scopes().forEach(json.putArray("scopes")::add);
    if (!app.metadata().equals(ProviderApp.Metadata.NONE)) {
      json.set("metadata", metadata(app.metadata()));
    }
    json.put("createTime", app.createTime().toString());
    Stored.putIfPresent(json, "updateTime", app.updateTime());
    return json;
  }

  /** Returns a group. */
  public static ObjectNode group(ProjectId project, Group group) {
    ObjectNode json = Json.object();
    json.put("groupRef", group.ref());
    json.put("groupName", group.name());
    json.put("projectId", project.value());
    json.put("createTime", group.createTime().toString());
    Stored.putIfPresent(json, "updateTime", group.updateTime());
    return json;
  }

  /** Returns a consumer. */
  public static ObjectNode consumer(ProjectId project, Consumer consumer) {
    ObjectNode json = Json.object();
    json.put("consumerRef", consumer.ref());
    json.put("consumerName", consumer.name());
    json.put("projectId", project.value());
    json.put("createTime", consumer.createTime().toString());
    Stored.putIfPresent(json, "updateTime", consumer.updateTime());
    return json;
  }

  static ObjectNode metadata(ProviderApp.Metadata metadata) {
    ObjectNode json = Json.object();
    if (!metadata.authQueryParams().isEmpty()) {
      ObjectNode parameters = json.putObject("authQueryParams");
      metadata
          .authQueryParams()
          .forEach(
              (name, values) -> {
                ArrayNode array = parameters.putArray(name);
                values.forEach(array::add);
              });
    }
    if (!metadata.providerParams().isEmpty()) {
      metadata.providerParams().forEach(json.putObject("providerParams")::put);
    }
    return json;
  }
}
