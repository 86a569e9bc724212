package io.pinferry.local.simulator;

import java.util.Locale;

/** Names the groups of operations that share one rate limit per application and user. */
public enum Category {
  ORG_READ(1_000),
  ORG_WRITE(100),
  ORG_ANALYTICS(60),
  ADS_READ(1_000),
  /** No published or observed number; held to that of the other writes. */
  ADS_WRITE(100),
  ADS_ANALYTICS(300),
  CATALOGS_READ(100),
  CATALOGS_WRITE(100),
  TRENDS_READ(60);

  private final int requestsPerMinute;

  Category(int requestsPerMinute) {
    this.requestsPerMinute = requestsPerMinute;
  }

  /** Returns how many requests a sliding minute allows. */
  public int requestsPerMinute() {
    return requestsPerMinute;
  }

  /** Returns the name as it stands in headers and logs, such as {@code org_read}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
