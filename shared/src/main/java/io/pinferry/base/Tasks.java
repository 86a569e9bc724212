package io.pinferry.base;

import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * All concurrency and waiting of the product. Production runs virtual threads; the simulation runs
 * one task at a time, in virtual time, and may end any task at any call of a port.
 */
public interface Tasks {
  /** Starts a task beside the caller. Its failure is thrown by {@link Fork#join()}. */
  <T> Fork<T> fork(Callable<T> task);

  /**
   * Waits until the instant has come; returns at once if it has passed.
   *
   * @throws InterruptedTask if the invocation is being ended
   */
  void sleepUntil(Instant instant);

  /** Returns the present time of this scheduler. */
  Instant now();

  /** Runs all tasks side by side and returns their results in the order given. */
  default <T> List<T> all(List<? extends Callable<T>> tasks) {
    List<Fork<T>> forks = tasks.stream().map(task -> this.<T>fork(task)).toList();
    return forks.stream().map(Fork::join).toList();
  }

  /**
   * Does the same work for each item, for so many at a time, and returns the results in the order
   * of the items.
   *
   * @param atOnceMax how many items are worked on side by side, at least 1
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

  /** A task under way. */
  interface Fork<T> {
    /**
     * Waits for the task and returns its result; an unchecked exception of the task is thrown as it
     * is.
     */
    T join();
  }

  /** The invocation is being ended while a task waited. */
  final class InterruptedTask extends RuntimeException {
    public InterruptedTask(Throwable cause) {
      super("the invocation is being ended", cause);
    }
  }
}
