package io.pinferry.pinterest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class WriteObjectsTest {
  @Test
  void theNamesAreThoseOfTheCatalogue() {
    assertThat(WriteObjects.names())
        .containsExactlyElementsOf(
            WriteCatalogue.all().stream().map(WritableObject::name).toList());
  }
}
