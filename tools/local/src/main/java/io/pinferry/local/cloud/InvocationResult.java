package io.pinferry.local.cloud;

/** How an invocation ended. */
sealed interface InvocationResult {

  /**
   * The function answered.
   *
   * @param payload what it wrote, usually JSON; empty when it wrote nothing
   */
  record Answer(byte[] payload) implements InvocationResult {}

  /**
   * The function threw, ran out of time or could not be started.
   *
   * @param type the exception's class, or a name of Lambda's such as {@code Sandbox.Timedout}
   */
  record Failure(String type, String message) implements InvocationResult {}

  /** All environments were busy. The function never saw the event, and never will. */
  record Throttled() implements InvocationResult {}

  /** The event was too large for Lambda, so that the function never saw it. */
  record RequestTooLarge(int bytes) implements InvocationResult {}
}
