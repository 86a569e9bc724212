package io.pinferry.aws;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/** Compresses what queues and tables hold. */
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
   * Reads what {@link #pack} wrote.
   *
   * @param bytesMax at most so many bytes are returned, however many there are
   * @throws IOException if it is not that
   */
  static byte[] unpack(byte[] packed, int bytesMax) throws IOException {
    try (var gzip = new GZIPInputStream(new ByteArrayInputStream(packed))) {
      return gzip.readNBytes(bytesMax);
    }
  }
}
