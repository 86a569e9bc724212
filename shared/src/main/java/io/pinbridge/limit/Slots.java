package io.pinbridge.limit;

import java.time.Duration;
import java.time.Instant;

/**
 * Instants of one request each, evenly spaced.
 *
 * @param first the first instant, in whole microseconds
 * @param interval from one to the next, in whole microseconds
 * @param count how many, at least 1
 */
public record Slots(Instant first, Duration interval, int count) {
  public Slots {
    if (count < 1 || !interval.isPositive()) {
      throw new IllegalArgumentException(count + " slots " + interval + " apart are none");
    }
  }

  /** Returns the instant of a slot, from 0. */
  public Instant at(int index) {
    return first.plus(interval.multipliedBy(index));
  }

  /** Returns the first instant that is not of these slots any more. */
  public Instant end() {
    return at(count);
  }

  /** Returns these slots from one on. */
  public Slots from(int index) {
    return new Slots(at(index), interval, count - index);
  }
}
