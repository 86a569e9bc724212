package io.pinferry.delivery;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.pinferry.base.Json;
import io.pinferry.directory.InstallationId;
import io.pinferry.directory.IntegrationId;
import io.pinferry.directory.NotificationType;
import io.pinferry.directory.ProjectId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A message on its way to a destination. It carries no secret: address, keys and headers are looked
 * up at each attempt.
 *
 * @param id the same for the same content, another for any other; receivers tell duplicates by it
 * @param content what is in it, which decides who else has to do with it
 * @param destination the destination's name in the project
 * @param body what is posted, JSON in UTF-8
 * @param attempts how many attempts were made before it entered the queue this time
 */
public record DeliveryMessage(
    String id, ProjectId project, Content content, String destination, byte[] body, int attempts) {

  private static final String NOTIFICATION = "notification";
  private static final String LINKED = "linked";

  /** A message before its first attempt. */
  public DeliveryMessage(
      String id, ProjectId project, Content content, String destination, byte[] body) {
    this(id, project, content, destination, body, 0);
  }

  /** What a message holds. */
  public sealed interface Content {}

  /**
   * Records of a read. Without the installation, or while the object is paused, nothing is sent.
   *
   * @param objectName Pinterest's name of the object; null in messages that a version before this
   *     member sent
   * @param receipt whom to tell how it ended
   * @param linked whether the body leaves out the records, which are too large for a message, and
   *     each attempt adds a link to them
   */
  public record Records(
      IntegrationId integration,
      InstallationId installation,
      @Nullable String objectName,
      Receipt receipt,
      boolean linked)
      implements Content {
    /** Records that are in the body. */
    public Records(
        IntegrationId integration,
        InstallationId installation,
        @Nullable String objectName,
        Receipt receipt) {
      this(integration, installation, objectName, receipt, false);
    }
  }

  /**
   * A notification, which nobody waits for.
   *
   * @param type what it tells of
   * @param installed without this installation nothing is sent; null if it is about none that must
   *     be there
   */
  public record Notice(NotificationType type, @Nullable Installed installed) implements Content {}

  /** Where an installation is found. */
  public record Installed(IntegrationId integration, InstallationId installation) {}

  /**
   * The place of the message in the read it came from.
   *
   * @param entry the message among its partition's undelivered ones
   */
  public record Receipt(String operation, String partition, String entry) {}

  /** Returns the installation that must be there for this to be sent, if one must. */
  public Optional<Installed> installed() {
    return installed(content);
  }

  /** Returns the installation that must be there for such a message to be sent, if one must. */
  static Optional<Installed> installed(Content content) {
    return switch (content) {
      case Records records ->
          Optional.of(new Installed(records.integration(), records.installation()));
      case Notice notice -> Optional.ofNullable(notice.installed());
    };
  }

  /**
   * Returns Pinterest's name of the object whose records such a message holds, where it is known.
   */
  static Optional<String> objectName(Content content) {
    return content instanceof Records records
        ? Optional.ofNullable(records.objectName())
        : Optional.empty();
  }

  /** Returns whom to tell how it ended, if anybody waits for that. */
  public Optional<Receipt> receipt() {
    return content instanceof Records records ? Optional.of(records.receipt()) : Optional.empty();
  }

  /** Returns the same message after so many attempts. */
  public DeliveryMessage after(int attemptsMade) {
    return new DeliveryMessage(id, project, content, destination, body, attemptsMade);
  }

  /** Writes the message for a queue. */
  public byte[] toJson() {
    var out = new ByteArrayOutputStream(body.length + 512);
    try (JsonGenerator json = Json.streams().createGenerator(out)) {
      json.writeStartObject();
      json.writeStringField("id", id);
      json.writeStringField("projectId", project.value());
      json.writeStringField("destination", destination);
      write(json);
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

  private void write(JsonGenerator json) throws IOException {
    Installed installed = installed().orElse(null);
    if (installed != null) {
      json.writeStringField("integrationId", installed.integration().value());
      json.writeStringField("installationId", installed.installation().value());
    }
    switch (content) {
      case Records records -> {
        if (records.objectName() != null) {
          json.writeStringField("objectName", records.objectName());
        }
        json.writeStringField("operationId", records.receipt().operation());
        json.writeStringField("partitionId", records.receipt().partition());
        json.writeStringField("entry", records.receipt().entry());
        if (records.linked()) {
          json.writeBooleanField(LINKED, true);
        }
      }
      case Notice notice -> json.writeStringField(NOTIFICATION, notice.type().text());
    }
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
        content(texts),
        text(texts, "destination"),
        body,
        attempts(texts));
  }

  private static Content content(Map<String, String> texts) throws IOException {
    String type = texts.get(NOTIFICATION);
    if (type != null) {
      return new Notice(
          NotificationType.of(type)
              .orElseThrow(() -> new IOException("a notification of the unknown type " + type)),
          texts.containsKey("installationId") ? installed(texts) : null);
    }
    Installed installed = installed(texts);
    return new Records(
        installed.integration(),
        installed.installation(),
        texts.get("objectName"),
        new Receipt(text(texts, "operationId"), text(texts, "partitionId"), text(texts, "entry")),
        texts.containsKey(LINKED));
  }

  private static Installed installed(Map<String, String> texts) throws IOException {
    return new Installed(
        new IntegrationId(text(texts, "integrationId")),
        new InstallationId(text(texts, "installationId")));
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
