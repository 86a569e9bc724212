package io.pinferry.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RetryScheduleTest {
  @Test
  void everyAttemptButTheLastHasADelay() {
    RetrySchedule schedule = RetrySchedule.parse("PT5S, PT5M,PT12H");

    assertThat(schedule.delayAfter(1)).contains(Duration.ofSeconds(5));
    assertThat(schedule.delayAfter(2)).contains(Duration.ofMinutes(5));
    assertThat(schedule.delayAfter(3)).contains(Duration.ofHours(12));
    assertThat(schedule.delayAfter(4)).isEmpty();
    assertThat(schedule.delayAfter(50)).isEmpty();
  }

  @Test
  void withoutDelaysThereIsOneAttempt() {
    assertThat(new RetrySchedule(List.of()).delayAfter(1)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "PT5S,", "5s", "PT5S;PT5M", "PT-1S", "PT12H1S", "P1D"})
  void whatIsNoScheduleIsRefused(String text) {
    assertThatThrownBy(() -> RetrySchedule.parse(text))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aRefusalSaysWhatIsWrong() {
    assertThatThrownBy(() -> RetrySchedule.parse("PT5S,soon")).hasMessageContaining("'soon'");
    assertThatThrownBy(() -> RetrySchedule.parse("P1D")).hasMessageContaining("was PT24H");
  }
}
