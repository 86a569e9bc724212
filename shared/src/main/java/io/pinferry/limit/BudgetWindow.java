package io.pinferry.limit;

import java.time.Duration;

/**
 * An advertised limit: the most requests in any period of this length.
 *
 * @param limit at least 1
 */
public record BudgetWindow(int limit, Duration length) {
  public BudgetWindow {
    if (limit < 1 || !length.isPositive()) {
      throw new IllegalArgumentException(limit + " requests in " + length + " is no limit");
    }
  }
}
