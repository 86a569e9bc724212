package io.pinferry.simulation.kernel;

import io.pinferry.base.Tasks;
import java.time.Instant;
import java.util.concurrent.Callable;

/** The tasks of one process, in the time of its own clock. */
public final class SimulatedTasks implements Tasks {
  private final Scheduler scheduler;
  private final SimulatedProcess process;

  public SimulatedTasks(Scheduler scheduler, SimulatedProcess process) {
    this.scheduler = scheduler;
    this.process = process;
  }

  @Override
  public <T> Fork<T> fork(Callable<T> task) {
    Scheduler.Task<T> forked = scheduler.start(process, task);
    return () -> {
      scheduler.join(forked);
      return result(forked);
    };
  }

  @SuppressWarnings("NullAway") // A task may return null, as far as its own type allows it.
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
    Instant wake = instant.minus(process.skew());
    if (wake.isAfter(scheduler.now())) {
      scheduler.sleepUntil(wake);
    }
  }

  @Override
  public Instant now() {
    return scheduler.now().plus(process.skew());
  }
}
