package io.pinferry.delivery;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads the header {@code Retry-After}: seconds, or a date of HTTP. */
final class RetryAfter {
  /** No destination puts a message off for longer. */
  static final Duration MAX = Duration.ofHours(12);

  private static final Pattern SECONDS = Pattern.compile("\\d{1,9}");

  private RetryAfter() {}

  /** Returns the wait that is asked for, at most {@link #MAX}; empty if it says nothing usable. */
  static Optional<Duration> of(String header, Instant now) {
    String text = header.trim();
    Duration wait;
    if (SECONDS.matcher(text).matches()) {
      wait = Duration.ofSeconds(Long.parseLong(text));
    } else {
      try {
        wait =
            Duration.between(
                now, ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
      } catch (DateTimeException e) {
        // Whatever a stranger's server writes there is no reason to fail.
        return Optional.empty();
      }
    }
    if (wait.isNegative()) {
      return Optional.empty();
    }
    return Optional.of(wait.compareTo(MAX) > 0 ? MAX : wait);
  }
}
