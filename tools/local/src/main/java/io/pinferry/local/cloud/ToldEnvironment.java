package io.pinferry.local.cloud;

import java.time.Duration;
import java.util.OptionalLong;

/** An environment whose invocations somebody is told of. */
record ToldEnvironment(
    String function, FunctionEnvironment environment, LocalCloud.Invocations invocations)
    implements FunctionEnvironment {
  @Override
  public InvocationResult invoke(Invocation invocation) {
    long start = System.nanoTime();
    InvocationResult result = environment.invoke(invocation);
    invocations.ended(
        function, invocation.event().length, Duration.ofNanos(System.nanoTime() - start));
    return result;
  }

  @Override
  public boolean usable() {
    return environment.usable();
  }

  @Override
  public OptionalLong processId() {
    return environment.processId();
  }

  @Override
  public void close() {
    environment.close();
  }
}
