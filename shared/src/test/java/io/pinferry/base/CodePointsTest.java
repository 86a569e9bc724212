package io.pinferry.base;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CodePointsTest {
  private static final String LAMP = "\ud83d\udca1";

  @Test
  void anEmojiIsOneCodePoint() {
    assertThat(CodePoints.count(LAMP.repeat(60))).isEqualTo(60);
    assertThat(CodePoints.count("\u00e4b")).isEqualTo(2);
  }

  @Test
  void aClippedTextEndsWithAWholeCharacter() {
    assertThat(CodePoints.clipped(LAMP.repeat(3), 3)).isEqualTo(LAMP.repeat(3));
    assertThat(CodePoints.clipped(LAMP.repeat(3), 2)).isEqualTo(LAMP.repeat(2) + "...");
    assertThat(CodePoints.clipped("a" + LAMP + "b", 2)).isEqualTo("a" + LAMP + "...");
    assertThat(CodePoints.clipped("abc", 3)).isEqualTo("abc");
    assertThat(CodePoints.clipped("abcd", 3)).isEqualTo("abc...");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\ud83d",
        "a\ud83d",
        "\ud83da",
        "\udca1",
        "\udca1\ud83d",
        "\ud83d\ud83d\udca1",
        "\ud83d\udca1\udca1"
      })
  void aHalfIsFoundWhereverItIs(String text) {
    assertThat(CodePoints.hasHalf(text)).isTrue();
    assertThat(CodePoints.hasHalf(LAMP + "a" + LAMP + LAMP)).isFalse();
  }

  @Test
  void jsonKeepsTheDigitsOfANumber() {
    String json = "{\"a\":1790000000000.0,\"b\":1.50,\"c\":-0.10,\"d\":100}";

    assertThat(Json.text(Json.trusted(json))).isEqualTo(json);
    assertThat(Codec.text(Codec.stored(ObjectNode.class, json))).isEqualTo(json);
  }

  @Test
  void jsonKeepsHalvesOfTheTextsOfOthers() {
    String text = LAMP + "\ud83d b \udca1";

    String json = Json.text(Json.object().put("title", text));

    assertThat(json).isEqualTo("{\"title\":\"" + LAMP + "\\ud83d b \\udca1\"}");
    assertThat(Json.trusted(json).path("title").textValue()).isEqualTo(text);
    assertThat(Codec.text(Map.of("title", text))).isEqualTo(json);
  }
}
