package io.pinferry.net;

/** No whole answer came. */
public final class TransportFailure extends Exception {
  private final boolean sent;

  /**
   * @param sent whether the request may have reached the server; false only if it certainly did not
   */
  public TransportFailure(String message, boolean sent, Throwable cause) {
    super(message, cause);
    this.sent = sent;
  }

  /** Returns whether the request may have reached the server. */
  public boolean sent() {
    return sent;
  }
}
