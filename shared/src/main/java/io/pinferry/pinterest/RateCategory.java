package io.pinferry.pinterest;

import io.pinferry.limit.BudgetKey;
import io.pinferry.limit.BudgetOwner;
import io.pinferry.limit.BudgetWindow;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Groups of requests that share one quota per app and user. The numbers were measured with Standard
 * access; the headers of an answer give the current ones.
 *
 * @see <a href="https://developers.pinterest.com/docs/reference/rate-limits/">Rate limits</a>
 */
public enum RateCategory {
  ORG_READ(1000),
  ORG_WRITE(100),
  ORG_ANALYTICS(60),
  ADS_READ(1000),
  ADS_WRITE(100),
  ADS_ANALYTICS(300),
  ADS_CONVERSIONS(120_000),
  CATALOGS_READ(100),
  CATALOGS_WRITE(100),
  TRENDS_READ(60);

  /** The first parts of paths that belong to advertising. */
  private static final Set<String> OF_ADS =
      Set.of(
          "ad_accounts",
          "advanced_auction",
          "business_access",
          "businesses",
          "integrations",
          "notifications",
          "resources",
          "terms");

  /** Requests that read with a POST, since a query could not hold their conditions. */
  private static final Pattern ASKED_BY_POST =
      Pattern.compile(
          "ad_accounts/[^/]+/(ad_groups/audience_sizing|bid_floor|bulk/download)"
              + "|advanced_auction/items/get|notifications"
              + "|catalogs/(items|reports|products/get_by_product_group_filters)|oauth/token");

  private static final Pattern ANALYTICS =
      Pattern.compile(
          "(ad_accounts|pins|user_account)/(.+/)?(targeting_)?analytics(/.*)?"
              + "|ad_accounts/[^/]+/(templates/[^/]+/)?reports|resources/metrics_ready_state");

  /** Reports: ordering one counts as analytics, fetching it does not. */
  private static final Pattern ORDERED_ANALYTICS =
      Pattern.compile("ad_accounts/[^/]+/(mmm_reports|reports/brand_category_sku)");

  private static final Pattern CONVERSIONS = Pattern.compile("ad_accounts/[^/]+/(msot/)?events");

  private static final Set<String> WRITING = Set.of("POST", "PUT", "PATCH", "DELETE");

  /** Pinterest's limit for an app and user. It holds in addition to the limit of the category. */
  private static final BudgetWindow SAFETY_NET = new BudgetWindow(100, Duration.ofSeconds(1));

  private final int requestsPerMinute;

  RateCategory(int requestsPerMinute) {
    this.requestsPerMinute = requestsPerMinute;
  }

  /** Returns the limits to assume until the headers of an answer give others. */
  public List<BudgetWindow> assumed() {
    return List.of(SAFETY_NET, new BudgetWindow(requestsPerMinute, Duration.ofMinutes(1)));
  }

  /** Returns the key of the budget of this category. */
  public BudgetKey budgetOf(BudgetOwner owner) {
    return new BudgetKey(owner, text());
  }

  /**
   * Returns the category of a request. The first part of the path and the method decide for unknown
   * paths.
   *
   * @param path from {@code /v5/} on
   */
  public static RateCategory of(String method, String path) {
    String rest = path.replaceFirst("^/v5/", "").replaceFirst("/+$", "");
    boolean asks = !WRITING.contains(method);
    boolean orders = !asks && ORDERED_ANALYTICS.matcher(rest).matches();
    boolean reads = asks || ASKED_BY_POST.matcher(rest).matches();
    String first = rest.substring(0, rest.indexOf('/') < 0 ? rest.length() : rest.indexOf('/'));
    if (first.equals("trends")) {
      return TRENDS_READ;
    }
    if (first.equals("catalogs")) {
      return reads ? CATALOGS_READ : CATALOGS_WRITE;
    }
    boolean ads = OF_ADS.contains(first) || rest.equals("user_account/followers");
    if (orders || ANALYTICS.matcher(rest).matches()) {
      return ads ? ADS_ANALYTICS : ORG_ANALYTICS;
    }
    if (!asks && CONVERSIONS.matcher(rest).matches()) {
      return ADS_CONVERSIONS;
    }
    if (ads) {
      return reads ? ADS_READ : ADS_WRITE;
    }
    return reads ? ORG_READ : ORG_WRITE;
  }

  /** Returns Pinterest's name, for example {@code org_read}. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
