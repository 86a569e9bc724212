package io.pinferry.local.simulator;

import static io.pinferry.local.simulator.SimulatorClient.encode;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The refusals, pages and limits of the API. */
final class SimulatedRulesTest {
  private static final String BRACKETS = "catalogs/reports/stats?parameters[catalog_type]=";

  private final SimulatorClient client = SimulatorClient.of(1, 600);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "pins?page_size=0",
        "pins?page_size=251",
        "pins?page_size=many",
        "pins?page_size=",
        "pins?page_size=10&page_size=20",
        "pins?board_id=1",
        "pins?creative_types=NONE",
        "pins?pin_filter=best",
        "pins?pin_type=PUBLIC",
        "pins?include_protected_pins=yes",
        "pins?ad_account_id=abc",
        "pins?ad_account_id=1234567890123456789",
        "pins?bookmark=abc",
        "pins?bookmark=%zz",
        "pins/abc",
        "boards?privacy=public",
        "boards/12x/pins",
        "boards/1/pins?pin_filter=exclude_repins",
        "media?ad_account_id=1",
        "ad_accounts?ad_account_id=1",
        "catalogs/product_groups?id=1,x",
        "catalogs/reports/stats",
        BRACKETS + "CREATIVE_ASSETS&parameters[report][report_type]=DISTRIBUTION_ISSUES",
        BRACKETS + "RETAIL",
        BRACKETS + "RETAIL&parameters[report][report_type]=FEED_INGESTION_ISSUES",
        BRACKETS + "RETAIL&parameters[report][report_type]=DISTRIBUTION_ISSUES&parameters[x]=1",
        BRACKETS
            + "RETAIL&parameters[report][report_type]=DISTRIBUTION_ISSUES&parameters[report][=1",
        BRACKETS
            + "RETAIL&parameters[report][report_type]=DISTRIBUTION_ISSUES&parameters[report][feed_id]=1",
        "catalogs/reports/stats?parameters=RETAIL",
      })
  void whatDoesNotFitIsRefusedWithCode1(String path) {
    SimulatedResponse response = client.get("/v5/" + path.replace("[", "%5B").replace("]", "%5D"));
    assertThat(response.status()).isEqualTo(400);
    JsonNode body = client.json(response);
    assertThat(body.get("code").asInt()).isEqualTo(1);
    assertThat(body.get("message").asText()).isNotEmpty();
    assertThat(response.headers()).containsKey("x-pinterest-rid");
  }

  @ParameterizedTest
  @CsvSource({
    "GET, nothing/here, 404, 404",
    "POST, boards/1/sections/2/pins, 405, 5",
    "PUT, pins, 405, 5",
    "GET, oauth/token, 405, 5",
    "GET, boards/1, 404, 40",
    "GET, pins/1, 404, 50",
    "GET, catalogs/feeds/1, 404, 4161",
    "GET, catalogs/feeds?catalog_id=1, 404, 678",
    "GET, catalogs/product_groups/1, 404, 4180",
    "GET, integrations/1, 404, 4517",
    "GET, boards?ad_account_id=1, 403, 29",
    "GET, catalogs?ad_account_id=1, 401, 29",
  })
  void errorsHaveTheStatusAndCodeOfTheLiveApi(String method, String path, int status, int code) {
    String token =
        client.simulator.issueAccessToken(
            SimulatorClient.CLIENT_ID, Set.copyOf(PinterestSimulator.scopes()));
    SimulatedResponse response =
        client.simulator.handle(
            SimulatedRequest.of(
                method, "/v5/" + path, Map.of("authorization", "Bearer " + token), ""));
    assertThat(response.status()).isEqualTo(status);
    assertThat(client.json(response).get("code").asInt()).isEqualTo(code);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "pina_", "pina_abc", "pinr_abc", "x"})
  void aMissingOrUnknownTokenIsCode2(String token) {
    SimulatedResponse response = client.withToken(token).get("/v5/pins");
    assertThat(response.status()).isEqualTo(401);
    assertThat(client.json(response).get("code").asInt()).isEqualTo(2);
  }

  @Test
  void boardsOfOthersAreNotForEverybody() {
    String account =
        client.all("/v5/ad_accounts").stream()
            .map(each -> each.get("id").asText())
            .filter(
                id ->
                    client.get("/v5/boards?ad_account_id=" + id).status() == 200
                        && client.all("/v5/boards?ad_account_id=" + id).size() < 5)
            .findFirst()
            .orElseThrow();
    String board = client.all("/v5/boards?ad_account_id=" + account).getFirst().get("id").asText();
    SimulatedResponse response = client.get("/v5/boards/" + board);
    assertThat(response.status()).isEqualTo(401);
    assertThat(client.json(response).get("code").asInt()).isEqualTo(7);
    assertThat(client.get("/v5/boards/" + board + "?ad_account_id=" + account).status())
        .isEqualTo(200);
  }

  @Test
  void secretBoardsAndTheirPinsNeedTheirScopes() {
    int boards = client.all("/v5/boards").size();
    int secret = client.all("/v5/boards?privacy=SECRET").size();
    int pins = client.all("/v5/pins?include_protected_pins=true").size();
    int secretPins = client.all("/v5/pins?pin_type=PRIVATE").size();
    String secretBoard = client.all("/v5/boards?privacy=SECRET").getFirst().get("id").asText();
    assertThat(secret).isPositive();
    assertThat(secretPins).isPositive().isLessThan(pins);

    client.withScopes("boards:read", "pins:read");
    assertThat(client.all("/v5/boards")).hasSize(boards - secret);
    assertThat(client.all("/v5/pins?include_protected_pins=true")).hasSize(pins - secretPins);
    assertThat(client.all("/v5/pins?pin_type=PRIVATE")).isEmpty();
    assertThat(client.get("/v5/boards/" + secretBoard + "/pins").status()).isEqualTo(401);

    client.withScopes("boards:read", "boards:read_secret", "pins:read");
    assertThat(client.all("/v5/boards")).hasSize(boards);
    assertThat(client.all("/v5/boards/" + secretBoard + "/pins")).isEmpty();
  }

  @Test
  void protectedPinsAreLeftOutUnlessAskedFor() {
    assertThat(client.all("/v5/pins?page_size=250").size())
        .isLessThan(client.all("/v5/pins?page_size=250&include_protected_pins=true").size());
  }

  @Test
  void filtersNarrowTheList() {
    var videos = client.all("/v5/pins?creative_types=VIDEO&creative_types=IDEA&page_size=100");
    assertThat(videos)
        .isNotEmpty()
        .allSatisfy(pin -> assertThat(pin.get("creative_type").asText()).isIn("VIDEO", "IDEA"));
    assertThat(client.all("/v5/pins?pin_filter=has_been_promoted"))
        .isNotEmpty()
        .allSatisfy(pin -> assertThat(pin.get("has_been_promoted").asBoolean()).isTrue());
    assertThat(client.ok("/v5/pins?pin_metrics=true").at("/items/0/pin_metrics/90d").isObject())
        .isTrue();
  }

  @Test
  void aListOfPinsEndsWithAnEmptyPageAndOthersWithTheirLast() {
    JsonNode page = client.ok("/v5/pins?page_size=250&include_protected_pins=true");
    while (!page.get("items").isEmpty()) {
      assertThat(page.get("bookmark").isTextual()).isTrue();
      page =
          client.ok(
              "/v5/pins?page_size=250&include_protected_pins=true&bookmark="
                  + encode(page.get("bookmark").asText()));
    }
    assertThat(page.get("bookmark").isNull()).isTrue();
    assertThat(client.ok("/v5/boards?page_size=250").get("bookmark").isNull()).isTrue();
  }

  @Test
  void aPageHas25RecordsUnlessSaidOtherwiseAndAnEmptyBookmarkIsTheFirstPage() {
    assertThat(client.ok("/v5/pins").get("items")).hasSize(25);
    assertThat(client.ok("/v5/pins?bookmark=").get("items"))
        .isEqualTo(client.ok("/v5/pins").get("items"));
  }

  @Test
  void aBookmarkBelongsToItsList() {
    String bookmark = encode(client.ok("/v5/pins").get("bookmark").asText());
    assertThat(client.get("/v5/pins?page_size=7&bookmark=" + bookmark).status()).isEqualTo(200);
    for (String other :
        List.of("/v5/boards?", "/v5/pins?include_protected_pins=true&", "/v5/media?")) {
      SimulatedResponse response = client.get(other + "bookmark=" + bookmark);
      assertThat(response.status()).as(other).isEqualTo(400);
      assertThat(client.json(response).get("code").asInt()).isEqualTo(1);
    }
  }

  @Test
  void keysDoNotShiftWhenRecordsComeAndGoButOffsetsDo() {
    assertThat(repeatedByAnInsertion(BookmarkStyle.KEY)).isZero();
    assertThat(repeatedByAnInsertion(BookmarkStyle.OFFSET)).isEqualTo(3);
  }

  private static int repeatedByAnInsertion(BookmarkStyle style) {
    var other =
        SimulatorClient.of(
            SimulatorClient.settings(1, 200).withRateLimits(false).withBookmarkStyle(style));
    other.simulator.addFault(new Fault("/v5/pins", null, null, 2, 1, new Fault.Insert("pins", 3)));
    List<String> ids =
        other.all("/v5/pins?include_protected_pins=true").stream()
            .map(pin -> pin.get("id").asText())
            .toList();
    return ids.size() - Set.copyOf(ids).size();
  }

  @Test
  void aChainOfPinsMayBeCapped() {
    var capped =
        SimulatorClient.of(
            SimulatorClient.settings(1, 110_000).withRateLimits(false).withChainCap(true));
    String bookmark = "";
    SimulatedResponse response = capped.get("/v5/pins?page_size=250&include_protected_pins=true");
    int records = 0;
    while (response.status() == 200) {
      JsonNode page = capped.json(response);
      records += page.get("items").size();
      bookmark = page.get("bookmark").asText();
      response =
          capped.get(
              "/v5/pins?page_size=250&include_protected_pins=true&bookmark=" + encode(bookmark));
    }
    assertThat(records).isEqualTo(100_000);
    assertThat(response.status()).isEqualTo(400);
    assertThat(capped.json(response).get("message").asText()).contains("100000");
  }

  @Test
  void theStatsParameterMayBeJson() {
    JsonNode catalog = client.ok("/v5/catalogs").at("/items/0");
    String json =
        "{\"catalog_type\":\"RETAIL\",\"report\":{\"report_type\":\"DISTRIBUTION_ISSUES\","
            + "\"catalog_id\":"
            + catalog.get("id")
            + "}}";
    assertThat(client.ok("/v5/catalogs/reports/stats?parameters=" + encode(json)))
        .isEqualTo(
            client.ok(
                SimulatedAccountTest.stats(
                    "RETAIL", "DISTRIBUTION_ISSUES", "catalog_id", catalog.get("id").asText())));
  }

  @Test
  void productGroupsCanBeChosenByIdFeedAndCatalog() {
    List<JsonNode> all = client.all("/v5/catalogs/product_groups");
    String id = all.getFirst().get("id").asText();
    assertThat(client.all("/v5/catalogs/product_groups?id=" + id)).hasSize(1);
    String feed =
        all.stream()
            .map(group -> group.path("feed_id"))
            .filter(JsonNode::isTextual)
            .findFirst()
            .orElseThrow()
            .asText();
    assertThat(client.all("/v5/catalogs/product_groups?feed_id=" + feed))
        .isNotEmpty()
        .allSatisfy(group -> assertThat(group.get("feed_id").asText()).isEqualTo(feed));
  }

  @Test
  void everyAnswerSaysTheLimitsInTheLiveForm() {
    var limited = SimulatorClient.of(SimulatorClient.settings(1, 10));
    SimulatedResponse response = limited.get("/v5/pins");
    assertThat(response.headers())
        .containsEntry(
            "x-ratelimit-limit",
            "100, 100;w=1;name=\"safety_net_app_id_user_id\","
                + " 1000;w=60;name=\"org_read_app_id_user_id\"")
        .containsEntry("x-ratelimit-remaining", "99")
        .containsEntry("x-ratelimit-reset", "1");
    assertThat(limited.get("/v5/catalogs").headers().get("x-ratelimit-limit"))
        .contains("100;w=60;name=\"catalogs_read_app_id_user_id\"");
    assertThat(limited.get("/v5/boards/x").headers()).containsKey("x-ratelimit-limit");
    assertThat(limited.withToken("pina_x").get("/v5/pins").headers())
        .containsKey("x-ratelimit-limit");
    assertThat(client.get("/v5/pins").headers()).doesNotContainKey("x-ratelimit-limit");
  }

  @Test
  void theWindowSlides() {
    var limited = SimulatorClient.of(SimulatorClient.settings(1, 10));
    // 60 at second 0 and 40 at second 30 fill the minute.
    for (int i = 0; i < 60; i++) {
      assertThat(limited.get("/v5/catalogs").status()).isEqualTo(200);
    }
    limited.clock.advance(Duration.ofSeconds(30));
    for (int i = 0; i < 40; i++) {
      assertThat(limited.get("/v5/catalogs").status()).isEqualTo(200);
    }
    SimulatedResponse refused = limited.get("/v5/catalogs");
    assertThat(refused.status()).isEqualTo(429);
    assertThat(limited.json(refused).get("code").asInt()).isEqualTo(8);
    assertThat(refused.headers())
        .containsEntry("x-ratelimit-remaining", "0")
        .containsEntry("x-ratelimit-reset", "30");
    assertThat(limited.get("/v5/pins").status()).as("another category").isEqualTo(200);
    limited.clock.advance(Duration.ofSeconds(29));
    assertThat(limited.get("/v5/catalogs").status()).isEqualTo(429);
    limited.clock.advance(Duration.ofSeconds(1));
    for (int i = 0; i < 60; i++) {
      assertThat(limited.get("/v5/catalogs").status()).isEqualTo(200);
    }
    assertThat(limited.get("/v5/catalogs").status()).isEqualTo(429);
  }

  @Test
  void limitsPerMinuteCanBeAPartOfTheUsualOnes() {
    var limited = SimulatorClient.of(SimulatorClient.settings(1, 10).withRateLimitDivisor(20));
    for (int i = 0; i < 5; i++) {
      assertThat(limited.get("/v5/catalogs").status()).isEqualTo(200);
    }
    SimulatedResponse refused = limited.get("/v5/catalogs");
    assertThat(refused.status()).isEqualTo(429);
    assertThat(refused.headers().get("x-ratelimit-limit")).contains("5;w=60;", "100;w=1;");
  }

  @Test
  void noUserMayAskMoreThan100TimesASecond() {
    var limited = SimulatorClient.of(SimulatorClient.settings(1, 10));
    for (int i = 0; i < 100; i++) {
      assertThat(limited.get(i % 2 == 0 ? "/v5/pins" : "/v5/ad_accounts").status()).isEqualTo(200);
    }
    SimulatedResponse refused = limited.get("/v5/media");
    assertThat(refused.status()).isEqualTo(429);
    assertThat(refused.headers()).containsEntry("x-ratelimit-reset", "1");
    limited.clock.advance(Duration.ofSeconds(1));
    assertThat(limited.get("/v5/media").status()).isEqualTo(200);
  }

  @Test
  void aTrialApplicationHas1000RequestsADay() {
    var trial = SimulatorClient.of(SimulatorClient.settings(1, 10).withTrialTier(true));
    for (int i = 0; i < 1_000; i++) {
      assertThat(trial.get("/v5/pins").status()).isEqualTo(200);
      trial.clock.advance(Duration.ofSeconds(1));
    }
    SimulatedResponse refused = trial.get("/v5/media");
    assertThat(refused.status()).isEqualTo(429);
    assertThat(refused.headers()).containsEntry("x-ratelimit-reset", "85400");
  }
}
