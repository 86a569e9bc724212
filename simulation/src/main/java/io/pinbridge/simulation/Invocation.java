package io.pinbridge.simulation;

import java.time.Duration;

/** One run of a function: its clock, and whether it lives. */
final class Invocation {
  private final String function;
  private final Duration skew;
  private boolean killed;

  /**
   * @param skew how far its clock is ahead
   */
  Invocation(String function, Duration skew) {
    this.function = function;
    this.skew = skew;
  }

  String function() {
    return function;
  }

  Duration skew() {
    return skew;
  }

  boolean killed() {
    return killed;
  }

  void kill() {
    killed = true;
  }

  /**
   * Goes on only if the invocation lives.
   *
   * @throws Killed if it does not
   */
  void check() {
    if (killed) {
      throw new Killed();
    }
  }
}
