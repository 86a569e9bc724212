package io.pinferry.base;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules by which records become JSON and come back. */
final class CodecTest {
  private static final Instant NOW = Instant.parse("2026-03-04T05:06:07.089Z");

  private static final Order FULL =
      new Order(
          new OrderId("o-1"),
          NOW,
          State.ON_ITS_WAY,
          3,
          true,
          "soon",
          List.of(new Line("tea", null)),
          Set.of(State.NEW),
          Map.of(new Shelf("a", 1), new OrderId("o-2")),
          new Way.Ship("Aurora"),
          Json.object().put("free", new BigDecimal("1.5")),
          "x-value");

  private static final String FULL_JSON =
      """
      {"id":"o-1","at":"2026-03-04T05:06:07.089Z","state":"on its way","count":3,"paid":true,\
      "note":"soon","lines":[{"name":"tea"}],"states":["new"],"shelves":{"a/1":"o-2"},\
      "way":{"type":"ship","name":"Aurora"},"free":{"free":1.5},"x-own":"x-value"}\
      """;

  record OrderId(String value) {}

  record Line(String name, @Nullable Line next) {}

  record Shelf(String row, int number) {
    @JsonCreator
    static Shelf parse(String text) {
      String[] parts = text.split("/", 2);
      return new Shelf(parts[0], Integer.parseInt(parts[1]));
    }

    @Override
    @JsonValue
    public String toString() {
      return row + "/" + number;
    }
  }

  enum State {
    NEW,
    ON_ITS_WAY;

    @JsonValue
    String text() {
      return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
  }

  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
  @JsonSubTypes({
    @JsonSubTypes.Type(value = Way.Ship.class, name = "ship"),
    @JsonSubTypes.Type(value = Way.Foot.class, name = "foot")
  })
  sealed interface Way {
    record Ship(String name) implements Way {}

    record Foot() implements Way {}
  }

  record Order(
      OrderId id,
      Instant at,
      State state,
      int count,
      boolean paid,
      @Nullable String note,
      List<Line> lines,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) Set<State> states,
      Map<Shelf, OrderId> shelves,
      Way way,
      ObjectNode free,
      @JsonProperty("x-own") String own) {

    Order {
      lines = List.copyOf(lines);
      if (count < 0) {
        throw new IllegalArgumentException("count " + count + " is below zero");
      }
    }

    /** Neither this nor any other method is a member. */
    public boolean isLate() {
      return true;
    }

    public String getNothing() {
      return "nothing";
    }
  }

  record Key(String name, Secret secret) {}

  @Test
  void aRecordIsAnObjectOfItsComponents() {
    assertThat(Codec.text(FULL)).isEqualTo(FULL_JSON);
    assertThat(new String(Codec.bytes(FULL), UTF_8)).isEqualTo(FULL_JSON);
    assertThat(Json.text(Codec.tree(FULL))).isEqualTo(FULL_JSON);
    assertThat(Codec.stored(Order.class, FULL_JSON)).isEqualTo(FULL);
    assertThat(Codec.stored(Order.class, Json.trusted(FULL_JSON))).isEqualTo(FULL);
  }

  @Test
  void nullIsLeftOutAndAnAbsentCollectionIsEmpty() {
    var order =
        new Order(
            new OrderId("o-1"),
            NOW,
            State.NEW,
            0,
            false,
            null,
            List.of(),
            Set.of(),
            Map.of(),
            new Way.Foot(),
            Json.object(),
            "");

    String json = Codec.text(order);

    assertThat(json)
        .doesNotContain("note", "states")
        .contains("\"lines\":[],\"shelves\":{},\"way\":{\"type\":\"foot\"},\"free\":{}");
    assertThat(Codec.stored(Order.class, json)).isEqualTo(order);
    assertThat(Codec.stored(Order.class, json.replace("\"lines\":[],\"shelves\":{},", "")))
        .isEqualTo(order);
    assertThat(Codec.stored(Order.class, json.replace("\"lines\":[]", "\"lines\":null")))
        .isEqualTo(order);
  }

  @Test
  void anIdMayBeTheNameOfAMember() {
    record Owners(Map<OrderId, String> names) {}
    var owners = new Owners(Map.of(new OrderId("o-1"), "Zara"));

    assertThat(Codec.text(owners)).isEqualTo("{\"names\":{\"o-1\":\"Zara\"}}");
    assertThat(Codec.stored(Owners.class, Codec.text(owners))).isEqualTo(owners);
  }

  @Test
  void unknownMembersAreIgnored() {
    assertThat(Codec.stored(Line.class, "{\"name\":\"tea\",\"later\":{\"b\":[1]}}"))
        .isEqualTo(new Line("tea", null));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"name\":null}",
        "{\"name\":7}",
        "{\"name\":true}",
        "{\"name\":\"tea\",\"name\":\"milk\"}",
        "{\"name\":\"tea\"} {}",
        "{\"name\":\"tea\",\"next\":{}}",
        "null",
        "\"tea\"",
        "[]",
        "",
      })
  void whatIsMissingOrOfAnotherTypeIsRefused(String json) {
    assertThatThrownBy(() -> Codec.parse(Line.class, json.getBytes(UTF_8)))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("no Line");
    assertThatThrownBy(() -> Codec.stored(Line.class, json))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("stored JSON: no Line");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"count\":3>\"count\":\"3\"",
        "\"count\":3>\"count\":3.5",
        "\"count\":3>\"count\":null",
        "\"count\":3,>",
        "\"count\":3>\"count\":-1",
        "\"paid\":true>\"paid\":\"true\"",
        "\"paid\":true>\"paid\":1",
        "\"paid\":true,>",
        "\"on its way\">\"ON_ITS_WAY\"",
        "\"on its way\">1",
        "\"ship\">\"plane\"",
        "2026-03-04T>04.03.2026 ",
        "\"id\":\"o-1\">\"id\":{\"value\":\"o-1\"}",
        "[{\"name\":\"tea\"}]>[null]",
        "a/1>a",
        ",\"x-own\":\"x-value\">",
      })
  void aWrongMemberIsRefused(String change) {
    String[] parts = change.split(">", -1);
    String json = FULL_JSON.replace(parts[0], parts[1]);
    assertThat(json).isNotEqualTo(FULL_JSON);

    assertThatThrownBy(() -> Codec.stored(Order.class, json))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("stored JSON: no Order");
  }

  @Test
  void anExceptionNamesThePlaceButRepeatsNoValue() {
    String json = FULL_JSON.replace("2026-03-04T", "canary ");

    assertThatThrownBy(() -> Codec.stored(Order.class, json))
        .hasMessage("stored JSON: no Order.at: JsonMapping")
        .hasNoCause();
    assertThatThrownBy(() -> Codec.stored(Line.class, "{\"name\":canary}"))
        .hasMessage("stored JSON: no Line: JsonParse")
        .hasNoCause();
    assertThatThrownBy(
            () -> Codec.stored(Order.class, FULL_JSON.replace("\"count\":3", "\"count\":-77")))
        .hasMessage("stored JSON: no Order: ValueInstantiation")
        .hasNoCause();
  }

  @Test
  void aSecretIsWrittenOnlyWhereItBelongs() {
    var key = new Key("k", new Secret("canary"));

    assertThat(Codec.secret(key).value()).isEqualTo("{\"name\":\"k\",\"secret\":\"canary\"}");
    assertThat(Codec.stored(Key.class, Codec.secret(key).value())).isEqualTo(key);
    assertThatThrownBy(() -> Codec.text(key))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("Key cannot be written");
    assertThatThrownBy(() -> Codec.tree(key))
        .isInstanceOf(IllegalStateException.class)
        .hasStackTraceContaining("a secret does not belong here");
    assertThatThrownBy(() -> Codec.bytes(key)).isInstanceOf(IllegalStateException.class);
  }
}
