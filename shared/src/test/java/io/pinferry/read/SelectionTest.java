package io.pinferry.read;

import static io.pinferry.read.ReadFixtures.mapping;
import static io.pinferry.read.ReadFixtures.path;
import static org.assertj.core.api.Assertions.assertThat;

import io.pinferry.base.Codec;
import io.pinferry.operation.Selection;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class SelectionTest {
  @Test
  void aSelectionIsReadAsItWasWritten() {
    var selection =
        new Selection(
            List.of(
                path("id"), path("owner.id"), new Selection.Path(List.of("a.b", "c \"d\"", ""))),
            List.of(mapping("title", "name"), mapping("owner.username", "who.is.it")),
            true,
            Map.of(
                "status", Map.of("ACTIVE", "on", "INACTIVE", ""),
                "who.is.it", Map.of("é", "\n")));

    assertThat(again(selection)).isEqualTo(selection);
  }

  @Test
  void anEmptySelectionStaysEmpty() {
    var selection = new Selection(List.of(), List.of(), false, Map.of());

    assertThat(again(selection)).isEqualTo(selection);
  }

  @Test
  void theOrderOfFieldsIsKept() {
    var selection =
        new Selection(List.of(path("b"), path("a"), path("c")), List.of(), false, Map.of());

    assertThat(again(selection).fields()).containsExactly(path("b"), path("a"), path("c"));
  }

  private static Selection again(Selection selection) {
    return Codec.stored(Selection.class, Codec.text(selection));
  }
}
