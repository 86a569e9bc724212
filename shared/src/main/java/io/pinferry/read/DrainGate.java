package io.pinferry.read;

import io.pinferry.base.Deadline;
import io.pinferry.base.Tasks;
import java.time.Duration;

/**
 * Lets the partitions of one process be drained side by side, or one partition alone. A partition
 * that may crash the process is drained alone, so that it does not harm others.
 */
final class DrainGate {
  /** The interval at which a waiting partition checks whether the others have left. */
  private static final Duration LOOK_EVERY = Duration.ofMillis(100);

  private final Tasks tasks;
  private int sharing;
  private int waiting;
  private boolean exclusive;

  DrainGate(Tasks tasks) {
    this.tasks = tasks;
  }

  synchronized void enter() {
    sharing++;
  }

  synchronized void leave() {
    sharing--;
  }

  /**
   * Waits until all others have left. The exclusive turn lasts until {@link #endExclusive}.
   *
   * @return false if the turn does not come in time
   */
  boolean awaitExclusive(Deadline deadline) {
    changeWaiting(1);
    try {
      while (!tryExclusive()) {
        if (deadline.passed(tasks.now())) {
          return false;
        }
        tasks.sleepUntil(tasks.now().plus(LOOK_EVERY));
      }
      return true;
    } finally {
      changeWaiting(-1);
    }
  }

  private synchronized void changeWaiting(int by) {
    waiting += by;
  }

  /** Returns whether a partition waits for the others to leave. */
  synchronized boolean isExclusiveWanted() {
    return waiting > 0 && !exclusive;
  }

  private synchronized boolean tryExclusive() {
    if (sharing > 0 || exclusive) {
      return false;
    }
    exclusive = true;
    return true;
  }

  synchronized void endExclusive() {
    exclusive = false;
  }
}
