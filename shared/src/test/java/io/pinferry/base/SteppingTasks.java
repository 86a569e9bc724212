package io.pinferry.base;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.Callable;

/**
 * Tasks in the caller's thread, in a manual clock's time: who sleeps moves the clock, and what was
 * planned for meanwhile happens on the way.
 */
public final class SteppingTasks implements Tasks {
  private final ManualClock clock;
  private final PriorityQueue<Planned> planned =
      new PriorityQueue<>(Comparator.comparing(Planned::at));

  private record Planned(Instant at, Runnable action) {}

  public SteppingTasks(ManualClock clock) {
    this.clock = clock;
  }

  /** Plans what another does while someone sleeps. */
  public void after(Duration delay, Runnable action) {
    planned.add(new Planned(clock.instant().plus(delay), action));
  }

  /** Runs the task at once. */
  @Override
  public <T> Fork<T> fork(Callable<T> task) {
    T result;
    try {
      result = task.call();
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException("a task failed", e);
    }
    return () -> result;
  }

  @Override
  public void sleepUntil(Instant instant) {
    Planned next = planned.peek();
    while (next != null && !next.at().isAfter(instant)) {
      planned.remove(next);
      clock.set(next.at());
      next.action().run();
      next = planned.peek();
    }
    if (instant.isAfter(clock.instant())) {
      clock.set(instant);
    }
  }

  @Override
  public Instant now() {
    return clock.instant();
  }
}
