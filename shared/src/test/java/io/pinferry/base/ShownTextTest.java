package io.pinferry.base;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ShownTextTest {
  @ParameterizedTest
  @ValueSource(
      ints = {
        0x0000,
        0x0007,
        0x001B,
        0x007F,
        0x0085,
        0x009B, // controls
        0x061C,
        0x200E,
        0x200F,
        0x202A,
        0x202B,
        0x202C,
        0x202D,
        0x202E, // directions
        0x2066,
        0x2067,
        0x2068,
        0x2069,
        0x206A,
        0x206F, // isolates
        0x00AD,
        0x200B,
        0x2060,
        0x2064,
        0xFEFF,
        0xFFF9,
        0x180E,
        0xE0041,
        0x200C,
        0x200D, // nothing
        0x034F,
        0x115F,
        0x1160,
        0x2800,
        0x3164,
        0xFFA0, // blank letters
        0xD800,
        0xDC00,
        0xE000,
        0x0378,
        0x10FFFF // no characters
      })
  void anInvisibleCharacterIsShown(int point) {
    String name = "Blue" + Character.toString(point) + "Shop";

    assertThat(ShownText.visible(name)).isEqualTo("Blue\uFFFDShop");
    assertThat(ShownText.isolated(name)).isEqualTo("Blue\uFFFDShop");
  }

  @ParameterizedTest
  @ValueSource(ints = {'\t', '\n', '\r', 0x2028, 0x2029})
  void aNameHasOneLine(int point) {
    assertThat(ShownText.visible("Blue" + Character.toString(point) + "Shop"))
        .isEqualTo("Blue Shop");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Blue Shop & Söhne (2)",
        "青い店",
        "\uD83D\uDC68\u200D\uD83D\uDC69\u200D\uD83D\uDC67",
        "\u2764\uFE0F\u200D\uD83D\uDD25",
        "\u0915\u094D\u200D\u0937"
      })
  void aNameThatPeopleWriteStaysAsItIs(String name) {
    assertThat(ShownText.isolated(name)).isEqualTo(name);
  }

  @Test
  void aNameFromRightToLeftIsIsolated() {
    assertThat(ShownText.isolated("חנות 1")).isEqualTo("\u2068חנות 1\u2069");
    assertThat(ShownText.isolated("می\u200Cخواهم")).isEqualTo("\u2068می\u200Cخواهم\u2069");
    assertThat(ShownText.isolated("חנות\u2069\u202E")).isEqualTo("\u2068חנות\uFFFD\uFFFD\u2069");
  }
}
