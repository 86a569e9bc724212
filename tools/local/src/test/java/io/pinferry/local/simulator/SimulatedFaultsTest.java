package io.pinferry.local.simulator;

import static io.pinferry.local.simulator.SimulatorClient.encode;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.base.Json;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Faults on command, and the answers of the control endpoints. */
final class SimulatedFaultsTest {
  private static final String PINS = "/v5/pins?include_protected_pins=true";

  private final SimulatorClient client = SimulatorClient.of(1, 300);

  private void fault(String json) {
    SimulatedResponse response = client.control("POST", "/_sim/faults", json);
    assertThat(response.status()).as(response.bodyText()).isEqualTo(200);
  }

  @Test
  void aStatusStrikesAsOftenAsSaidAfterThoseThatGoWell() {
    fault("{'kind':'status','status':503,'object':'pins','skip':1,'count':2}".replace('\'', '"'));
    assertThat(client.get(PINS).status()).isEqualTo(200);
    assertThat(client.get("/v5/boards").status()).isEqualTo(200);
    assertThat(client.get(PINS).status()).isEqualTo(503);
    assertThat(client.json(client.get(PINS)).get("code").asInt()).isEqualTo(12);
    assertThat(client.get(PINS).status()).isEqualTo(200);
  }

  @Test
  void aFaultMayLastUntilItIsCleared() {
    fault("{\"kind\":\"status\",\"status\":502,\"form\":\"html\",\"path\":\"/v5/boards/\"}");
    String board = client.ok("/v5/boards").at("/items/0/id").asText();
    for (int i = 0; i < 5; i++) {
      SimulatedResponse response = client.get("/v5/boards/" + board + "/pins");
      assertThat(response.status()).isEqualTo(502);
      assertThat(response.headers()).containsEntry("content-type", "text/html");
      assertThat(response.bodyText()).startsWith("<html>");
    }
    JsonNode list = client.json(client.control("GET", "/_sim/faults", ""));
    assertThat(list.at("/faults/0/struck").asInt()).isEqualTo(5);
    assertThat(list.at("/faults/0/kind").asText()).isEqualTo("status");
    client.control("DELETE", "/_sim/faults", "");
    assertThat(client.get("/v5/boards/" + board + "/pins").status()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'kind':'edge','status':404,'count':1} | 404 | <html>",
        "{'kind':'edge','status':200,'form':'empty','count':1} | 200 | ''",
        "{'kind':'edge','status':403,'form':'json','count':1} | 403 | {\"message\":\"Denied\"",
        "{'kind':'edge','status':302,'headers':{'Location':'https://x.test/'},'count':1} | 302 | <",
        "{'kind':'edge','status':600,'count':1} | 600 | <html>"
      })
  void anEdgeAnswersInThePlaceOfPinterest(String fault, int status, String body) {
    fault(fault.replace('\'', '"'));

    SimulatedResponse response = client.get(PINS);

    assertThat(response.status()).isEqualTo(status);
    assertThat(response.bodyText()).startsWith(body);
    assertThat(response.headers().keySet())
        .noneMatch(name -> name.startsWith("x-ratelimit") || name.startsWith("x-pinterest"));
    assertThat(response.headers().containsKey("location")).isEqualTo(status == 302);
    assertThat(client.get(PINS).headers()).containsKey("x-pinterest-rid");
  }

  @Test
  void anEdgeSaysAloneWhenToComeBack() {
    fault("{\"kind\":\"edge\",\"status\":429,\"headers\":{\"Retry-After\":\"300\"},\"count\":1}");

    assertThat(client.get(PINS).headers())
        .containsEntry("retry-after", "300")
        .doesNotContainKey("x-ratelimit-reset");
  }

  @Test
  void severalFaultsComeTogetherOrNotAtAll() {
    SimulatedResponse refused =
        client.control("POST", "/_sim/faults", "[{\"kind\":\"drop\"},{\"kind\":\"explode\"}]");
    assertThat(refused.status()).isEqualTo(400);
    assertThat(client.get(PINS).dropped()).isFalse();
    fault(
        "[{\"kind\":\"latency\",\"latencyMillis\":1500,\"count\":1},{\"kind\":\"drop\",\"count\":1}]");
    SimulatedResponse both = client.get(PINS);
    assertThat(both.dropped()).isTrue();
    assertThat(both.latency()).isEqualTo(Duration.ofMillis(1_500));
  }

  @ParameterizedTest
  @CsvSource({"pins, description", "boards, description"})
  void anEditChangesSomeRecordsAtOnce(String object, String member) {
    Map<String, JsonNode> before = records(object);

    change("{\"kind\":\"edit\",\"changes\":\"%s\",\"number\":4}".formatted(object), 204);

    Map<String, JsonNode> after = records(object);
    assertThat(after.keySet()).isEqualTo(before.keySet());
    assertThat(after.values())
        .filteredOn(record -> !before.containsValue(record))
        .hasSize(4)
        .allSatisfy(
            record -> assertThat(record.path(member).asText()).startsWith("Edited by change"));
  }

  @Test
  void onlyChangesOfRecordsAreMadeAtOnce() {
    Map<String, JsonNode> before = records("media");
    String drop = "{\"kind\":\"drop\"}";
    String insert = "{\"kind\":\"insert\",\"changes\":\"media\"}";

    change("[" + insert + "," + drop + "]", 400);
    assertThat(records("media")).as("a wrong one changes nothing").isEqualTo(before);
    change("{\"kind\":\"edit\",\"changes\":\"media\"}", 400);
    change(insert, 204);
    assertThat(records("media")).hasSize(before.size() + 1);
  }

  private void change(String json, int status) {
    SimulatedResponse response = client.control("POST", "/_sim/changes", json);
    assertThat(response.status()).as(response.bodyText()).isEqualTo(status);
  }

  private Map<String, JsonNode> records(String object) {
    return client
        .control("GET", "/_sim/truth/" + object, "")
        .bodyText()
        .lines()
        .map(Json::trusted)
        .collect(
            Collectors.toMap(
                json -> json.path(object.equals("media") ? "media_id" : "id").asText(),
                Function.identity()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "nonsense | not JSON",
        "{} | Unknown kind",
        "{\"kind\":\"status\",\"status\":200} | from 400 to 599",
        "{\"kind\":\"drop\",\"status\":500} | Unknown member 'status'",
        "{\"kind\":\"insert\",\"changes\":\"stats\"} | must be one of",
        "{\"kind\":\"drop\",\"count\":0} | from 1",
        "{\"kind\":\"drop\",\"path\":7} | must be a text",
        "7 | must be a JSON object",
      })
  void aWrongFaultIsExplained(String body, String explanation) {
    SimulatedResponse response = client.control("POST", "/_sim/faults", body);
    assertThat(response.status()).isEqualTo(400);
    assertThat(client.json(response).get("message").asText()).contains(explanation);
  }

  @Test
  void aBlockForSpamLooksLikeOne() {
    fault("{\"kind\":\"status\",\"status\":429,\"form\":\"spam\",\"count\":1}");
    SimulatedResponse response = client.get(PINS);
    assertThat(response.status()).isEqualTo(429);
    assertThat(client.json(response).get("message").asText()).contains("spam");
  }

  @Test
  void aConnectionMayDropBeforeOrAfterTheWork() {
    String code = client.code("pins:read");
    fault("{\"kind\":\"drop\",\"object\":\"oauth\",\"count\":1}");
    assertThat(client.exchange(code).dropped()).isTrue();
    fault("{\"kind\":\"drop\",\"object\":\"oauth\",\"applied\":true,\"count\":1}");
    assertThat(client.exchange(code).dropped()).as("not applied, so the code is left").isTrue();
    assertThat(client.exchange(code).status()).as("applied, so the code is used").isEqualTo(400);
  }

  @Test
  void permissionCanBeTakenForAPathOrAnAdAccount() {
    String account = client.ok("/v5/ad_accounts").at("/items/1/id").asText();
    client.simulator.addFault(new Fault(null, null, account, 0, Fault.FOREVER, new Fault.Forbid()));
    SimulatedResponse catalogs = client.get("/v5/catalogs?ad_account_id=" + account);
    assertThat(catalogs.status()).isEqualTo(401);
    assertThat(client.json(catalogs).get("code").asInt()).isEqualTo(29);
    assertThat(client.get("/v5/boards?ad_account_id=" + account).status()).isEqualTo(403);
    assertThat(client.get("/v5/ad_accounts/" + account).status()).isEqualTo(403);
    assertThat(client.get("/v5/boards").status()).isEqualTo(200);
  }

  @Test
  void shortAndEmptyPagesLoseNothing() {
    client.simulator.addFault(Fault.next("pins", 3, new Fault.ShortPages(2)));
    client.simulator.addFault(new Fault(null, "pins", null, 3, 2, new Fault.EmptyPages()));
    assertThat(client.ok(PINS).get("items")).hasSize(2);
    assertThat(ids(client.all(PINS))).hasSize(300).doesNotHaveDuplicates();
    client.simulator.addFault(Fault.next("boards", 1, new Fault.EmptyPages()));
    JsonNode empty = client.ok("/v5/boards");
    assertThat(empty.get("items")).isEmpty();
    assertThat(empty.get("bookmark").isTextual()).isTrue();
  }

  @Test
  void anExpiredBookmarkStaysExpiredButTheListCanBeBegunAgain() {
    String bookmark = encode(client.ok(PINS).get("bookmark").asText());
    client.simulator.addFault(Fault.next("pins", 1, new Fault.ExpireBookmarks()));
    SimulatedResponse refused = client.get(PINS + "&bookmark=" + bookmark);
    assertThat(refused.status()).isEqualTo(400);
    assertThat(client.json(refused).get("code").asInt()).isEqualTo(1);
    assertThat(client.get(PINS + "&bookmark=" + bookmark).status()).isEqualTo(400);
    assertThat(client.all(PINS)).hasSize(300);
  }

  @Test
  void aBookmarkCanBeRepeated() {
    String bookmark = client.ok(PINS).get("bookmark").asText();
    client.simulator.addFault(Fault.next("pins", 1, new Fault.RepeatBookmark()));
    JsonNode page = client.ok(PINS + "&bookmark=" + encode(bookmark));
    assertThat(page.get("bookmark").asText()).isEqualTo(bookmark);
    assertThat(page.get("items")).isNotEmpty();
  }

  @Test
  void aRevokedAccessTokenCanBeRefreshedAndARemovedApplicationCannot() {
    JsonNode tokens = client.json(client.exchange(client.code("pins:read,boards:read")));
    client.withToken(tokens.get("access_token").asText());
    client.simulator.addFault(Fault.next("pins", 1, new Fault.RevokeTokens(false)));
    SimulatedResponse revoked = client.get(PINS);
    assertThat(revoked.status()).isEqualTo(401);
    assertThat(client.json(revoked).get("code").asInt()).isEqualTo(2);
    assertThat(client.get(PINS).status()).isEqualTo(401);
    JsonNode fresh = client.json(client.refresh(tokens.get("refresh_token").asText()));
    client.withToken(fresh.get("access_token").asText());
    assertThat(client.get(PINS).status()).isEqualTo(200);
    client.simulator.addFault(Fault.next("pins", 1, new Fault.RevokeTokens(true)));
    assertThat(client.get(PINS).status()).isEqualTo(401);
    assertThat(client.refresh(fresh.get("refresh_token").asText()).status()).isEqualTo(401);
  }

  @ParameterizedTest
  @CsvSource({
    "pins, /v5/pins?include_protected_pins=true",
    "boards, /v5/boards?page_size=100",
    "media, /v5/media?page_size=100",
    "employers, /v5/businesses/employers?page_size=100",
    "integrations, /v5/integrations?page_size=100",
    "product_groups, /v5/catalogs/product_groups?page_size=100",
  })
  void recordsCanComeAndGo(String object, String path) {
    int before = client.all(path).size();
    int truth = client.truth(object, PinPlan.OWNED).size();
    client.simulator.addFault(
        new Fault("/v5/media/", null, null, 0, 1, new Fault.Insert(object, 4)));
    client.simulator.addFault(
        new Fault("/v5/media/", null, null, 1, 1, new Fault.Delete(object, 1, List.of())));
    assertThat(client.get("/v5/media/1").status()).isEqualTo(404);
    assertThat(client.all(path)).hasSize(before + 4);
    assertThat(client.get("/v5/media/1").status()).isEqualTo(404);
    if (object.equals("boards")) {
      assertThat(client.all(path)).hasSize(before + 3);
    } else {
      assertThat(client.all(path)).hasSize(before + 3);
      assertThat(client.truth(object, PinPlan.OWNED)).hasSize(truth + 3);
    }
  }

  @Test
  void aDeletedBoardIsGoneWithItsPins() {
    String board = client.ok("/v5/boards").at("/items/0/id").asText();
    client.simulator.addFault(
        Fault.next("media", 1, new Fault.Delete("boards", 1, List.of(board))));
    client.get("/v5/media");
    SimulatedResponse gone = client.get("/v5/boards/" + board + "/pins");
    assertThat(gone.status()).isEqualTo(404);
    assertThat(client.json(gone).get("code").asInt()).isEqualTo(40);
    assertThat(client.all(PINS))
        .isNotEmpty()
        .allSatisfy(pin -> assertThat(pin.get("board_id").asText()).isNotEqualTo(board));
    assertThat(ids(client.all(PINS))).isEqualTo(ids(client.truth("pins", PinPlan.OWNED)));
  }

  @Test
  void aNamedPinCanBeDeleted() {
    List<String> before = ids(client.all(PINS));
    fault(
        "{\"kind\":\"delete\",\"changes\":\"pins\",\"ids\":[\""
            + before.get(7)
            + "\"],\"path\":\"/v5/pins\",\"count\":1}");
    List<String> after = ids(client.all(PINS));
    assertThat(after).hasSize(299).doesNotContain(before.get(7));
    SimulatedResponse gone = client.get("/v5/pins/" + before.get(7));
    assertThat(client.json(gone).get("code").asInt()).isEqualTo(50);
  }

  @Test
  void aRecordCanBecomeHugeForGood() {
    client.simulator.addFault(Fault.next("pins", 1, new Fault.HugeRecord(310_000)));
    client.get(PINS);
    assertThat(client.all(PINS).stream().filter(pin -> pin.toString().length() > 307_200))
        .hasSize(1);
    assertThat(client.truth("pins", PinPlan.OWNED).getFirst().toString().length())
        .isGreaterThan(307_200);
  }

  @Test
  void requestsAreRememberedWithTheirQueriesAndCountedButWithoutSecrets() {
    client.get("/v5/pins?page_size=3");
    client.get("/v5/boards/x");
    client.exchange(client.code("pins:read"));
    client.control("GET", "/_sim/requests", "");
    JsonNode log = client.json(client.control("GET", "/_sim/requests?limit=50", ""));
    assertThat(log.get("total").asInt()).isEqualTo(4);
    assertThat(log.at("/counts/org_read/200").asInt()).isEqualTo(2);
    assertThat(log.at("/counts/org_read/400").asInt()).isEqualTo(1);
    JsonNode first = log.at("/requests/0");
    assertThat(first.get("method").asText()).isEqualTo("GET");
    assertThat(first.get("path").asText()).isEqualTo("/v5/pins");
    assertThat(first.get("query").asText()).isEqualTo("page_size=3");
    assertThat(first.get("outcome").asText()).isEqualTo("200");
    assertThat(first.get("category").asText()).isEqualTo("org_read");
    assertThat(log.toString()).doesNotContain("pina_", "pinr_", "state", SimulatorClient.SECRET);
    assertThat(client.json(client.control("GET", "/_sim/requests?limit=1", "")).get("requests"))
        .hasSize(1);
  }

  @Test
  void controlsThatDoNotExistAreRefused() {
    for (String path : List.of("/_sim/secrets", "/_sim/truth/websites", "/_sim/truth/")) {
      assertThat(client.control("GET", path, "").status()).as(path).isEqualTo(404);
    }
    assertThat(client.control("GET", "/_sim/truth/pins?plan=both", "").status()).isEqualTo(400);
    assertThat(client.control("GET", "/_sim/requests?limit=all", "").status()).isEqualTo(400);
  }

  @Test
  void theTruthIsOneLinePerRecord() {
    String lines = client.control("GET", "/_sim/truth/pins?plan=owned", "").bodyText();
    assertThat(lines.lines()).hasSize(300);
    assertThat(lines).endsWith("}\n");
    String boards = client.control("GET", "/_sim/truth/pins?plan=boards", "").bodyText();
    assertThat(boards.lines().filter(line -> line.contains("\"_source\":{\"board_id\":")))
        .hasSizeGreaterThan(300);
  }

  @Test
  void secretsOfRecordsCanBeRecognised() {
    String feeds = client.control("GET", "/_sim/truth/feeds", "").bodyText();
    String integrations = client.control("GET", "/_sim/truth/integrations", "").bodyText();
    assertThat(feeds).contains("canary-feed-password-");
    assertThat(integrations)
        .contains("canary-partner-access-", "canary-partner-refresh-", "@example.com");
    assertThat(
            Set.copyOf(
                StreamSupport.stream(client.truth("media", PinPlan.OWNED).spliterator(), false)
                    .map(media -> media.get("status").asText())
                    .toList()))
        .containsExactlyInAnyOrder("registered", "processing", "succeeded", "failed");
  }

  private static List<String> ids(List<JsonNode> records) {
    return records.stream().map(each -> each.get("id").asText()).toList();
  }
}
