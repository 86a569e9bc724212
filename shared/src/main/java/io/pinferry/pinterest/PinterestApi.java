package io.pinferry.pinterest;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.base.Json;
import io.pinferry.base.Redaction;
import io.pinferry.base.Secret;
import io.pinferry.net.HttpAnswer;
import io.pinferry.net.HttpCall;
import io.pinferry.net.HttpTransport;
import io.pinferry.net.TransportFailure;
import io.pinferry.pinterest.PinterestFailure.Kind;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Asks Pinterest for pages and turns its answers into outcomes. Repeats nothing; whether to repeat
 * is the caller's decision.
 *
 * @see <a href="https://developers.pinterest.com/docs/reference/error-codes/">Error codes</a>
 */
public final class PinterestApi {
  /** Pinterest's slow lists take long; what takes longer than this is asked again. */
  static final Duration TIMEOUT = Duration.ofSeconds(30);

  /** A page of 250 records of a few KB each; more is not a page. */
  static final int PAGE_BYTES_MAX = 32 * 1024 * 1024;

  /** When a 429 does not say when to come back: the longest window there is. */
  static final Duration UNKNOWN_RESET = Duration.ofSeconds(60);

  /** A 429 that says "at once" must not make us ask in a loop. */
  static final Duration RESET_MIN = Duration.ofSeconds(1);

  /** The longest quota is one of a day; what is longer is no time to wait, e.g. an epoch. */
  static final Duration RESET_MAX = Duration.ofDays(1);

  private static final RateLimits NO_LIMITS = new RateLimits(List.of(), null, null, false);
  private static final int MESSAGE_LENGTH_MAX = 500;

  private final HttpTransport http;
  private final URI base;
  private final InstantSource clock;

  /**
   * @param base scheme and host of the API, without the version
   */
  public PinterestApi(HttpTransport http, URI base, InstantSource clock) {
    this.http = http;
    this.base = base;
    this.clock = clock;
  }

  /**
   * Asks for one page.
   *
   * @param parameters values of the endpoint's parameters
   * @param bookmark null for the first page
   */
  public PageAnswer list(
      Endpoint endpoint,
      Map<String, String> parameters,
      @Nullable String bookmark,
      int pageSize,
      Secret accessToken) {
    var call =
        new HttpCall(
            "GET",
            base.resolve(endpoint.pathAndQuery(parameters, bookmark, pageSize)),
            Map.of("Authorization", "Bearer " + accessToken.value(), "Accept", "application/json"),
            null,
            TIMEOUT,
            PAGE_BYTES_MAX);
    HttpAnswer answer;
    try {
      answer = http.send(call);
    } catch (TransportFailure e) {
      return new PageAnswer.Failed(
          new PinterestFailure(
              Kind.UNAVAILABLE, 0, null, String.valueOf(e.getMessage()), null, null),
          NO_LIMITS);
    }
    RateLimits limits = RateLimits.of(answer);
    if (answer.status() == 200 && !answer.truncated()) {
      return new PageAnswer.Page(answer.body(), limits, requestId(answer));
    }
    return new PageAnswer.Failed(failure(answer, limits, clock.instant()), limits);
  }

  /** Reads any answer that is not a success. */
  static PinterestFailure failure(HttpAnswer answer, RateLimits limits, Instant now) {
    JsonNode body = json(answer.body());
    Integer code = body.path("code").isInt() ? body.path("code").intValue() : null;
    String message = message(answer, body);
    Kind kind = kind(answer.status(), code, message, body);
    Instant retryAt = kind == Kind.RATE_LIMITED ? now.plus(wait(limits.reset())) : null;
    return new PinterestFailure(kind, answer.status(), code, message, requestId(answer), retryAt);
  }

  private static Duration wait(@Nullable Duration reset) {
    if (reset == null || reset.compareTo(RESET_MAX) > 0) {
      return UNKNOWN_RESET;
    }
    return reset.compareTo(RESET_MIN) < 0 ? RESET_MIN : reset;
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
   * Without a code of its own a 409 says that a board is locked just now, which passes. With one it
   * says what the request is in conflict with, e.g. a name that is taken, which does not.
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
              ? "an answer of more than " + PAGE_BYTES_MAX + " bytes"
              : "an answer without an error message";
    }
    String shown =
        text.length() > MESSAGE_LENGTH_MAX ? text.substring(0, MESSAGE_LENGTH_MAX) : text;
    return Redaction.apply(shown);
  }

  private static JsonNode json(byte[] body) {
    try {
      return Json.parse(body);
    } catch (IOException notJson) {
      // A proxy in front of Pinterest answers in HTML; the status says enough.
      return Json.object();
    }
  }

  private static @Nullable String requestId(HttpAnswer answer) {
    return answer.header("x-pinterest-rid").orElse(null);
  }
}
