package io.pinferry.benchmarks;

import java.util.Locale;

/**
 * The measured part of a goal.
 *
 * @param what is compared
 * @param ratio what was measured; the larger, the better
 * @param goal what it should be at least
 * @param detail the numbers behind the ratio
 */
record Goal(String what, double ratio, double goal, String detail) {
  boolean holds() {
    return ratio >= goal;
  }

  /** Returns how far the goal was reached, to compare different goals: 1 if just so. */
  double reached() {
    return ratio / goal;
  }

  String text() {
    return String.format(
        Locale.ROOT, "%s: %.2f, goal at least %.2f (%s)", what, ratio, goal, detail);
  }
}
