package io.pinbridge.delivery;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.pinbridge.base.Json;
import io.pinbridge.directory.InstallationId;
import io.pinbridge.directory.IntegrationId;
import io.pinbridge.directory.ProjectId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * A message on its way to a destination. It carries no secret: address, keys and headers are looked
 * up at each attempt.
 *
 * @param id the same for the same content, another for any other; receivers tell duplicates by it
 * @param installation without it, at the time of an attempt, nothing is sent
 * @param destination the destination's name in the project
 * @param receipt whom to tell how it ended
 * @param body what is posted, JSON in UTF-8
 * @param attempts how many attempts were made before it entered the queue this time
 */
public record DeliveryMessage(
    String id,
    ProjectId project,
    IntegrationId integration,
    InstallationId installation,
    String destination,
    Receipt receipt,
    byte[] body,
    int attempts) {

  /** A message before its first attempt. */
  public DeliveryMessage(
      String id,
      ProjectId project,
      IntegrationId integration,
      InstallationId installation,
      String destination,
      Receipt receipt,
      byte[] body) {
    this(id, project, integration, installation, destination, receipt, body, 0);
  }

  /**
   * The place of the message in the read it came from.
   *
   * @param entry the message among its partition's undelivered ones
   */
  public record Receipt(String operation, String partition, String entry) {}

  /** Returns the same message after so many attempts. */
  public DeliveryMessage after(int attemptsMade) {
    return new DeliveryMessage(
        id, project, integration, installation, destination, receipt, body, attemptsMade);
  }

  /** Writes the message for a queue. */
  public byte[] toJson() {
    var out = new ByteArrayOutputStream(body.length + 512);
    try (JsonGenerator json = Json.streams().createGenerator(out)) {
      json.writeStartObject();
      json.writeStringField("id", id);
      json.writeStringField("projectId", project.value());
      json.writeStringField("integrationId", integration.value());
      json.writeStringField("installationId", installation.value());
      json.writeStringField("destination", destination);
      json.writeStringField("operationId", receipt.operation());
      json.writeStringField("partitionId", receipt.partition());
      json.writeStringField("entry", receipt.entry());
      json.writeNumberField("attempts", attempts);
      json.writeFieldName("body");
      json.writeRawValue("");
      // The body is JSON already; as text it would be decoded and encoded again.
      json.flush();
      out.write(body);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    }
    return out.toByteArray();
  }

  /**
   * Reads what {@link #toJson} wrote.
   *
   * @throws IOException if it is not that
   */
  public static DeliveryMessage fromJson(byte[] utf8) throws IOException {
    Map<String, String> texts = new HashMap<>();
    byte[] body = null;
    try (JsonParser json = Json.streams().createParser(utf8)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw new IOException("a delivery message that is no JSON object");
      }
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        json.nextToken();
        if (name.equals("body")) {
          int start = (int) json.currentTokenLocation().getByteOffset();
          json.skipChildren();
          int end = (int) json.currentLocation().getByteOffset();
          body = java.util.Arrays.copyOfRange(utf8, start, end);
        } else {
          texts.put(name, json.getText());
        }
      }
    }
    if (body == null) {
      throw new IOException("a delivery message without a body");
    }
    return new DeliveryMessage(
        text(texts, "id"),
        new ProjectId(text(texts, "projectId")),
        new IntegrationId(text(texts, "integrationId")),
        new InstallationId(text(texts, "installationId")),
        text(texts, "destination"),
        new Receipt(text(texts, "operationId"), text(texts, "partitionId"), text(texts, "entry")),
        body,
        attempts(texts));
  }

  private static int attempts(Map<String, String> texts) throws IOException {
    try {
      // Absent in messages that a version before this field sent.
      return Integer.parseInt(texts.getOrDefault("attempts", "0"));
    } catch (NumberFormatException e) {
      throw new IOException("a delivery message whose attempts are no number", e);
    }
  }

  private static String text(Map<String, String> texts, String name) throws IOException {
    String value = texts.get(name);
    if (value == null) {
      throw new IOException("a delivery message without " + name);
    }
    return Objects.requireNonNull(value);
  }

  /** Leaves the body out: it holds a customer's records. */
  @Override
  public String toString() {
    return "message " + id + " of " + body.length + " bytes for " + destination;
  }
}
