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
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A message on its way to a destination. It has no secrets: address, keys and headers are looked up
 * at each attempt.
 *
 * @param id the same for the same content, and different for other content; receivers recognise
 *     duplicates by it
 * @param content the kind and the origin of the content
 * @param destination the destination's name in the project
 * @param body the body to post, JSON in UTF-8
 * @param attempts how many attempts were made before it last entered the queue
 * @param sentAgainAt when it was last sent again; null if it never was
 * @param isReplay whether it was delivered before; if it was sent again for that reason, nothing
 *     depends on its result
 */
public record DeliveryMessage(
    String id,
    ProjectId project,
    Content content,
    String destination,
    byte[] body,
    int attempts,
    @Nullable Instant sentAgainAt,
    boolean isReplay) {

  private static final byte[] BODY = ",\"body\":".getBytes(UTF_8);

  /** A message before its first attempt. */
  public DeliveryMessage(
      String id, ProjectId project, Content content, String destination, byte[] body) {
    this(id, project, content, destination, body, 0, null, false);
  }

  /** The kind of a message, and its origin. */
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
  @JsonSubTypes({
    @JsonSubTypes.Type(value = Records.class, name = "records"),
    @JsonSubTypes.Type(value = Notice.class, name = "notification")
  })
  public sealed interface Content {}

  /**
   * Records of a read. They are not sent without the installation, or while the object is paused.
   *
   * @param objectName Pinterest's name of the object; null in messages of an earlier version
   * @param receipt the place for the result
   * @param linked whether the records are too large for a message; then each attempt adds a link to
   *     them
   */
  public record Records(
      IntegrationId integration,
      InstallationId installation,
      @Nullable String objectName,
      Receipt receipt,
      boolean linked)
      implements Content {

    public Records(
        IntegrationId integration,
        InstallationId installation,
        @Nullable String objectName,
        Receipt receipt) {
      this(integration, installation, objectName, receipt, false);
    }
  }

  /**
   * A notification. Nothing waits for its result.
   *
   * @param type the type of the event
   * @param installation the notification is not sent without this installation; null if it needs
   *     none
   * @param operation the operation that it tells about; null for none, and in messages of an
   *     earlier version
   */
  public record Notice(
      @JsonProperty("notification") NotificationType type,
      @JsonProperty("installed") @Nullable InstallationKey installation,
      @Nullable String operation)
      implements Content {

    public Notice(NotificationType type, @Nullable InstallationKey installation) {
      this(type, installation, null);
    }
  }

  /** The key of an installation in its project. */
  public record InstallationKey(IntegrationId integration, InstallationId installation) {}

  /**
   * The place for the result of a message, in its read.
   *
   * @param entry the message among the undelivered messages of its partition: {@code
   *     page.part.digest}
   */
  public record Receipt(String operation, String partition, String entry) {

    /** Returns the message in words for a person, who counts parts from 1. */
    public String describe() {
      String[] place = entry.split("\\.", -1);
      return "message " + (Integer.parseInt(place[1]) + 1) + " of page " + place[0];
    }
  }

  /** Returns the installation that such a message needs, if it needs one. */
  public static Optional<InstallationKey> installation(Content content) {
    return switch (content) {
      case Records records ->
          Optional.of(new InstallationKey(records.integration(), records.installation()));
      case Notice notice -> Optional.ofNullable(notice.installation());
    };
  }

  /**
   * Returns the customer in whose turn the message is received: the queue is fair. A notification
   * about no installation is in the turn of its project.
   */
  public String turn() {
    return installation(content).map(key -> key.installation().value()).orElse(project.value());
  }

  /** Returns Pinterest's name of the object of the records, if it is known. */
  static Optional<String> objectName(Content content) {
    return content instanceof Records records
        ? Optional.ofNullable(records.objectName())
        : Optional.empty();
  }

  /** Returns the operation that content belongs to, if it belongs to one. */
  static Optional<String> operation(Content content) {
    return switch (content) {
      case Records records -> Optional.of(records.receipt().operation());
      case Notice notice -> Optional.ofNullable(notice.operation());
    };
  }

  /** Returns the content in words for a person. */
  static String describe(Content content) {
    return switch (content) {
      case Records records -> records.receipt().describe();
      case Notice notice -> "notification " + notice.type().text();
    };
  }

  /** Returns the place for the result, if there is one. */
  public Optional<Receipt> receipt() {
    return content instanceof Records records ? Optional.of(records.receipt()) : Optional.empty();
  }

  /** Returns the message with another number of attempts. */
  public DeliveryMessage after(int attemptsMade) {
    return new DeliveryMessage(
        id, project, content, destination, body, attemptsMade, sentAgainAt, isReplay);
  }

  /** Returns the message without attempts, as it is sent again. */
  public DeliveryMessage sentAgain(Instant at) {
    return new DeliveryMessage(id, project, content, destination, body, 0, at, isReplay);
  }

  /** Returns the message without attempts, as it is sent again after it was delivered. */
  public DeliveryMessage replayed(Instant at) {
    return new DeliveryMessage(id, project, content, destination, body, 0, at, true);
  }

  /** The message without its body. The body is JSON already and needs no encoding. */
  private record Head(
      String id,
      ProjectId project,
      Content content,
      String destination,
      int attempts,
      @Nullable Instant sentAgainAt,
      @Nullable Boolean replay) {}

  private Head head() {
    return new Head(
        id, project, content, destination, attempts, sentAgainAt, isReplay ? true : null);
  }

  /** Writes the message for a queue. */
  public byte[] toJson() {
    byte[] head = Codec.bytes(head());
    var out = new ByteArrayOutputStream(head.length + BODY.length + body.length);
    out.write(head, 0, head.length - 1);
    out.writeBytes(BODY);
    out.writeBytes(body);
    out.write('}');
    return out.toByteArray();
  }

  /**
   * Reads the form of {@link #toJson}.
   *
   * @throws IOException if it cannot be read
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
    throw new IOException("the delivery message has no body");
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
        head.attempts,
        head.sentAgainAt,
        Boolean.TRUE.equals(head.replay));
  }

  /** Does not show the body, since it holds a customer's records. */
  @Override
  public String toString() {
    return "message " + id + " of " + body.length + " bytes for " + destination;
  }
}
