package io.pinferry.local.cloud;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * A function and its pool of execution environments. Each environment runs one invocation at a
 * time; a further one is started when all are busy, up to a limit; beyond it callers wait.
 */
final class LocalFunction implements AutoCloseable {

  /** Lambda's limit on a synchronous request and on its answer. */
  static final int PAYLOAD_BYTES_MAX = 6 * 1024 * 1024;

  private static final Duration FOREVER = Duration.ofDays(365);

  private final Stack.Function function;
  private final int environmentsMax;
  private final FunctionEnvironment.Factory factory;
  private final FunctionLog log;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final Semaphore free;
  private final ConcurrentLinkedDeque<FunctionEnvironment> idle = new ConcurrentLinkedDeque<>();
  private final Set<FunctionEnvironment> busy = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  LocalFunction(
      Stack.Function function,
      int environmentsMax,
      FunctionEnvironment.Factory factory,
      FunctionLog log,
      InstantSource clock,
      RandomGenerator random) {
    this.function = function;
    this.environmentsMax = environmentsMax;
    this.factory = factory;
    this.log = log;
    this.clock = clock;
    this.random = random;
    this.free = new Semaphore(environmentsMax, true);
  }

  String id() {
    return function.id();
  }

  int environmentsMax() {
    return environmentsMax;
  }

  /** Runs one invocation, waiting for an environment if all are busy. Never throws. */
  InvocationResult invoke(byte[] event) {
    return invoke(event, FOREVER);
  }

  /**
   * Runs one invocation. If all environments stay busy for so long, it is throttled, and the
   * function never sees the event. Never throws.
   */
  InvocationResult invoke(byte[] event, Duration waitMax) {
    if (event.length > PAYLOAD_BYTES_MAX) {
      return new InvocationResult.RequestTooLarge(event.length);
    }
    try {
      if (!free.tryAcquire(waitMax.toMillis(), TimeUnit.MILLISECONDS)) {
        log.event("WARN", function.id(), "throttled: all environments are busy", null);
        return new InvocationResult.Throttled();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new InvocationResult.Failure("Sandbox.Stopped", "the embedded cloud stops");
    }
    try {
      return invokeInOne(event);
    } finally {
      free.release();
    }
  }

  private InvocationResult invokeInOne(byte[] event) {
    FunctionEnvironment environment;
    try {
      environment = idleOrNew();
    } catch (FunctionFailure e) {
      log.event("ERROR", function.id(), String.valueOf(e.getMessage()), null, e.getCause());
      return e.toResult();
    }
    String requestId = Ids.uuid(random);
    var invocation = new Invocation(requestId, event, clock.instant().plus(function.timeout()));
    busy.add(environment);
    InvocationResult result = environment.invoke(invocation);
    busy.remove(environment);
    if (environment.usable() && !closed) {
      // The last one used is the next one used, so that a quiet function needs only one.
      idle.addFirst(environment);
    } else {
      environment.close();
    }
    if (result instanceof InvocationResult.Answer(byte[] payload)
        && payload.length > PAYLOAD_BYTES_MAX) {
      String message =
          "Response payload size ("
              + payload.length
              + " bytes) exceeded maximum allowed payload"
              + " size ("
              + PAYLOAD_BYTES_MAX
              + " bytes).";
      log.event("ERROR", function.id(), message, requestId);
      return new InvocationResult.Failure("Function.ResponseSizeTooLarge", message);
    }
    return result;
  }

  private FunctionEnvironment idleOrNew() throws FunctionFailure {
    for (FunctionEnvironment warm = idle.pollFirst(); warm != null; warm = idle.pollFirst()) {
      if (warm.usable()) {
        return warm;
      }
      // Its process was killed while it had nothing to do.
      warm.close();
    }
    return factory.start();
  }

  /** Returns the processes of this function's environments; none when it runs in this process. */
  List<Long> processIds() {
    return Stream.concat(busy.stream(), idle.stream())
        .map(FunctionEnvironment::processId)
        .filter(OptionalLong::isPresent)
        .map(OptionalLong::getAsLong)
        .toList();
  }

  /** Waits until no invocation runs, at most so long, and returns whether that is so. */
  boolean awaitQuiet(Duration timeMax) {
    try {
      if (!free.tryAcquire(environmentsMax, timeMax.toMillis(), TimeUnit.MILLISECONDS)) {
        return false;
      }
      free.release(environmentsMax);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  @Override
  public void close() {
    closed = true;
    busy.forEach(FunctionEnvironment::close);
    for (FunctionEnvironment environment = idle.pollFirst();
        environment != null;
        environment = idle.pollFirst()) {
      environment.close();
    }
  }
}
