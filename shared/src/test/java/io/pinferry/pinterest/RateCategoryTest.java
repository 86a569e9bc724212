package io.pinferry.pinterest;

import static org.assertj.core.api.Assertions.assertThat;

import io.pinferry.limit.Pace;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class RateCategoryTest {
  @ParameterizedTest
  @CsvSource({
    "GET, /v5/pins, ORG_READ",
    "HEAD, /v5/boards/1/pins/, ORG_READ",
    "POST, /v5/pins, ORG_WRITE",
    "DELETE, /v5/boards/1/sections/2, ORG_WRITE",
    "GET, /v5/pins/1/analytics, ORG_ANALYTICS",
    "GET, /v5/user_account/analytics/top_pins, ORG_ANALYTICS",
    "GET, /v5/ad_accounts, ADS_READ",
    "POST, /v5/ad_accounts/1/bid_floor, ADS_READ",
    "PATCH, /v5/ad_accounts/1/campaigns, ADS_WRITE",
    "GET, /v5/ad_accounts/1/ads/analytics, ADS_ANALYTICS",
    "POST, /v5/ad_accounts/1/reports, ADS_ANALYTICS",
    "POST, /v5/ad_accounts/1/mmm_reports, ADS_ANALYTICS",
    "GET, /v5/ad_accounts/1/mmm_reports, ADS_READ",
    "POST, /v5/ad_accounts/1/events, ADS_CONVERSIONS",
    "GET, /v5/catalogs/feeds, CATALOGS_READ",
    "POST, /v5/catalogs/reports, CATALOGS_READ",
    "POST, /v5/catalogs/feeds, CATALOGS_WRITE",
    "GET, /v5/trends/topics/featured, TRENDS_READ",
    "GET, /v5/something/new, ORG_READ",
    "PUT, /v5/something/new, ORG_WRITE",
    "GET, /v5/ad_accounts/1/something/new, ADS_READ",
  })
  void aRequestTakesFromTheBudgetOfItsCategory(String method, String path, RateCategory category) {
    assertThat(RateCategory.of(method, path)).isEqualTo(category);
  }

  @ParameterizedTest
  @EnumSource
  void everyCategoryHasAPaceToBeginWith(RateCategory category) {
    assertThat(Pace.of(category.assumed())).isPresent();
  }
}
