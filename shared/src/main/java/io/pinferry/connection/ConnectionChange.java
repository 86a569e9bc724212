package io.pinferry.connection;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.base.Issue;
import io.pinferry.base.Json;
import io.pinferry.directory.Connection;
import io.pinferry.directory.ConnectionNotes;
import io.pinferry.http.JsonBody;
import io.pinferry.http.UpdateMask;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The changes of a PATCH of a connection, or the members of an import beside the tokens.
 *
 * @param workspaceRef null for no change
 * @param metadata null for no change; else all of it is replaced
 */
record ConnectionChange(
    @Nullable String workspaceRef, @Nullable Map<String, ConnectionNotes.Entry> metadata) {
  private static final String WORKSPACE_REF = "providerWorkspaceRef";
  private static final String METADATA = "providerMetadata";
  private static final List<String> SOURCES = List.of("input", "token", "provider");
  private static final String ALLOWED = WORKSPACE_REF + ", " + METADATA;
  private static final int METADATA_MAX = 50;

  /**
   * The length of all entries together, since DynamoDB limits the item of a connection to 400 kB.
   */
  private static final int METADATA_LENGTH_MAX = 65_536;

  /** Credentials of other providers. Those of Pinterest only come from its consent page. */
  private static final List<String> CREDENTIALS =
      List.of("apiKey", "basicAuth", "oauth2ClientCredentials", "oauth2PasswordCredentials");

  static ConnectionChange read(JsonBody body) {
    UpdateMask mask = UpdateMask.read(body, ALLOWED);
    mask.forEach((place, path) -> checkMask(body, place, path));
    JsonBody connection = body.requireObject("connection");
    mask.changes(connection, WORKSPACE_REF);
    mask.changes(connection, METADATA);
    ConnectionChange sent = imported(connection);
    return new ConnectionChange(
        mask.named(WORKSPACE_REF, sent.workspaceRef), mask.named(METADATA, sent.metadata));
  }

  /** Reads the members of an import. */
  static ConnectionChange imported(JsonBody body) {
    return new ConnectionChange(
        body.text(WORKSPACE_REF).orElse(null),
        body.object(METADATA).map(ConnectionChange::metadata).orElse(null));
  }

  /** Returns the notes of a connection after the change. */
  ConnectionNotes of(ConnectionNotes before) {
    return new ConnectionNotes(
        workspaceRef == null ? before.workspaceRef() : workspaceRef,
        metadata == null ? before.metadata() : metadata);
  }

  private static void checkMask(JsonBody body, String place, String mask) {
    if (CREDENTIALS.contains(mask)) {
      body.issue(
          place,
          mask,
          ("does not fit the connection, which is %s: its tokens change when the customer"
                  + " connects again (:oauth-update)")
              .formatted(Connection.AUTH_SCHEME));
    } else if (!mask.equals(WORKSPACE_REF) && !mask.equals(METADATA)) {
      body.issue(place, Issue.clipped(mask), "cannot be changed; allowed: " + ALLOWED);
    }
  }

  private static Map<String, ConnectionNotes.Entry> metadata(JsonBody body) {
    Map<String, ConnectionNotes.Entry> entries = new LinkedHashMap<>();
    int sum = Json.text(body.tree()).length();
    if (sum > METADATA_LENGTH_MAX) {
      body.issue(
          "*",
          "entries have %s characters together, at most %s are allowed"
              .formatted(sum, METADATA_LENGTH_MAX));
      return entries;
    }
    for (Map.Entry<String, JsonNode> member : body.tree().properties()) {
      if (entries.size() == METADATA_MAX) {
        body.issue(Issue.clipped(member.getKey()), "is one more than " + METADATA_MAX + " entries");
        return entries;
      }
      body.object(member.getKey())
          .ifPresent(
              entry ->
                  entries.put(
                      member.getKey(),
                      new ConnectionNotes.Entry(
                          entry.requireText("value"),
                          entry.requireChoice("source", SOURCES),
                          entry.text("displayName").orElse(null))));
    }
    return entries;
  }
}
