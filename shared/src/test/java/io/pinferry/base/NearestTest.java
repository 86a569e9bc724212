package io.pinferry.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearestTest {
  private static final List<String> KNOWN = List.of("schedule", "destination", "objectName");

  @Test
  void aMistypedWordIsRecognised() {
    assertThat(Nearest.to("shedule", KNOWN)).contains("schedule");
    assertThat(Nearest.to("schedlue", KNOWN)).contains("schedule");
    assertThat(Nearest.to("objectname", KNOWN)).contains("objectName");
    assertThat(Nearest.hint("destinations", KNOWN)).isEqualTo(", did you mean destination?");
  }

  @Test
  void anotherWordIsNotTakenForAKnownOne() {
    assertThat(Nearest.to("colour", KNOWN)).isEmpty();
    assertThat(Nearest.to("", KNOWN)).isEmpty();
    assertThat(Nearest.to("schedule".repeat(20), KNOWN)).isEmpty();
    assertThat(Nearest.hint("colour", KNOWN)).isEmpty();
  }

  @Test
  void aSwapOfNeighboursCountsAsOneEdit() {
    assertThat(Nearest.to("ba", List.of("ab"))).contains("ab");
  }
}
