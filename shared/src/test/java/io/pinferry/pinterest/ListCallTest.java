package io.pinferry.pinterest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pinferry.pinterest.ListCall.QueryParameter;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class ListCallTest {
  private static final ListCall SECTION_PINS =
      new ListCall(
          "section_pins",
          "/v5/boards/{board_id}/sections/{section_id}/pins",
          Set.of("pins:read"),
          new QueryParameter("fixed", "true"),
          new QueryParameter("ad_account_id", "{ad_account_id}"));

  @Test
  void theFirstPageHasNoBookmark() {
    assertThat(SECTION_PINS.pathAndQuery(Map.of("board_id", "7", "section_id", "9"), null, 250))
        .isEqualTo("/v5/boards/7/sections/9/pins?fixed=true&page_size=250");
  }

  @Test
  void aBookmarkIsEncoded() {
    assertThat(
            SECTION_PINS.pathAndQuery(
                Map.of("board_id", "7", "section_id", "9"), "a+b/c==|d e&f", 5))
        .endsWith("&page_size=5&bookmark=a%2Bb%2Fc%3D%3D%7Cd%20e%26f");
  }

  @Test
  void parametersAreEncodedInPathAndQuery() {
    assertThat(
            SECTION_PINS.pathAndQuery(
                Map.of("board_id", "a/b", "section_id", "c?d", "ad_account_id", "x&y=z"), null, 1))
        .isEqualTo(
            "/v5/boards/a%2Fb/sections/c%3Fd/pins?fixed=true&ad_account_id=x%26y%3Dz&page_size=1");
  }

  @Test
  void aValueThatLooksLikeAReplacementIsTakenAsItIs() {
    assertThat(
            SECTION_PINS.pathAndQuery(
                Map.of("board_id", "{section_id}", "section_id", "$1"), null, 1))
        .startsWith("/v5/boards/%7Bsection_id%7D/sections/%241/pins?");
  }

  @Test
  void aParameterOfThePathIsNeeded() {
    assertThatThrownBy(() -> SECTION_PINS.pathAndQuery(Map.of("board_id", "7"), null, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("section_pins needs the parameter section_id");
  }

  @Test
  void itAcceptsWhatStandsInPathOrQuery() {
    assertThat(SECTION_PINS.accepts("board_id")).isTrue();
    assertThat(SECTION_PINS.accepts("ad_account_id")).isTrue();
    assertThat(SECTION_PINS.accepts("fixed")).isFalse();
    assertThat(SECTION_PINS.accepts("board")).isFalse();
  }

  @Test
  void statsAreAskedForWithAnObjectInAnObject() {
    ListCall distribution =
        ReadCatalogue.get("stats").defaultPlan().step("distribution_stats").call();

    assertThat(
            distribution.pathAndQuery(
                Map.of("catalog_type", "RETAIL", "catalog_id", "12", "ad_account_id", "3"),
                null,
                250))
        .isEqualTo(
            "/v5/catalogs/reports/stats"
                + "?parameters%5Bcatalog_type%5D=RETAIL"
                + "&parameters%5Breport%5D%5Breport_type%5D=DISTRIBUTION_ISSUES"
                + "&parameters%5Breport%5D%5Bcatalog_id%5D=12"
                + "&ad_account_id=3"
                + "&page_size=250");
  }

  @Test
  void statsOfAFeedNameTheFeed() {
    ListCall ingestion = ReadCatalogue.get("stats").defaultPlan().step("ingestion_stats").call();

    assertThat(
            ingestion.pathAndQuery(
                Map.of("catalog_type", "HOTEL", "catalog_id", "12", "feed_id", "4"), "b", 250))
        .isEqualTo(
            "/v5/catalogs/reports/stats"
                + "?parameters%5Bcatalog_type%5D=HOTEL"
                + "&parameters%5Breport%5D%5Breport_type%5D=FEED_INGESTION_ISSUES"
                + "&parameters%5Breport%5D%5Bfeed_id%5D=4"
                + "&page_size=250&bookmark=b");
  }
}
