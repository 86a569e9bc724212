package io.pinferry.limit;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The number of taken slots in each cell, a short time of fixed length. Immutable. */
public final class Ledger {
  private static final int VARINT_BITS = 7;
  private static final int VARINT_MORE = 1 << VARINT_BITS;

  private final Duration cell;
  private final long first;
  private final int[] counts;

  private Ledger(Duration cell, long first, int[] counts) {
    this.cell = cell;
    this.first = first;
    this.counts = counts;
  }

  /**
   * Returns a ledger without a slot that knows every cell since 1970.
   *
   * @param cell the length of a cell, in whole milliseconds
   */
  public static Ledger empty(Duration cell) {
    return new Ledger(cell, 0, new int[0]);
  }

  /**
   * Reads a stored ledger.
   *
   * @param cell the length of a cell
   * @param first see {@link #first}
   * @param encoded see {@link #encoded}
   * @throws IllegalArgumentException if the bytes are not a ledger
   */
  public static Ledger decoded(Duration cell, long first, byte[] encoded) {
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
    return new Ledger(cell, first, Arrays.copyOf(counts, length));
  }

  /** Returns the number of the cell that an instant falls into; cell 0 begins in 1970. */
  long cellOf(Instant instant) {
    return Math.floorDiv(instant.toEpochMilli(), cell.toMillis());
  }

  /** Returns the begin of a cell. */
  Instant begin(long number) {
    return Instant.ofEpochMilli(number * cell.toMillis());
  }

  /** Returns the first cell that it knows. */
  public long first() {
    return first;
  }

  /** Returns the counts from the first cell on, each as a number of variable length. */
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

  /** Returns the number of slots in a cell. */
  int count(long number) {
    return number < first || number >= first + counts.length ? 0 : counts[(int) (number - first)];
  }

  /** Returns the number of slots in the cells from one on and before another. */
  int sum(long from, long before) {
    int sum = 0;
    long last = Math.min(before, first + counts.length);
    for (long number = Math.max(from, first); number < last; number++) {
      sum += counts[(int) (number - first)];
    }
    return sum;
  }

  /** Returns the end of the last cell with a slot, from a cell on; empty if there is none. */
  Optional<Instant> endOfLast(long from) {
    for (long number = first + counts.length - 1; number >= Math.max(from, first); number--) {
      if (count(number) > 0) {
        return Optional.of(begin(number + 1));
      }
    }
    return Optional.empty();
  }

  /**
   * Returns the most slots in any period of so many cells that contains a cell.
   *
   * @param cells the length of a period
   */
  int mostAround(long number, int cells) {
    long from = number - cells + 1;
    int sum = sum(from, number + 1);
    int most = sum;
    for (; from < number; from++) {
      sum += count(from + cells) - count(from);
      most = Math.max(most, sum);
    }
    return most;
  }

  /** Returns this with one more slot. */
  Ledger plus(Instant slot) {
    long number = cellOf(slot);
    if (number < first) {
      throw new IllegalArgumentException("the cell of " + slot + " is forgotten");
    }
    int index = (int) (number - first);
    int[] more = Arrays.copyOf(counts, Math.max(counts.length, index + 1));
    more[index]++;
    return new Ledger(cell, first, more);
  }

  /** Returns this without slots that were not used. Slots in forgotten cells change nothing. */
  Ledger minus(Collection<Instant> slots) {
    int[] less = counts.clone();
    for (Instant slot : slots) {
      long number = cellOf(slot);
      if (count(number) > 0) {
        int index = (int) (number - first);
        less[index] = Math.max(0, less[index] - 1);
      }
    }
    return new Ledger(cell, first, less);
  }

  /** Returns this without the cells before one. */
  Ledger from(long number) {
    if (number <= first) {
      return this;
    }
    int passed = (int) Math.min(number - first, counts.length);
    return new Ledger(cell, number, Arrays.copyOfRange(counts, passed, counts.length));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Ledger that
        && cell.equals(that.cell)
        && first == that.first
        && Arrays.equals(counts, that.counts);
  }

  @Override
  public int hashCode() {
    return Long.hashCode(first) * 31 + Arrays.hashCode(counts);
  }

  @Override
  public String toString() {
    return "from " + begin(first) + " " + Arrays.toString(counts);
  }
}
