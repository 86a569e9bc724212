package io.pinferry.local.simulator;

/** Ends a request with an error of the API: a status and the code and message of its body. */
@SuppressWarnings("serial")
final class ApiFailure extends RuntimeException {
  private final int status;
  private final int code;

  ApiFailure(int status, int code, String message) {
    super(message, null, false, false);
    this.status = status;
    this.code = code;
  }

  static ApiFailure invalid(String message) {
    return new ApiFailure(400, 1, message);
  }

  int status() {
    return status;
  }

  int code() {
    return code;
  }

  String text() {
    return String.valueOf(getMessage());
  }
}
