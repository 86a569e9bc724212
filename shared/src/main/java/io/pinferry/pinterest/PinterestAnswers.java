package io.pinferry.pinterest;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.base.CodePoints;
import io.pinferry.base.Json;
import io.pinferry.base.Redaction;
import io.pinferry.net.HttpAnswer;
import io.pinferry.net.RetryAfter;
import io.pinferry.pinterest.PinterestFailure.Kind;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Turns an answer that is not a success into a failure.
 *
 * @see <a href="https://developers.pinterest.com/docs/reference/error-codes/">Error codes</a>
 */
public final class PinterestAnswers {
  /**
   * The wait after a 429 that does not say how long to wait. It is the length of the longest
   * window.
   */
  static final Duration UNKNOWN_RESET = Duration.ofSeconds(60);

  /** The shortest wait, so that a 429 with a reset of 0 does not cause a loop. */
  static final Duration RESET_MIN = Duration.ofSeconds(1);

  /** The longest wait. The longest quota is one of a day; a larger number is no duration. */
  static final Duration RESET_MAX = Duration.ofDays(1);

  private static final int MESSAGE_LENGTH_MAX = 500;

  /** The member of an error of RFC 6749, which the token endpoint may send. */
  static final String OAUTH_ERROR = "error";

  /** The error words of RFC 6749, section 5.2. */
  private static final Set<String> OAUTH_ERRORS =
      Set.of(
          "invalid_client",
          "invalid_grant",
          "invalid_request",
          "invalid_scope",
          "unauthorized_client",
          "unsupported_grant_type");

  /** An error of Pinterest is some hundred bytes long. */
  private static final int ERROR_BYTES_MAX = 64 * 1024;

  private PinterestAnswers() {}

  /**
   * Returns the failure of an answer that has status 200 but a body that Pinterest does not send.
   */
  public static PinterestFailure unreadable(HttpAnswer answer, String problem) {
    return new PinterestFailure(
        Kind.UNAVAILABLE, answer.status(), null, problem, requestId(answer), null);
  }

  /** The sender of an answer. */
  enum Sender {
    PINTEREST,
    /** A gateway, cache or firewall before Pinterest. Its answer says nothing about the request. */
    EDGE
  }

  /** Returns the sender of an error. All errors of Pinterest are JSON with a code and a message. */
  static Sender senderOf(JsonNode body) {
    return body.path("code").isIntegralNumber() && body.path("message").isTextual()
        ? Sender.PINTEREST
        : Sender.EDGE;
  }

  /** Returns the sender of an error of the token endpoint, which has two forms of errors. */
  static Sender senderOfTokenError(JsonNode body) {
    return OAUTH_ERRORS.contains(body.path(OAUTH_ERROR).asText())
        ? Sender.PINTEREST
        : senderOf(body);
  }

  /**
   * Returns the failure that an answer reports. The sender decides its kind first, then the status,
   * then the code.
   *
   * @param encoded the answer as it arrived, possibly compressed
   */
  public static PinterestFailure failure(HttpAnswer encoded, RateLimits limits, Instant now) {
    JsonNode body = json(decoded(encoded).body());
    Integer code = body.path("code").isInt() ? body.path("code").intValue() : null;
    String message = message(encoded, body);
    Kind kind =
        switch (senderOf(body)) {
          case PINTEREST -> kind(encoded.status(), code, message, body);
          case EDGE -> encoded.status() == 429 ? Kind.RATE_LIMITED : Kind.UNAVAILABLE;
        };
    Instant retryAt = kind == Kind.RATE_LIMITED ? retryAt(encoded, limits, now) : null;
    return new PinterestFailure(kind, encoded.status(), code, message, requestId(encoded), retryAt);
  }

  /**
   * Returns when a request may be sent again after a 429. An edge knows {@code Retry-After} only,
   * and Pinterest its own header only. If an answer has both, the later instant counts.
   */
  static Instant retryAt(HttpAnswer answer, RateLimits limits, Instant now) {
    Duration reset = limits.reset();
    Duration wait =
        Stream.concat(
                Stream.ofNullable(reset).filter(known -> known.compareTo(RESET_MAX) <= 0),
                RetryAfter.of(answer, now, RESET_MAX).stream())
            .max(Comparator.naturalOrder())
            .orElse(UNKNOWN_RESET);
    return now.plus(wait.compareTo(RESET_MIN) < 0 ? RESET_MIN : wait);
  }

  private static Kind kind(int status, @Nullable Integer code, String message, JsonNode body) {
    return switch (status) {
      case 429 -> isSpam(message, body) ? Kind.SPAM_BLOCKED : Kind.RATE_LIMITED;
      // Only code 2 says that the token is bad; 3, 7 and 29 say that it may not do this.
      case 401 -> code != null && code != 2 ? Kind.FORBIDDEN : Kind.TOKEN_REJECTED;
      case 403 -> Kind.FORBIDDEN;
      case 404, 410 -> Kind.NOT_FOUND;
      case 409 -> conflict(code);
      case 408, 425 -> Kind.UNAVAILABLE;
      case 501 -> Kind.REFUSED;
      default -> status >= 500 || status < 300 ? Kind.UNAVAILABLE : Kind.REFUSED;
    };
  }

  /**
   * A 409 without a code of its own says that a board is locked for a moment. A 409 with a code
   * names a lasting conflict, for example a name that is taken.
   */
  private static Kind conflict(@Nullable Integer code) {
    if (code == null || code == 409) {
      return Kind.UNAVAILABLE;
    }
    return code == 4182 ? Kind.NO_CATALOG : Kind.REFUSED;
  }

  private static boolean isSpam(String message, JsonNode body) {
    return message.toLowerCase(Locale.ROOT).contains("spam")
        || body.path("message_detail").asText().toLowerCase(Locale.ROOT).contains("spam");
  }

  private static String message(HttpAnswer answer, JsonNode body) {
    String text = body.path("message").asText();
    if (text.isEmpty()) {
      text =
          answer.truncated()
              ? "an answer of more than " + answer.body().length + " bytes"
              : "an answer without an error message";
    }
    return Redaction.apply(CodePoints.clipped(text, MESSAGE_LENGTH_MAX));
  }

  private static HttpAnswer decoded(HttpAnswer answer) {
    try {
      return answer.decoded(ERROR_BYTES_MAX);
    } catch (IOException notGzip) {
      // Without a body the status and the headers have to be enough.
      return answer;
    }
  }

  private static JsonNode json(byte[] body) {
    try {
      return Json.parse(body);
    } catch (IOException notJson) {
      // An edge may answer in HTML. The status says enough.
      return Json.object();
    }
  }

  private static @Nullable String requestId(HttpAnswer answer) {
    return answer.header("x-pinterest-rid").orElse(null);
  }
}
