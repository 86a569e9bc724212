package io.pinferry.pinterest;

import io.pinferry.net.HttpAnswer;
import io.pinferry.pinterest.PinterestFailure.Kind;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;

/**
 * What matters of an answer to whoever passes it on unread: whether it speaks of the token or of a
 * limit, whatever endpoint gave it.
 */
public final class PassedAnswer {
  /** What the paths of all endpoints begin with. */
  public static final String PATH_ROOT = "/v5/";

  private static final int TOKEN_REJECTED_CODE = 2;

  /** An error of Pinterest is some hundred bytes long. */
  private static final int ERROR_BYTES_MAX = 64 * 1024;

  private PassedAnswer() {}

  /**
   * Returns whether the token was rejected, so that another one may be accepted. Other codes of a
   * 401 say that the token may not do this, and no refresh changes that.
   */
  public static boolean rejectsToken(HttpAnswer answer) {
    if (answer.status() != 401) {
      return false;
    }
    Integer code = failure(answer, Instant.EPOCH).code();
    return code != null && code == TOKEN_REJECTED_CODE;
  }

  /**
   * Returns until when a limit is used up, if that is what the answer says. A request that was
   * blocked as spam is none of these: it says nothing about other requests.
   */
  public static Optional<Instant> limitedUntil(HttpAnswer answer, Instant now) {
    if (answer.status() != 429) {
      return Optional.empty();
    }
    PinterestFailure failure = failure(answer, now);
    return failure.kind() == Kind.RATE_LIMITED
        ? Optional.ofNullable(failure.retryAt())
        : Optional.empty();
  }

  /** Reads what an answer says, which may have come encoded. */
  private static PinterestFailure failure(HttpAnswer answer, Instant now) {
    HttpAnswer readable;
    try {
      readable = answer.decoded(ERROR_BYTES_MAX);
    } catch (IOException notGzip) {
      // Nothing can be read of it, and so its status and headers have to do.
      readable = answer;
    }
    return PinterestApi.failure(readable, RateLimits.of(answer), now);
  }
}
