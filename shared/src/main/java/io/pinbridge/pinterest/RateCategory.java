package io.pinbridge.pinterest;

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

  private final int requestsPerMinute;

  RateCategory(int requestsPerMinute) {
    this.requestsPerMinute = requestsPerMinute;
  }

  /** Returns the limit to assume until an answer's headers say another. */
  public int requestsPerMinute() {
    return requestsPerMinute;
  }

  /** Returns Pinterest's name of it, e.g. {@code org_read}. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
