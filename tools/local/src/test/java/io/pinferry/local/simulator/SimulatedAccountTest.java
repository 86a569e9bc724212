package io.pinferry.local.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares the lists of the account with the records that the simulator says it has. */
final class SimulatedAccountTest {
  private static final String SIZE = "page_size=250";

  @ParameterizedTest
  @CsvSource({"1,1", "1,7", "3,60", "1,200", "7,2500", "9,20000"})
  void theListsHoldExactlyTheTruth(long seed, int records) {
    var client = SimulatorClient.of(seed, records);
    assertThat(ids(client.all("/v5/pins?include_protected_pins=true&" + SIZE), "id"))
        .hasSize(records)
        .doesNotHaveDuplicates()
        .isEqualTo(ids(client.truth("pins", PinPlan.OWNED), "id"));
    for (String object : List.of("media", "ad_accounts")) {
      String key = object.equals("media") ? "media_id" : "id";
      assertThat(ids(client.all("/v5/" + object + "?" + SIZE), key))
          .isNotEmpty()
          .isEqualTo(ids(client.truth(object, PinPlan.OWNED), key));
    }
    assertThat(ids(client.all("/v5/businesses/employers?" + SIZE), "id"))
        .isNotEmpty()
        .isEqualTo(ids(client.truth("employers", PinPlan.OWNED), "id"));
    assertThat(ids(client.all("/v5/integrations?" + SIZE), "id"))
        .isNotEmpty()
        .isEqualTo(ids(client.truth("integrations", PinPlan.OWNED), "id"));
  }

  @ParameterizedTest
  @CsvSource({"1,1", "3,60", "7,2500", "9,20000"})
  void theFanOutFindsExactlyTheTruth(long seed, int records) {
    var client = SimulatorClient.of(seed, records);
    var pins = new ArrayList<String>();
    var boards = new ArrayList<String>();
    for (String account : operationUsers(client)) {
      var answer = client.get("/v5/boards?" + SIZE + account);
      if (answer.status() == 403) {
        continue;
      }
      for (JsonNode board : client.all("/v5/boards?" + SIZE + account)) {
        boards.add(board.get("id").asText());
        String path = "/v5/boards/" + board.get("id").asText();
        var found = new ArrayList<>(client.all(path + "/pins?" + SIZE + account));
        for (JsonNode section : client.all(path + "/sections?" + SIZE + account)) {
          found.addAll(
              client.all(
                  path + "/sections/" + section.get("id").asText() + "/pins?" + SIZE + account));
        }
        assertThat(found).hasSize(board.get("pin_count").asInt());
        if (account.isEmpty()) {
          pins.addAll(ids(found, "id"));
        }
      }
    }
    assertThat(Set.copyOf(boards))
        .isEqualTo(Set.copyOf(ids(client.truth("boards", PinPlan.OWNED), "id")));
    List<String> truth = ids(client.truth("pins", PinPlan.BOARDS), "id");
    assertThat(truth).doesNotHaveDuplicates().hasSizeGreaterThan(records);
    assertThat(pins).containsExactlyInAnyOrderElementsOf(truth);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 200, 20_000, 1_000_000})
  void aReadOfAllCatalogObjectsFitsIntoOneMinuteOfItsRateLimit(int records) {
    var client = SimulatorClient.of(5, records);
    var keys = new TreeMap<String, Set<String>>();
    // Even a client that takes every foreign ad account, and looks for its parents in each object.
    List<String> users = operationUsers(client);
    for (String object : List.of("catalogs", "feeds", "product_groups", "stats")) {
      for (String account : users) {
        if (client.get("/v5/catalogs?" + SIZE + account).status() != 200) {
          continue;
        }
        for (JsonNode catalog : client.all("/v5/catalogs?" + SIZE + account)) {
          String id = catalog.get("id").asText();
          String type = catalog.get("catalog_type").asText();
          switch (object) {
            case "catalogs" -> keys.computeIfAbsent(object, x -> new HashSet<>()).add(id);
            case "feeds", "product_groups" ->
                client
                    .all("/v5/catalogs/" + object + "?catalog_id=" + id + "&" + SIZE + account)
                    .forEach(
                        found ->
                            keys.computeIfAbsent(object, x -> new HashSet<>())
                                .add(found.get("id").asText()));
            default -> {
              if (type.equals("CREATIVE_ASSETS")) {
                continue;
              }
              client
                  .all(stats(type, "DISTRIBUTION_ISSUES", "catalog_id", id) + account)
                  .forEach(
                      found ->
                          keys.computeIfAbsent(object, x -> new HashSet<>())
                              .add(statsKey(found, "")));
              for (JsonNode feed : client.all("/v5/catalogs/feeds?catalog_id=" + id + account)) {
                String feedId = feed.get("id").asText();
                client
                    .all(stats(type, "FEED_INGESTION_ISSUES", "feed_id", feedId) + account)
                    .forEach(
                        found ->
                            keys.computeIfAbsent(object, x -> new HashSet<>())
                                .add(statsKey(found, feedId)));
              }
            }
          }
        }
      }
      List<String> truth =
          object.equals("stats")
              ? client.truth(object, PinPlan.OWNED).stream()
                  .map(row -> statsKey(row, row.at("/_source/feed_id").asText("")))
                  .toList()
              : ids(client.truth(object, PinPlan.OWNED), "id");
      assertThat(truth).doesNotHaveDuplicates();
      assertThat(keys.get(object)).isEqualTo(Set.copyOf(truth));
    }
    JsonNode counts = client.json(client.control("GET", "/_sim/requests", "")).get("counts");
    int requests = 0;
    for (JsonNode count : counts.get("catalogs_read")) {
      requests += count.asInt();
    }
    // The probe in front of each list above doubles the root requests.
    assertThat(requests - 4 * users.size()).isLessThan(60);
  }

  @Test
  void anEmptyAccountHasNothingAndNoCatalog() {
    var client = SimulatorClient.of(1, 0);
    for (String path :
        List.of(
            "pins",
            "boards",
            "media",
            "ad_accounts",
            "catalogs",
            "catalogs/feeds",
            "businesses/employers",
            "integrations")) {
      JsonNode page = client.ok("/v5/" + path);
      assertThat(page.get("items")).as(path).isEmpty();
      assertThat(page.get("bookmark").isNull()).as(path).isTrue();
    }
    SimulatedResponse groups = client.get("/v5/catalogs/product_groups");
    assertThat(groups.status()).isEqualTo(409);
    assertThat(client.json(groups).get("code").asInt()).isEqualTo(4182);
    for (String object : Truth.OBJECTS) {
      assertThat(client.truth(object, PinPlan.BOARDS)).as(object).isEmpty();
    }
  }

  @Test
  void thousandsOfBoardsCanBeAskedFor() {
    var client = SimulatorClient.of(SimulatorClient.settings(1, 300).withBoards(2_000));
    assertThat(client.all("/v5/boards?" + SIZE)).hasSize(2_000);
    assertThat(client.truth("pins", PinPlan.OWNED)).hasSize(300);
  }

  @Test
  void theSameSeedMakesTheSameAccount() {
    assertThat(SimulatorClient.of(4, 500).truth("pins", PinPlan.BOARDS))
        .isEqualTo(SimulatorClient.of(4, 500).truth("pins", PinPlan.BOARDS))
        .isNotEqualTo(SimulatorClient.of(5, 500).truth("pins", PinPlan.BOARDS));
  }

  @Test
  void pinsAreAboutAKilobyteAndHaveNullsAndUnknownMembers() {
    var client = SimulatorClient.of(2, 1_000);
    List<String> pins = client.simulator.truth("pins", PinPlan.OWNED).toList();
    assertThat(pins.stream().mapToInt(String::length).average().orElse(0))
        .isBetween(800.0, 1_500.0);
    JsonNode pin = client.truth("pins", PinPlan.OWNED).getFirst();
    assertThat(pin.has("pin_metrics")).isTrue();
    assertThat(pin.get("pin_metrics").isNull()).isTrue();
    assertThat(pin.has("is_removable")).isTrue();
    assertThat(pin.get("created_at").asText()).doesNotEndWith("Z").doesNotContain("+");
  }

  @Test
  void retailFeedsDoNotSayTheirCatalogButTheTruthDoes() {
    var client = SimulatorClient.of(2, 100);
    JsonNode retail =
        client.truth("feeds", PinPlan.OWNED).stream()
            .filter(feed -> feed.get("catalog_type").asText().equals("RETAIL"))
            .findFirst()
            .orElseThrow();
    assertThat(retail.has("catalog_id")).isFalse();
    assertThat(retail.at("/_source/catalog_id").asText()).isNotEmpty();
  }

  @Test
  void aMillionPinsNeedNoMemoryAndNoTime() {
    var client = SimulatorClient.of(1, 1_000_000);
    JsonNode page = client.ok("/v5/pins?page_size=250");
    assertThat(page.get("items")).hasSize(250);
    // A simulator that made all of them first would run out of memory here.
    assertThat(client.simulator.truth("pins", PinPlan.OWNED).limit(1_000)).hasSize(1_000);
  }

  @Test
  void othersDataShowsOnlyThroughTheirAdAccountsAndOnlyWithARole() {
    var client = SimulatorClient.of(1, 500);
    var catalogAnswers = new ArrayList<String>();
    var boardAnswers = new ArrayList<Integer>();
    var owners = new HashSet<String>();
    int shared = 0;
    for (JsonNode account : client.all("/v5/ad_accounts")) {
      String query = "?ad_account_id=" + account.get("id").asText();
      SimulatedResponse catalogs = client.get("/v5/catalogs" + query);
      catalogAnswers.add(catalogs.status() + " " + client.json(catalogs).path("code").asInt());
      boardAnswers.add(client.get("/v5/boards" + query).status());
      owners.add(account.at("/owner/id").asText());
      shared++;
    }
    assertThat(shared).isBetween(3, 8);
    assertThat(owners.size()).as("one owner has two accounts").isLessThan(shared);
    assertThat(catalogAnswers).contains("200 0", "401 29");
    assertThat(boardAnswers).contains(200, 403);
    int own = client.all("/v5/ad_accounts?include_shared_accounts=false").size();
    assertThat(own).isBetween(1, shared - 3);
  }

  static String stats(String type, String report, String member, String id) {
    return "/v5/catalogs/reports/stats?parameters%5Bcatalog_type%5D="
        + type
        + "&parameters%5Breport%5D%5Breport_type%5D="
        + report
        + "&parameters%5Breport%5D%5B"
        + member
        + "%5D="
        + id;
  }

  private static String statsKey(JsonNode row, String feedId) {
    return String.join(
        "/",
        row.get("report_type").asText(),
        row.get("catalog_id").asText(),
        feedId,
        row.get("code").asText(),
        row.path("severity").asText());
  }

  /** The token user and all ad accounts of others, as parts of a query. */
  private static List<String> operationUsers(SimulatorClient client) {
    String me = client.ok("/v5/user_account").get("id").asText();
    var users = new ArrayList<String>();
    users.add("");
    for (JsonNode account : client.all("/v5/ad_accounts")) {
      if (!account.at("/owner/id").asText().equals(me)) {
        users.add("&ad_account_id=" + account.get("id").asText());
      }
    }
    return users;
  }

  private static List<String> ids(List<JsonNode> records, String key) {
    return records.stream().map(each -> each.get(key).asText()).toList();
  }
}
