package io.pinferry.delivery;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The delays between attempts.
 *
 * @param delays the delays after the first, second, … failed attempt; no attempt follows the last
 */
public record RetrySchedule(List<Duration> delays) {
  public RetrySchedule {
    delays = List.copyOf(delays);
    for (Duration delay : delays) {
      if (delay.isNegative() || delay.compareTo(Duration.ofHours(12)) > 0) {
        throw new IllegalArgumentException(
            ("a retry delay must be from 0 to 12 hours, the longest time that a queue can"
                    + " hide a message; was %s")
                .formatted(delay));
      }
    }
  }

  /**
   * Reads delays separated by commas, e.g. {@code PT5S,PT5M}.
   *
   * @throws IllegalArgumentException if a delay is no ISO 8601 duration, or is out of range
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
   * Returns the delay after a failed attempt; empty after the last one.
   *
   * @param attempt the number of the attempt, from 1
   */
  public Optional<Duration> delayAfter(int attempt) {
    return attempt <= delays.size() ? Optional.of(delays.get(attempt - 1)) : Optional.empty();
  }
}
