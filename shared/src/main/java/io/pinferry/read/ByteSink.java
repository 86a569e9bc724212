package io.pinferry.read;

import java.util.Arrays;

/**
 * A growing array of bytes. {@link java.io.ByteArrayOutputStream} locks at each write, which adds a
 * tenth to the time of a page.
 */
final class ByteSink {
  private byte[] bytes = new byte[4096];
  private int length;

  int length() {
    return length;
  }

  /** Removes everything after a position. */
  void truncate(int to) {
    length = to;
  }

  ByteSink put(char ascii) {
    ensure(1);
    bytes[length++] = (byte) ascii;
    return this;
  }

  ByteSink put(byte[] more) {
    return put(more, 0, more.length);
  }

  ByteSink put(byte[] more, int from, int to) {
    ensure(to - from);
    System.arraycopy(more, from, bytes, length, to - from);
    length += to - from;
    return this;
  }

  /** Returns a copy. */
  byte[] toBytes() {
    return Arrays.copyOf(bytes, length);
  }

  private void ensure(int more) {
    if (length + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(length + more, bytes.length * 2));
    }
  }
}
