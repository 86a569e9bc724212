package io.pinferry.aws;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/** Compresses contents of queues and tables. */
final class Gzip {
  private Gzip() {}

  static byte[] pack(byte[] plain) {
    var packed = new ByteArrayOutputStream(plain.length / 4);
    try (var gzip = new GZIPOutputStream(packed)) {
      gzip.write(plain);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    }
    return packed.toByteArray();
  }

  /**
   * Reads the output of {@link #pack}.
   *
   * @param bytesMax the most bytes to return
   * @throws IOException if it has another form
   */
  static byte[] unpack(byte[] packed, int bytesMax) throws IOException {
    try (var gzip = new GZIPInputStream(new ByteArrayInputStream(packed))) {
      return gzip.readNBytes(bytesMax);
    }
  }
}
