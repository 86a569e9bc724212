package io.pinferry.directory;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Codec;
import org.jspecify.annotations.Nullable;

/**
 * Makes the contract's JSON of connections and provider apps. Absent members are left out, never
 * null, and it has no secrets.
 */
public final class ConnectionViews {
  private ConnectionViews() {}

  /**
   * Returns a connection, by itself or within an installation.
   *
   * @param app the connection's provider app, null if it has none
   */
  public static ObjectNode connection(Connection connection, @Nullable ProviderApp app) {
    ObjectNode json =
        Codec.tree(connection).retain("id", "projectId", "provider", "createTime", "updateTime");
    if (app != null) {
      json.set("providerApp", providerApp(app));
    }
    json.set("group", group(connection.project(), connection.owner().group()));
    json.set("consumer", consumer(connection.project(), connection.owner().consumer()));
    ConnectionNotes notes = connection.notes();
    String workspace =
        notes.workspaceRef() == null ? connection.access().userName() : notes.workspaceRef();
    if (workspace != null) {
      json.put("providerWorkspaceRef", workspace);
    }
    if (connection.access().userId() != null) {
      json.put("providerConsumerRef", connection.access().userId());
    }
    json.put("authScheme", Connection.AUTH_SCHEME);
    json.put("status", connection.access().status().text());
    if (!connection.access().scopes().isEmpty()) {
      connection.access().scopes().forEach(json.putArray("grantedScopes")::add);
    }
    if (!notes.metadata().isEmpty()) {
      json.set("providerMetadata", Codec.tree(notes.metadata()));
    }
    return json;
  }

  public static ObjectNode providerApp(ProviderApp app) {
    ObjectNode json =
        Codec.tree(app)
            .retain(
                "id",
                "projectId",
                "externalRef",
                "provider",
                "clientId",
                "scopes",
                "metadata",
                "createTime",
                "updateTime");
    if (app.metadata().equals(ProviderApp.Metadata.NONE)) {
      json.remove("metadata");
    }
    return json;
  }

  public static ObjectNode group(ProjectId project, Group group) {
    return Codec.tree(group).put("projectId", project.value());
  }

  public static ObjectNode consumer(ProjectId project, Consumer consumer) {
    return Codec.tree(consumer).put("projectId", project.value());
  }
}
