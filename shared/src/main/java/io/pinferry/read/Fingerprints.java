package io.pinferry.read;

import io.pinferry.base.Digest;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * The fingerprints of the records of a page: for each record a hash of its key and a hash of its
 * content, 16 bytes together.
 *
 * <p>A change is overlooked if both contents have the same hash: a chance of 2^-64 for each changed
 * record, below 10^-13 for a million of them. Two records whose keys have the same hash are told
 * apart by nothing, and are both delivered.
 */
public final class Fingerprints {
  /** Stands for two contents of one record, of which nobody knows the one that came last. */
  static final long UNCERTAIN = 0;

  static final Fingerprints NONE = new Fingerprints(new byte[0]);

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

  /**
   * Joins keys and the hashes of contents.
   *
   * @param contents see {@link #contentsOf}
   * @throws IllegalArgumentException if there is not one hash for each key
   */
  public static Fingerprints of(List<String> keys, byte[] contents) {
    if (contents.length != keys.size() * Long.BYTES) {
      throw new IllegalArgumentException(
          contents.length + " bytes are no hashes of " + keys.size() + " contents");
    }
    ByteBuffer hashes = ByteBuffer.wrap(contents);
    var all = new Builder(keys.size());
    keys.forEach(key -> all.add(keyHash(List.of(key)), hashes.getLong()));
    return all.build();
  }

  /** Returns the hash of a key. */
  static long keyHash(List<String> parts) {
    return hash(Digest.of(parts.toArray(String[]::new)));
  }

  /** Returns a hash, which is never {@link #UNCERTAIN}. */
  static long hash(Digest digest) {
    long hash = ByteBuffer.wrap(digest.bytes()).getLong();
    return hash == UNCERTAIN ? 1 : hash;
  }

  /**
   * Returns the hashes of the contents, if the hashes of the keys follow from keys that are stored
   * anyway.
   *
   * @return empty if these are not the keys of the records, in their order
   */
  public Optional<byte[]> contentsOf(List<String> keys) {
    if (keys.size() != count()) {
      return Optional.empty();
    }
    ByteBuffer all = ByteBuffer.wrap(bytes);
    ByteBuffer contents = ByteBuffer.allocate(keys.size() * Long.BYTES);
    for (String key : keys) {
      if (all.getLong() != keyHash(List.of(key))) {
        return Optional.empty();
      }
      contents.putLong(all.getLong());
    }
    return Optional.of(contents.array());
  }

  /** Returns the stored form. */
  public byte[] toBytes() {
    return bytes.clone();
  }

  public int count() {
    return bytes.length / RECORD_BYTES;
  }

  /** Passes all fingerprints on. */
  void forEach(Receiver receiver) {
    forEachFirst(count(), receiver);
  }

  /** Passes the first fingerprints on. */
  void forEachFirst(int limit, Receiver receiver) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    for (int i = 0; i < Math.min(limit, count()); i++) {
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

    /**
     * @param countMax the most fingerprints that will be added
     */
    Builder(int countMax) {
      buffer = ByteBuffer.allocate(countMax * RECORD_BYTES);
    }

    Builder add(long key, long content) {
      buffer.putLong(key).putLong(content);
      return this;
    }

    Builder addAll(Builder others) {
      buffer.put(others.buffer.array(), 0, others.buffer.position());
      return this;
    }

    int count() {
      return buffer.position() / RECORD_BYTES;
    }

    Fingerprints build() {
      return new Fingerprints(Arrays.copyOf(buffer.array(), buffer.position()));
    }
  }
}
