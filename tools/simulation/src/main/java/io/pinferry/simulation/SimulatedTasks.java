package io.pinferry.simulation;

import io.pinferry.base.Tasks;
import java.time.Instant;
import java.util.concurrent.Callable;

/** The tasks of one invocation, by its own clock. */
final class SimulatedTasks implements Tasks {
  private final Scheduler scheduler;
  private final Invocation invocation;

  SimulatedTasks(Scheduler scheduler, Invocation invocation) {
    this.scheduler = scheduler;
    this.invocation = invocation;
  }

  @Override
  public <T> Fork<T> fork(Callable<T> task) {
    Scheduler.Task<T> forked = scheduler.start(invocation, task);
    return () -> {
      scheduler.join(forked);
      return result(forked);
    };
  }

  @SuppressWarnings("NullAway") // A task may well return null, as far as its own type allows it.
  private static <T> T result(Scheduler.Task<T> forked) {
    switch (forked.failure()) {
      case null -> {}
      case RuntimeException unchecked -> throw unchecked;
      case Error error -> throw error;
      case Throwable other -> throw new IllegalStateException("a task failed", other);
    }
    return forked.result();
  }

  @Override
  public void sleepUntil(Instant instant) {
    Instant wake = instant.minus(invocation.skew());
    if (wake.isAfter(scheduler.now())) {
      scheduler.sleepUntil(wake);
    }
  }

  @Override
  public Instant now() {
    return scheduler.now().plus(invocation.skew());
  }
}
