package io.pinferry.simulation.kernel;

import io.pinferry.base.ManualClock;
import java.time.Duration;
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
 * Runs one task at a time. Wherever a task yields, the seed chooses the next one; when all tasks
 * wait, time jumps to the next event.
 */
public final class Scheduler {
  private final ManualClock clock;
  private final RandomGenerator random;
  private final Semaphore baton = new Semaphore(0);
  private final List<Task<?>> ready = new ArrayList<>();
  private final List<Task<?>> alive = new ArrayList<>();
  private final PriorityQueue<Event> events =
      new PriorityQueue<>(Comparator.comparing(Event::at).thenComparingLong(Event::number));
  private long eventCount;
  private @Nullable Task<?> current;

  private record Event(Instant at, long number, Runnable action) {}

  public Scheduler(ManualClock clock, RandomGenerator random) {
    this.clock = clock;
    this.random = random;
  }

  public Instant now() {
    return clock.instant();
  }

  /**
   * Runs an action at an instant, or as soon as possible if the instant has passed. The action must
   * not wait.
   */
  public void at(Instant instant, Runnable action) {
    events.add(new Event(instant, eventCount++, action));
  }

  /** Runs an action after a delay. The action must not wait. */
  public void after(Duration delay, Runnable action) {
    at(now().plus(delay), action);
  }

  /** A thread of control in a process. */
  final class Task<T> {
    private final SimulatedProcess process;
    private final Callable<T> body;
    private final Semaphore turn = new Semaphore(0);
    private final List<Task<?>> joiners = new ArrayList<>();
    private @Nullable T result;
    private @Nullable Throwable failure;
    private boolean ended;

    private Task(SimulatedProcess process, Callable<T> body) {
      this.process = process;
      this.body = body;
    }

    private void run() {
      turn.acquireUninterruptibly();
      try {
        process.check();
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

  /** Starts a task; it runs when the seed chooses it. */
  <T> Task<T> start(SimulatedProcess process, Callable<T> body) {
    var task = new Task<>(process, body);
    alive.add(task);
    ready.add(task);
    Thread.ofVirtual().start(task::run);
    return task;
  }

  /** Starts a task without a result. */
  public void run(SimulatedProcess process, Runnable body) {
    start(
        process,
        () -> {
          body.run();
          return true;
        });
  }

  /** Lets the seed choose the next task; that may be the present one. */
  void switchTask() {
    Task<?> task = current();
    ready.add(task);
    suspend(task);
  }

  /** Lets the present task wait for the end of another one. */
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
      task.process.check();
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
    task.process.check();
  }

  /** Kills a process and wakes its tasks, so that they end. */
  public void kill(SimulatedProcess process) {
    process.kill();
    for (Task<?> task : alive) {
      if (task.process == process && !ready.contains(task) && task != current) {
        ready.add(task);
      }
    }
  }

  /** Runs tasks and events until an instant, and moves the clock there. */
  public void runUntil(Instant until) {
    while (true) {
      if (!ready.isEmpty()) {
        Task<?> task = ready.remove(ready.size() == 1 ? 0 : random.nextInt(ready.size()));
        if (!task.ended()) {
          resume(task);
        }
        continue;
      }
      Event next = events.peek();
      if (next == null || next.at().isAfter(until)) {
        break;
      }
      events.remove();
      if (next.at().isAfter(now())) {
        clock.set(next.at());
      }
      next.action().run();
    }
    if (now().isBefore(until)) {
      clock.set(until);
    }
  }

  private void resume(Task<?> task) {
    current = task;
    task.turn.release();
    baton.acquireUninterruptibly();
    current = null;
  }

  /** Ends all tasks. */
  public void close() {
    events.clear();
    while (!alive.isEmpty()) {
      List.copyOf(alive).forEach(task -> task.process.kill());
      ready.clear();
      for (Task<?> task : List.copyOf(alive)) {
        if (!task.ended()) {
          resume(task);
        }
      }
    }
  }
}
