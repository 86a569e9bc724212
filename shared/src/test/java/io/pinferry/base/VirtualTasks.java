package io.pinferry.base;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * Tasks in virtual time, one at a time and in a fixed order: a task runs when it is forked, or not
 * before it is joined. Waiting moves the clock.
 */
public final class VirtualTasks implements Tasks {
  /** When a forked task runs. */
  public enum Forks {
    /** At once, before its caller goes on: as if it were always the faster one. */
    EAGER,
    /** When it is joined: as if it were always the slower one. One never joined never runs. */
    LAZY
  }

  private final ManualClock clock;
  private final Forks forks;
  private final List<Instant> sleeps = new ArrayList<>();

  public VirtualTasks(ManualClock clock, Forks forks) {
    this.clock = clock;
    this.forks = forks;
  }

  @Override
  public <T> Fork<T> fork(Callable<T> task) {
    var running = new Running<>(task);
    if (forks == Forks.EAGER) {
      running.run();
    }
    return running;
  }

  @Override
  public void sleepUntil(Instant instant) {
    if (instant.isAfter(clock.instant())) {
      sleeps.add(instant);
      clock.set(instant);
    }
  }

  @Override
  public Instant now() {
    return clock.instant();
  }

  /** Returns the instants that were waited for. */
  public List<Instant> sleeps() {
    return List.copyOf(sleeps);
  }

  private static final class Running<T> implements Fork<T> {
    private final Callable<T> task;
    private @Nullable T result;
    private @Nullable Exception failure;
    private boolean done;

    private Running(Callable<T> task) {
      this.task = task;
    }

    private void run() {
      if (!done) {
        done = true;
        try {
          result = task.call();
        } catch (Exception e) {
          failure = e;
        }
      }
    }

    @Override
    @SuppressWarnings("NullAway") // A task may well return null, as far as its own type allows it.
    public T join() {
      run();
      if (failure instanceof RuntimeException unchecked) {
        throw unchecked;
      }
      if (failure != null) {
        throw new IllegalStateException("a task failed", failure);
      }
      return result;
    }
  }
}
