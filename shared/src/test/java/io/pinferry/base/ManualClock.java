package io.pinferry.base;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** A clock that stands still until a test moves it. */
public final class ManualClock extends Clock {
  private volatile Instant now;

  public ManualClock(Instant now) {
    this.now = now;
  }

  /** Moves the clock forward. */
  public synchronized void advance(Duration step) {
    now = now.plus(step);
  }

  /** Sets the clock. */
  public synchronized void set(Instant instant) {
    now = instant;
  }

  @Override
  public Instant instant() {
    return now;
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  /** There is one time, whatever the zone. */
  @Override
  public Clock withZone(ZoneId zone) {
    return this;
  }
}
