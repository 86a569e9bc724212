package io.pinferry.local.cloud;

/** A function that cannot be started: Lambda's init error. */
final class FunctionFailure extends Exception {

  private static final long serialVersionUID = 1L;

  private final String type;

  FunctionFailure(String type, String message, Throwable cause) {
    super(message, cause);
    this.type = type;
  }

  InvocationResult.Failure toResult() {
    return new InvocationResult.Failure(type, String.valueOf(getMessage()));
  }
}
