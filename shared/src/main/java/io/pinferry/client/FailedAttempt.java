package io.pinferry.client;

import io.pinferry.net.HttpAnswer;
import io.pinferry.net.TransportFailure;
import io.pinferry.pinterest.PinterestFailure;
import io.pinferry.pinterest.PinterestFailure.Kind;
import org.jspecify.annotations.Nullable;

/**
 * One attempt at a request that did not succeed.
 *
 * @param sent whether the request may have reached Pinterest
 * @param answer null if no whole answer came
 * @param cause why no whole answer came; null if one came, or if nothing was sent
 */
public record FailedAttempt(
    PinterestFailure failure,
    boolean sent,
    @Nullable HttpAnswer answer,
    @Nullable TransportFailure cause) {
  private static final int REQUEST_TIMEOUT = 408;

  /** Makes an attempt without an answer. */
  static FailedAttempt withoutAnswer(
      String message, boolean sent, @Nullable TransportFailure cause) {
    var failure = new PinterestFailure(Kind.UNAVAILABLE, 0, null, message, null, null);
    return new FailedAttempt(failure, sent, null, cause);
  }

  /** Returns whether Pinterest may have done what was asked, though it did not say so. */
  public boolean mayHaveTakenEffect() {
    int status = failure.status();
    return sent
        && failure.kind() == Kind.UNAVAILABLE
        && (status < 300 || status >= 500 || status == REQUEST_TIMEOUT);
  }
}
