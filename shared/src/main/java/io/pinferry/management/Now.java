package io.pinferry.management;

import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;

/** The current time, cut to milliseconds for answers. */
final class Now {
  private Now() {}

  static Instant of(InstantSource clock) {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }
}
