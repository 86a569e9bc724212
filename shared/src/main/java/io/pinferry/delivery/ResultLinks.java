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
 * Makes links to records that are too large for a message. Each attempt gets a new link. It is
 * signed with the destination's key, and opens one result for a quarter of an hour.
 */
public final class ResultLinks {
  /** How long a link works. */
  public static final Duration VALID = Duration.ofMinutes(15);

  /** A part of the signed text. A webhook's signature has the message's id in this place. */
  private static final String PURPOSE = "pinferry result";

  private final URI api;

  /**
   * @param api the origin of the api door
   */
  public ResultLinks(URI api) {
    this.api = api;
  }

  /** A link to one result, until an instant. */
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

  /** Returns the body of a message with a link to its records. */
  byte[] body(
      DeliveryMessage message, DeliveryMessage.Records records, Secret signingKey, Instant now) {
    var link =
        new Link(
            message.project().value(),
            records.integration().value(),
            records.installation().value(),
            message.id(),
            message.destination(),
            now.plus(VALID));
    try {
      ObjectNode body = (ObjectNode) Json.parse(message.body());
      body.withObject("/resultInfo").put("downloadUrl", address(link, signingKey).toString());
      return Json.bytes(body);
    } catch (IOException e) {
      throw new UncheckedIOException("the message is no JSON", e);
    }
  }

  private URI address(Link link, Secret signingKey) {
    return api.resolve(
        link.path()
            + "?destination="
            + UriText.encode(link.destination())
            + "&expires="
            + link.until().getEpochSecond()
            + "&signature="
            + link.signature(signingKey));
  }

  /**
   * Returns whether a signature was made for this link with one of the keys.
   *
   * @param signature from the query of the link
   */
  public static boolean isSigned(Link link, String signature, List<Secret> signingKeys) {
    byte[] given = signature.getBytes(UTF_8);
    return signingKeys.stream()
        .anyMatch(key -> MessageDigest.isEqual(link.signature(key).getBytes(US_ASCII), given));
  }
}
