package io.pinferry.base;

import java.time.Duration;
import java.time.Instant;

/**
 * The time when an invocation must end by itself, well before its platform ends it.
 *
 * @param at no new work begins after this instant
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
