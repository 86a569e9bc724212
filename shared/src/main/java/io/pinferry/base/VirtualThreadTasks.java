package io.pinferry.base;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** Runs tasks on virtual threads. */
public final class VirtualThreadTasks implements Tasks {
  private final Clock clock;

  public VirtualThreadTasks(Clock clock) {
    this.clock = clock;
  }

  @Override
  public <T> Fork<T> fork(Callable<T> task) {
    FutureTask<T> future = start(task);
    return () -> join(future::get);
  }

  @Override
  public <T> Optional<T> within(Instant deadline, Supplier<T> task) {
    FutureTask<T> future = start(task::get);
    long millis = Math.max(0, Duration.between(clock.instant(), deadline).toMillis());
    return join(
        () -> {
          try {
            return Optional.of(future.get(millis, TimeUnit.MILLISECONDS));
          } catch (TimeoutException e) {
            return Optional.empty();
          } finally {
            future.cancel(true);
          }
        });
  }

  private static <T> FutureTask<T> start(Callable<T> task) {
    ClassLoader loader = Thread.currentThread().getContextClassLoader();
    String correlation = Correlation.id();
    var future = new FutureTask<>(() -> Correlation.call(correlation, task::call));
    Thread thread = Thread.ofVirtual().unstarted(future);
    thread.setContextClassLoader(loader);
    thread.start();
    return future;
  }

  private interface Wait<T> {
    T end() throws InterruptedException, ExecutionException;
  }

  private static <T> T join(Wait<T> wait) {
    try {
      return wait.end();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedTask(e);
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case RuntimeException unchecked -> throw unchecked;
        case Error error -> throw error;
        case null, default -> throw new IllegalStateException("a task failed", e.getCause());
      }
    }
  }

  @Override
  public void sleepUntil(Instant instant) {
    Duration wait = Duration.between(clock.instant(), instant);
    if (!wait.isPositive()) {
      return;
    }
    try {
      Thread.sleep(wait);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedTask(e);
    }
  }

  @Override
  public Instant now() {
    return clock.instant();
  }
}
