package io.pinferry.net;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads the header {@code Retry-After}: seconds, or an HTTP date. */
public final class RetryAfter {
  private static final Pattern SECONDS = Pattern.compile("\\d{1,9}");

  private RetryAfter() {}

  /**
   * Returns the delay that an answer asks for; empty if its header is absent or not usable.
   *
   * @param longest a longer delay is cut to this
   */
  public static Optional<Duration> of(HttpAnswer answer, Instant now, Duration longest) {
    return answer
        .header("retry-after")
        .flatMap(text -> delay(text.strip(), now))
        .filter(delay -> !delay.isNegative())
        .map(delay -> delay.compareTo(longest) > 0 ? longest : delay);
  }

  private static Optional<Duration> delay(String text, Instant now) {
    try {
      return Optional.of(
          SECONDS.matcher(text).matches()
              ? Duration.ofSeconds(Long.parseLong(text))
              : Duration.between(
                  now,
                  ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant()));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
