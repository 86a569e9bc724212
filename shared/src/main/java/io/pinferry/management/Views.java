package io.pinferry.management;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Codec;
import io.pinferry.base.Json;
import io.pinferry.delivery.DeliveryMessage;
import io.pinferry.directory.ApiKey;
import io.pinferry.directory.ConnectionViews;
import io.pinferry.directory.Destination;
import io.pinferry.directory.DestinationSecret;
import io.pinferry.directory.Installation;
import io.pinferry.directory.Integration;
import io.pinferry.directory.JwtKey;
import io.pinferry.directory.Project;
import io.pinferry.notification.InstalledConfigView;
import io.pinferry.operation.LogLine;
import io.pinferry.operation.Operation;
import io.pinferry.operation.OperationEnd;
import io.pinferry.operation.OperationStatus;
import io.pinferry.operation.Work;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Values in the contract's form. Absent members are left out, since its clients refuse null. Times
 * are RFC 3339 in UTC.
 */
final class Views {
  /** How long the log lines of an operation are kept. */
  static final int LOG_RETENTION_DAYS = 30;

  private Views() {}

  /** One page of a list. */
  record Page(List<ObjectNode> results, Pagination pagination) {
    static Page of(List<ObjectNode> results, @Nullable String nextPageToken) {
      return new Page(results, Pagination.of(nextPageToken));
    }
  }

  record Pagination(boolean done, @Nullable String nextPageToken) {
    static Pagination of(@Nullable String nextPageToken) {
      return new Pagination(nextPageToken == null, nextPageToken);
    }
  }

  static ObjectNode project(Project project) {
    ObjectNode json = Codec.tree(project);
    // The contract does not have this member, so the default is left out.
    if (!project.requireJwt()) {
      json.remove("requireJwt");
    }
    return json;
  }

  /** Returns an integration. The contract requires a schedule, also if there is none. */
  static ObjectNode integration(Integration integration) {
    ObjectNode json = Codec.tree(integration);
    for (JsonNode object : json.at("/latestRevision/content/read/objects")) {
      if (!object.has("schedule")) {
        ((ObjectNode) object).put("schedule", "");
      }
    }
    return json;
  }

  /**
   * Returns an API key.
   *
   * @param key the text of the key right after its creation, later its id
   */
  static ObjectNode apiKey(ApiKey apiKey, String key) {
    return Codec.tree(apiKey)
        .retain("id", "projectId", "label", "scopes", "active", "createTime")
        .put("key", key);
  }

  /** Returns a JWT key. Requests of the contract say {@code RS256}, answers say {@code RSA}. */
  static ObjectNode jwtKey(JwtKey key) {
    return Codec.tree(key).put("algorithm", "RSA");
  }

  static ObjectNode destination(Destination destination) {
    ObjectNode json =
        Codec.tree(destination).retain("id", "name", "createTime", "updateTime", "trouble");
    json.put("type", destination.target().type());
    switch (destination.target()) {
      case Destination.Webhook webhook -> json.putObject("metadata").put("url", webhook.url());
    }
    return json;
  }

  static ObjectNode destinationWithSecrets(Destination destination, DestinationSecret secret) {
    ObjectNode json = destination(destination);
    if (!secret.headers().isEmpty()) {
      ObjectNode headers = json.withObject("/metadata").putObject("headers");
      secret.headers().forEach((name, value) -> headers.put(name, value.value()));
    }
    json.putObject("secrets")
        .put("webhookSigningKey", secret.signingKeys().getFirst().text().value());
    return json;
  }

  /**
   * Returns an installation.
   *
   * @param connection the connection in the contract's form
   * @param healthy whether it and its connection work
   * @param last the status of its newest operation; null if it has none
   */
  static ObjectNode installation(
      Installation installation,
      ObjectNode connection,
      boolean healthy,
      @Nullable OperationStatus last) {
    ObjectNode json = Json.object();
    json.put("id", installation.id().value());
    json.put("projectId", installation.project().value());
    json.put("integrationId", installation.integration().value());
    json.set("group", ConnectionViews.group(installation.project(), installation.owner().group()));
    json.put("healthStatus", healthy ? "healthy" : "unhealthy");
    if (last != null) {
      json.put("lastOperationStatus", last.text());
    }
    json.set("connection", connection);
    json.put("createTime", installation.createTime().toString());
    if (installation.updateTime() != null) {
      json.put("updateTime", installation.updateTime().toString());
    }
    json.put("createdBy", installation.createdBy());
    json.set("config", InstalledConfigView.of(installation.config()));
    return json;
  }

  /**
   * Returns an operation.
   *
   * @param recordsProcessed how many records it has read so far; null to leave out the progress
   */
  static ObjectNode operation(Operation operation, @Nullable Long recordsProcessed) {
    ObjectNode json = Json.object();
    json.put("id", operation.id().value());
    json.put("projectId", operation.project().value());
    json.put("integrationId", operation.integration().value());
    json.put("configId", operation.origin().configId());
    json.put("installationId", operation.installation().value());
    json.put("actionType", operation.work() instanceof Work.Write ? "write" : "read");
    json.put("status", operation.status().text());
    if (!operation.result().isEmpty()) {
      json.put("result", operation.result());
    }
    ObjectNode metadata = json.putObject("metadata");
    metadata.putArray("objects").add(operation.objectName());
    if (recordsProcessed != null) {
      putProgress(metadata.putObject("progress"), operation, recordsProcessed);
    }
    json.put("createTime", operation.startedAt().toString());
    OperationEnd end = operation.end();
    if (end != null) {
      json.put("updateTime", end.at().toString());
    }
    return json;
  }

  /**
   * Returns the progress of a read.
   *
   * @param now the time of the count if the read still runs
   */
  static ObjectNode progress(Operation operation, long recordsProcessed, Instant now) {
    ObjectNode json = Json.object();
    putProgress(json, operation, recordsProcessed);
    json.put("createTime", operation.startedAt().toString());
    OperationEnd end = operation.end();
    json.put("updateTime", (end == null ? now : end.at()).toString());
    return json;
  }

  private static void putProgress(ObjectNode json, Operation operation, long recordsProcessed) {
    json.put("installationId", operation.installation().value());
    json.put("objectName", operation.objectName());
    json.put("operationId", operation.id().value());
    json.put("recordsProcessed", recordsProcessed);
  }

  /** Puts where the content of a message comes from. */
  static void putContent(ObjectNode json, DeliveryMessage.Content content) {
    switch (content) {
      case DeliveryMessage.Records records -> {
        json.put("operationId", records.receipt().operation());
        json.put("integrationId", records.integration().value());
        json.put("installationId", records.installation().value());
        String objectName = records.objectName();
        if (objectName != null) {
          json.put("objectName", objectName);
        }
      }
      case DeliveryMessage.Notice notice -> {
        json.put("notificationType", notice.type().text());
        if (notice.operation() != null) {
          json.put("operationId", notice.operation());
        }
        if (notice.installation() != null) {
          json.put("integrationId", notice.installation().integration().value());
          json.put("installationId", notice.installation().installation().value());
        }
      }
    }
  }

  static ObjectNode log(Operation operation, LogLine line) {
    ObjectNode json = Json.object();
    json.put("timestamp", line.at().toString());
    json.put("severity", line.severity().name());
    ObjectNode message = json.putObject("message");
    message.put("msg", line.message());
    message.put("operation_id", operation.id().value());
    String details = line.details();
    if (details != null) {
      ObjectNode texts = message.putObject("details");
      for (Map.Entry<String, JsonNode> detail : Json.trusted(details).properties()) {
        // All details of the contract are texts.
        JsonNode value = detail.getValue();
        texts.put(detail.getKey(), value.isTextual() ? value.textValue() : value.toString());
      }
    }
    return json;
  }
}
