package io.pinferry.local.simulator;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock that stands still until it is moved. */
final class SteppedClock implements InstantSource {
  private Instant now = Instant.parse("2026-07-09T10:00:00Z");

  @Override
  public Instant instant() {
    return now;
  }

  void advance(Duration length) {
    now = now.plus(length);
  }
}
