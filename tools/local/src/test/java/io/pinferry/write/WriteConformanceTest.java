package io.pinferry.write;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.local.contract.AmpersandOracle;
import io.pinferry.local.oracle.PinterestOracle;
import io.pinferry.net.HttpCall;
import io.pinferry.write.WriteWorld.Answer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Requests held against Pinterest's document, answers against the contract's. */
final class WriteConformanceTest {
  private static final String ROUTE =
      "/projects/{projectIdOrName}/integrations/{integrationId}/objects/{objectName}";
  private static final String FILTERS =
      "\"filters\":{\"any_of\":[{\"BRAND\":{\"values\":[\"Blue\"]}}]}";

  private record Good(String object, String type, String record) {}

  private static final List<Good> GOOD =
      List.of(
          new Good(
              "pins",
              "create",
              "{\"board_id\":\"1\",\"title\":\"T\",\"ad_account_id\":\"5\",\"media_source\":{\"source_type\":\"image_url\",\"url\":\"https://i.example/1.jpg\"}}"),
          new Good(
              "pins",
              "create",
              "{\"board_id\":\"1\",\"media_source\":{\"source_type\":\"image_base64\",\"content_type\":\"image/png\",\"data\":\"aGk=\"}}"),
          new Good(
              "pins",
              "create",
              "{\"board_id\":\"1\",\"media_source\":{\"source_type\":\"multiple_image_urls\",\"items\":[{\"url\":\"https://a.example/1\"},{\"url\":\"https://a.example/2\"}],\"index\":1}}"),
          new Good(
              "pins",
              "create",
              "{\"board_id\":\"1\",\"media_source\":{\"source_type\":\"video_id\",\"media_id\":\"9\",\"cover_image_url\":\"https://i.example/1.jpg\"}}"),
          new Good(
              "pins",
              "create",
              "{\"save_pin_id\":\"7\",\"board_id\":\"1\",\"board_section_id\":\"2\",\"ad_account_id\":\"5\"}"),
          new Good("pins", "update", "{\"id\":\"1\",\"title\":\"T\"}"),
          new Good("pins", "delete", "{\"id\":\"1\"}"),
          new Good("boards", "create", "{\"name\":\"A\",\"privacy\":\"SECRET\"}"),
          new Good("boards", "update", "{\"id\":\"1\",\"privacy\":\"PUBLIC\"}"),
          new Good("boards", "delete", "{\"id\":\"1\"}"),
          new Good("board_sections", "create", "{\"board_id\":\"1\",\"name\":\"A\"}"),
          new Good("board_sections", "update", "{\"board_id\":\"1\",\"id\":\"2\",\"name\":\"A\"}"),
          new Good("board_sections", "delete", "{\"board_id\":\"1\",\"id\":\"2\"}"),
          new Good("media", "create", "{\"media_type\":\"video\"}"),
          new Good(
              "ad_accounts", "create", "{\"name\":\"A\",\"country\":\"US\",\"currency\":\"USD\"}"),
          new Good("catalogs", "create", "{\"catalog_type\":\"RETAIL\",\"name\":\"A\"}"),
          new Good(
              "feeds",
              "create",
              "{\"catalog_type\":\"RETAIL\",\"name\":\"F\",\"format\":\"CSV\",\"location\":\"https://f.example/f.csv\",\"default_locale\":\"en-US\",\"default_country\":\"US\"}"),
          new Good(
              "feeds",
              "create",
              "{\"catalog_type\":\"HOTEL\",\"name\":\"F\",\"format\":\"CSV\",\"location\":\"https://f.example/f.csv\",\"default_locale\":\"en-US\"}"),
          new Good(
              "feeds",
              "create",
              "{\"catalog_type\":\"CREATIVE_ASSETS\",\"catalog_id\":\"3\",\"name\":\"F\",\"format\":\"TSV\",\"location\":\"sftp://f.example/f.tsv\",\"default_locale\":\"en-US\",\"default_country\":\"US\",\"credentials\":{\"username\":\"u\",\"password\":\"p\"}}"),
          new Good(
              "feeds",
              "create",
              "{\"name\":\"F\",\"format\":\"XML\",\"location\":\"https://f.example/f.xml\",\"default_locale\":\"en-US\",\"default_country\":\"US\",\"default_availability\":\"IN_STOCK\",\"preferred_processing_schedule\":{\"time\":\"02:59\",\"timezone\":\"Africa/Abidjan\"}}"),
          new Good("feeds", "update", "{\"id\":\"1\",\"name\":\"F\"}"),
          new Good("feeds", "delete", "{\"id\":\"1\"}"),
          new Good(
              "product_groups",
              "create",
              "{\"catalog_type\":\"RETAIL\",\"catalog_id\":\"3\",\"country\":\"US\",\"locale\":\"en-US\",\"name\":\"G\","
                  + FILTERS
                  + "}"),
          new Good(
              "product_groups",
              "create",
              "{\"feed_id\":\"7\",\"name\":\"G\",\"description\":null," + FILTERS + "}"),
          new Good(
              "product_groups",
              "create",
              "{\"catalog_type\":\"HOTEL\",\"catalog_id\":\"3\",\"name\":\"G\"," + FILTERS + "}"),
          new Good(
              "product_groups",
              "create",
              "{\"catalog_type\":\"CREATIVE_ASSETS\",\"catalog_id\":\"3\",\"name\":\"G\",\"filters\":{\"any_of\":[{\"CUSTOM_LABEL_0\":{\"values\":[\"Blue\"]}}]}}"),
          new Good("product_groups", "update", "{\"id\":\"1\",\"name\":\"G\"}"),
          new Good("product_groups", "delete", "{\"id\":\"1\"}"),
          new Good(
              "websites",
              "create",
              "{\"website\":\"a.example\",\"verification_method\":\"DNSTXT\"}"),
          new Good("websites", "delete", "{\"website\":\"a.example\"}"),
          new Good(
              "commerce", "create", "{\"external_business_id\":\"x\",\"connected_tag_id\":\"1\"}"),
          new Good(
              "commerce", "update", "{\"external_business_id\":\"x\",\"connected_tag_id\":\"1\"}"),
          new Good("commerce", "delete", "{\"id\":\"x\"}"),
          new Good(
              "logs",
              "create",
              "{\"client_timestamp\":1,\"event_type\":\"APP\",\"log_level\":\"INFO\",\"request\":{\"method\":\"GET\",\"host\":\"a.example\",\"path\":\"/\"}}"),
          new Good(
              "reports",
              "create",
              "{\"catalog_type\":\"RETAIL\",\"report\":{\"report_type\":\"FEED_INGESTION_ISSUES\",\"feed_id\":\"7\"}}"));

  @Test
  void everyRequestIsAsPinterestDocumentsIt() {
    var oracle = PinterestOracle.orSkip();
    var world = new WriteWorld();
    List<String> wrong = new ArrayList<>();
    for (Good good : GOOD) {
      world.next(200, "{\"id\":\"1\",\"media_id\":\"1\",\"upload_url\":\"u\",\"token\":\"1\"}");
      Answer answer = world.write(good.object(), good.type(), good.record());
      assertThat(answer.status()).as(good + answer.text()).isEqualTo(200);
      wrong.addAll(problems(oracle, world.calls.getLast()));
    }
    Good log = GOOD.get(GOOD.size() - 2);
    world.next(200, "{}");
    world.batch(log.object(), log.type(), false, List.of(log.record(), log.record()));
    wrong.addAll(problems(oracle, world.calls.getLast()));
    world.lookUps.forEach(look -> wrong.addAll(problems(oracle, look)));
    assertThat(wrong).isEmpty();
    assertThat(world.lookUps).as("looks for what is there before").isNotEmpty();
    assertThat(world.calls).as("one for all logs of the batch").hasSize(GOOD.size() + 1);
  }

  @Test
  void aRequestThatIsWrongIsFoundToBe() {
    var oracle = PinterestOracle.orSkip();

    for (String path : List.of("/v5/catalogs/feeds", "/v5/catalogs/product_groups")) {
      for (String type :
          List.of("", "\"catalog_type\":\"RETAIL\",", "\"catalog_type\":\"HOTEL\",")) {
        assertThat(oracle.validateRequest("POST", path, "{" + type + "\"name\":\"A\"}"))
            .as(path + type)
            .isNotEmpty();
      }
    }
  }

  private static List<String> problems(PinterestOracle oracle, HttpCall call) {
    String query = call.uri().getRawQuery();
    String path = call.uri().getRawPath() + (query == null ? "" : "?" + query);
    return oracle.validateRequest(call.method(), path, WriteWorld.body(call)).stream()
        .map(problem -> call.method() + " " + path + ": " + problem)
        .toList();
  }

  @Test
  void everyAnswerIsAsTheContractDocumentsIt() {
    var oracle = AmpersandOracle.orSkip("ampersand-write.json");
    var world = new WriteWorld();
    world
        .next(201, "{\"id\":\"1\",\"name\":\"A\"}")
        .next(400, "{\"code\":1,\"message\":\"no\"}")
        .next(201, "{\"id\":\"1\"}");

    List<Answer> answers =
        List.of(
            world.write("boards", "create", "{\"name\":\"A\"}"),
            world.write("boards", "create", "{\"name\":\"A\"}"),
            world.batch("boards", "create", false, List.of("{\"name\":\"A\"}", "{}")),
            world.batch("boards", "create", false, List.of("{}", "{}")),
            world.write("boards", "create", "{}"),
            world.write("catalogs", "delete", "{\"id\":\"1\"}"),
            world.post("boards", "{}"));

    assertThat(answers)
        .extracting(Answer::status)
        .containsExactly(200, 422, 200, 422, 422, 422, 400);
    for (Answer answer : answers) {
      assertThat(
              oracle.validateAnswer(
                  "POST",
                  ROUTE,
                  answer.status(),
                  answer.status() == 400 ? MissingNode.getInstance() : answer.json()))
          .as(answer.text())
          .isEmpty();
    }
  }

  @Test
  void theEndOfAnAsynchronousWriteIsToldAsTheContractDocumentsIt() {
    var oracle = AmpersandOracle.orSkip("ampersand-notifications.json");
    var world = new WriteWorld();
    world.next(201, "{\"id\":\"1\"}");
    world.post(
        "boards",
        "{\"groupRef\":\"org_7\",\"type\":\"create\",\"mode\":\"asynchronous\","
            + "\"batch\":[{\"record\":{\"name\":\"A\"}},{\"record\":{}}]}");
    world.work();

    // The name is added when it is sent.
    ObjectNode data = world.notifications().getFirst().data().put("integrationName", "writer");
    assertThat(oracle.validate("WriteAsyncDoneData", data)).isEmpty();
    data.remove("success");
    assertThat(oracle.validate("WriteAsyncDoneData", data)).isNotEmpty();
  }
}
