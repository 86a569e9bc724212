package io.pinferry.read;

import io.pinferry.base.Deadline;
import io.pinferry.base.Tasks;
import java.time.Duration;

/**
 * The partitions that one process works on at a time. One that may be what processes die of is
 * worked on while no other is, so that it cannot take them with it.
 */
final class Company {
  /** How often whoever waits looks whether the others have gone. */
  private static final Duration LOOK_EVERY = Duration.ofMillis(100);

  private final Tasks tasks;
  private int working;
  private int waiting;
  private boolean oneAlone;

  Company(Tasks tasks) {
    this.tasks = tasks;
  }

  synchronized void enter() {
    working++;
  }

  synchronized void leave() {
    working--;
  }

  /**
   * Waits until nobody else is at work.
   *
   * @return false if that does not come in time; else until {@link #endAlone} others who want to be
   *     alone wait
   */
  boolean awaitAlone(Deadline deadline) {
    await(1);
    try {
      while (!tryAlone()) {
        if (deadline.passed(tasks.now())) {
          return false;
        }
        tasks.sleepUntil(tasks.now().plus(LOOK_EVERY));
      }
      return true;
    } finally {
      await(-1);
    }
  }

  private synchronized void await(int more) {
    waiting += more;
  }

  /** Returns whether somebody waits for all others to go, and is not alone yet. */
  synchronized boolean isAwaited() {
    return waiting > 0 && !oneAlone;
  }

  private synchronized boolean tryAlone() {
    if (working > 0 || oneAlone) {
      return false;
    }
    oneAlone = true;
    return true;
  }

  synchronized void endAlone() {
    oneAlone = false;
  }
}
