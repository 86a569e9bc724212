package io.pinferry.management;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import io.pinferry.base.Secret;
import io.pinferry.directory.ApiKey;
import io.pinferry.directory.ConnectionViews;
import io.pinferry.directory.Destination;
import io.pinferry.directory.DestinationSecret;
import io.pinferry.directory.DestinationTrouble;
import io.pinferry.directory.EventTopicRoute;
import io.pinferry.directory.Installation;
import io.pinferry.directory.Integration;
import io.pinferry.directory.JwtKey;
import io.pinferry.directory.Project;
import io.pinferry.directory.Revision;
import io.pinferry.directory.Topic;
import io.pinferry.directory.TopicDestinationRoute;
import io.pinferry.notification.InstalledConfigView;
import io.pinferry.operation.LogLine;
import io.pinferry.operation.Operation;
import io.pinferry.operation.OperationEnd;
import io.pinferry.operation.OperationStatus;
import io.pinferry.operation.Work;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Values as the contract shows them. What is absent is left out, never null, since its clients
 * refuse null; times are RFC 3339 in UTC.
 */
final class Views {
  /** How long lines of an operation's log are kept. */
  static final int LOG_RETENTION_DAYS = 30;

  private Views() {}

  static ObjectNode project(Project project) {
    ObjectNode json = Json.object();
    json.put("id", project.id().value());
    json.put("name", project.name());
    json.put("appName", project.appName());
    json.put("orgId", project.orgId());
    // Ours and not the contract's: left out where it says what is usual.
    if (project.requireJwt()) {
      json.put("requireJwt", true);
    }
    if (!project.proxyAllowed().isEmpty()) {
      ArrayNode allowed = json.putArray("proxyAllowed");
      project.proxyAllowed().forEach(rule -> allowed.add(rule.text()));
    }
    times(json, project.createTime(), project.updateTime());
    return json;
  }

  /**
   * Returns an API key.
   *
   * @param key its text right after its creation, its id ever after
   */
  static ObjectNode apiKey(ApiKey apiKey, String key) {
    ObjectNode json = Json.object();
    json.put("key", key);
    json.put("id", apiKey.id().value());
    json.put("projectId", apiKey.project().value());
    json.put("label", apiKey.label());
    apiKey.scopes().stream().sorted().forEach(scope -> json.withArray("scopes").add(scope.text()));
    json.put("active", apiKey.active());
    json.put("createTime", apiKey.createTime().toString());
    return json;
  }

  /** Returns a JWT key; the contract asks for {@code RS256} and calls it {@code RSA} ever after. */
  static ObjectNode jwtKey(JwtKey key) {
    ObjectNode json = Json.object();
    json.put("id", key.id().value());
    json.put("projectId", key.project().value());
    json.put("label", key.label());
    json.put("algorithm", "RSA");
    json.put("publicKeyPem", key.publicKeyPem());
    json.put("active", key.active());
    times(json, key.createTime(), key.updateTime());
    return json;
  }

  static ObjectNode destination(Destination destination) {
    ObjectNode json = Json.object();
    json.put("id", destination.id().value());
    json.put("name", destination.name());
    json.put("type", destination.target().type());
    switch (destination.target()) {
      case Destination.Webhook webhook -> json.putObject("metadata").put("url", webhook.url());
    }
    times(json, destination.createTime(), destination.updateTime());
    DestinationTrouble trouble = destination.trouble();
    if (trouble != null) {
      json.putObject("trouble")
          .put("disabled", trouble.disabled())
          .put("reason", trouble.reason())
          .put("since", trouble.since().toString());
    }
    return json;
  }

  static ObjectNode destinationWithSecrets(Destination destination, DestinationSecret secret) {
    ObjectNode json = destination(destination);
    if (!secret.headers().isEmpty()) {
      ObjectNode headers = json.withObject("/metadata").putObject("headers");
      for (Map.Entry<String, Secret> header : secret.headers().entrySet()) {
        headers.put(header.getKey(), header.getValue().value());
      }
    }
    json.putObject("secrets")
        .put("webhookSigningKey", secret.signingKeys().getFirst().text().value());
    return json;
  }

  static ObjectNode topic(Topic topic) {
    ObjectNode json = Json.object();
    json.put("id", topic.id().value());
    json.put("name", topic.name());
    json.put("projectId", topic.project().value());
    times(json, topic.createTime(), topic.updateTime());
    return json;
  }

  static ObjectNode eventTopicRoute(EventTopicRoute route) {
    ObjectNode json = Json.object();
    json.put("id", route.id());
    json.put("eventType", route.eventType().text());
    json.put("topicId", route.topic().value());
    json.put("projectId", route.project().value());
    times(json, route.createTime(), null);
    return json;
  }

  static ObjectNode topicDestinationRoute(TopicDestinationRoute route) {
    ObjectNode json = Json.object();
    json.put("id", route.id());
    json.put("topicId", route.topic().value());
    json.put("destinationId", route.destination().value());
    json.put("projectId", route.project().value());
    times(json, route.createTime(), null);
    return json;
  }

  static ObjectNode integration(Integration integration) {
    ObjectNode json = Json.object();
    json.put("id", integration.id().value());
    json.put("projectId", integration.project().value());
    json.put("name", integration.name());
    json.put("provider", integration.provider());
    times(json, integration.createTime(), integration.updateTime());
    json.set("latestRevision", revision(integration.latestRevision()));
    return json;
  }

  static ObjectNode revision(Revision revision) {
    ObjectNode json = Json.object();
    json.put("id", revision.id().value());
    json.put("specVersion", revision.specVersion());
    json.put("createTime", revision.createTime().toString());
    json.set("content", revision.content());
    return json;
  }

  /**
   * Returns an installation.
   *
   * @param connection as the contract shows it
   * @param healthy whether it and its connection can do their work
   * @param last the status of its newest operation, null if it has none
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
    times(json, installation.createTime(), installation.updateTime());
    json.put("createdBy", installation.createdBy());
    json.set("config", InstalledConfigView.of(installation.config()));
    return json;
  }

  /**
   * Returns a read.
   *
   * @param recordsProcessed how many records it has read so far, null to leave its progress out
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
   * Returns how far a read is.
   *
   * @param now the time of the count, where it still runs
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
        // The contract's details are texts.
        JsonNode value = detail.getValue();
        texts.put(detail.getKey(), value.isTextual() ? value.textValue() : value.toString());
      }
    }
    return json;
  }

  private static void times(ObjectNode json, Instant createTime, @Nullable Instant updateTime) {
    json.put("createTime", createTime.toString());
    if (updateTime != null) {
      json.put("updateTime", updateTime.toString());
    }
  }
}
