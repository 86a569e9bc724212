package io.pinferry.limit;

import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** The number of taken slots in each second, past and future. Immutable. */
public final class Ledger {
  /** No slot was ever taken; it knows every second since 1970. */
  public static final Ledger EMPTY = new Ledger(0, new int[0]);

  private static final int VARINT_BITS = 7;
  private static final int VARINT_MORE = 1 << VARINT_BITS;

  private final long first;
  private final int[] counts;

  private Ledger(long first, int[] counts) {
    this.first = first;
    this.counts = counts;
  }

  /**
   * Reads a stored ledger.
   *
   * @param first see {@link #first}
   * @param encoded see {@link #encoded}
   * @throws IllegalArgumentException if the bytes are not a ledger
   */
  public static Ledger decoded(long first, byte[] encoded) {
    var counts = new int[encoded.length];
    int length = 0;
    int shift = 0;
    for (byte part : encoded) {
      counts[length] |= (part & (VARINT_MORE - 1)) << shift;
      if (part < 0) {
        shift += VARINT_BITS;
      } else {
        shift = 0;
        length++;
      }
    }
    if (shift != 0) {
      throw new IllegalArgumentException("a ledger of " + encoded.length + " bytes has no end");
    }
    return new Ledger(first, Arrays.copyOf(counts, length));
  }

  /** Returns the first second that it knows. */
  public long first() {
    return first;
  }

  /** Returns the counts from the first second on, each as a number of variable length. */
  public byte[] encoded() {
    var bytes = new ByteArrayOutputStream(counts.length);
    for (int count : counts) {
      int rest = count;
      while (rest >= VARINT_MORE) {
        bytes.write((rest & (VARINT_MORE - 1)) | VARINT_MORE);
        rest >>>= VARINT_BITS;
      }
      bytes.write(rest);
    }
    return bytes.toByteArray();
  }

  /** Returns the number of slots in a second. */
  int count(long second) {
    return second < first || second >= first + counts.length ? 0 : counts[(int) (second - first)];
  }

  /** Returns the number of slots in the seconds from one on and before another. */
  int sum(long from, long before) {
    int sum = 0;
    long last = Math.min(before, first + counts.length);
    for (long second = Math.max(from, first); second < last; second++) {
      sum += counts[(int) (second - first)];
    }
    return sum;
  }

  /** Returns this with one more slot. */
  Ledger plus(Instant slot) {
    long second = slot.getEpochSecond();
    if (second < first) {
      throw new IllegalArgumentException("second " + second + " is forgotten");
    }
    int index = (int) (second - first);
    int[] more = Arrays.copyOf(counts, Math.max(counts.length, index + 1));
    more[index]++;
    return new Ledger(first, more);
  }

  /** Returns this without slots that were not used. Slots in forgotten seconds change nothing. */
  Ledger minus(Collection<Instant> slots) {
    int[] less = counts.clone();
    for (Instant slot : slots) {
      if (count(slot.getEpochSecond()) > 0) {
        int index = (int) (slot.getEpochSecond() - first);
        less[index] = Math.max(0, less[index] - 1);
      }
    }
    return new Ledger(first, less);
  }

  /** Returns this without the seconds before one. */
  Ledger from(long second) {
    if (second <= first) {
      return this;
    }
    int passed = (int) Math.min(second - first, counts.length);
    return new Ledger(second, Arrays.copyOfRange(counts, passed, counts.length));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Ledger that
        && first == that.first
        && Arrays.equals(counts, that.counts);
  }

  @Override
  public int hashCode() {
    return Long.hashCode(first) * 31 + Arrays.hashCode(counts);
  }

  @Override
  public String toString() {
    return "from " + first + " " + Arrays.toString(counts);
  }
}
