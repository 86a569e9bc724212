package io.pinferry.delivery;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads the header {@code Retry-After}: seconds, or an HTTP date. */
final class RetryAfter {
  /** The longest delay that a destination may ask for. */
  static final Duration MAX = Duration.ofHours(12);

  private static final Pattern SECONDS = Pattern.compile("\\d{1,9}");

  private RetryAfter() {}

  /** Returns the requested delay, at most {@link #MAX}; empty if the header is not usable. */
  static Optional<Duration> of(String header, Instant now) {
    try {
      Duration wait = wait(header.trim(), now);
      return wait.isNegative()
          ? Optional.empty()
          : Optional.of(wait.compareTo(MAX) > 0 ? MAX : wait);
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private static Duration wait(String text, Instant now) {
    return SECONDS.matcher(text).matches()
        ? Duration.ofSeconds(Long.parseLong(text))
        : Duration.between(
            now, ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
  }
}
