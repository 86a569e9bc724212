package io.pinferry.net;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Reads the header {@code Retry-After}: seconds, or an HTTP date. A date is of the server's clock,
 * so it is compared with the header {@code Date} of the same answer.
 */
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
        .flatMap(
            text ->
                SECONDS.matcher(text.strip()).matches()
                    ? Optional.of(Duration.ofSeconds(Long.parseLong(text.strip())))
                    : instant(text)
                        .map(until -> Duration.between(serverTime(answer).orElse(now), until)))
        .filter(delay -> !delay.isNegative())
        .map(delay -> delay.compareTo(longest) > 0 ? longest : delay);
  }

  private static Optional<Instant> serverTime(HttpAnswer answer) {
    return answer.header("date").flatMap(RetryAfter::instant);
  }

  private static Optional<Instant> instant(String text) {
    try {
      return Optional.of(
          ZonedDateTime.parse(text.strip(), DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
