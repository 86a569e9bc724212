package io.pinferry.limit;

import java.time.Duration;

/**
 * A limit as it is advertised: so many requests in any time of this length.
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
