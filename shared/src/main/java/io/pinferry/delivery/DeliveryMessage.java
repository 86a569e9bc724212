package io.pinferry.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.pinferry.base.Codec;
import io.pinferry.base.Json;
import io.pinferry.directory.InstallationId;
import io.pinferry.directory.IntegrationId;
import io.pinferry.directory.NotificationType;
import io.pinferry.directory.ProjectId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A message on its way to a destination. It carries no secret: address, keys and headers are looked
 * up at each attempt.
 *
 * @param id the same for the same content, another for any other; receivers tell duplicates by it
 * @param content the kind of content, and who has to be told of its end
 * @param destination the destination's name in the project
 * @param body the body to post, JSON in UTF-8
 * @param attempts how many attempts were made before it entered the queue this time
 */
public record DeliveryMessage(
    String id, ProjectId project, Content content, String destination, byte[] body, int attempts) {

  private static final byte[] BODY = ",\"body\":".getBytes(UTF_8);

  /** A message before its first attempt. */
  public DeliveryMessage(
      String id, ProjectId project, Content content, String destination, byte[] body) {
    this(id, project, content, destination, body, 0);
  }

  /** The kinds of messages. */
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
  @JsonSubTypes({
    @JsonSubTypes.Type(value = Records.class, name = "records"),
    @JsonSubTypes.Type(value = Notice.class, name = "notification")
  })
  public sealed interface Content {}

  /**
   * Records of a read. Without the installation, or while the object is paused, nothing is sent.
   *
   * @param objectName Pinterest's name of the object; null in messages that a version before this
   *     member sent
   * @param receipt the place to note the end at
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
   * @param type the event that it tells of
   * @param installed without this installation nothing is sent; null if it is about none that must
   *     be there
   */
  public record Notice(
      @JsonProperty("notification") NotificationType type, @Nullable InstallationKey installed)
      implements Content {}

  /** Where an installation is found. */
  public record InstallationKey(IntegrationId integration, InstallationId installation) {}

  /**
   * The place of the message in the read it came from.
   *
   * @param entry the message among its partition's undelivered ones
   */
  public record Receipt(String operation, String partition, String entry) {}

  /** Returns the installation that must be there for this to be sent, if one must. */
  public Optional<InstallationKey> installed() {
    return installed(content);
  }

  /** Returns the installation that must be there for such a message to be sent, if one must. */
  static Optional<InstallationKey> installed(Content content) {
    return switch (content) {
      case Records records ->
          Optional.of(new InstallationKey(records.integration(), records.installation()));
      case Notice notice -> Optional.ofNullable(notice.installed());
    };
  }

  /** Returns Pinterest's name of the object of such a message's records, if it is known. */
  static Optional<String> objectName(Content content) {
    return content instanceof Records records
        ? Optional.ofNullable(records.objectName())
        : Optional.empty();
  }

  /** Returns the place to note the end at, if anybody waits for it. */
  public Optional<Receipt> receipt() {
    return content instanceof Records records ? Optional.of(records.receipt()) : Optional.empty();
  }

  /** Returns the same message after so many attempts. */
  public DeliveryMessage after(int attemptsMade) {
    return new DeliveryMessage(id, project, content, destination, body, attemptsMade);
  }

  /** All but the body, which is JSON already: as text it would be decoded and encoded again. */
  private record Head(
      String id, ProjectId project, Content content, String destination, int attempts) {}

  /** Writes the message for a queue. */
  public byte[] toJson() {
    byte[] head = Codec.bytes(new Head(id, project, content, destination, attempts));
    var out = new ByteArrayOutputStream(head.length + BODY.length + body.length);
    out.write(head, 0, head.length - 1);
    out.writeBytes(BODY);
    out.writeBytes(body);
    out.write('}');
    return out.toByteArray();
  }

  /**
   * Reads what {@link #toJson} wrote.
   *
   * @throws IOException if it is not that
   */
  public static DeliveryMessage fromJson(byte[] utf8) throws IOException {
    try (JsonParser json = Json.streams().createParser(utf8)) {
      json.nextToken();
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        boolean body = json.currentName().equals("body");
        json.nextToken();
        int start = (int) json.currentTokenLocation().getByteOffset();
        json.skipChildren();
        if (body) {
          return of(utf8, start, (int) json.currentLocation().getByteOffset());
        }
      }
    }
    throw new IOException("a delivery message without a body");
  }

  private static DeliveryMessage of(byte[] utf8, int bodyStart, int bodyEnd) throws IOException {
    var rest = new ByteArrayOutputStream(utf8.length - (bodyEnd - bodyStart) + 4);
    rest.write(utf8, 0, bodyStart);
    rest.writeBytes("null".getBytes(UTF_8));
    rest.write(utf8, bodyEnd, utf8.length - bodyEnd);
    Head head = Codec.parse(Head.class, rest.toByteArray());
    return new DeliveryMessage(
        head.id,
        head.project,
        head.content,
        head.destination,
        Arrays.copyOfRange(utf8, bodyStart, bodyEnd),
        head.attempts);
  }

  /** Leaves the body out: it holds a customer's records. */
  @Override
  public String toString() {
    return "message " + id + " of " + body.length + " bytes for " + destination;
  }
}
