package io.pinferry.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FieldPathTest {
  @Test
  void plainAndNestedNamesAreRead() {
    assertThat(FieldPath.parse("title")).isEqualTo(FieldPath.of("title"));
    assertThat(FieldPath.parse("$['media']['images']")).isEqualTo(FieldPath.of("media", "images"));
    assertThat(FieldPath.parse("$['title']")).isEqualTo(FieldPath.of("title"));
    assertThat(FieldPath.parse("$['a.b']['c d']")).isEqualTo(FieldPath.of("a.b", "c d"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"title", "$['media']['images']", "$['a.b']", "with space"})
  void aPathIsWrittenAsItIsRead(String text) {
    assertThat(FieldPath.parse(text)).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "$",
        "$.a",
        "$['a'",
        "$['a]",
        "$['']",
        "$['a'].b",
        "$['a']x",
        "$['a'] ['b']",
        "$[\"a\"]",
        "$[0]",
        "x$['a']",
        "a.b",
        "a['b']",
        "a\nb"
      })
  void malformedPathsAreRefused(String text) {
    assertThatThrownBy(() -> FieldPath.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void lengthAndDepthHaveBounds() {
    assertThat(FieldPath.parse("a".repeat(256)).names()).hasSize(1);
    assertThatThrownBy(() -> FieldPath.parse("a".repeat(257)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(FieldPath.parse("$" + "['a']".repeat(16)).names()).hasSize(16);
    assertThatThrownBy(() -> FieldPath.parse("$" + "['a']".repeat(17)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("16");
  }

  @Test
  void aPathStartsWithItselfAndItsParents() {
    FieldPath path = FieldPath.of("a", "b");
    assertThat(path.startsWith(path)).isTrue();
    assertThat(path.startsWith(FieldPath.of("a"))).isTrue();
    assertThat(FieldPath.of("a").startsWith(path)).isFalse();
    assertThat(path.startsWith(FieldPath.of("b"))).isFalse();
  }
}
