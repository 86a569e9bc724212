package io.pinferry.pinterest;

import java.time.Instant;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A request that Pinterest did not fulfil. The status decides the kind first and the code second,
 * since a code has different meanings at different paths.
 *
 * @param status HTTP status; 0 if no answer came
 * @param code Pinterest's code; null if the answer had none
 * @param message Pinterest's message, or ours if it sent none
 * @param requestId the {@code x-pinterest-rid} that Pinterest's support asks for; null if unknown
 * @param retryAt when a retry may succeed; null if that is unknown or never
 */
public record PinterestFailure(
    Kind kind,
    int status,
    @Nullable Integer code,
    String message,
    @Nullable String requestId,
    @Nullable Instant retryAt) {

  private static final Pattern SCOPE = Pattern.compile("\\b[a-z_]+:(?:read|write)(?:_secret)?\\b");

  /** The kinds of failures. Callers decide by them. */
  public enum Kind {
    /** The request limit is used up until {@code retryAt}. */
    RATE_LIMITED,
    /** Pinterest takes the request for spam. A retry makes it worse. */
    SPAM_BLOCKED,
    /** Pinterest does not accept the token. A refreshed token may work. */
    TOKEN_REJECTED,
    /** The token is valid, but may not do this. */
    FORBIDDEN,
    /** The resource of the path does not exist. */
    NOT_FOUND,
    /** The user has no catalog, so every list of catalog parts is empty. */
    NO_CATALOG,
    /** Pinterest does not accept the request. A retry does not help. */
    REFUSED,
    /** Pinterest or an edge failed, or no answer came. A retry may succeed. */
    UNAVAILABLE
  }

  /**
   * Returns whether the bookmark may be the cause. Pinterest does not document how long a bookmark
   * is valid. It refuses the pages beyond the maximum with the same status and code; only the
   * message differs.
   */
  public boolean mayBeOfBookmark() {
    return kind == Kind.REFUSED
        && code != null
        && code == 1
        && !message.toLowerCase(Locale.ROOT).contains("pagination beyond");
  }

  /** Returns whether Pinterest refused this, but may accept the same in some minutes. */
  public boolean passes() {
    return kind == Kind.REFUSED && code != null && PassingRefusals.contain(status, code, message);
  }

  /**
   * Returns whether one of several records of a request may be the cause, so that Pinterest may
   * accept the others without it.
   */
  public boolean mayBeOfOneRecord() {
    return switch (kind) {
      case REFUSED, NOT_FOUND, NO_CATALOG -> true;
      case RATE_LIMITED, SPAM_BLOCKED, TOKEN_REJECTED, FORBIDDEN, UNAVAILABLE -> status == 409;
    };
  }

  /** Returns the scopes that Pinterest's message names; it names those that are missing. */
  public Set<String> namedScopes() {
    return SCOPE
        .matcher(message)
        .results()
        .map(MatchResult::group)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Returns a text for people. It holds everything that Pinterest's support asks for. */
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
