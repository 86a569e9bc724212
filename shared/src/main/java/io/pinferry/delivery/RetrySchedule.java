package io.pinferry.delivery;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * When a message is tried again.
 *
 * @param delays the time after the first, second, … failed attempt; after the last there is none
 */
public record RetrySchedule(List<Duration> delays) {
  public RetrySchedule {
    delays = List.copyOf(delays);
    for (Duration delay : delays) {
      if (delay.isNegative() || delay.compareTo(Duration.ofHours(12)) > 0) {
        throw new IllegalArgumentException(
            ("a retry delay must be between 0 and 12 hours, which is as long as a queue can"
                    + " hide a message; was %s")
                .formatted(delay));
      }
    }
  }

  /**
   * Reads delays separated by commas, e.g. {@code PT5S,PT5M}.
   *
   * @throws IllegalArgumentException if one is no ISO 8601 duration or out of range
   */
  public static RetrySchedule parse(String text) {
    List<Duration> delays = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      try {
        delays.add(Duration.parse(part.trim()));
      } catch (java.time.format.DateTimeParseException e) {
        throw new IllegalArgumentException("'" + part + "' is no ISO 8601 duration", e);
      }
    }
    return new RetrySchedule(delays);
  }

  /**
   * Returns the time to wait after a failed attempt; empty if it was the last.
   *
   * @param attempt its number, from 1
   */
  public Optional<Duration> delayAfter(int attempt) {
    return attempt <= delays.size() ? Optional.of(delays.get(attempt - 1)) : Optional.empty();
  }
}
