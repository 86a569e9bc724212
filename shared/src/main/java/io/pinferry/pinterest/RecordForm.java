package io.pinferry.pinterest;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The form of a record: all of its bytes but its texts, numbers and literals, which are the gaps
 * between its segments. Records of one page have few forms; where a record has the segments of one
 * that was scanned, with a scalar in each gap, it is JSON as well, and everything in it lies where
 * it lies in the other.
 */
final class RecordForm {
  private final int[] starts;
  private final int[] lengths;

  /** Triples: which position of the record this is, its segment, how far into that. */
  private final int[] spans;

  /**
   * @param start where the record that was scanned begins
   * @param end where it ends
   * @param gaps start and end of each of its scalars, in their order
   * @param gapCount how many numbers of {@code gaps} count
   * @param spans positions in the record; negative where it has none
   */
  RecordForm(int start, int end, int[] gaps, int gapCount, int[] spans) {
    int segments = gapCount / 2 + 1;
    starts = new int[segments];
    lengths = new int[segments];
    for (int i = 0; i < segments; i++) {
      starts[i] = i == 0 ? start : gaps[2 * i - 1];
      lengths[i] = (2 * i < gapCount ? gaps[2 * i] : end) - starts[i];
    }
    int[] known = new int[3 * spans.length];
    int count = 0;
    for (int i = 0; i < spans.length; i++) {
      if (spans[i] >= 0) {
        int segment = segmentOf(spans[i]);
        known[count++] = i;
        known[count++] = segment;
        known[count++] = spans[i] - starts[segment];
      }
    }
    this.spans = Arrays.copyOf(known, count);
  }

  /** A position between two segments is the beginning of a scalar, so the end of the first. */
  private int segmentOf(int position) {
    int found = Arrays.binarySearch(starts, position);
    return found >= 0 ? found : -found - 2;
  }

  /** Writes the positions of a record of this form whose segments begin there. */
  void place(int[] segmentStarts, int[] out, int offset) {
    for (int i = 0; i < spans.length; i += 3) {
      out[offset + spans[i]] = segmentStarts[spans[i + 1]] + spans[i + 2];
    }
  }

  /** Forms of the records of one page as a tree: what forms begin with in common is there once. */
  static final class Known {
    private final byte[] body;
    private @Nullable Segment first;
    private int depthMax;

    Known(byte[] body) {
      this.body = body;
    }

    @Nullable Segment first() {
      return first;
    }

    /** Returns how many segments a form that is known has at most. */
    int depthMax() {
      return depthMax;
    }

    void add(RecordForm form) {
      Segment before = null;
      for (int i = 0; i < form.starts.length; i++) {
        Segment alternatives = before == null ? first : before.next;
        Segment found = alternatives;
        while (found != null && !found.equals(body, form.starts[i], form.lengths[i])) {
          found = found.other;
        }
        if (found == null) {
          found = new Segment(form.starts[i], form.lengths[i]);
          found.other = alternatives;
          if (before == null) {
            first = found;
          } else {
            before.next = found;
          }
        }
        before = found;
      }
      if (before != null) {
        before.form = form;
      }
      depthMax = Math.max(depthMax, form.starts.length);
    }
  }

  /** One segment, in the record where it was first seen. */
  static final class Segment {
    private final int start;
    private final int length;
    private @Nullable Segment next;
    private @Nullable Segment other;
    private @Nullable RecordForm form;

    private Segment(int start, int length) {
      this.start = start;
      this.length = length;
    }

    private boolean equals(byte[] body, int from, int bytes) {
      return bytes == length
          && Arrays.equals(body, start, start + length, body, from, from + length);
    }

    int start() {
      return start;
    }

    int length() {
      return length;
    }

    /** Returns a segment that may follow after a scalar. */
    @Nullable Segment next() {
      return next;
    }

    /** Returns another segment that may be in the place of this one. */
    @Nullable Segment other() {
      return other;
    }

    /** Returns the form of the record that ends with this segment; null if none does. */
    @Nullable RecordForm form() {
      return form;
    }
  }
}
