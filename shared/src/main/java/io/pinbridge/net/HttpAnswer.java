package io.pinbridge.net;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The answer to a request.
 *
 * @param headers names in lower case
 * @param body decoded (gzip) already; empty if there was none
 * @param truncated whether the answer was longer than was to be read
 */
public record HttpAnswer(
    int status, Map<String, List<String>> headers, byte[] body, boolean truncated) {
  /** Returns the first value of a header, if it was sent. */
  public Optional<String> header(String name) {
    List<String> values = headers.get(name.toLowerCase(Locale.ROOT));
    return values == null || values.isEmpty() ? Optional.empty() : Optional.of(values.getFirst());
  }

  @Override
  public String toString() {
    return "status " + status + ", " + body.length + " bytes";
  }
}
