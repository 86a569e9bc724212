package io.pinferry.pinterest;

import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A request that Pinterest did not fulfil. The kind is decided by status first and code second,
 * since codes mean different things at different endpoints.
 *
 * @param status HTTP status; 0 if no answer came
 * @param code Pinterest's code; null if the answer had none
 * @param message Pinterest's words, or ours if it had none
 * @param requestId what Pinterest's support asks for ({@code x-pinterest-rid}); null if unknown
 * @param retryAt when a repeat is worth trying; null if not known or not ever
 */
public record PinterestFailure(
    Kind kind,
    int status,
    @Nullable Integer code,
    String message,
    @Nullable String requestId,
    @Nullable Instant retryAt) {

  /** What follows from a failure. */
  public enum Kind {
    /** The request limit is used up; goes on at {@code retryAt}. */
    RATE_LIMITED,
    /** Blocked as spam: a repeat makes it worse. */
    SPAM_BLOCKED,
    /** The token is not accepted (any more); a refreshed one may be. */
    TOKEN_REJECTED,
    /** This token may not read this. */
    FORBIDDEN,
    /** What the path names is gone. */
    NOT_FOUND,
    /** The user has no catalog at all, which makes lists of catalog parts empty. */
    NO_CATALOG,
    /** Pinterest does not understand or does not accept the request. */
    REFUSED,
    /** Pinterest failed, or no answer came; a repeat may succeed. */
    UNAVAILABLE
  }

  /**
   * Returns whether it may be the bookmark that Pinterest does not accept (any more); how long one
   * is good for is not documented. A list that is longer than Pinterest pages through is refused
   * with the same status, and its message says so.
   */
  public boolean mayBeOfBookmark() {
    return kind == Kind.REFUSED
        && code != null
        && code == 1
        && !message.toLowerCase(Locale.ROOT).contains("pagination beyond");
  }

  /**
   * Returns whether it may be one of several records of a request that Pinterest does not accept,
   * so that the others may be accepted without it.
   */
  public boolean mayBeOfOneRecord() {
    return switch (kind) {
      case REFUSED, NOT_FOUND, NO_CATALOG -> true;
      case RATE_LIMITED, SPAM_BLOCKED, TOKEN_REJECTED, FORBIDDEN, UNAVAILABLE -> status == 409;
    };
  }

  /** Returns the failure in a person's words, with all that Pinterest's support would ask for. */
  public String describe() {
    var text = new StringBuilder("Pinterest ").append(status == 0 ? "gave no answer" : status);
    if (code != null) {
      text.append(" code ").append(code);
    }
    text.append(", ").append(message);
    if (requestId != null) {
      text.append(" (request ").append(requestId).append(')');
    }
    return text.toString();
  }
}
