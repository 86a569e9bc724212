package io.pinferry.net;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

/**
 * The answer to a request.
 *
 * @param headers names in lower case
 * @param body empty if there was none; still encoded if the call set {@code accept-encoding}, else
 *     decoded
 * @param truncated whether the answer was longer than the call allows, so that its end is missing
 */
public record HttpAnswer(
    int status, Map<String, List<String>> headers, byte[] body, boolean truncated) {
  private static final String ENCODING = "content-encoding";

  /** Returns whether the status is a success. */
  public boolean isSuccess() {
    return status >= 200 && status < 300;
  }

  /** Returns the first value of a header, if it was sent. */
  public Optional<String> header(String name) {
    List<String> values = headers.get(name.toLowerCase(Locale.ROOT));
    return values == null || values.isEmpty() ? Optional.empty() : Optional.of(values.getFirst());
  }

  /**
   * Returns this answer with a gzip body decoded, and without the headers of the encoded body.
   *
   * @param bytesMax the longest decoded body, since a small answer can unfold to any size; a longer
   *     one is cut and marked as truncated
   * @throws IOException if the body is broken gzip
   */
  public HttpAnswer decoded(int bytesMax) throws IOException {
    if (!isGzip()) {
      return cutTo(bytesMax);
    }
    var plain = new HashMap<>(headers);
    plain.remove(ENCODING);
    plain.remove("content-length");
    // The answer to a HEAD has these headers, too, but no body.
    byte[] bytes = body.length == 0 ? body : gunzip(bytesMax + 1L);
    return new HttpAnswer(status, Map.copyOf(plain), bytes, truncated).cutTo(bytesMax);
  }

  /** Returns this answer with at most so many bytes of its body; a longer one is truncated. */
  HttpAnswer cutTo(int bytesMax) {
    return body.length <= bytesMax
        ? this
        : new HttpAnswer(status, headers, Arrays.copyOf(body, bytesMax), true);
  }

  private boolean isGzip() {
    List<String> codings = headers.getOrDefault(ENCODING, List.of());
    return codings.size() == 1 && codings.getFirst().strip().equalsIgnoreCase("gzip");
  }

  private byte[] gunzip(long bytesMax) throws IOException {
    var plain = new ByteArrayOutputStream();
    var buffer = new byte[16 * 1024];
    try (var gzip = new GZIPInputStream(new ByteArrayInputStream(body))) {
      while (plain.size() < bytesMax) {
        int count = gzip.read(buffer, 0, (int) Math.min(buffer.length, bytesMax - plain.size()));
        if (count < 0) {
          break;
        }
        plain.write(buffer, 0, count);
      }
    } catch (EOFException e) {
      if (!truncated) {
        throw e;
      }
    }
    return plain.toByteArray();
  }

  @Override
  public String toString() {
    return "status " + status + ", " + body.length + " bytes";
  }
}
