package io.pinferry.base;

import java.time.Instant;
import java.util.concurrent.Callable;

/** Runs each task to its end when it is forked; waiting moves the clock. */
public final class SteppedTasks implements Tasks {
  private final ManualClock clock;

  public SteppedTasks(ManualClock clock) {
    this.clock = clock;
  }

  @Override
  public <T> Fork<T> fork(Callable<T> task) {
    T result;
    try {
      result = task.call();
    } catch (RuntimeException failure) {
      return () -> {
        throw failure;
      };
    } catch (Exception failure) {
      throw new IllegalStateException("a task failed", failure);
    }
    return () -> result;
  }

  @Override
  public void sleepUntil(Instant instant) {
    if (instant.isAfter(clock.instant())) {
      clock.set(instant);
    }
  }

  @Override
  public Instant now() {
    return clock.instant();
  }
}
