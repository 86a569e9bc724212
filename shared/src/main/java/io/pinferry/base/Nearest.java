package io.pinferry.base;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Suggests a known word for a mistyped one. */
public final class Nearest {
  /** Longer words get no suggestion: the comparison costs the product of both lengths. */
  private static final int LENGTH_MAX = 64;

  private Nearest() {}

  /**
   * Returns the known word with the fewest edits of single characters, including swaps of
   * neighbours. Case does not count. Empty if even this word differs in more than a third of its
   * characters.
   */
  public static Optional<String> to(String unknown, Collection<String> known) {
    if (unknown.length() > LENGTH_MAX) {
      return Optional.empty();
    }
    String best = null;
    int bestDistance = Integer.MAX_VALUE;
    for (String word : known) {
      if (word.length() > LENGTH_MAX) {
        continue;
      }
      int distance = distance(unknown.toLowerCase(Locale.ROOT), word.toLowerCase(Locale.ROOT));
      if (distance < bestDistance && distance <= Math.max(1, word.length() / 3)) {
        best = word;
        bestDistance = distance;
      }
    }
    return Optional.ofNullable(best);
  }

  /** Returns {@code ", did you mean X?"} if there is a near word, else an empty text. */
  public static String hint(String unknown, Collection<String> known) {
    return to(unknown, known).map(word -> ", did you mean " + word + "?").orElse("");
  }

  private static int distance(String a, String b) {
    int[] beforeLast = new int[b.length() + 1];
    int[] last = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      last[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] row = new int[b.length() + 1];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = last[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(replaced, Math.min(last[j], row[j - 1]) + 1);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
        }
      }
      beforeLast = last;
      last = row;
    }
    return last[b.length()];
  }
}
