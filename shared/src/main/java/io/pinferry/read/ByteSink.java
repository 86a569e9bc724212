package io.pinferry.read;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;

/** Bytes that grow, with direct access to what was written. */
final class ByteSink {
  private byte[] bytes;
  private int length;

  ByteSink(int expected) {
    bytes = new byte[expected];
  }

  int length() {
    return length;
  }

  byte[] array() {
    return bytes;
  }

  void clear() {
    length = 0;
  }

  /** Takes back everything after a position. */
  void truncate(int to) {
    length = to;
  }

  ByteSink put(char ascii) {
    ensure(1);
    bytes[length++] = (byte) ascii;
    return this;
  }

  ByteSink put(String text) {
    return put(text.getBytes(UTF_8));
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

  /** Returns what was written, not to be changed; a copy only if there was room for more. */
  byte[] bytes() {
    return length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
  }

  private void ensure(int more) {
    if (length + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(length + more, bytes.length * 2));
    }
  }
}
