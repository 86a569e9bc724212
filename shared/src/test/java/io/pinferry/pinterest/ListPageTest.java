package io.pinferry.pinterest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.pinferry.base.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ListPageTest {
  /** Reads what is to be true: as strict about JSON as it can be, and no stricter. */
  private static final JsonMapper JACKSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(Json.NESTING_DEPTH_MAX)
                          .build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private static final List<String> NAMES =
      List.of("id", "owner", "a", "ünï", "quo\"te", "back\\slash", "", "日本", "new\nline", "😀");

  private static final FieldPaths PATHS =
      new FieldPaths(
          List.of(
              List.of("id"),
              List.of("owner"),
              List.of("owner", "id"),
              List.of("ünï", "quo\"te"),
              List.of("a", "日本", "😀"),
              List.of("new\nline"),
              List.of("")));

  private static final String SAMPLE =
      """
      {"items": [ {"id":"7","owner" : {"id":"9","x":[1,-0.5e+2,true,false,null]}, "ünï":"\\u00e9\\n"},
       {}, {"id":"8","owner" : {"id":"\\"","x":[-2,0,null,"é\\u00e9",1e9]}, "ünï":true},
       {"id":"8","owner" : {"id":null,"x":[7]}},{"a":{"日本":{"😀":"\\ud83d\\ude00"}}},
       {"a":{"日本":{"😀":0}}}], "extra":{"n":[[],{}]},"bookmark":"b|=="}
      """;

  private static ListPage scan(String json) throws MalformedPage {
    return ListPage.scan(json.getBytes(UTF_8), PATHS);
  }

  @Test
  void everyRandomPageIsSeenAsJacksonSeesIt() throws Exception {
    for (long seed = 0; seed < 3000; seed++) {
      byte[] body = new RandomPage(seed).text().getBytes(UTF_8);
      assertSeenAsByJackson(body, ListPage.scan(body, PATHS), "seed " + seed);
    }
  }

  private static void assertSeenAsByJackson(byte[] body, ListPage page, String what)
      throws IOException {
    JsonNode tree = JACKSON.readTree(body);
    JsonNode items = tree.path("items");
    assertThat(page.recordCount()).as(what).isEqualTo(items.size());
    assertThat(page.bookmark())
        .as(what)
        .isEqualTo(
            Optional.ofNullable(tree.path("bookmark").textValue()).filter(s -> !s.isEmpty()));
    for (int record = 0; record < items.size(); record++) {
      JsonNode item = items.get(record);
      assertThat(read(body, page.start(record), page.end(record))).as(what).isEqualTo(item);
      for (int path = 0; path < PATHS.size(); path++) {
        assertValue(body, page, record, path, at(item, PATHS.path(path)), what);
      }
    }
  }

  private static void assertValue(
      byte[] body, ListPage page, int record, int path, JsonNode expected, String what)
      throws IOException {
    String where = what + " record " + record + " path " + PATHS.path(path);
    if (expected.isMissingNode()) {
      assertThat(page.nameStart(record, path)).as(where).isEqualTo(-1);
      assertThat(page.valueStart(record, path)).as(where).isEqualTo(-1);
      assertThat(page.valueEnd(record, path)).as(where).isEqualTo(-1);
      assertThat(page.text(record, path)).as(where).isEmpty();
      return;
    }
    int nameStart = page.nameStart(record, path);
    byte[] member = Arrays.copyOfRange(body, nameStart, page.valueEnd(record, path));
    assertThat(JACKSON.readTree("{" + new String(member, UTF_8) + "}"))
        .as(where)
        .isEqualTo(JACKSON.createObjectNode().set(PATHS.path(path).getLast(), expected));
    assertThat(read(body, page.valueStart(record, path), page.valueEnd(record, path)))
        .as(where)
        .isEqualTo(expected);
    if (expected.isTextual()) {
      assertThat(page.text(record, path)).as(where).contains(expected.textValue());
    } else {
      assertThat(page.text(record, path).isEmpty()).as(where).isEqualTo(expected.isNull());
    }
  }

  private static JsonNode at(JsonNode item, List<String> path) {
    JsonNode node = item;
    for (String name : path) {
      node = node.path(name);
    }
    return node;
  }

  private static JsonNode read(byte[] body, int start, int end) throws IOException {
    return JACKSON.readTree(Arrays.copyOfRange(body, start, end));
  }

  @Test
  void everyTruncationIsRefused() {
    byte[] body = SAMPLE.strip().getBytes(UTF_8);
    for (int length = 0; length < body.length; length++) {
      byte[] cut = Arrays.copyOf(body, length);
      assertThatThrownBy(() -> ListPage.scan(cut, PATHS)).isInstanceOf(MalformedPage.class);
    }
  }

  @Test
  void everyCorruptedByteIsRefusedOrStillJson() throws IOException {
    byte[] body = SAMPLE.getBytes(UTF_8);
    int accepted = 0;
    int refused = 0;
    for (int at = 0; at < body.length; at++) {
      for (int value = 0; value < 128; value++) {
        byte[] corrupted = body.clone();
        corrupted[at] = (byte) value;
        if (!isUtf8(corrupted)) {
          continue;
        }
        String what = "byte " + at + " is " + value;
        try {
          ListPage page = ListPage.scan(corrupted, PATHS);
          accepted++;
          assertSeenAsByJackson(corrupted, page, what);
        } catch (MalformedPage e) {
          refused++;
          assertRefusedForAReason(corrupted, what);
        }
      }
    }
    assertThat(accepted).isGreaterThan(1000);
    assertThat(refused).isGreaterThan(1000);
  }

  /** A refused body is no JSON, or no page, or has something twice. */
  private static void assertRefusedForAReason(byte[] body, String what) {
    JsonNode tree;
    try {
      tree = JACKSON.readTree(body);
    } catch (IOException notJson) {
      return;
    }
    boolean isPage =
        tree.path("items").isArray()
            && tree.path("items").valueStream().allMatch(JsonNode::isObject);
    boolean strict = true;
    try {
      Json.parse(body);
    } catch (IOException twice) {
      strict = false;
    }
    assertThat(isPage && strict).as(what).isFalse();
  }

  private static boolean isUtf8(byte[] bytes) {
    return Arrays.equals(new String(bytes, UTF_8).getBytes(UTF_8), bytes);
  }

  @Test
  void textThatIsNoUtf8DoesNotStopAScan() throws MalformedPage {
    byte[] body =
        "{\"items\":[{\"id\":\"\\n?\",\"?\\t\":1}],\"bookmark\":\"?\\t\"}".getBytes(UTF_8);
    for (int i = 0; i < body.length; i++) {
      if (body[i] == '?') {
        body[i] = (byte) 0xff;
      }
    }

    ListPage page = ListPage.scan(body, PATHS);

    assertThat(page.text(0, 0)).contains("\n\ufffd");
    assertThat(page.bookmark()).contains("\ufffd\t");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"items\":[]}",
        "{\"items\":[],\"bookmark\":null}",
        "{\"items\":[],\"bookmark\":\"\"}",
        "{\"bookmark\":null,\"items\":[]}",
        "{\"items\":[],\"bookmark\":17}"
      })
  void aListWithoutBookmarkEnds(String json) throws MalformedPage {
    assertThat(scan(json).bookmark()).isEmpty();
  }

  @Test
  void aBookmarkIsRead() throws MalformedPage {
    assertThat(scan("{\"items\":[],\"bookmark\":\"bQ==|\\\"\"}").bookmark()).contains("bQ==|\"");
    assertThat(scan("{\"\\u0062ookmark\":\"x\",\"\\u0069tems\":[]}").bookmark()).contains("x");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "  ",
        "[]",
        "null",
        "<html>Bad gateway</html>",
        "{}",
        "{\"items\":null}",
        "{\"items\":{}}",
        "{\"items\":[1]}",
        "{\"items\":[null]}",
        "{\"items\":[[]]}",
        "{\"data\":{\"items\":[]}}",
        "{\"items\":[]} x",
        "{\"items\":[]}{\"items\":[]}",
        "{\"items\":[{},]}",
        "{\"items\":[,{}]}",
        "{,\"items\":[]}",
        "{\"items\":[],}",
        "{\"items\":[{\"a\":1 \"b\":2}]}",
        "{\"items\":[{\"a\":01}]}",
        "{\"items\":[{\"a\":1.}]}",
        "{\"items\":[{\"a\":.5}]}",
        "{\"items\":[{\"a\":+1}]}",
        "{\"items\":[{\"a\":1e}]}",
        "{\"items\":[{\"a\":NaN}]}",
        "{\"items\":[{\"a\":tru}]}",
        "{\"items\":[{\"a\":'x'}]}",
        "{\"items\":[{a:1}]}",
        "{\"items\":[{\"a\":\"\\x\"}]}",
        "{\"items\":[{\"a\":\"\\u12g4\"}]}",
        "{\"items\":[{\"a\":\"tab\there\"}]}"
      })
  void whatIsNoPageIsRefused(String body) {
    assertThatThrownBy(() -> scan(body)).isInstanceOf(MalformedPage.class);
  }

  @Test
  void aRefusalSaysWhere() {
    assertThatThrownBy(() -> scan("{\"items\":[{\"a\":tru}]}")).hasMessage("no value at byte 15");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"items\":[],\"items\":[]}",
        "{\"items\":[],\"bookmark\":\"a\",\"bookmark\":\"b\"}",
        "{\"items\":[{\"id\":\"1\",\"id\":\"2\"}]}",
        "{\"items\":[{\"id\":\"1\",\"\\u0069d\":\"2\"}]}",
        "{\"items\":[{\"owner\":{\"id\":1},\"owner\":{\"id\":2}}]}"
      })
  void whatCountsIsNotThereTwice(String body) {
    assertThatThrownBy(() -> scan(body))
        .isInstanceOf(MalformedPage.class)
        .hasMessageContaining("there before");
  }

  @Test
  void whatDoesNotCountMayBeThereTwice() throws MalformedPage {
    ListPage page = scan("{\"x\":1,\"x\":2,\"items\":[{\"b\":1,\"b\":2}]}");

    assertThat(page.recordCount()).isEqualTo(1);
    assertThat(page.end(0) - page.start(0)).isEqualTo("{'b':1,'b':2}".length());
  }

  @Test
  void nestingHasTheBoundOfOtherInput() throws IOException, MalformedPage {
    // The record is the third level.
    for (String open : List.of("[", "{\"a\":")) {
      String close = open.equals("[") ? "]" : "}";
      int most = Json.NESTING_DEPTH_MAX - 3;
      String deepest = "{\"items\":[{\"a\":" + open.repeat(most) + "1" + close.repeat(most) + "}]}";
      String deeper = deepest.replace("1", open + "1" + close);

      assertThat(scan(deepest).recordCount()).isEqualTo(1);
      assertThat(Json.parse(deepest.getBytes(UTF_8)).isObject()).isTrue();
      assertThatThrownBy(() -> scan(deeper)).hasMessageContaining("nested deeper than 64");
      assertThatThrownBy(() -> Json.parse(deeper.getBytes(UTF_8)))
          .isInstanceOf(JsonProcessingException.class);
    }
    String abyss = "{\"items\":[],\"x\":" + "[".repeat(100_000);
    assertThatThrownBy(() -> scan(abyss)).isInstanceOf(MalformedPage.class);
  }

  @Test
  void aPageOfManyFormsIsSeenWhole() throws MalformedPage {
    var json = new StringBuilder("{\"items\":[");
    for (int i = 0; i < 300; i++) {
      json.append("{\"id\":").append(i).append(",\"x").append(i % 150).append("\":null},");
    }
    ListPage page = scan(json.append("{}]}").toString());

    assertThat(page.recordCount()).isEqualTo(301);
    for (int record = 0; record < 300; record++) {
      assertThat(page.text(record, 0)).contains(Integer.toString(record));
    }
  }

  @Test
  void aPageLargerThanExpectedIsSeenWhole() throws MalformedPage {
    var json = new StringBuilder("{\"items\":[");
    for (int i = 0; i < 1000; i++) {
      json.append(i == 0 ? "" : ",").append("{\"id\":\"").append(i).append("\"}");
    }
    ListPage page = scan(json.append("]}").toString());

    assertThat(page.recordCount()).isEqualTo(1000);
    assertThat(page.text(999, 0)).contains("999");
  }

  /** A page of everything that JSON has, in a random layout; some records have one form. */
  private static final class RandomPage {
    private final RandomGenerator ofPage;
    private RandomGenerator random;

    RandomPage(long seed) {
      ofPage = generator(seed);
      random = ofPage;
    }

    private static RandomGenerator generator(long seed) {
      return RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    }

    String text() {
      List<String> members = new ArrayList<>();
      List<String> records = new ArrayList<>();
      long[] forms = ofPage.longs(3).toArray();
      for (int i = ofPage.nextInt(9); i > 0; i--) {
        random = generator(forms[ofPage.nextInt(forms.length)]);
        records.add(object(random.nextInt(4)));
      }
      random = ofPage;
      members.add(quoted("items") + ":" + space() + joined("[", records, "]"));
      if (random.nextBoolean()) {
        String value = List.of("null", "\"\"", "\"b=|\"", "\"\\u0041\\/\"").get(random.nextInt(4));
        members.add(random.nextInt(members.size() + 1), quoted("bookmark") + ":" + value);
      }
      if (random.nextBoolean()) {
        members.add(random.nextInt(members.size() + 1), quoted("more") + ":" + value(3));
      }
      return space() + joined("{", members, "}") + space();
    }

    private String object(int depth) {
      List<String> names = new ArrayList<>(NAMES);
      List<String> members = new ArrayList<>();
      for (int i = random.nextInt(6); i > 0; i--) {
        String name = names.remove(random.nextInt(names.size()));
        members.add(quoted(name) + space() + ":" + space() + value(depth));
      }
      return joined("{", members, "}");
    }

    private String value(int depth) {
      return switch (random.nextInt(depth > 0 ? 9 : 6)) {
        case 0, 1, 2, 3, 4, 5 -> {
          RandomGenerator form = random;
          random = ofPage;
          String scalar = scalar();
          random = form;
          yield scalar;
        }
        case 6 -> {
          List<String> values = new ArrayList<>();
          for (int i = random.nextInt(4); i > 0; i--) {
            values.add(value(depth - 1));
          }
          yield joined("[", values, "]");
        }
        default -> object(depth - 1);
      };
    }

    /** A scalar, and now and then something that is none. */
    private String scalar() {
      return switch (random.nextInt(40)) {
        case 0 -> "[]";
        case 1 -> "{}";
        case 2 -> " 1";
        default ->
            switch (random.nextInt(6)) {
              case 0 -> "null";
              case 1 -> random.nextBoolean() ? "true" : "false";
              case 2 -> Long.toString(random.nextLong());
              case 3 ->
                  List.of("0", "-0", "0.10", "-1e5", "1E-7", "12.5e+3").get(random.nextInt(6));
              case 4 -> quoted(NAMES.get(random.nextInt(NAMES.size())));
              default -> quoted("}],{\"id\":" + random.nextInt());
            };
      };
    }

    /** A string of which any character may be written as an escape. */
    private String quoted(String text) {
      boolean escapeMore = random.nextInt(4) == 0;
      var quoted = new StringBuilder("\"");
      for (int i = 0; i < text.length(); i++) {
        char c = text.charAt(i);
        if (c == '"' || c == '\\') {
          quoted.append('\\').append(c);
        } else if (c < ' ' || (escapeMore && random.nextBoolean())) {
          quoted.append(String.format("\\u%04x", (int) c));
        } else {
          quoted.append(c);
        }
      }
      // A character of two halves is escaped whole or not at all; else the text is no UTF-8.
      String result = quoted.append('"').toString();
      return isUtf8(result.getBytes(UTF_8)) && !result.contains("?")
          ? result
          : "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + "\"";
    }

    private String joined(String open, List<String> parts, String close) {
      return open + space() + String.join(space() + "," + space(), parts) + space() + close;
    }

    private String space() {
      return random.nextInt(3) == 0
          ? List.of(" ", "\n", "\r\n", "\t  ").get(random.nextInt(4))
          : "";
    }
  }
}
