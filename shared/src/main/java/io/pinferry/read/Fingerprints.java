package io.pinferry.read;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * The fingerprints of the records of a page: for each record a hash of its key and a hash of its
 * content, 16 bytes together.
 *
 * <p>A change is overlooked if both contents have the same hash: a chance of 2^-64 for each changed
 * record, below 10^-13 for a million of them. Two records whose keys have the same hash are told
 * apart by nothing, and are both delivered.
 */
public final class Fingerprints {
  /** The hash of a content that a destination may have received before or after another one. */
  static final long UNCERTAIN = 0;

  private static final int RECORD_BYTES = 2 * Long.BYTES;

  private final byte[] bytes;

  private Fingerprints(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * Reads the stored form.
   *
   * @throws IllegalArgumentException if it is damaged
   */
  public static Fingerprints of(byte[] stored) {
    if (stored.length % RECORD_BYTES != 0) {
      throw new IllegalArgumentException(stored.length + " bytes are no fingerprints");
    }
    return new Fingerprints(stored);
  }

  /** Returns the stored form. */
  public byte[] toBytes() {
    return bytes.clone();
  }

  public int count() {
    return bytes.length / RECORD_BYTES;
  }

  /** Passes the fingerprints on, in the order of the page. */
  void forEach(Receiver receiver) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      receiver.accept(buffer.getLong(), buffer.getLong());
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Fingerprints fingerprints && Arrays.equals(bytes, fingerprints.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return HexFormat.of().formatHex(bytes);
  }

  /** Receives fingerprints. */
  interface Receiver {
    void accept(long key, long content);
  }

  /** Collects the fingerprints of a page. */
  static final class Builder {
    private final ByteBuffer buffer;

    Builder(int recordCount) {
      buffer = ByteBuffer.allocate(recordCount * RECORD_BYTES);
    }

    Builder add(long key, long content) {
      buffer.putLong(key).putLong(content);
      return this;
    }

    Fingerprints build() {
      return new Fingerprints(Arrays.copyOf(buffer.array(), buffer.position()));
    }
  }
}
