package io.pinferry.base;

import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * All concurrency and waiting of the product. Production runs virtual threads; the simulation runs
 * one task at a time, in virtual time, and may end any task at any call of a port.
 */
public interface Tasks {
  /** Starts a task beside the caller. {@link Fork#join()} throws its failure. */
  <T> Fork<T> fork(Callable<T> task);

  /**
   * Waits until an instant; returns at once if it has passed.
   *
   * @throws InterruptedTask if the invocation ends
   */
  void sleepUntil(Instant instant);

  /**
   * Runs a task and returns its result, or nothing if it does not end in time. Then the task is
   * interrupted. In virtual time no task hangs, so there it simply runs.
   *
   * @throws InterruptedTask if the invocation ends
   */
  default <T> Optional<T> within(Instant deadline, Supplier<T> task) {
    return Optional.of(task.get());
  }

  /** Returns the present time of this scheduler. */
  Instant now();

  /** Runs tasks side by side and returns their results in the order of the tasks. */
  default <T> List<T> all(List<? extends Callable<T>> tasks) {
    List<Fork<T>> forks = tasks.stream().map(task -> this.<T>fork(task)).toList();
    return forks.stream().map(Fork::join).toList();
  }

  /**
   * Does the same work for each item and returns the results in the order of the items.
   *
   * @param atOnceMax the number of items at the same time, at least 1
   */
  default <T, R> List<R> all(Collection<T> items, int atOnceMax, Function<T, R> work) {
    List<T> ordered = List.copyOf(items);
    var next = new AtomicInteger();
    Map<Integer, R> results = new ConcurrentSkipListMap<>();
    Callable<Void> worker =
        () -> {
          for (int i = next.getAndIncrement(); i < ordered.size(); i = next.getAndIncrement()) {
            results.put(i, work.apply(ordered.get(i)));
          }
          return null;
        };
    all(Collections.nCopies(Math.min(atOnceMax, ordered.size()), worker));
    return List.copyOf(results.values());
  }

  /** A running task. */
  interface Fork<T> {
    /** Waits for the task and returns its result, or throws its unchecked exception. */
    T join();
  }

  /** The invocation ended while a task waited. */
  final class InterruptedTask extends RuntimeException {
    public InterruptedTask(Throwable cause) {
      super("the invocation ended", cause);
    }
  }
}
