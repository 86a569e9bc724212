package io.pinferry.simulation;

import io.pinferry.base.ManualClock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Lets exactly one task run at a time. Which one goes on is chosen by the seed wherever a task
 * gives way; when none can, time jumps to the next thing that is due.
 */
final class Scheduler {
  private final ManualClock clock;
  private final RandomGenerator random;
  private final Semaphore baton = new Semaphore(0);
  private final List<Task<?>> ready = new ArrayList<>();
  private final List<Task<?>> alive = new ArrayList<>();
  private final PriorityQueue<Due> due =
      new PriorityQueue<>(Comparator.comparing(Due::at).thenComparingLong(Due::number));
  private long dueCount;
  private @Nullable Task<?> current;

  private record Due(Instant at, long number, Runnable event) {}

  Scheduler(ManualClock clock, RandomGenerator random) {
    this.clock = clock;
    this.random = random;
  }

  Instant now() {
    return clock.instant();
  }

  /** Lets an event happen at an instant, at once if it has passed. An event must not wait. */
  void at(Instant instant, Runnable event) {
    due.add(new Due(instant, dueCount++, event));
  }

  /** A flow of control of one invocation. */
  final class Task<T> {
    private final Invocation invocation;
    private final Callable<T> body;
    private final Semaphore turn = new Semaphore(0);
    private final List<Task<?>> joiners = new ArrayList<>();
    private @Nullable T result;
    private @Nullable Throwable failure;
    private boolean ended;

    private Task(Invocation invocation, Callable<T> body) {
      this.invocation = invocation;
      this.body = body;
    }

    private void run() {
      turn.acquireUninterruptibly();
      try {
        invocation.check();
        result = body.call();
      } catch (Throwable e) {
        failure = e;
      }
      ended = true;
      alive.remove(this);
      ready.addAll(joiners);
      baton.release();
    }

    boolean ended() {
      return ended;
    }

    @Nullable T result() {
      return result;
    }

    @Nullable Throwable failure() {
      return failure;
    }
  }

  /** Starts a task; it runs when it is chosen. */
  <T> Task<T> start(Invocation invocation, Callable<T> body) {
    var task = new Task<>(invocation, body);
    alive.add(task);
    ready.add(task);
    Thread.ofVirtual().start(task::run);
    return task;
  }

  /** Gives way: any task may go on, this one too. */
  void giveWay() {
    Task<?> task = current();
    ready.add(task);
    suspend(task);
  }

  /** Lets the present task wait until another has ended. */
  void join(Task<?> other) {
    Task<?> task = current();
    while (!other.ended()) {
      other.joiners.add(task);
      suspend(task);
    }
  }

  /** Lets the present task wait until an instant. */
  void sleepUntil(Instant instant) {
    Task<?> task = current();
    at(
        instant,
        () -> {
          if (!task.ended() && !ready.contains(task)) {
            ready.add(task);
          }
        });
    suspend(task);
    while (now().isBefore(instant)) {
      task.invocation.check();
      suspend(task);
    }
  }

  private Task<?> current() {
    Task<?> task = current;
    if (task == null) {
      throw new IllegalStateException("only a task can wait");
    }
    return task;
  }

  private void suspend(Task<?> task) {
    baton.release();
    task.turn.acquireUninterruptibly();
    task.invocation.check();
  }

  /** Wakes all tasks of an invocation that was killed, so that they end. */
  void wake(Invocation killed) {
    for (Task<?> task : alive) {
      if (task.invocation == killed && !ready.contains(task) && task != current) {
        ready.add(task);
      }
    }
  }

  /** Runs until nothing more is due before the instant. */
  void run(Instant until) {
    while (true) {
      if (!ready.isEmpty()) {
        Task<?> task = ready.remove(ready.size() == 1 ? 0 : random.nextInt(ready.size()));
        if (!task.ended()) {
          resume(task);
        }
        continue;
      }
      Due next = due.peek();
      if (next == null || next.at().isAfter(until)) {
        return;
      }
      due.remove();
      if (next.at().isAfter(now())) {
        clock.set(next.at());
      }
      next.event().run();
    }
  }

  private void resume(Task<?> task) {
    current = task;
    task.turn.release();
    baton.acquireUninterruptibly();
    current = null;
  }

  /** Ends all tasks that still wait. */
  void close() {
    due.clear();
    while (!alive.isEmpty()) {
      List.copyOf(alive).forEach(task -> task.invocation.kill());
      ready.clear();
      for (Task<?> task : List.copyOf(alive)) {
        if (!task.ended()) {
          resume(task);
        }
      }
    }
  }
}
