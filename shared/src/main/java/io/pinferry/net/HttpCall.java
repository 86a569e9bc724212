package io.pinferry.net;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An outgoing request.
 *
 * @param headers one value per name; with {@code accept-encoding} the answer stays encoded, without
 *     it the answer is decoded
 * @param body null for none
 * @param timeout from the start of the call to the end of the answer
 * @param answerBytesMax a longer answer is cut and marked as truncated; 0 if only status and
 *     headers are wanted, whatever the body does
 * @param excerptBytesMax with {@code answerBytesMax} 0: so much of an answer that is no success is
 *     read if it comes at once, for people
 */
public record HttpCall(
    String method,
    URI uri,
    Map<String, String> headers,
    byte @Nullable [] body,
    Duration timeout,
    int answerBytesMax,
    int excerptBytesMax) {
  // Not a compact constructor: javac loses the nullness of its array parameter, so that callers
  // compiled against the class file could not pass null.
  public HttpCall(
      String method,
      URI uri,
      Map<String, String> headers,
      byte @Nullable [] body,
      Duration timeout,
      int answerBytesMax,
      int excerptBytesMax) {
    this.method = method;
    this.uri = uri;
    this.headers = Map.copyOf(headers);
    this.body = body;
    this.timeout = timeout;
    this.answerBytesMax = answerBytesMax;
    this.excerptBytesMax = excerptBytesMax;
  }

  public HttpCall(
      String method,
      URI uri,
      Map<String, String> headers,
      byte @Nullable [] body,
      Duration timeout,
      int answerBytesMax) {
    this(method, uri, headers, body, timeout, answerBytesMax, 0);
  }

  /** Returns a call whose status alone counts, with an excerpt of an answer that is no success. */
  public static HttpCall withExcerpt(
      String method,
      URI uri,
      Map<String, String> headers,
      byte @Nullable [] body,
      Duration timeout,
      int excerptBytesMax) {
    return new HttpCall(method, uri, headers, body, timeout, 0, excerptBytesMax);
  }

  /** Leaves out headers and body, which hold tokens and records. */
  @Override
  public String toString() {
    return method + " " + uri.getScheme() + "://" + uri.getAuthority() + uri.getPath();
  }
}
