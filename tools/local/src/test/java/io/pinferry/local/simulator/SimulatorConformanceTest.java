package io.pinferry.local.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.local.oracle.PinterestOracle;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every answer of the simulator is one the official specification describes. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class SimulatorConformanceTest {
  private PinterestOracle oracle;

  @BeforeAll
  void findTheSpecification() {
    oracle = PinterestOracle.orSkip();
  }

  @ParameterizedTest
  @CsvSource({"1,0", "1,1", "2,60", "3,2500"})
  void everyAnswerOfATourConforms(long seed, int records) {
    var client = SimulatorClient.of(seed, records);
    var users = new ArrayList<String>();
    users.add("");
    for (JsonNode account : tour(client, "/v5/ad_accounts?page_size=2")) {
      users.add("&ad_account_id=" + account.get("id").asText());
      tour(client, "/v5/ad_accounts/" + account.get("id").asText());
    }
    for (String list : List.of("media", "integrations", "businesses/employers")) {
      tour(client, "/v5/" + list + "?page_size=7");
    }
    for (String user : users) {
      organic(client, user);
      catalogs(client, user);
    }
    client
        .all("/v5/media")
        .forEach(media -> tour(client, "/v5/media/" + media.get("media_id").asText()));
    client
        .all("/v5/integrations")
        .forEach(each -> tour(client, "/v5/integrations/" + each.get("id").asText()));
  }

  private void organic(SimulatorClient client, String user) {
    tour(client, "/v5/user_account" + (user.isEmpty() ? "" : "?" + user.substring(1)));
    String pins = "/v5/pins?include_protected_pins=true&page_size=250" + user;
    for (JsonNode pin : tour(client, pins).stream().limit(20).toList()) {
      tour(client, "/v5/pins/" + pin.get("id").asText() + "?pin_metrics=true" + user);
    }
    tour(
        client,
        "/v5/pins?pin_metrics=true&creative_types=VIDEO&creative_types=IDEA&page_size=30" + user);
    tour(client, "/v5/pins?pin_type=PRIVATE&pin_filter=exclude_repins" + user);
    for (JsonNode board : tour(client, "/v5/boards?privacy=ALL" + user)) {
      String path = "/v5/boards/" + board.get("id").asText();
      tour(client, path + "?" + user.substring(Math.min(1, user.length())));
      tour(client, path + "/pins?pin_metrics=false" + user);
      for (JsonNode section : tour(client, path + "/sections?page_size=2" + user)) {
        tour(
            client, path + "/sections/" + section.get("id").asText() + "/pins?page_size=50" + user);
      }
    }
  }

  private void catalogs(SimulatorClient client, String user) {
    for (JsonNode catalog : tour(client, "/v5/catalogs?page_size=1" + user)) {
      String id = catalog.get("id").asText();
      String type = catalog.get("catalog_type").asText();
      tour(client, "/v5/catalogs/product_groups?catalog_id=" + id + user);
      tour(
          client, SimulatedAccountTest.stats(type, "DISTRIBUTION_ISSUES", "catalog_id", id) + user);
      for (JsonNode feed : tour(client, "/v5/catalogs/feeds?catalog_id=" + id + user)) {
        String feedId = feed.get("id").asText();
        tour(
            client,
            "/v5/catalogs/feeds/" + feedId + "?" + user.substring(Math.min(1, user.length())));
        tour(client, "/v5/catalogs/product_groups?feed_id=" + feedId + user);
        tour(
            client,
            SimulatedAccountTest.stats(type, "FEED_INGESTION_ISSUES", "feed_id", feedId) + user);
      }
    }
    List<JsonNode> groups = tour(client, "/v5/catalogs/product_groups?page_size=250" + user);
    for (JsonNode group : groups.stream().limit(5).toList()) {
      String id = group.get("id").asText();
      tour(
          client,
          "/v5/catalogs/product_groups/" + id + "?" + user.substring(Math.min(1, user.length())));
      tour(client, "/v5/catalogs/product_groups?id=" + id + "," + id + user);
    }
    tour(client, "/v5/catalogs/feeds?page_size=2" + user);
  }

  /** Follows a list, or asks once for one record; checks all on the way. */
  private List<JsonNode> tour(SimulatorClient client, String pathAndQuery) {
    var records = new ArrayList<JsonNode>();
    String next = pathAndQuery;
    while (true) {
      SimulatedResponse response = client.get(next);
      String body = response.bodyText();
      boolean unknownType = next.contains("CREATIVE_ASSETS");
      assertThat(oracle.validateRequest("GET", next, ""))
          .as(next)
          .hasSize(unknownType && next.contains("/stats?") ? 1 : 0);
      assertThat(oracle.validateResponse("GET", next, response.status(), body)).as(next).isEmpty();
      JsonNode json = client.json(response);
      json.path("items").forEach(records::add);
      if (!json.path("bookmark").isTextual()) {
        return records;
      }
      next =
          pathAndQuery
              + (pathAndQuery.contains("?") ? "&" : "?")
              + "bookmark="
              + SimulatorClient.encode(json.get("bookmark").asText());
    }
  }

  @Test
  void everyErrorConforms() {
    var client = SimulatorClient.of(SimulatorClient.settings(1, 300));
    for (String path :
        List.of(
            "pins?page_size=251",
            "pins?bookmark=nonsense",
            "boards/abc",
            "boards/123",
            "boards/123/pins",
            "boards/123/sections/1/pins",
            "pins/1",
            "media/1",
            "ad_accounts/1",
            "catalogs?ad_account_id=1",
            "boards?ad_account_id=1",
            "catalogs/feeds/1",
            "catalogs/product_groups/1",
            "catalogs/reports/stats",
            "integrations/1",
            "nothing")) {
      SimulatedResponse response = client.get("/v5/" + path);
      assertThat(response.status()).as(path).isGreaterThanOrEqualTo(400);
      assertThat(
              oracle.validateResponse("GET", "/v5/" + path, response.status(), response.bodyText()))
          .as(path)
          .isEmpty();
    }
    SimulatedResponse denied =
        client.simulator.handle(SimulatedRequest.get("/v5/pins", "pina_unknown"));
    assertThat(oracle.validateResponse("GET", "/v5/pins", denied.status(), denied.bodyText()))
        .isEmpty();
  }

  @Test
  void theTokenEndpointConforms() {
    var client = SimulatorClient.of(1, 10);
    SimulatedResponse first = client.exchange(client.code("pins:read,boards:read"));
    SimulatedResponse second = client.refresh(client.json(first).get("refresh_token").asText());
    SimulatedResponse refused = client.refresh("pinr_unknown");
    for (SimulatedResponse each : List.of(first, second, refused)) {
      assertThat(oracle.validateResponse("POST", "/v5/oauth/token", each.status(), each.bodyText()))
          .isEmpty();
    }
    assertThat(
            oracle.validateRequest(
                "POST", "/v5/oauth/token", "grant_type=refresh_token&refresh_token=pinr_x"))
        .isEmpty();
  }

  @Test
  void theOracleFindsWhatIsWrong() {
    assertThat(oracle.validateRequest("GET", "/v5/pins?page_size=251", "")).hasSize(1);
    assertThat(oracle.validateRequest("GET", "/v5/pins?page_size=x", "")).hasSize(1);
    assertThat(oracle.validateRequest("GET", "/v5/pins?board_id=1", ""))
        .containsExactly("the query parameter board_id is unknown");
    assertThat(oracle.validateRequest("GET", "/v5/pins?creative_types=NONE", "")).isNotEmpty();
    assertThat(oracle.validateRequest("GET", "/v5/boards/abc", "")).hasSize(1);
    assertThat(oracle.validateRequest("GET", "/v5/catalogs/reports/stats", "")).hasSize(1);
    assertThat(
            oracle.validateRequest(
                "GET", SimulatedAccountTest.stats("RETAIL", "NONE", "catalog_id", "1"), ""))
        .isNotEmpty();
    assertThat(oracle.validateRequest("PUT", "/v5/pins", "{}")).isNotEmpty();
    assertThat(oracle.validateRequest("POST", "/v5/oauth/token", "grant_type=refresh_token"))
        .isNotEmpty();
    assertThat(oracle.validateRequest("POST", "/v5/boards", "{\"privacy\":\"PUBLIC\"}"))
        .isNotEmpty();
    assertThat(oracle.validateRequest("POST", "/v5/boards", "{\"name\":\"a\"}")).isEmpty();
    assertThat(oracle.validateResponse("GET", "/v5/pins", 200, "{\"items\":[{\"id\":\"x\"}]}"))
        .isNotEmpty();
    assertThat(oracle.validateResponse("GET", "/v5/pins", 200, "{}")).isNotEmpty();
    assertThat(oracle.validateResponse("GET", "/v5/pins", 404, "{\"code\":\"50\"}")).isNotEmpty();
    assertThat(
            oracle.validateResponse(
                "GET", "/v5/catalogs/feeds", 200, "{\"items\":[{\"catalog_type\":\"RETAIL\"}]}"))
        .isNotEmpty();
  }
}
