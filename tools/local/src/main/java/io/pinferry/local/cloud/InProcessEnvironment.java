package io.pinferry.local.cloud;

import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * An environment inside this process: a handler object of the function's own class loader.
 *
 * <p>A process has one set of environment variables, so a handler gets those of its function
 * through a public constructor that takes a {@code Map<String, String>}; a handler without it is
 * built as Lambda does, with no argument. Environments of one function share its classes: what
 * Lambda would keep apart in static fields is not kept apart here.
 */
final class InProcessEnvironment implements FunctionEnvironment {

  private static final Duration INIT_TIME_MAX = Duration.ofSeconds(60);

  private final Stack.Function function;
  private final FunctionLoader loader;
  private final FunctionLog log;
  private final InstantSource clock;
  private final RequestStreamHandler handler;
  private volatile boolean usable = true;
  private volatile @Nullable Future<?> running;

  private InProcessEnvironment(
      Stack.Function function,
      FunctionLoader loader,
      InstantSource clock,
      RequestStreamHandler handler) {
    this.function = function;
    this.loader = loader;
    this.log = loader.log();
    this.clock = clock;
    this.handler = handler;
  }

  /**
   * Builds the handler.
   *
   * @throws FunctionFailure when its class is missing, is no stream handler, or refuses its
   *     settings
   */
  static InProcessEnvironment start(
      Stack.Function function,
      FunctionLoader loader,
      Map<String, String> environment,
      InstantSource clock)
      throws FunctionFailure {
    var building = new FutureTask<>(() -> build(function, loader, environment));
    run(function, loader, building);
    try {
      return new InProcessEnvironment(
          function, loader, clock, building.get(INIT_TIME_MAX.toMillis(), TimeUnit.MILLISECONDS));
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new FunctionFailure(
          cause.getClass().getName(),
          "function " + function.id() + " does not start: " + cause,
          cause);
    } catch (TimeoutException e) {
      building.cancel(true);
      throw new FunctionFailure(
          "Sandbox.Timedout",
          "function "
              + function.id()
              + " does not start within "
              + INIT_TIME_MAX.toSeconds()
              + " s",
          e);
    } catch (InterruptedException e) {
      building.cancel(true);
      Thread.currentThread().interrupt();
      throw new FunctionFailure("Sandbox.Stopped", "the embedded cloud stops", e);
    }
  }

  private static RequestStreamHandler build(
      Stack.Function function, FunctionLoader loader, Map<String, String> environment)
      throws ReflectiveOperationException {
    String name = function.handler().split("::", 2)[0];
    Class<?> type = loader.loadClass(name);
    if (!RequestStreamHandler.class.isAssignableFrom(type)) {
      throw new ClassNotFoundException(name + " is not a RequestStreamHandler");
    }
    try {
      return (RequestStreamHandler) construct(type, environment);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw e;
    }
  }

  private static Object construct(Class<?> type, Map<String, String> environment)
      throws ReflectiveOperationException {
    for (Constructor<?> constructor : type.getConstructors()) {
      if (constructor.getParameterCount() == 1 && constructor.getParameterTypes()[0] == Map.class) {
        return constructor.newInstance(environment);
      }
    }
    return type.getConstructor().newInstance();
  }

  @Override
  public InvocationResult invoke(Invocation invocation) {
    var context = new LocalContext(function, invocation, log, clock);
    Callable<InvocationResult> call =
        () -> {
          var answer = new ByteArrayOutputStream();
          handler.handleRequest(new ByteArrayInputStream(invocation.event()), answer, context);
          return new InvocationResult.Answer(answer.toByteArray());
        };
    var task = new FutureTask<>(call);
    running = task;
    run(function, loader, task);
    try {
      Duration remaining = Duration.between(clock.instant(), invocation.deadline());
      return task.get(Math.max(0, remaining.toMillis()), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      log.event("ERROR", function.id(), "invocation failed", invocation.requestId(), cause);
      return new InvocationResult.Failure(
          cause.getClass().getName(), String.valueOf(cause.getMessage()));
    } catch (TimeoutException e) {
      stop(task);
      String message = "Task timed out after " + function.timeout().toSeconds() + ".00 seconds";
      log.event("ERROR", function.id(), message, invocation.requestId());
      return new InvocationResult.Failure("Sandbox.Timedout", message);
    } catch (CancellationException e) {
      return new InvocationResult.Failure("Sandbox.Stopped", "the embedded cloud stops");
    } catch (InterruptedException e) {
      stop(task);
      Thread.currentThread().interrupt();
      return new InvocationResult.Failure("Sandbox.Stopped", "the embedded cloud stops");
    }
  }

  private void stop(Future<?> task) {
    usable = false;
    task.cancel(true);
  }

  private static void run(Stack.Function function, FunctionLoader loader, Runnable task) {
    Thread thread = Thread.ofVirtual().name("function-" + function.id()).unstarted(task);
    thread.setContextClassLoader(loader);
    thread.start();
  }

  @Override
  public boolean usable() {
    return usable;
  }

  @Override
  public OptionalLong processId() {
    return OptionalLong.empty();
  }

  @Override
  public void close() {
    usable = false;
    Future<?> task = running;
    if (task != null) {
      task.cancel(true);
    }
    if (handler instanceof AutoCloseable closeable) {
      try {
        closeable.close();
      } catch (IOException | RuntimeException e) {
        log.event("WARN", function.id(), "the handler did not close", null, e);
      } catch (Exception e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
