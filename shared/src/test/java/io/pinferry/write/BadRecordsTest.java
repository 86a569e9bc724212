package io.pinferry.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import io.pinferry.pinterest.WritableObject;
import io.pinferry.pinterest.WriteCall;
import io.pinferry.pinterest.WriteCatalogue;
import io.pinferry.write.WriteWorld.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every error in a record is refused before Pinterest is called, and the answer names the field.
 */
final class BadRecordsTest {
  private static final String PIN =
      "{\"board_id\":\"1\",\"media_source\":{\"source_type\":\"image_url\",\"url\":\"https://i.example/1.jpg\"}}";
  private static final String FEED =
      "{\"name\":\"F\",\"format\":\"CSV\",\"location\":\"https://f.example/f.csv\",\"default_locale\":\"en-US\",\"default_country\":\"US\"}";
  private static final String HOTEL_FEED =
      "{\"catalog_type\":\"HOTEL\",\"name\":\"F\",\"format\":\"CSV\",\"location\":\"https://f.example/f.csv\",\"default_locale\":\"en-US\"}";
  private static final String RETAIL_FEED =
      "{\"catalog_type\":\"RETAIL\",\"name\":\"F\",\"format\":\"CSV\",\"location\":\"https://f.example/f.csv\",\"default_locale\":\"en-US\",\"default_country\":\"US\"}";
  private static final String GROUP =
      "{\"name\":\"G\",\"feed_id\":\"7\",\"filters\":{\"any_of\":[{\"BRAND\":{\"values\":[\"x\"]}}]}}";
  private static final String RETAIL_GROUP =
      "{\"catalog_type\":\"RETAIL\",\"catalog_id\":\"3\",\"country\":\"US\",\"locale\":\"en-US\",\"name\":\"G\",\"filters\":{\"any_of\":[{\"BRAND\":{\"values\":[\"x\"]}}]}}";
  private static final String LOG =
      "{\"logs\":[{\"client_timestamp\":1,\"event_type\":\"APP\",\"log_level\":\"INFO\"}]}";
  private static final String REPORT =
      "{\"catalog_type\":\"RETAIL\",\"report\":{\"report_type\":\"FEED_INGESTION_ISSUES\",\"feed_id\":\"7\"}}";

  /**
   * One member of a good record gets a wrong value.
   *
   * @param pointer the member that gets the wrong value
   * @param value the wrong value; null to remove the member
   * @param field the field that the answer names
   */
  private record Bad(
      String object, String type, String good, String pointer, String value, String field) {}

  private final List<Bad> table = new ArrayList<>();

  private void bad(String object, String type, String good, String field, String... values) {
    String pointer = "/" + field.replace("[", "/").replace("]", "").replace('.', '/');
    for (String value : values) {
      table.add(new Bad(object, type, good, pointer, value, "record." + field));
    }
  }

  private static String text(int length) {
    return "\"" + "x".repeat(length) + "\"";
  }

  private static final String NOTHING = "";
  private static final String LAMP = "\ud83d\udca1";

  private void fill() {
    for (String field : List.of("title", "description", "alt_text", "link")) {
      bad("pins", "create", PIN, field, "7", "true", "[]", "{}", text(2049));
      bad("pins", "update", "{\"id\":\"1\"}", field, "7", text(2049));
    }
    for (String field : List.of("title", "description", "alt_text", "link")) {
      bad("pins", "create", PIN, field, "\"" + LAMP.repeat(2049) + "\"");
    }
    bad("pins", "create", PIN, "title", "\"" + LAMP.repeat(101) + "\"");
    bad("pins", "create", PIN, "board_id", NOTHING, "null", "\"x1\"", "12", "\"\"");
    bad("pins", "create", PIN, "board_section_id", "\"a\"", "5");
    bad("pins", "create", PIN, "parent_pin_id", "\"a\"", "{}");
    bad("pins", "create", PIN, "dominant_color", "7", "[]");
    bad("pins", "create", PIN, "id", "\"1\"");
    bad("pins", "create", PIN, "ad_account_id", "\"x\"", "{}");
    bad("pins", "create", PIN, "media_source", NOTHING, "null", "\"x\"", "[]");
    bad("pins", "create", PIN, "media_source.source_type", NOTHING, "\"image\"", "7", "null");
    bad(
        "pins",
        "create",
        PIN,
        "media_source.url",
        NOTHING,
        "null",
        "7",
        "\"ftp://x/y\"",
        "\"a b\"");
    bad("pins", "create", PIN, "media_source.is_standard", "\"yes\"", "1");
    String base64 =
        "{\"board_id\":\"1\",\"media_source\":{\"source_type\":\"image_base64\",\"content_type\":\"image/png\",\"data\":\"aGk=\"}}";
    bad("pins", "create", base64, "media_source.data", NOTHING, "\"a b\"", "\"\"", "1");
    bad("pins", "create", base64, "media_source.content_type", NOTHING, "\"image/gif\"");
    String carousel =
        "{\"board_id\":\"1\",\"media_source\":{\"source_type\":\"multiple_image_urls\",\"items\":[{\"url\":\"https://a.example/1\"},{\"url\":\"https://a.example/2\"}]}}";
    bad("pins", "create", carousel, "media_source.items", NOTHING, "[]", "{}", "[{}]");
    bad("pins", "create", carousel, "media_source.items[1].url", NOTHING, "\"x\"");
    bad("pins", "create", carousel, "media_source.items[0].title", "1");
    bad("pins", "create", carousel, "media_source.index", "-1", "\"1\"", "1.5");
    String video =
        "{\"board_id\":\"1\",\"media_source\":{\"source_type\":\"video_id\",\"media_id\":\"9\"}}";
    bad("pins", "create", video, "media_source.media_id", NOTHING, "\"x\"", "9");
    bad("pins", "create", video, "media_source.cover_image_url", "\"x\"");
    bad("pins", "create", video, "media_source.cover_image_key_frame_time", "-1", "\"1\"");
    String save = "{\"save_pin_id\":\"7\",\"board_id\":\"1\"}";
    bad("pins", "create", save, "save_pin_id", "\"x\"", "\"\"", "null", "{}", "\"7/..\"");
    bad("pins", "create", save, "board_id", "\"x\"", "1");
    bad("pins", "create", save, "board_section_id", "\"x\"", "2");
    bad("pins", "create", save, "ad_account_id", "\"x\"");
    bad("pins", "create", save, "media_source", "{\"source_type\":\"image_url\"}");
    bad(
        "pins",
        "create",
        save,
        "media_source",
        "{\"source_type\":\"video_url\",\"url\":\"https://a.example/v\"}");
    bad("pins", "create", save, "title", "\"x\"");
    bad("pins", "update", "{\"id\":\"1\",\"title\":\"x\"}", "id", NOTHING, "\"a\"", "\"../2\"");
    bad("pins", "update", "{\"id\":\"1\"}", "carousel_slots", "{}", "[1]");
    bad("pins", "delete", "{\"id\":\"1\"}", "id", NOTHING, "null", "\"1/2\"", "{}", "\"\"");

    String board = "{\"name\":\"A\"}";
    bad("boards", "create", board, "name", NOTHING, "null", "\"\"", "7");
    bad("boards", "create", board, "privacy", "\"public\"", "\"HIDDEN\"", "1");
    bad("boards", "create", board, "is_ads_only", "\"true\"", "0");
    bad("boards", "create", board, "description", "1");
    bad("boards", "update", "{\"id\":\"1\",\"name\":\"A\"}", "privacy", "\"PROTECTED\"");
    bad("boards", "update", "{\"id\":\"1\",\"name\":\"A\"}", "name", "\"\"", "1");
    bad("boards", "update", "{\"id\":\"1\",\"name\":\"A\"}", "id", NOTHING, "\"x\"", "1.5");
    bad("boards", "delete", "{\"id\":\"1\"}", "id", NOTHING, "\"..\"");
    String section = "{\"board_id\":\"1\",\"name\":\"A\"}";
    bad("board_sections", "create", section, "board_id", NOTHING, "\"x\"");
    bad("board_sections", "create", section, "name", NOTHING, text(181), "\"\"");
    bad("board_sections", "delete", "{\"id\":\"2\",\"board_id\":\"1\"}", "id", NOTHING);

    bad("ad_accounts", "create", "{\"name\":\"A\"}", "name", text(257), "1");
    bad("ad_accounts", "create", "{\"name\":\"A\"}", "country", "\"usa\"", "\"us\"", "1");
    bad("ad_accounts", "create", "{\"name\":\"A\"}", "currency", "\"US\"", "1");
    bad("ad_accounts", "create", "{\"name\":\"A\"}", "owner_user_id", "\"x\"", "1");

    String catalog = "{\"catalog_type\":\"RETAIL\",\"name\":\"A\"}";
    bad("catalogs", "create", catalog, "catalog_type", NOTHING, "\"SHOES\"", "1");
    bad("catalogs", "create", catalog, "name", NOTHING, "\"\"");
    bad("catalogs", "create", catalog, "colour", "\"x\"");

    for (String field : List.of("name", "location", "format")) {
      bad("feeds", "create", FEED, field, NOTHING, "null", "7");
    }
    bad("feeds", "create", HOTEL_FEED, "default_locale", NOTHING, "null", "7");
    bad("feeds", "create", RETAIL_FEED, "default_country", NOTHING, "null", "7");
    bad("feeds", "create", FEED, "format", "\"JSON\"", "\"csv\"");
    bad("feeds", "create", FEED, "location", "\"file:///etc/passwd\"", "\"f.csv\"");
    bad("feeds", "create", FEED, "status", "\"active\"", "1");
    bad("feeds", "create", FEED, "default_currency", "\"usd\"", "1");
    bad("feeds", "create", FEED, "credentials", "{}", "{\"username\":\"a\"}", "\"x\"");
    bad("feeds", "create", FEED, "preferred_processing_schedule", "{}", "\"02:00\"");
    bad("feeds", "create", FEED, "preferred_processing_schedule.time", "\"24:00\"", "\"2:00\"");
    bad("feeds", "create", FEED, "catalog_type", "\"SHOES\"", "1");
    bad("feeds", "create", FEED, "unknown", "1");
    bad("feeds", "create", HOTEL_FEED, "default_country", "\"US\"");
    bad("feeds", "create", HOTEL_FEED, "catalog_id", "\"x\"");
    bad("feeds", "update", "{\"id\":\"1\",\"name\":\"A\"}", "default_locale", "\"en-US\"");
    bad("feeds", "update", "{\"id\":\"1\",\"name\":\"A\"}", "id", NOTHING, "\"x\"");

    bad("product_groups", "create", GROUP, "name", NOTHING, "\"\"", "1");
    bad("product_groups", "create", GROUP, "feed_id", NOTHING, "\"x\"", "7");
    bad("product_groups", "create", GROUP, "filters", NOTHING, "{}", "[]", "{\"none_of\":[]}");
    bad("product_groups", "create", GROUP, "filters.any_of", "[]", "{}", "[{}]", "[1]");
    bad("product_groups", "create", RETAIL_GROUP, "country", "\"usa\"");
    bad("product_groups", "create", RETAIL_GROUP, "locale", "1");
    bad("product_groups", "create", RETAIL_GROUP, "catalog_id", NOTHING, "\"x\"");
    bad("product_groups", "create", RETAIL_GROUP, "feed_id", "\"7\"");
    bad("product_groups", "update", "{\"id\":\"1\",\"name\":\"A\"}", "filters", "{}", "1");

    bad("websites", "create", "{\"website\":\"a.example\"}", "website", NOTHING, "\"\"", "1");
    bad("websites", "create", "{\"website\":\"a.example\"}", "verification_method", "\"DNS\"");
    bad("websites", "delete", "{\"website\":\"a.example\"}", "website", "\"\"", "{}");
    bad("commerce", "create", "{\"external_business_id\":\"a\"}", "external_business_id", NOTHING);
    bad("commerce", "create", "{\"external_business_id\":\"a\"}", "partner_metadata", "{}");
    bad(
        "commerce",
        "create",
        "{\"external_business_id\":\"a\"}",
        "partner_access_token_expiry",
        "\"1\"",
        "1.5");
    bad("logs", "create", LOG, "logs", "[]", "{}");
    bad("logs", "create", LOG, "logs[0].client_timestamp", NOTHING, "\"1\"", "1.5", "1e400");
    bad("logs", "create", LOG, "logs[0].event_type", NOTHING, "\"WEB\"");
    bad("logs", "create", LOG, "logs[0].log_level", NOTHING, "\"DEBUG\"");
    bad("logs", "create", LOG, "logs[0].message", text(8193), "1");
    bad("logs", "create", LOG, "logs[0].tag_id", text(129));
    bad("logs", "create", LOG, "logs[0].request", "{}");
    bad("logs", "create", LOG, "logs[0].other", "1");
    bad("reports", "create", REPORT, "catalog_type", NOTHING, "\"CREATIVE_ASSETS\"");
    bad("reports", "create", REPORT, "report", NOTHING, "\"x\"");
    bad("reports", "create", REPORT, "report.report_type", NOTHING, "\"ISSUES\"");
    bad("reports", "create", REPORT, "report.feed_id", NOTHING, "\"x\"");
  }

  @TestFactory
  Stream<DynamicTest> aBadRecordIsRefusedBeforePinterestIsAskedAndItsFieldIsNamed() {
    fill();
    assertThat(table).hasSizeGreaterThanOrEqualTo(150);
    var world = new WriteWorld();
    return table.stream()
        .map(
            bad ->
                DynamicTest.dynamicTest(
                    clipped(
                        bad.object() + " " + bad.type() + " " + bad.field() + "=" + bad.value()),
                    () -> {
                      Answer answer = world.write(bad.object(), bad.type(), record(bad));

                      assertThat(answer.status()).as(answer.text()).isEqualTo(422);
                      assertThat(answer.json().path("errors").path(0).path("message").asText())
                          .contains(bad.field());
                      assertThat(world.calls).isEmpty();
                    }));
  }

  private static String clipped(String name) {
    return name.length() < 120 ? name : name.substring(0, 120);
  }

  private static String record(Bad bad) {
    ObjectNode record = (ObjectNode) Json.trusted(bad.good());
    int slash = bad.pointer().lastIndexOf('/');
    String name = bad.pointer().substring(slash + 1);
    String parent = bad.pointer().substring(0, slash);
    ObjectNode holder =
        parent.isEmpty()
            ? record
            : record.at(parent) instanceof ObjectNode there ? there : record.withObject(parent);
    if (bad.value().isEmpty()) {
      holder.remove(name);
    } else {
      holder.set(name, Json.trusted(bad.value()));
    }
    return Json.text(record);
  }

  /** Returns a good record for a delete or an update: each parameter with an id of its own. */
  private static ObjectNode named(WriteCall call) {
    ObjectNode record = Json.object();
    int id = 1;
    for (String name : call.parameters()) {
      record.put(name, String.valueOf(id++));
    }
    return record;
  }

  private static Stream<Arguments> namingCalls() {
    return WriteCatalogue.all().stream()
        .flatMap(
            object ->
                object.calls().values().stream()
                    .flatMap(
                        call ->
                            call.parameters().stream().map(name -> arguments(object, call, name))));
  }

  @ParameterizedTest
  @MethodSource("namingCalls")
  void aNumberIsNoId(WritableObject object, WriteCall call, String name) {
    var world = new WriteWorld();
    for (String number : List.of("813744226420795900", "8.137442264207959e17", "7", "7.0")) {
      ObjectNode record = named(call);
      record.set(name, Json.trusted(number));

      Answer answer = world.write(object.name(), verb(call), Json.text(record));

      assertThat(answer.status()).as(answer.text()).isEqualTo(422);
      assertThat(answer.text())
          .contains("record." + name + ": is a number, but a text is needed")
          .contains(number.length() > 3 ? "loses digits in JavaScript" : "put it in quotes");
      assertThat(world.calls).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("namingCalls")
  void anIdIsNeverTakenFromTheMemberOfAnotherObject(
      WritableObject object, WriteCall call, String name) {
    var world = new WriteWorld().next(204, "");
    ObjectNode record = named(call);
    record.remove(name);
    boolean own = name.equals(object.idField()) && !call.method().equals("POST");
    record.put("id", "77");
    if (name.equals("id")) {
      record.remove("id");
    }

    Answer answer = world.write(object.name(), verb(call), Json.text(record));

    if (own && !name.equals("id") && call.method().equals("DELETE")) {
      assertThat(answer.status()).as(answer.text()).isEqualTo(200);
      assertThat(world.calls.getFirst().uri().toString()).contains("77");
    } else {
      assertThat(answer.status()).as(answer.text()).isEqualTo(422);
      assertThat(answer.text()).contains(own && !name.equals("id") ? "" : name + ": is missing");
      assertThat(world.calls).isEmpty();
    }
  }

  @Test
  void anEmojiIsOneCharacterOfALimit() {
    var world = new WriteWorld().next(201, "{\"id\":\"1\"}");
    String title = LAMP.repeat(100);

    Answer answer =
        world.write(
            "pins",
            "create",
            PIN.replace("{\"board_id", "{\"title\":\"" + title + "\",\"board_id"));

    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    assertThat(Json.trusted(WriteWorld.body(world.calls.getFirst())).path("title").textValue())
        .isEqualTo(title);
  }

  @Test
  void pinterestsRuleForCountryAndLocaleComesBackInItsWords() {
    String everywhere = RETAIL_GROUP.replace("\"country\":\"US\",\"locale\":\"en-US\",", "");
    var world =
        new WriteWorld()
            .next(201, "{\"id\":\"1\"}")
            .next(400, "{\"code\":6136,\"message\":\"a country needs a locale\"}");

    assertThat(world.write("product_groups", "create", everywhere).status()).isEqualTo(200);
    Answer refused =
        world.write("product_groups", "create", RETAIL_GROUP.replace("\"locale\":\"en-US\",", ""));

    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.text()).contains("Pinterest 400 code 6136, a country needs a locale");
  }

  @Test
  void halfOfACharacterIsNeverSent() {
    var world = new WriteWorld();

    Answer answer = world.write("boards", "create", "{\"name\":\"Blue \\ud83d\"}");

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.text()).contains("record.name: has half of a character");
    assertThat(world.calls).isEmpty();
  }

  @Test
  void halfOfACharacterOfPinterestIsAnsweredAsItIs() {
    var world = new WriteWorld().next(201, "{\"id\":\"1\",\"name\":\"Blue \\ud83d\"}");

    Answer answer = world.write("boards", "create", "{\"name\":\"Blue\"}");

    assertThat(answer.json().at("/result/data/name").textValue()).isEqualTo("Blue \ud83d");
  }

  @Test
  void twoIdsOfOneRecordMustBeTheSame() {
    var world = new WriteWorld().next(204, "");

    Answer refused =
        world.write("commerce", "delete", "{\"external_business_id\":\"a\",\"id\":\"b\"}");
    assertThat(refused.text()).contains("record.id: is another than external_business_id");
    assertThat(world.calls).isEmpty();

    assertThat(
            world
                .write("commerce", "delete", "{\"external_business_id\":\"a\",\"id\":\"a\"}")
                .status())
        .isEqualTo(200);
  }

  private static String verb(WriteCall call) {
    return switch (call.method()) {
      case "POST" -> "create";
      case "PATCH" -> "update";
      default -> "delete";
    };
  }

  @Test
  void anUnreadableRequestIsRefusedInPlainText() {
    var world = new WriteWorld();
    for (String body :
        List.of(
            "",
            "[]",
            "{",
            "{\"type\":\"create\",\"record\":{}}",
            "{\"groupRef\":\"org_7\",\"record\":{}}",
            "{\"groupRef\":\"org_7\",\"type\":\"upsert\",\"record\":{}}",
            "{\"groupRef\":\"org_7\",\"type\":\"create\"}",
            "{\"groupRef\":\"org_7\",\"type\":\"create\",\"record\":[]}",
            "{\"groupRef\":\"org_7\",\"type\":\"create\",\"record\":{},\"batch\":[]}",
            "{\"groupRef\":\"org_7\",\"type\":\"create\",\"batch\":[]}",
            "{\"groupRef\":\"org_7\",\"type\":\"create\",\"batch\":[{}]}",
            "{\"groupRef\":\"org_7\",\"type\":\"create\",\"mode\":\"later\",\"record\":{}}",
            "{\"groupRef\":\"org_7\",\"type\":\"create\",\"autoBatchPolicy\":{\"maxDelayMinutes\":1},\"record\":{}}",
            "{\"groupRef\":\"org_7\",\"type\":\"create\",\"mode\":\"asynchronous\",\"autoBatchPolicy\":{\"maxDelayMinutes\":1},\"batch\":[{\"record\":{}}]}",
            "{\"groupRef\":\"org_7\",\"type\":\"create\",\"mode\":\"asynchronous\",\"autoBatchPolicy\":{},\"record\":{}}",
            "{\"groupRef\":\"org_7\",\"type\":\"create\",\"mode\":\"asynchronous\",\"autoBatchPolicy\":{\"maxDelayMinutes\":0},\"record\":{}}",
            "{\"groupRef\":\"org_7\",\"type\":\"create\",\"mode\":\"asynchronous\",\"autoBatchPolicy\":{\"maxDelayMinutes\":1441},\"record\":{}}",
            "{\"groupRef\":\"org_7\",\"type\":\"create\",\"mode\":\"asynchronous\",\"autoBatchPolicy\":{\"maxDelayMinutes\":1,\"retryDeadlineHours\":49},\"record\":{}}",
            "{\"groupRef\":\"org_7\",\"type\":\"create\",\"mode\":\"asynchronous\",\"autoBatchPolicy\":{\"maxDelayMinutes\":1,\"colour\":1},\"record\":{}}",
            "{\"groupRef\":\"org_7\",\"type\":\"create\",\"mode\":\"asynchronous\",\"retryPolicy\":{\"deadlineHours\":49},\"record\":{}}",
            "{\"groupRef\":\"org_7\",\"type\":\"create\",\"retryPolicy\":{},\"record\":{}}",
            "{\"groupRef\":\"org_7\",\"type\":\"create\",\"headers\":[{\"key\":\"a\"}],\"record\":{}}",
            "{\"groupRef\":\"other\",\"type\":\"create\",\"record\":{}}")) {
      Answer answer = world.post("boards", body);

      assertThat(answer.status()).as(body).isEqualTo(400);
      assertThat(answer.contentType()).startsWith("text/plain");
      assertThat(answer.text()).isNotBlank();
    }
    assertThat(
            world
                .post("board", "{\"groupRef\":\"org_7\",\"type\":\"create\",\"record\":{}}")
                .text())
        .contains("did you mean boards?");
    assertThat(world.calls).isEmpty();
  }
}
