package io.pinferry.net;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An outgoing request.
 *
 * @param headers one value per name; with {@code accept-encoding} the answer is left as encoded as
 *     it comes, without it is decoded
 * @param body null for none
 * @param timeout from the start of the call to the end of the answer
 * @param answerBytesMax what is beyond is not read and the answer is marked as truncated
 */
public record HttpCall(
    String method,
    URI uri,
    Map<String, String> headers,
    byte @Nullable [] body,
    Duration timeout,
    int answerBytesMax) {
  // Not the compact form: in it javac loses the nullness of an array, so that callers compiled
  // against the class file could not pass null.
  public HttpCall(
      String method,
      URI uri,
      Map<String, String> headers,
      byte @Nullable [] body,
      Duration timeout,
      int answerBytesMax) {
    this.method = method;
    this.uri = uri;
    this.headers = Map.copyOf(headers);
    this.body = body;
    this.timeout = timeout;
    this.answerBytesMax = answerBytesMax;
  }

  /** Leaves headers and body out: they hold tokens and records. */
  @Override
  public String toString() {
    return method + " " + uri.getScheme() + "://" + uri.getAuthority() + uri.getPath();
  }
}
