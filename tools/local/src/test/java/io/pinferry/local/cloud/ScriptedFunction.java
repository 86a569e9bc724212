package io.pinferry.local.cloud;

import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** A function whose environments do as the test says. */
final class ScriptedFunction {

  static final LocalAddresses ADDRESSES =
      new LocalAddresses(
          "eu-central-1", "000000000000", URI.create("http://127.0.0.1:9"), Map.of());

  static final Stack.Function DECLARATION =
      new Stack.Function(
          "Scripted",
          "arn:aws:lambda:eu-central-1:000000000000:function:Scripted",
          "a.B",
          Path.of("nowhere"),
          Duration.ofSeconds(3),
          128,
          false,
          Map.of(),
          List.of(),
          List.of());

  /** How many environments were started. */
  final AtomicInteger started = new AtomicInteger();

  /** How many were ended. */
  final AtomicInteger closed = new AtomicInteger();

  private final int environmentsMax;
  private final Function<String, InvocationResult> script;

  /** Makes a function of which so many environments may exist. */
  ScriptedFunction(int environmentsMax, Function<String, InvocationResult> script) {
    this.environmentsMax = environmentsMax;
    this.script = script;
  }

  static InvocationResult answer(String payload) {
    return new InvocationResult.Answer(payload.getBytes(StandardCharsets.UTF_8));
  }

  static FunctionLog log() {
    return new FunctionLog(OutputStream.nullOutputStream(), InstantSource.system());
  }

  LocalFunction start() {
    return new LocalFunction(
        DECLARATION,
        environmentsMax,
        this::environment,
        log(),
        InstantSource.system(),
        new Random(1));
  }

  private FunctionEnvironment environment() {
    started.incrementAndGet();
    return new FunctionEnvironment() {
      private boolean usable = true;

      @Override
      public InvocationResult invoke(Invocation invocation) {
        InvocationResult result =
            script.apply(new String(invocation.event(), StandardCharsets.UTF_8));
        usable =
            !(result instanceof InvocationResult.Failure failed
                && failed.type().equals("Sandbox.Timedout"));
        return result;
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
        closed.incrementAndGet();
      }
    };
  }
}
