package io.pinferry.base;

import java.time.Duration;
import java.time.Instant;

/**
 * When an invocation must have come to an end by itself, well before its platform ends it.
 *
 * @param at the instant after which no new work is begun
 */
public record Deadline(Instant at) {
  public boolean passed(Instant now) {
    return !now.isBefore(at);
  }

  /** Returns the time left, zero if none. */
  public Duration left(Instant now) {
    Duration left = Duration.between(now, at);
    return left.isNegative() ? Duration.ZERO : left;
  }

  /** Returns the earlier of this deadline and an instant. */
  public Deadline orBefore(Instant other) {
    return other.isBefore(at) ? new Deadline(other) : this;
  }
}
