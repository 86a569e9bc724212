package io.pinferry.notification;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import io.pinferry.directory.DirectoryStore;
import io.pinferry.directory.DirectoryWrite;
import io.pinferry.directory.Document;
import io.pinferry.directory.DocumentKey;
import io.pinferry.directory.InstallationId;
import io.pinferry.directory.IntegrationId;
import io.pinferry.directory.NotificationType;
import io.pinferry.directory.ProjectId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Notifications that are to be sent. They enter it by a write that is a part of the transaction
 * they tell of, and leave it once they are in the delivery queue; a notification that was put in is
 * therefore sent at least once, always with its id.
 */
public final class Outbox {
  /** A notification that could not be sent for so long is not worth sending. */
  static final Duration KEPT = Duration.ofDays(14);

  /** All notifications are listed together, whosever they are. */
  private static final String PARTITION = "OUTBOX";

  private final DirectoryStore store;

  public Outbox(DirectoryStore store) {
    this.store = store;
  }

  /** Returns the write that puts a notification in; refused if it is there. */
  public static DirectoryWrite put(Notification notification, Instant now) {
    ObjectNode json = Json.object();
    json.put("id", notification.id());
    json.put("type", notification.type().text());
    json.put("projectId", notification.project().value());
    Notification.Subject subject = notification.subject();
    if (subject != null) {
      json.put("integrationId", subject.integration().value());
      json.put("installationId", subject.installation().value());
      if (subject.operation() != null) {
        json.put("operationId", subject.operation());
      }
    }
    json.set("data", notification.data());
    return new DirectoryWrite.Create(key(notification.id()), Json.text(json), now.plus(KEPT));
  }

  /**
   * Returns notifications that wait. Those of a type that only a later version knows are left to
   * it.
   *
   * @param limit at most this many, 1 to 1000
   */
  public List<Notification> pending(int limit) {
    return store.list(PARTITION, "", null, limit).stream()
        .flatMap(document -> read(document).stream())
        .toList();
  }

  /** Takes a notification out; nothing happens if it is not in. */
  public void remove(Notification notification) {
    store.write(List.of(new DirectoryWrite.Discard(key(notification.id()))));
  }

  private static DocumentKey key(String id) {
    return new DocumentKey(PARTITION, id);
  }

  private static Optional<Notification> read(Document document) {
    JsonNode json = Json.trusted(document.json());
    return NotificationType.of(json.path("type").asText())
        .map(
            type ->
                new Notification(
                    json.path("id").asText(),
                    type,
                    new ProjectId(json.path("projectId").asText()),
                    subject(json),
                    (ObjectNode) json.path("data")));
  }

  private static Notification.@Nullable Subject subject(JsonNode json) {
    if (!json.has("installationId")) {
      return null;
    }
    return new Notification.Subject(
        new IntegrationId(json.path("integrationId").asText()),
        new InstallationId(json.path("installationId").asText()),
        json.has("operationId") ? json.path("operationId").asText() : null);
  }
}
