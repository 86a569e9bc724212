package io.pinferry.base;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Tasks side by side in virtual time: exactly one runs, until it waits or ends; when all wait, time
 * jumps to the first that wakes up. The order is fixed, so a run can be repeated exactly.
 */
public final class InterleavedTasks implements Tasks {
  private final ManualClock clock;
  private final Deque<Task<?>> ready = new ArrayDeque<>();
  private final PriorityQueue<Sleeper> asleep =
      new PriorityQueue<>(
          Comparator.comparing(Sleeper::until).thenComparingLong(Sleeper::sequence));
  private @Nullable Task<?> running;
  private long sequence;

  private record Sleeper(Instant until, long sequence, Task<?> task) {}

  public InterleavedTasks(ManualClock clock) {
    this.clock = clock;
  }

  /** Runs a task from outside, with all that it forks, and returns its result. */
  public <T> T run(Callable<T> task) {
    var ended = new Semaphore(0);
    Task<T> root = start(task, ended);
    next();
    ended.acquireUninterruptibly();
    return root.result();
  }

  @Override
  public <T> Fork<T> fork(Callable<T> task) {
    Task<T> forked = start(task, null);
    return () -> {
      while (!forked.done) {
        forked.joining.add(current());
        pause();
      }
      return forked.result();
    };
  }

  @Override
  public void sleepUntil(Instant instant) {
    if (instant.isAfter(clock.instant())) {
      asleep.add(new Sleeper(instant, sequence++, current()));
      pause();
    }
  }

  @Override
  public Instant now() {
    return clock.instant();
  }

  private <T> Task<T> start(Callable<T> callable, @Nullable Semaphore ended) {
    var task = new Task<T>();
    Thread.ofVirtual()
        .start(
            () -> {
              task.turn.acquireUninterruptibly();
              try {
                task.value = callable.call();
              } catch (Throwable e) {
                task.failure = e;
              }
              task.done = true;
              ready.addAll(task.joining);
              if (ended == null) {
                next();
              } else {
                ended.release();
              }
            });
    ready.add(task);
    return task;
  }

  private Task<?> current() {
    Task<?> task = running;
    if (task == null) {
      throw new IllegalStateException("not within run()");
    }
    return task;
  }

  /** Lets others run until somebody makes this one ready. */
  private void pause() {
    Task<?> self = current();
    next();
    self.turn.acquireUninterruptibly();
  }

  private void next() {
    Task<?> task = ready.poll();
    if (task == null) {
      Sleeper first = asleep.poll();
      if (first == null) {
        throw new IllegalStateException("every task waits for another");
      }
      if (first.until().isAfter(clock.instant())) {
        clock.set(first.until());
      }
      task = first.task();
    }
    running = task;
    task.turn.release();
  }

  private static final class Task<T> {
    private final Semaphore turn = new Semaphore(0);
    private final List<Task<?>> joining = new ArrayList<>();
    private boolean done;
    private @Nullable T value;
    private @Nullable Throwable failure;

    @SuppressWarnings("NullAway") // A task may well return null, as far as its own type allows it.
    private T result() {
      if (failure instanceof RuntimeException unchecked) {
        throw unchecked;
      }
      if (failure instanceof Error error) {
        throw error;
      }
      if (failure != null) {
        throw new IllegalStateException("a task failed", failure);
      }
      return value;
    }
  }
}
