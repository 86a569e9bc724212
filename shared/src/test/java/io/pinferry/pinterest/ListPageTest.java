package io.pinferry.pinterest;

import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_16LE;
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
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ListPageTest {
  /** Tells the truth: as strict about JSON as the product, and no stricter. */
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

  private static final List<List<String>> PATHS =
      List.of(
          List.of("id"),
          List.of("owner"),
          List.of("owner", "id"),
          List.of("ünï", "quo\"te"),
          List.of("a", "日本", "😀"),
          List.of("new\nline"),
          List.of(""));

  private static final FieldPaths WANTED = new FieldPaths();

  static {
    PATHS.forEach(WANTED::add);
  }

  private static final String SAMPLE =
      """
      {"items": [ {"id":"7","owner" : {"id":"9","x":[1,-0.5e+2,true,false,null]}, "ünï":"\\u00e9\\n"},
       {}, {"id":"8","owner" : {"id":"\\"","x":[-2,0,null,"é\\u00e9",1e9]}, "ünï":true},
       {"id":"8","owner" : {"id":null,"x":[7]}},{"a":{"日本":{"😀":"\\ud83d\\ude00"}}},
       {"a":{"日本":{"😀":0}}}], "extra":{"n":[[],{}]},"bookmark":"b|=="}
      """;

  private static ListPage read(String json) throws MalformedPage {
    return read(json.getBytes(UTF_8));
  }

  private static ListPage read(byte[] body) throws MalformedPage {
    return ListPage.read(body, WANTED);
  }

  @Test
  void everyRandomPageIsReadAsJacksonReadsIt() throws Exception {
    for (long seed = 0; seed < 3000; seed++) {
      byte[] body = new RandomPage(seed).text().getBytes(UTF_8);
      assertReadAsByJackson(body, read(body), "seed " + seed);
    }
  }

  private static void assertReadAsByJackson(byte[] body, ListPage page, String what)
      throws IOException {
    JsonNode tree = JACKSON.readTree(body);
    JsonNode items = tree.path("items");
    assertThat(page.records()).as(what).hasSize(items.size());
    assertThat(page.bookmark())
        .as(what)
        .isEqualTo(
            Optional.ofNullable(tree.path("bookmark").textValue()).filter(s -> !s.isEmpty()));
    for (int i = 0; i < items.size(); i++) {
      PageRecord record = page.records().get(i);
      assertThat(record.body()).as(what).isEqualTo(body);
      assertThat(tree(body, record.start(), record.end())).as(what).isEqualTo(items.get(i));
      for (int path = 0; path < PATHS.size(); path++) {
        assertMember(
            record,
            path,
            at(items.get(i), PATHS.get(path)),
            what + " record " + i + " path " + PATHS.get(path));
      }
    }
  }

  private static void assertMember(PageRecord record, int path, JsonNode expected, String what)
      throws IOException {
    if (expected.isMissingNode()) {
      assertThat(record.member(path)).as(what).isEmpty();
      assertThat(record.text(path)).as(what).isEmpty();
      return;
    }
    PageRecord.Member member = record.member(path).orElseThrow();
    String nameAndValue =
        new String(record.body(), member.nameStart(), member.end() - member.nameStart(), UTF_8);
    assertThat(JACKSON.readTree("{" + nameAndValue + "}"))
        .as(what)
        .isEqualTo(JACKSON.createObjectNode().set(PATHS.get(path).getLast(), expected));
    assertThat(tree(record.body(), member.start(), member.end())).as(what).isEqualTo(expected);
    assertThat(member.path()).as(what).isEqualTo(path);
    if (expected.isTextual()) {
      assertThat(record.text(path)).as(what).contains(expected.textValue());
    } else {
      assertThat(record.text(path).isEmpty()).as(what).isEqualTo(expected.isNull());
    }
  }

  private static JsonNode at(JsonNode item, List<String> path) {
    JsonNode node = item;
    for (String name : path) {
      node = node.path(name);
    }
    return node;
  }

  /** Reads a range, which must be one value with nothing around it. */
  private static JsonNode tree(byte[] body, int start, int end) throws IOException {
    assertThat(body[start]).isGreaterThan((byte) ' ');
    assertThat(body[end - 1]).isGreaterThan((byte) ' ');
    return JACKSON.readTree(Arrays.copyOfRange(body, start, end));
  }

  @Test
  void everyTruncationIsRefused() {
    byte[] body = SAMPLE.strip().getBytes(UTF_8);
    for (int length = 0; length < body.length; length++) {
      byte[] cut = Arrays.copyOf(body, length);
      assertThatThrownBy(() -> read(cut)).isInstanceOf(MalformedPage.class);
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
        if (isReadAsByJackson(corrupted, "byte " + at + " is " + value)) {
          accepted++;
        } else {
          refused++;
        }
      }
    }
    assertThat(accepted).isGreaterThan(1000);
    assertThat(refused).isGreaterThan(1000);
  }

  @Test
  void everyCorruptedRandomPageIsRefusedOrStillJson() throws IOException {
    int accepted = 0;
    int refused = 0;
    for (long seed = 0; seed < 3000; seed++) {
      byte[] body = new RandomPage(seed).text().getBytes(UTF_8);
      RandomGenerator random = generator(seed);
      for (int i = random.nextInt(1, 4); i > 0; i--) {
        // Any byte: most of the upper half makes text that is not UTF-8.
        body[random.nextInt(body.length)] =
            (byte)
                (random.nextBoolean()
                    ? "{}[]\",:\\u0 \n".charAt(random.nextInt(12))
                    : random.nextInt());
      }
      if (isReadAsByJackson(new String(body, UTF_8).getBytes(UTF_8), "seed " + seed)) {
        accepted++;
      } else {
        refused++;
      }
    }
    assertThat(accepted).isGreaterThan(300);
    assertThat(refused).isGreaterThan(300);
  }

  /** Returns false if the body is refused, and for a reason. */
  private static boolean isReadAsByJackson(byte[] body, String what) throws IOException {
    ListPage page;
    try {
      page = read(body);
    } catch (MalformedPage e) {
      assertRefusedForAReason(body, what);
      return false;
    }
    assertReadAsByJackson(body, page, what);
    return true;
  }

  /** A refused body is no JSON, or no page, or has a duplicate member. */
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
  void textThatIsNotUtf8DoesNotStopARead() throws MalformedPage {
    ListPage page =
        read(bytesWithFf("{\"items\":[{\"id\":\"\\n?\",\"?\\t\":1}],\"bookmark\":\"?\\t\"}"));

    PageRecord record = page.records().getFirst();
    assertThat(record.text(0)).contains("\n\ufffd");
    assertThat(new String(record.body(), record.start(), record.end() - record.start(), UTF_8))
        .isEqualTo("{\"id\":\"\\n\ufffd\",\"\ufffd\\t\":1}");
    assertThat(page.bookmark()).contains("\ufffd\t");
  }

  @Test
  void whatIsNeitherUtf8NorAPageIsRefused() {
    assertThatThrownBy(() -> read(bytesWithFf("{\"items\":[{\"id\":?}]}")))
        .isInstanceOf(MalformedPage.class);
  }

  private static byte[] bytesWithFf(String text) {
    byte[] bytes = text.getBytes(UTF_8);
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == '?') {
        bytes[i] = (byte) 0xff;
      }
    }
    return bytes;
  }

  @Test
  void onlyUtf8WithoutAByteOrderMarkIsAPage() {
    String page = "{\"items\":[]}";
    for (byte[] body :
        List.of(
            ("\ufeff" + page).getBytes(UTF_8),
            page.getBytes(UTF_16LE),
            page.getBytes(UTF_16),
            page.getBytes(Charset.forName("UTF-32")))) {
      assertThatThrownBy(() -> read(body)).isInstanceOf(MalformedPage.class);
    }
  }

  @Test
  void namesNumbersAndTextsMayHaveAnyLength() throws MalformedPage {
    String text = "é".repeat(100_000);
    String number = "-" + "1".repeat(5_000) + "." + "0".repeat(5_000) + "e-7";
    String record = "{\"" + text + "\":" + number + ",\"id\":" + number + ",\"\":\"" + text + "\"}";

    PageRecord found = read("{\"items\":[" + record + "]}").records().getFirst();

    assertThat(found.end() - found.start()).isEqualTo(record.getBytes(UTF_8).length);
    assertThat(found.text(0)).contains(number);
    assertThat(found.text(6)).contains(text);
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
    assertThat(read(json).bookmark()).isEmpty();
  }

  @Test
  void aBookmarkIsRead() throws MalformedPage {
    assertThat(read("{\"items\":[],\"bookmark\":\"bQ==|\\\"\"}").bookmark()).contains("bQ==|\"");
    assertThat(read("{\"\\u0062ookmark\":\"x\",\"\\u0069tems\":[]}").bookmark()).contains("x");
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
  void aBodyThatIsNoPageIsRefused(String body) {
    assertThatThrownBy(() -> read(body)).isInstanceOf(MalformedPage.class);
  }

  @Test
  void aRefusalSaysWhere() {
    assertThatThrownBy(() -> read("{\"items\":[{\"a\":tru}]}"))
        .hasMessageMatching("no JSON at byte 1[5-9]");
    assertThatThrownBy(() -> read("{\"items\":[{\"a\":"))
        .hasMessage("the body ends early at byte 15");
  }

  @Test
  void aRefusalQuotesNothing() {
    assertThatThrownBy(() -> read("{\"items\":[{\"a\":secret}]}"))
        .hasMessageNotContaining("secret")
        .hasNoCause();
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
  void aMemberThatCountsIsNotThereTwice(String body) {
    assertThatThrownBy(() -> read(body))
        .isInstanceOf(MalformedPage.class)
        .hasMessageContaining("a duplicate member at byte");
  }

  @Test
  void aMemberThatDoesNotCountMayBeThereTwice() throws MalformedPage {
    ListPage page = read("{\"x\":1,\"x\":2,\"items\":[{\"b\":1,\"b\":2}]}");

    assertThat(page.records()).hasSize(1);
    PageRecord record = page.records().getFirst();
    assertThat(record.end() - record.start()).isEqualTo("{'b':1,'b':2}".length());
  }

  @Test
  void nestingHasTheBoundOfOtherInput() throws IOException, MalformedPage {
    // The record is the third level.
    for (String open : List.of("[", "{\"a\":")) {
      String close = open.equals("[") ? "]" : "}";
      int most = Json.NESTING_DEPTH_MAX - 3;
      String deepest = "{\"items\":[{\"a\":" + open.repeat(most) + "1" + close.repeat(most) + "}]}";
      String deeper = deepest.replace("1", open + "1" + close);

      assertThat(read(deepest).records()).hasSize(1);
      assertThat(Json.parse(deepest.getBytes(UTF_8)).isObject()).isTrue();
      assertThatThrownBy(() -> read(deeper)).hasMessageContaining("nested deeper than 64");
      assertThatThrownBy(() -> Json.parse(deeper.getBytes(UTF_8)))
          .isInstanceOf(JsonProcessingException.class);
    }
    String abyss = "{\"items\":[],\"x\":" + "[".repeat(100_000);
    assertThatThrownBy(() -> read(abyss)).isInstanceOf(MalformedPage.class);
  }

  @Test
  void aLargePageIsReadWhole() throws MalformedPage {
    var json = new StringBuilder("{\"items\":[");
    for (int i = 0; i < 1000; i++) {
      json.append(i == 0 ? "" : ",").append("{\"x").append(i % 150).append("\":null,\"id\":\"");
      json.append(i).append("\"}");
    }
    ListPage page = read(json.append("]}").toString());

    assertThat(page.records().stream().flatMap(record -> record.text(0).stream()))
        .isEqualTo(IntStream.range(0, 1000).mapToObj(Integer::toString).toList());
  }

  private static RandomGenerator generator(long seed) {
    return RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
  }

  /** A page of everything that JSON has, in a random layout. */
  private static final class RandomPage {
    private final RandomGenerator random;

    RandomPage(long seed) {
      random = generator(seed);
    }

    String text() {
      List<String> members = new ArrayList<>();
      List<String> records = new ArrayList<>();
      for (int i = random.nextInt(9); i > 0; i--) {
        records.add(object(random.nextInt(4)));
      }
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
        case 0, 1, 2, 3, 4, 5 -> scalar();
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

    private String scalar() {
      return switch (random.nextInt(6)) {
        case 0 -> "null";
        case 1 -> random.nextBoolean() ? "true" : "false";
        case 2 -> Long.toString(random.nextLong());
        case 3 -> List.of("0", "-0", "0.10", "-1e5", "1E-7", "12.5e+3").get(random.nextInt(6));
        case 4 -> quoted(NAMES.get(random.nextInt(NAMES.size())));
        default -> quoted("}],{\"id\":" + random.nextInt());
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
      // Half of a surrogate pair cannot be written as UTF-8.
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
