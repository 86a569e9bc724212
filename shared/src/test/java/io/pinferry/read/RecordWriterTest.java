package io.pinferry.read;

import static io.pinferry.read.ReadFixtures.EVERYTHING;
import static io.pinferry.read.ReadFixtures.fields;
import static io.pinferry.read.ReadFixtures.mapping;
import static io.pinferry.read.ReadFixtures.path;
import static io.pinferry.read.ReadFixtures.spec;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Digest;
import io.pinferry.base.Json;
import io.pinferry.operation.Selection;
import io.pinferry.operation.Work;
import io.pinferry.pinterest.ListPage;
import io.pinferry.pinterest.MalformedPage;
import io.pinferry.pinterest.PageRecord;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RecordWriterTest {
  private static final String PIN =
      """
      {"id":"7","title":"Tea \\u00e9 \\"x\\"","note":null,"board_owner":{"username":"ana","n":{"a":1}},
       "tags":["a", "b"],"is_owner":true,"created_at":"2026-03-01T10:00:00"}
      """
          .strip();

  private static JsonNode write(Work.Read spec, Map<String, String> source, String record)
      throws MalformedPage {
    return Json.trusted(text(spec, source, record));
  }

  /** Returns what is delivered; reading it as a tree also proves that no name is there twice. */
  private static String text(Work.Read spec, Map<String, String> source, String record)
      throws MalformedPage {
    var writer = new RecordWriter(spec, source, List.of());
    return new String(writer.write(record(writer, record)), UTF_8);
  }

  private static PageRecord record(RecordWriter writer, String record) throws MalformedPage {
    byte[] body = ("{\"items\":[" + record + "]}").getBytes(UTF_8);
    return ListPage.read(body, writer.paths()).records().getFirst();
  }

  private static JsonNode json(String text) {
    return Json.trusted(text.replace('\'', '"'));
  }

  @Test
  void rawIsTheRecordByteForByte() throws MalformedPage {
    assertThat(text(spec("pins", fields("id")), Map.of(), PIN))
        .isEqualTo("{\"fields\":{\"id\":\"7\"},\"raw\":" + PIN + "}");
  }

  @Test
  void halfOfACharacterIsDeliveredAsPinterestSentIt() throws MalformedPage {
    String record = "{\"id\":\"7\",\"title\":\"Tea \\ud83d\",\"note\":\"\\udca1 \\ud83d\\udca1\"}";

    assertThat(text(spec("pins", fields("title")), Map.of(), record))
        .isEqualTo("{\"fields\":{\"title\":\"Tea \\ud83d\"},\"raw\":" + record + "}");
  }

  @Test
  void selectedMembersKeepTheirPlaceInTheRecord() throws MalformedPage {
    JsonNode delivered =
        write(
            spec(
                "pins",
                fields("title", "board_owner.username", "board_owner.n.a", "tags", "is_owner")),
            Map.of(),
            PIN);

    assertThat(delivered.path("fields"))
        .isEqualTo(
            json(
                "{'title':'Tea é \\'x\\'','tags':['a','b'],'is_owner':true,"
                    + "'board_owner':{'username':'ana','n':{'a':1}}}"));
    assertThat(delivered.has("mappedFields")).isFalse();
  }

  @Test
  void absentFieldsAreLeftOutAndNullStaysNull() throws MalformedPage {
    JsonNode delivered =
        write(
            spec("pins", fields("id", "note", "link", "board_owner.x.y", "tags.a", "media.b")),
            Map.of(),
            PIN);

    assertThat(delivered.path("fields")).isEqualTo(json("{'id':'7','note':null}"));
  }

  @Test
  void aPartOfWhatIsDeliveredWholeIsNotThereTwice() throws MalformedPage {
    JsonNode delivered =
        write(
            spec("pins", fields("board_owner.username", "board_owner", "id.x", "id")),
            Map.of(),
            PIN);

    assertThat(delivered.path("fields"))
        .isEqualTo(json("{'board_owner':{'username':'ana','n':{'a':1}},'id':'7'}"));
  }

  @Test
  void mappedMembersGoUnderTheirNewNames() throws MalformedPage {
    var selection =
        new Selection(
            List.of(path("id")),
            List.of(
                mapping("title", "name"),
                mapping("board_owner.username", "owner.who.user"),
                mapping("id", "owner.who.pin"),
                mapping("link", "owner.url")),
            false,
            Map.of());

    JsonNode delivered = write(spec("pins", selection), Map.of(), PIN);

    assertThat(delivered.path("fields")).isEqualTo(json("{'id':'7'}"));
    assertThat(delivered.path("mappedFields"))
        .isEqualTo(json("{'name':'Tea é \\'x\\'','owner':{'who':{'user':'ana','pin':'7'}}}"));
  }

  @Test
  void everythingIsAllMembersThatAreNotMapped() throws MalformedPage {
    var selection =
        new Selection(
            List.of(),
            List.of(mapping("title", "name"), mapping("board_owner.username", "user")),
            true,
            Map.of());

    JsonNode delivered = write(spec("pins", selection), Map.of(), PIN);

    assertThat(delivered.path("fields").propertyStream().map(Map.Entry::getKey))
        .containsExactly("id", "note", "board_owner", "tags", "is_owner", "created_at");
    assertThat(delivered.path("fields").path("board_owner"))
        .isEqualTo(json("{'username':'ana','n':{'a':1}}"));
    assertThat(delivered.path("mappedFields"))
        .isEqualTo(json("{'name':'Tea é \\'x\\'','user':'ana'}"));
  }

  @Test
  void aFieldSelectedByNameIsDeliveredThoughItIsMapped() throws MalformedPage {
    var selection =
        new Selection(
            List.of(path("title"), path("board_owner.username")),
            List.of(mapping("title", "name"), mapping("board_owner", "owner")),
            true,
            Map.of());

    JsonNode delivered = write(spec("pins", selection), Map.of(), PIN);

    assertThat(delivered.path("fields").path("title").textValue()).isEqualTo("Tea é \"x\"");
    assertThat(delivered.path("fields").path("board_owner")).isEqualTo(json("{'username':'ana'}"));
    assertThat(delivered.path("fields").path("tags").isArray()).isTrue();
  }

  @Test
  void escapedNamesAreTheSameNames() throws MalformedPage {
    String record = "{\"\\u0074itle\":\"x\",\"\\u0069d\":\"7\"}";
    var selection = new Selection(List.of(), List.of(mapping("title", "name")), true, Map.of());

    JsonNode delivered = write(spec("pins", selection), Map.of(), record);

    assertThat(delivered.path("fields")).isEqualTo(json("{'id':'7'}"));
    assertThat(delivered.path("mappedFields")).isEqualTo(json("{'name':'x'}"));
  }

  @Test
  void anEmptyRecordIsDelivered() throws MalformedPage {
    assertThat(text(spec("pins", EVERYTHING), Map.of(), "{ }"))
        .isEqualTo("{\"fields\":{ },\"raw\":{ }}");
    assertThat(text(spec("pins", EVERYTHING), Map.of("board_id", "7"), "{ \n}"))
        .isEqualTo("{\"fields\":{ \n},\"raw\":{\"_source\":{\"board_id\":\"7\"} \n}}");
  }

  @Test
  void recordsOfAFanOutSayWhereTheyCameFrom() throws MalformedPage {
    JsonNode delivered =
        write(
            spec("pins", fields("id", "_source.board_id", "_source.section_id")),
            Map.of("board_id", "7 \"", "ad_account_id", "3"),
            PIN);

    assertThat(delivered.path("raw").path("_source"))
        .isEqualTo(Json.trusted("{\"ad_account_id\":\"3\",\"board_id\":\"7 \\\"\"}"));
    assertThat(delivered.path("fields"))
        .isEqualTo(Json.trusted("{\"id\":\"7\",\"_source\":{\"board_id\":\"7 \\\"\"}}"));
  }

  @Test
  void theWholeSourceCanBeSelectedAndMapped() throws MalformedPage {
    var selection =
        new Selection(
            List.of(path("_source")),
            List.of(mapping("_source.board_id", "board")),
            true,
            Map.of());

    JsonNode delivered = write(spec("pins", selection), Map.of("board_id", "7"), "{\"id\":\"1\"}");

    assertThat(delivered.path("fields")).isEqualTo(json("{'id':'1','_source':{'board_id':'7'}}"));
    assertThat(delivered.path("mappedFields")).isEqualTo(json("{'board':'7'}"));
  }

  @Test
  void withoutFanOutThereIsNoSource() throws MalformedPage {
    JsonNode delivered = write(spec("pins", fields("id", "_source", "_source.x")), Map.of(), PIN);

    assertThat(delivered.path("fields")).isEqualTo(json("{'id':'7'}"));
    assertThat(delivered.path("raw").has("_source")).isFalse();
  }

  @Test
  void valuesAreMappedByTheirOldOrNewName() throws MalformedPage {
    var selection =
        new Selection(
            List.of(path("is_owner"), path("tags")),
            List.of(mapping("id", "pin.number"), mapping("note", "remark")),
            false,
            Map.of(
                "is_owner", Map.of("true", "yes \"!\""),
                "pin.number", Map.of("7", "seven"),
                "note", Map.of("null", "nothing"),
                "tags", Map.of("a", "b")));

    JsonNode delivered = write(spec("pins", selection), Map.of(), PIN);

    assertThat(delivered.path("fields").path("is_owner").textValue()).isEqualTo("yes \"!\"");
    assertThat(delivered.path("fields").path("tags")).isEqualTo(json("['a','b']"));
    assertThat(delivered.path("mappedFields"))
        .isEqualTo(json("{'remark':'nothing','pin':{'number':'seven'}}"));
    assertThat(delivered.path("raw").path("is_owner").booleanValue()).isTrue();
  }

  @Test
  void valuesAreMappedWhereEverythingIsSelected() throws MalformedPage {
    var selection =
        new Selection(List.of(), List.of(), true, Map.of("title", Map.of("é\n", "accent")));

    JsonNode delivered =
        write(spec("pins", selection), Map.of(), "{\"t\\u0069tle\":\"\\u00e9\\n\",\"x\":\"é\"}");

    assertThat(delivered.path("fields")).isEqualTo(json("{'title':'accent','x':'é'}"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "feeds | {'id':'4','credentials':{'username':'SECRET1','password':'SECRET2'},'x':1}",
        "feeds | {'credentials':{'password':{'a':['SECRET1']}, 'username':null},'id':'4'}",
        "feeds | {'id':'4','credentials':'SECRET1:SECRET2'}",
        "feeds | {'id':'4','credentials':[{'password':'SECRET1'}]}",
        "feeds | {'id':'4','cr\\u0065dentials':{'passw\\u006frd':'SECRET1'}}",
        "integrations |"
            + " {'id':'4','partner_access_token':'SECRET1','partner_refresh_token':'SECRET2'}",
        "integrations |"
            + " {'partner_primary_email':'SECRET1','partner_access_token':['SECRET2'],'id':'4'}"
      })
  void noSecretIsDelivered(String object, String record) throws MalformedPage {
    var mapped =
        List.of(
            mapping("credentials", "c"),
            mapping("credentials.password", "deep.er.p"),
            mapping("credentials.password.a", "q"),
            mapping("partner_access_token", "t"));
    List<Selection.Path> some =
        List.of(
            path("credentials.username"),
            path("credentials.password"),
            path("credentials.password.a"),
            path("partner_access_token"),
            path("partner_refresh_token"),
            path("partner_primary_email"));
    Map<String, Map<String, String>> values =
        Map.of(
            "partner_access_token", Map.of("SECRET1", "the value is SECRET1"),
            "credentials", Map.of("SECRET1:SECRET2", "both are SECRET"));
    for (Selection selection :
        List.of(
            EVERYTHING,
            fields("credentials", "partner_access_token"),
            new Selection(some, mapped, false, values),
            new Selection(some, mapped, true, values),
            new Selection(List.of(), List.of(), true, values))) {
      String text =
          text(spec(object, selection), Map.of("catalog_id", "1"), record.replace('\'', '"'));

      assertThat(text).doesNotContain("SECRET").contains("\"[redacted]\"");
      assertThat(Json.trusted(text).path("raw").path("id").textValue()).isEqualTo("4");
    }
  }

  @Test
  void secretsThatAreNotSetStayNull() throws MalformedPage {
    JsonNode delivered =
        write(
            spec("feeds", EVERYTHING),
            Map.of(),
            "{\"id\":\"4\",\"credentials\":null,\"name\":\"x\"}");

    assertThat(delivered.path("raw")).isEqualTo(json("{'id':'4','credentials':null,'name':'x'}"));
    assertThat(delivered.path("fields")).isEqualTo(delivered.path("raw"));
  }

  @Test
  void onlyTheSecretIsReplaced() throws MalformedPage {
    JsonNode delivered =
        write(
            spec("feeds", fields("credentials")),
            Map.of(),
            "{\"credentials\":{\"a\":1,\"password\":\"s\",\"b\":2,\"username\":\"u\"},\"id\":\"4\"}");

    JsonNode expected = json("{'a':1,'password':'[redacted]','b':2,'username':'[redacted]'}");
    assertThat(delivered.path("fields").path("credentials")).isEqualTo(expected);
    assertThat(delivered.path("raw").path("credentials")).isEqualTo(expected);
  }

  @Test
  void anIdIsMadeOfTheKeyWhereThereIsNone() throws MalformedPage {
    for (boolean all : List.of(false, true)) {
      var selection = new Selection(List.of(path("id")), List.of(), all, Map.of());

      JsonNode media =
          write(spec("media", selection), Map.of(), "{\"media_id\":\"m1\",\"status\":\"x\"}");

      assertThat(media.path("fields").path("id").textValue()).isEqualTo("m1");
      assertThat(media.path("raw").has("id")).isFalse();
      assertThat(media.path("fields").has("status")).isEqualTo(all);
    }
  }

  @Test
  void theIdOfStatsIsADigestOfTheirKey() throws MalformedPage {
    var selection = new Selection(List.of(), List.of(mapping("id", "key")), false, Map.of());
    String record =
        "{\"report_type\":\"FEED_INGESTION_ISSUES\",\"catalog_id\":\"1\",\"code\":5,"
            + "\"severity\":null,\"occurrences\":9}";

    String id = key(selection, "4", record);

    assertThat(id)
        .isEqualTo(Digest.of("FEED_INGESTION_ISSUES", "1", "4", "", "5", "").hex(12))
        .isEqualTo(key(selection, "4", record.replace("9", "10")))
        .isNotEqualTo(key(selection, "5", record))
        .isNotEqualTo(key(selection, "4", record.replace("null", "\"WARN\"")));
  }

  private static String key(Selection selection, String feed, String record) throws MalformedPage {
    return write(spec("stats", selection), Map.of("feed_id", feed), record)
        .path("mappedFields")
        .path("key")
        .textValue();
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "-, -, 2026-03-01T10:00:00, true",
        "2026-03-01T10:00:00Z, -, 2026-03-01T10:00:00, true",
        "2026-03-01T10:00:01Z, -, 2026-03-01T10:00:00, false",
        "-, 2026-03-01T10:00:01Z, 2026-03-01T10:00:00, true",
        "-, 2026-03-01T10:00:00Z, 2026-03-01T10:00:00, false",
        "2026-03-01T09:00:00Z, 2026-03-01T11:00:00Z, 2026-03-01T10:00:00, true",
        "2026-03-01T10:00:01Z, -, yesterday, true",
        "2026-03-01T10:00:01Z, -, -, true"
      })
  void onlyRecordsOfTheTimeAreWanted(
      @Nullable Instant since, @Nullable Instant until, @Nullable String at, boolean wanted)
      throws MalformedPage {
    var writer = new RecordWriter(spec("pins", fields("id"), since, until), Map.of(), List.of());
    String record = at == null ? "{\"id\":\"1\"}" : "{\"created_at\":\"" + at + "\"}";

    assertThat(writer.isWanted(record(writer, record))).isEqualTo(wanted);
  }

  @Test
  void recordsOfAnObjectWithoutTimesAreAllWanted() throws MalformedPage {
    var writer =
        new RecordWriter(spec("media", fields("id"), ReadFixtures.NOON, null), Map.of(), List.of());

    assertThat(writer.isWanted(record(writer, "{\"media_id\":\"1\"}"))).isTrue();
  }

  @Test
  void everyRandomRecordIsDeliveredAsATreeWouldBe() throws MalformedPage {
    for (long seed = 0; seed < 2000; seed++) {
      RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
      String record = randomObject(random, 2);
      var selection =
          new Selection(
              randomPaths(random, random.nextInt(4)).stream().map(ReadFixtures::path).toList(),
              randomPaths(random, random.nextInt(3)).stream()
                  .map(path -> mapping(path, "to." + path.replace(".", "_")))
                  .toList(),
              random.nextBoolean(),
              Map.of(randomName(random), Map.of("1", "one", "true", "yes \"é\"")));

      String text = text(spec("pins", selection), Map.of(), record);

      String what = "seed " + seed + ": " + selection + " of " + record;
      assertThat(text).as(what).endsWith(",\"raw\":" + record + "}");
      assertThat(Json.trusted(text)).as(what).isEqualTo(expected(selection, Json.trusted(record)));
    }
  }

  private static JsonNode expected(Selection selection, JsonNode record) {
    ObjectNode fields = selection.all() ? record.deepCopy() : Json.object();
    if (selection.all()) {
      selection.mapped().stream()
          .filter(mapping -> mapping.source().names().size() == 1)
          .forEach(mapping -> fields.remove(mapping.source().text()));
      record.properties().stream()
          .filter(member -> fields.has(member.getKey()))
          .forEach(
              member ->
                  fields.set(
                      member.getKey(), changed(selection, member.getKey(), member.getValue())));
    }
    for (Selection.Path path : selection.fields()) {
      if (path.names().size() == 1) {
        add(fields, path, selection, path, record);
      }
    }
    Set<String> whole = new HashSet<>(fields.propertyStream().map(Map.Entry::getKey).toList());
    for (Selection.Path path : selection.fields()) {
      if (path.names().size() > 1 && !whole.contains(path.names().getFirst())) {
        add(fields, path, selection, path, record);
      }
    }
    ObjectNode mapped = Json.object();
    for (Selection.Mapping mapping : selection.mapped()) {
      add(mapped, mapping.target(), selection, mapping.source(), record);
    }
    ObjectNode delivered = Json.object();
    delivered.set("fields", fields);
    if (!selection.mapped().isEmpty()) {
      delivered.set("mappedFields", mapped);
    }
    return delivered.set("raw", record);
  }

  private static void add(
      ObjectNode to, Selection.Path at, Selection selection, Selection.Path from, JsonNode record) {
    JsonNode value = record.at("/" + String.join("/", from.names()));
    if (!value.isMissingNode()) {
      ObjectNode parent = at.names().size() == 1 ? to : to.withObject("/" + at.names().getFirst());
      parent.set(at.names().getLast(), changed(selection, from.text(), value));
    }
  }

  private static JsonNode changed(Selection selection, String name, JsonNode value) {
    String changed =
        selection
            .values()
            .getOrDefault(name, Map.of())
            .get(value.isValueNode() ? value.asText() : "");
    return changed == null ? value : Json.object().textNode(changed);
  }

  private static List<String> randomPaths(RandomGenerator random, int count) {
    return Stream.generate(
            () -> randomName(random) + (random.nextInt(3) == 0 ? "." + randomName(random) : ""))
        .limit(count)
        .distinct()
        .toList();
  }

  private static String randomName(RandomGenerator random) {
    return List.of("id", "title", "é", "a").get(random.nextInt(4));
  }

  private static String randomObject(RandomGenerator random, int depth) {
    List<String> members = new ArrayList<>();
    for (String name : List.of("id", "title", "é", "a", "b")) {
      if (random.nextBoolean()) {
        String value =
            switch (random.nextInt(depth > 0 ? 6 : 5)) {
              case 0 -> "1";
              case 1 -> "\"1\"";
              case 2 -> "true";
              case 3 -> "null";
              case 4 -> "[1, \"},\\\"\"]";
              default -> randomObject(random, depth - 1);
            };
        members.add(
            random.nextInt(members.size() + 1),
            "\"" + name + "\"" + randomSpace(random) + ":" + randomSpace(random) + value);
      }
    }
    return "{" + String.join(randomSpace(random) + "," + randomSpace(random), members) + "}";
  }

  private static String randomSpace(RandomGenerator random) {
    return random.nextInt(4) == 0 ? " \n" : "";
  }

  @Test
  void moreMembersCanBeAskedFor() throws MalformedPage {
    var writer = new RecordWriter(spec("pins", fields("id")), Map.of(), List.of("board_owner.n.a"));
    PageRecord record = record(writer, PIN);

    assertThat(writer.text(record, "board_owner.n.a")).contains("1");
    assertThat(writer.text(record, "id")).contains("7");
    assertThatThrownBy(() -> writer.text(record, "title"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not searched for title");
  }
}
