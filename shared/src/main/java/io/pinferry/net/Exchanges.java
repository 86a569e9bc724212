package io.pinferry.net;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What requests and answers look like, whichever client carries them. */
final class Exchanges {
  /** Sent where the call has no User-Agent of its own. */
  static final String USER_AGENT = "Pinferry";

  private static final String ACCEPT_ENCODING = "accept-encoding";

  private Exchanges() {}

  /**
   * Returns the headers to send, names in lower case.
   *
   * @throws IllegalArgumentException if a value cannot be sent
   */
  static Map<String, String> headersOf(HttpCall call) {
    Map<String, String> headers = checked(call.headers());
    headers.putIfAbsent("user-agent", USER_AGENT);
    if (choosesEncoding(headers)) {
      headers.put(ACCEPT_ENCODING, "gzip");
    }
    return headers;
  }

  /** A range is one of the encoded body, where that is what is answered. */
  private static boolean choosesEncoding(Map<String, String> given) {
    return !given.containsKey(ACCEPT_ENCODING) && !given.containsKey("range");
  }

  private static Map<String, String> checked(Map<String, String> headers) {
    var checked = new HashMap<String, String>();
    headers.forEach(
        (given, value) -> {
          String name = given.toLowerCase(Locale.ROOT);
          if (!value.chars().allMatch(c -> c == '\t' || (c >= ' ' && c < 0x7f))) {
            // Without the value: it may be a token.
            throw new IllegalArgumentException(
                "the value of header " + name + " holds a control or non-ASCII character");
          }
          checked.put(name, value);
        });
    return checked;
  }

  /** Gzip makes what cannot be compressed a little longer, which is no reason to cut it. */
  static int rawBytesMax(HttpCall call) {
    return (int) Math.min(Integer.MAX_VALUE - 8, call.answerBytesMax() * 1.01 + 1024);
  }

  /**
   * Returns the answer as the call wants it: decoded, unless it set {@code accept-encoding} itself.
   *
   * @param received as it came, with at most {@link #rawBytesMax} bytes
   * @param headers names as they came
   * @throws TransportFailure if the body is to be decoded and broken
   */
  static HttpAnswer answerTo(
      HttpCall call,
      int status,
      Map<String, List<String>> headers,
      byte[] received,
      boolean truncated)
      throws TransportFailure {
    var lowerCase = new HashMap<String, List<String>>();
    headers.forEach((name, values) -> lowerCase.put(name.toLowerCase(Locale.ROOT), values));
    var answer = new HttpAnswer(status, Map.copyOf(lowerCase), received, truncated);
    if (!choosesEncoding(checked(call.headers()))) {
      return answer.cutTo(call.answerBytesMax());
    }
    try {
      return answer.decoded(call.answerBytesMax());
    } catch (IOException e) {
      throw new TransportFailure(call + " was answered with broken gzip", true, e);
    }
  }
}
