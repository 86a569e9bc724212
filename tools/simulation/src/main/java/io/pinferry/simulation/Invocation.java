package io.pinferry.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** One run of a function: its clock, and whether it lives. */
final class Invocation {
  private final String function;
  private final Duration skew;
  private final List<Runnable> whenTroubled = new ArrayList<>();
  private boolean killed;
  private boolean troubled;

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
    trouble();
  }

  /** It was killed, or what it wanted to keep may not be kept, or late. */
  void trouble() {
    troubled = true;
    whenTroubled.forEach(Runnable::run);
  }

  /** Does something as soon as the invocation is troubled, at once if it is. */
  void whenTroubled(Runnable action) {
    whenTroubled.add(action);
    if (troubled) {
      action.run();
    }
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
