package io.pinferry.local.simulator;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.local.oracle.PinterestOracle;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Writes change what is read afterwards, what does not fit is refused, and lost answers happen. */
final class SimulatedWritesTest {
  private static final String IMAGE =
      "'media_source':{'source_type':'image_url','url':'https://example.com/a.jpg'}";
  private static final String FILTERS = "'filters':{'all_of':[{'BRAND':{'values':['%s']}}]}";

  private static final String LAMP = "\ud83d\udca1";

  private final SteppedClock clock = new SteppedClock();
  private final Memory memory = new Memory();
  private SimulatorClient client =
      new SimulatorClient(SimulatorClient.settings(1, 300).withRateLimits(false), clock, memory);

  /** Every answer of a write, for the comparison with the specification. */
  private final List<Answered> answered = new ArrayList<>();

  private record Answered(String method, String path, String body, SimulatedResponse response) {}

  private static final class Memory implements StateStore {
    private String saved = "";

    @Override
    public Optional<String> load() {
      return saved.isEmpty() ? Optional.empty() : Optional.of(saved);
    }

    @Override
    public void save(String state) {
      saved = state;
    }
  }

  private JsonNode wrote(String method, String path, String body) {
    SimulatedResponse response = client.send(method, "/v5/" + path, body);
    answered.add(new Answered(method, "/v5/" + path, body.replace('\'', '"'), response));
    assertThat(response.status())
        .as(method + " " + path + " " + response.bodyText())
        .isBetween(200, 204);
    return response.status() == 204 ? client.json(client.get("/v5/boards")) : client.json(response);
  }

  private void refused(String method, String path, String body, int status, int code) {
    SimulatedResponse response = client.send(method, "/v5/" + path, body);
    answered.add(new Answered(method, "/v5/" + path, body.replace('\'', '"'), response));
    assertThat(response.status()).as(response.bodyText()).isEqualTo(status);
    assertThat(client.json(response).get("code").asInt()).isEqualTo(code);
  }

  private List<String> listed(String path, String key) {
    return client.all("/v5/" + path).stream().map(each -> each.get(key).asText()).toList();
  }

  private List<String> truth(String object, String key) {
    return client.truth(object, PinPlan.OWNED).stream()
        .map(each -> each.get(key).asText())
        .toList();
  }

  private String board(String name) {
    return wrote("POST", "boards", "{'name':'" + name + "'}").get("id").asText();
  }

  private String pin(String boardId) {
    return wrote("POST", "pins", "{'board_id':'" + boardId + "','title':'New'," + IMAGE + "}")
        .get("id")
        .asText();
  }

  @Test
  void boardsSectionsAndPinsComeChangeAndGo() {
    String board = board("Written");
    refused("POST", "boards", "{'name':'Written'}", 400, 58);
    String section =
        wrote("POST", "boards/" + board + "/sections", "{'name':'First'}").get("id").asText();
    wrote("PATCH", "boards/" + board + "/sections/" + section, "{'name':'Second'}");
    assertThat(listed("boards/" + board + "/sections", "name")).containsExactly("Second");
    String pin = pin(board);
    assertThat(listed("pins", "id")).startsWith(pin);
    assertThat(truth("pins", "id")).contains(pin);
    assertThat(listed("boards/" + board + "/pins", "id")).containsExactly(pin);

    JsonNode changed =
        wrote("PATCH", "pins/" + pin, "{'title':null,'board_section_id':'" + section + "'}");
    assertThat(changed.get("title").isNull()).isTrue();
    assertThat(listed("boards/" + board + "/sections/" + section + "/pins", "id"))
        .containsExactly(pin);
    wrote("PATCH", "boards/" + board, "{'name':'Renamed','privacy':'SECRET'}");
    assertThat(client.ok("/v5/boards/" + board).get("privacy").asText()).isEqualTo("SECRET");

    wrote("DELETE", "pins/" + pin, "");
    refused("DELETE", "pins/" + pin, "", 404, 50);
    assertThat(truth("pins", "id")).doesNotContain(pin);
    String last = pin(board);
    wrote("DELETE", "boards/" + board + "/sections/" + section, "");
    refused("DELETE", "boards/" + board + "/sections/" + section, "", 404, 2031);
    wrote("DELETE", "boards/" + board, "");
    refused("DELETE", "boards/" + board, "", 404, 40);
    assertThat(truth("boards", "id")).doesNotContain(board);
    assertThat(listed("pins", "id")).doesNotContain(last);
    conforms();
  }

  @Test
  void pinsThatWereThereBeforeCanMoveAndBeSaved() {
    String board = board("Target");
    String old = client.ok("/v5/pins").get("items").get(3).get("id").asText();
    int before = listed("pins?include_protected_pins=true", "id").size();
    wrote("PATCH", "pins/" + old, "{'board_id':'" + board + "','title':'Moved'}");
    assertThat(listed("boards/" + board + "/pins", "title")).containsExactly("Moved");
    List<String> ids = listed("pins?include_protected_pins=true", "id");
    assertThat(ids).hasSize(before).doesNotHaveDuplicates().contains(old);
    assertThat(ids)
        .isSortedAccordingTo((a, b) -> Long.compare(Long.parseLong(b), Long.parseLong(a)));
    JsonNode copy = wrote("POST", "pins/" + old + "/save", "{'board_id':'" + board + "'}");
    assertThat(copy.get("parent_pin_id").asText()).isEqualTo(old);
    assertThat(listed("boards/" + board + "/pins", "id")).hasSize(2);
    conforms();
  }

  @Test
  void everyKindOfPictureMakesAPin() {
    String board = board("Kinds");
    for (String source :
        List.of(
            "{'source_type':'image_base64','content_type':'image/png','data':'aGk='}",
            "{'source_type':'multiple_image_urls','items':[{'url':'https://a.test/1'},{'url':'https://a.test/2','title':'t'}]}",
            "{'source_type':'multiple_image_base64','items':[{'content_type':'image/png','data':'aGk='},{'content_type':'image/png','data':'aGk='}],'index':1}",
            "{'source_type':'pin_url'}")) {
      wrote(
          "POST",
          "pins",
          "{'board_id':'" + board + "','link':'https://a.test/x','media_source':" + source + "}");
    }
    assertThat(listed("boards/" + board + "/pins", "creative_type"))
        .containsExactly("REGULAR", "CAROUSEL", "CAROUSEL", "REGULAR");
    conforms();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "POST|boards|{}|400|1",
        "POST|boards|{\"name\":1}|400|1",
        "POST|catalogs|{\"catalog_type\":\"RETAIL\",\"name\":\"a\",\"colour\":\"b\"}|400|1",
        "POST|boards|[]|400|1",
        "POST|boards|nonsense|400|1",
        "POST|boards?page_size=2|{\"name\":\"a\"}|400|1",
        "PATCH|boards/1|{\"privacy\":\"PROTECTED\"}|400|1",
        "PATCH|boards/1|{\"name\":\"a\"}|404|40",
        "POST|pins|{\"board_id\":\"1\"}|400|1",
        "POST|boards/1/sections|{\"name\":\"\"}|400|1",
        "POST|media|{\"media_type\":\"image\"}|400|1",
        "PATCH|media/1|{}|405|5",
        "DELETE|media/1|{}|405|5",
        "PATCH|ad_accounts/1|{}|405|5",
        "DELETE|catalogs|{}|405|5",
        "PATCH|user_account/websites|{}|405|5",
        "DELETE|integrations/logs|{}|405|5",
        "PUT|boards|{}|405|5",
        "POST|nowhere|{}|404|404",
        "POST|ad_accounts|{\"country\":\"Atlantis\"}|400|1",
        "POST|ad_accounts|{\"owner_user_id\":\"1\"}|403|29",
        "POST|catalogs|{\"name\":\"a\"}|400|1",
        "POST|catalogs/feeds|{\"name\":\"a\",\"format\":\"CSV\",\"location\":\"https://a.test\"}|501|4181",
        "POST|catalogs/feeds|{\"name\":\"a\",\"format\":\"CSV\",\"location\":\"gopher://a.test\"}|400|1",
        "DELETE|catalogs/feeds/1|''|404|4161",
        "POST|catalogs/product_groups/multiple|[]|400|1",
        "DELETE|catalogs/product_groups/1|''|404|4180",
        "DELETE|catalogs/product_groups/multiple?id=1,2|''|404|4180",
        "DELETE|user_account/websites|''|400|1",
        "DELETE|user_account/websites?website=none.test|''|404|404",
        "POST|user_account/websites|{\"website\":\"no domain\"}|400|1",
        "DELETE|integrations/commerce/none|''|404|4180",
        "POST|integrations/logs|{\"logs\":[]}|400|1",
        "POST|catalogs/reports|{\"catalog_type\":\"RETAIL\"}|400|1",
        "GET|catalogs/reports?token=none|''|400|1104",
        "GET|catalogs/reports|''|400|1",
      })
  void whatDoesNotFitIsRefused(String method, String path, String body, int status, int code) {
    refused(method, path, body, status, code);
  }

  @Test
  void writesNeedTheirScopes() {
    client.withScopes("boards:read", "pins:read", "catalogs:read", "ads:read");
    refused("POST", "boards", "{'name':'a'}", 401, 3);
    refused("POST", "catalogs", "{'name':'a','catalog_type':'RETAIL'}", 401, 3);
    refused("POST", "ad_accounts", "{}", 401, 3);
  }

  @Test
  void anAccountWithoutACatalogOrAWebsiteIsRefused() {
    client = SimulatorClient.of(2, 0);
    String group =
        "{'name':'g','catalog_type':'HOTEL','catalog_id':'1'," + FILTERS.formatted("x") + "}";
    refused("POST", "catalogs/product_groups", group.replace("BRAND", "HOTEL_ID"), 409, 4182);
    refused(
        "POST",
        "catalogs/reports",
        "{'catalog_type':'RETAIL','report':{'report_type':'DISTRIBUTION_ISSUES'}}",
        409,
        4182);
    refused("POST", "catalogs/feeds", feed("Mine"), 409, 4168);
  }

  private static String feed(String name) {
    return "{'name':'"
        + name
        + "','format':'CSV','location':'https://shop.test/f.csv','catalog_type':'RETAIL',"
        + "'default_country':'US','default_locale':'en-US'}";
  }

  @Test
  void catalogsFeedsAndProductGroupsComeChangeAndGo() {
    String catalog =
        wrote("POST", "catalogs", "{'name':'New','catalog_type':'RETAIL'}").get("id").asText();
    assertThat(truth("catalogs", "id")).contains(catalog);
    String feed = wrote("POST", "catalogs/feeds", feed("Mine")).get("id").asText();
    refused("POST", "catalogs/feeds", feed("Mine"), 422, 4170);
    wrote("PATCH", "catalogs/feeds/" + feed, "{'catalog_type':'RETAIL','status':'INACTIVE'}");
    assertThat(client.ok("/v5/catalogs/feeds/" + feed).get("status").asText())
        .isEqualTo("INACTIVE");
    String start = "{'feed_id':'" + feed + "','name':'";
    String group =
        wrote("POST", "catalogs/product_groups", start + "G'," + FILTERS.formatted("a") + "}")
            .get("id")
            .asText();
    refused(
        "POST", "catalogs/product_groups", start + "G'," + FILTERS.formatted("b") + "}", 409, 4179);
    refused(
        "POST", "catalogs/product_groups", start + "H'," + FILTERS.formatted("a") + "}", 409, 4178);
    JsonNode many =
        wrote(
            "POST",
            "catalogs/product_groups/multiple",
            "["
                + start
                + "I',"
                + FILTERS.formatted("i")
                + "},"
                + start
                + "J',"
                + FILTERS.formatted("j")
                + "}]");
    assertThat(truth("product_groups", "id")).contains(group, many.get(0).asText());
    wrote("PATCH", "catalogs/product_groups/" + group, "{'name':'Renamed'}");
    wrote(
        "DELETE",
        "catalogs/product_groups/multiple?id=" + many.get(0).asText() + "," + many.get(1).asText(),
        "");
    wrote("DELETE", "catalogs/product_groups/" + group, "");
    refused("DELETE", "catalogs/product_groups/" + group, "", 404, 4180);
    wrote("DELETE", "catalogs/feeds/" + feed, "");
    refused("DELETE", "catalogs/feeds/" + feed, "", 404, 4161);
    assertThat(truth("feeds", "id")).doesNotContain(feed);
    conforms();
  }

  @Test
  void adAccountsWebsitesCommerceAndLogsAreTaken() {
    String account = wrote("POST", "ad_accounts", "{'name':'A','country':'DE'}").get("id").asText();
    assertThat(truth("ad_accounts", "id")).contains(account);
    wrote("POST", "user_account/websites", "{'website':'https://New.test/'}");
    assertThat(listed("user_account/websites", "website")).contains("new.test");
    assertThat(client.ok("/v5/user_account/websites/verification").get("verification_code"))
        .isNotNull();
    wrote("DELETE", "user_account/websites?website=new.test", "");
    refused("DELETE", "user_account/websites?website=new.test", "", 404, 404);
    String body = "{'external_business_id':'shop 1','partner_access_token':'canary-secret'}";
    wrote("POST", "integrations/commerce", body);
    refused("POST", "integrations/commerce", body, 409, 4182);
    wrote("PATCH", "integrations/commerce/shop%201", "{'connected_tag_id':'7'}");
    assertThat(client.ok("/v5/integrations/commerce/shop%201").get("connected_tag_id").asText())
        .isEqualTo("7");
    assertThat(truth("integrations", "external_business_id")).contains("shop 1");
    wrote("DELETE", "integrations/commerce/shop%201", "");
    refused("DELETE", "integrations/commerce/shop%201", "", 404, 4180);
    wrote(
        "POST",
        "integrations/logs",
        "{'logs':[{'client_timestamp':1,'event_type':'APP','log_level':'INFO'}]}");
    String log = client.control("GET", "/_sim/requests", "").bodyText();
    assertThat(log).contains("shop 1", "bodyDigest").doesNotContain("canary-secret");
    conforms();
  }

  /** A body that is open in the published schema takes other members. */
  @Test
  void otherMembersPassWhereTheSchemaIsOpen() {
    String board = wrote("POST", "boards", "{'name':'Open','colour':'b'}").get("id").asText();
    String pin =
        "{'board_id':'%s','title':'%s','dominant_color':'red','note':1,'media_source':{'source_type':'image_url','url':'HTTPS://a.test/1.jpg','content_type':'image/jpeg'}}";
    wrote("POST", "pins", pin.formatted(board, LAMP.repeat(100)));
    refused("POST", "pins", pin.formatted(board, LAMP.repeat(101)), 400, 1);
    assertThat(client.ok("/v5/pins?pin_metrics=True").at("/items/0/pin_metrics").isNull())
        .isFalse();
    assertThat(client.ok("/v5/pins?pin_metrics=False").at("/items/0/pin_metrics").isNull())
        .isTrue();
    conforms();
  }

  @Test
  void aCreationCanBeAnsweredWithoutItsId() {
    client.control(
        "POST", "/_sim/faults", "[{\"kind\":\"without\",\"members\":[\"id\"],\"count\":1}]");

    assertThat(client.send("POST", "/v5/boards", "{'name':'Nameless'}").bodyText())
        .contains("Nameless")
        .doesNotContain("\"id\"");
    assertThat(listed("boards", "name")).contains("Nameless");
    assertThat(client.control("GET", "/_sim/faults", "").status()).isEqualTo(200);
  }

  @Test
  void aVideoIsRegisteredUploadedProcessedAndPinned() {
    JsonNode registered = wrote("POST", "media", "{'media_type':'video'}");
    String id = registered.get("media_id").asText();
    String pin =
        "{'board_id':'"
            + board("Videos")
            + "','media_source':{'source_type':'video_id','media_id':'"
            + id
            + "','cover_image_url':'https://a.test/c.jpg'}}";
    refused("POST", "pins", pin, 400, 1);
    assertThat(status(id)).isEqualTo("registered");
    assertThat(upload(registered, "x-amz-signature", "wrong", "video").status()).isEqualTo(403);
    assertThat(upload(registered, "none", "", "video").status()).isEqualTo(204);
    assertThat(status(id)).isEqualTo("processing");
    clock.advance(Duration.ofSeconds(6));
    assertThat(status(id)).isEqualTo("succeeded");
    assertThat(wrote("POST", "pins", pin).get("creative_type").asText()).isEqualTo("VIDEO");
    refused("POST", "pins", pin.replace(",'cover_image_url':'https://a.test/c.jpg'", ""), 400, 1);

    JsonNode picture = wrote("POST", "media", "{'media_type':'video'}");
    assertThat(upload(picture, "none", "", "\u0089PNG").status()).isEqualTo(204);
    clock.advance(Duration.ofSeconds(6));
    assertThat(status(picture.get("media_id").asText())).isEqualTo("failed");
    JsonNode late = wrote("POST", "media", "{'media_type':'video'}");
    clock.advance(Duration.ofHours(49));
    assertThat(upload(late, "none", "", "video").bodyText()).contains("Policy expired");
    conforms();
  }

  private String status(String mediaId) {
    return client.ok("/v5/media/" + mediaId).get("status").asText();
  }

  private SimulatedResponse upload(JsonNode media, String field, String instead, String file) {
    var body = new ByteArrayOutputStream();
    for (var each : media.get("upload_parameters").properties()) {
      String value = each.getKey().equals(field) ? instead : each.getValue().asText();
      body.writeBytes(
          ("--b\r\nContent-Disposition: form-data; name=\""
                  + each.getKey()
                  + "\"\r\n\r\n"
                  + value
                  + "\r\n")
              .getBytes(ISO_8859_1));
    }
    body.writeBytes(
        ("--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"v.mp4\"\r\n\r\n"
                + file
                + "\r\n--b--\r\n")
            .getBytes(ISO_8859_1));
    return client.simulator.handle(
        new SimulatedRequest(
            "POST",
            "/_media/uploads",
            null,
            Map.of("Content-Type", "multipart/form-data; boundary=b"),
            body.toByteArray()));
  }

  @Test
  void aReportIsTheSameAllDayAndHasAFile() {
    String asked = "{'catalog_type':'RETAIL','report':{'report_type':'DISTRIBUTION_ISSUES'}}";
    String token = wrote("POST", "catalogs/reports", asked).get("token").asText();
    assertThat(wrote("POST", "catalogs/reports", asked).get("token").asText()).isEqualTo(token);
    String path = "/v5/catalogs/reports?token=" + token;
    assertThat(client.ok(path).get("report_status").asText()).isEqualTo("IN_PROGRESS");
    clock.advance(Duration.ofSeconds(11));
    JsonNode finished = client.ok(path);
    assertThat(finished.get("report_status").asText()).isEqualTo("FINISHED");
    String address = finished.get("url").asText().replaceFirst("http://[^/]+", "");
    SimulatedResponse file = client.control("GET", address, "");
    assertThat(file.bodyBytes()).isEqualTo(finished.get("size").asLong());
    assertThat(file.bodyText()).startsWith("code,code_label").contains("DISTRIBUTION_ISSUE_200");
    clock.advance(Duration.ofSeconds(301));
    assertThat(client.control("GET", address, "").status()).isEqualTo(403);
    assertThat(client.control("GET", "/_sim/requests", "").bodyText()).doesNotContain(token);
    conforms();
  }

  @Test
  void anAnswerIsLostBeforeOrAfterTheEffect() {
    client.control(
        "POST",
        "/_sim/faults",
        "[{\"kind\":\"drop\",\"applied\":true,\"path\":\"POST"
            + " /v5/boards\",\"count\":1},{\"kind\":\"drop\",\"path\":\"POST"
            + " /v5/boards\",\"skip\":1,\"count\":1},{\"kind\":\"status\",\"status\":503,\"path\":\"POST"
            + " /v5/boards\",\"skip\":2,\"count\":1}]");
    assertThat(listed("boards", "name")).isNotEmpty();
    assertThat(client.send("POST", "/v5/boards", "{'name':'Lost'}").dropped()).isTrue();
    assertThat(client.send("POST", "/v5/boards", "{'name':'Never'}").dropped()).isTrue();
    assertThat(client.send("POST", "/v5/boards", "{'name':'Failed'}").status()).isEqualTo(503);
    assertThat(listed("boards", "name")).contains("Lost").doesNotContain("Never", "Failed");
  }

  @Test
  void writesHaveTheirOwnRateLimits() {
    client = SimulatorClient.of(SimulatorClient.settings(1, 50));
    SimulatedResponse response = client.send("POST", "/v5/boards", "{'name':'a'}");
    assertThat(response.headers().get("x-ratelimit-limit")).contains("org_write");
  }

  @Test
  void whatWasWrittenOutlivesARestart() {
    String board = board("Kept");
    String pin = pin(board);
    String old = listed("pins", "id").get(5);
    wrote("PATCH", "pins/" + old, "{'title':'Changed'}");
    wrote("POST", "catalogs/feeds", feed("Kept feed"));
    JsonNode media = wrote("POST", "media", "{'media_type':'video'}");
    assertThat(upload(media, "none", "", "video").status()).isEqualTo(204);
    List<List<JsonNode>> before =
        Truth.OBJECTS.stream().map(each -> client.truth(each, PinPlan.OWNED)).toList();
    client =
        new SimulatorClient(SimulatorClient.settings(1, 300).withRateLimits(false), clock, memory);
    List<List<JsonNode>> after =
        Truth.OBJECTS.stream().map(each -> client.truth(each, PinPlan.OWNED)).toList();
    assertThat(after).isEqualTo(before);
    assertThat(listed("boards/" + board + "/pins", "id")).containsExactly(pin);
  }

  /** Compares what was asked and answered with the official specification, where it is there. */
  private void conforms() {
    PinterestOracle oracle = PinterestOracle.orSkip();
    for (Answered each : answered) {
      assertThat(
              oracle.validateResponse(
                  each.method, each.path, each.response.status(), each.response.bodyText()))
          .as(each.method + " " + each.path + " " + each.response.bodyText())
          .isEmpty();
      // The document lets no feed be exactly one of its two forms, so those requests prove nothing.
      if (each.response.status() < 300 && !each.path.startsWith("/v5/catalogs/feeds")) {
        assertThat(oracle.validateRequest(each.method, each.path, each.body))
            .as(each.method + " " + each.path + " " + each.body)
            .isEmpty();
      }
    }
  }
}
