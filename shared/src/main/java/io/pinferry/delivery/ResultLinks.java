package io.pinferry.delivery;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import io.pinferry.base.Secret;
import io.pinferry.net.UriText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Links to records that are too large for a message. A link is made at each attempt, signed with
 * the destination's key, and opens this one result for a quarter of an hour.
 */
public final class ResultLinks {
  /** How long a link opens what it leads to. */
  public static final Duration VALID = Duration.ofMinutes(15);

  /** Of a webhook's signed text this place holds the message's id, so neither passes for both. */
  private static final String PURPOSE = "pinferry result";

  private final URI api;

  /**
   * Makes links.
   *
   * @param api the origin of the api door
   */
  public ResultLinks(URI api) {
    this.api = api;
  }

  /** What a link leads to, and for how long. */
  public record Link(
      String project,
      String integration,
      String installation,
      String message,
      String destination,
      Instant until) {

    private String path() {
      return "/v1/projects/"
          + UriText.encode(project)
          + "/integrations/"
          + UriText.encode(integration)
          + "/installations/"
          + UriText.encode(installation)
          + "/results/"
          + UriText.encode(message);
    }

    private String signature(Secret key) {
      String signed =
          String.join(
              "\n",
              project,
              integration,
              installation,
              message,
              destination,
              Long.toString(until.getEpochSecond()));
      return WebhookSignature.hex(key, PURPOSE, signed.getBytes(UTF_8));
    }
  }

  /** Returns the body of a message with a link to what it leaves out. */
  byte[] body(
      DeliveryMessage message, DeliveryMessage.Records records, Secret signingKey, Instant now) {
    var linked =
        new Link(
            message.project().value(),
            records.integration().value(),
            records.installation().value(),
            message.id(),
            message.destination(),
            now.plus(VALID));
    try {
      ObjectNode body = (ObjectNode) Json.parse(message.body());
      body.withObject("/resultInfo").put("downloadUrl", address(linked, signingKey).toString());
      return Json.bytes(body);
    } catch (IOException e) {
      throw new UncheckedIOException("a message that is no JSON", e);
    }
  }

  private URI address(Link linked, Secret signingKey) {
    return api.resolve(
        linked.path()
            + "?destination="
            + UriText.encode(linked.destination())
            + "&expires="
            + linked.until().getEpochSecond()
            + "&signature="
            + linked.signature(signingKey));
  }

  /**
   * Tells whether a signature was made with one of these keys for just this.
   *
   * @param signature as in the link's query
   */
  public static boolean isSigned(Link linked, String signature, List<Secret> signingKeys) {
    byte[] given = signature.getBytes(UTF_8);
    return signingKeys.stream()
        .anyMatch(key -> MessageDigest.isEqual(linked.signature(key).getBytes(US_ASCII), given));
  }
}
