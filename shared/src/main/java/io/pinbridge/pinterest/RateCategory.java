package io.pinbridge.pinterest;

import io.pinbridge.limit.BudgetKey;
import io.pinbridge.limit.BudgetOwner;
import io.pinbridge.limit.BudgetWindow;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * Groups of operations that share one quota per app and user. The numbers are what was seen with
 * Standard access; the answer's headers say what holds now.
 *
 * @see <a href="https://developers.pinterest.com/docs/reference/rate-limits/">Rate limits</a>
 */
public enum RateCategory {
  ORG_READ(1000),
  ORG_WRITE(100),
  ADS_READ(1000),
  ADS_WRITE(100),
  CATALOGS_READ(100),
  CATALOGS_WRITE(100);

  /** Holds for all categories of an app and user together, whatever their own limits. */
  private static final BudgetWindow SAFETY_NET = new BudgetWindow(100, Duration.ofSeconds(1));

  private final int requestsPerMinute;

  RateCategory(int requestsPerMinute) {
    this.requestsPerMinute = requestsPerMinute;
  }

  /** Returns the limits to assume until an answer's headers say others. */
  public List<BudgetWindow> assumed() {
    return List.of(SAFETY_NET, new BudgetWindow(requestsPerMinute, Duration.ofMinutes(1)));
  }

  /** Returns the name of this category's budget of one app and user. */
  public BudgetKey budgetOf(BudgetOwner owner) {
    return new BudgetKey(owner, text());
  }

  /** Returns Pinterest's name of it, e.g. {@code org_read}. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
