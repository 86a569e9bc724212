package io.pinferry.local.cloud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pinferry.local.cloud.ScheduleExpression.Cron;
import io.pinferry.local.cloud.ScheduleExpression.Rate;
import java.time.ZonedDateTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScheduleExpressionTest {

  @Test
  void ratesAreMinutes() {
    assertThat(ScheduleExpression.parse("rate(1 minute)")).isEqualTo(new Rate(1));
    assertThat(ScheduleExpression.parse("rate(5 minutes)")).isEqualTo(new Rate(5));
    assertThat(ScheduleExpression.parse("rate(2 hours)")).isEqualTo(new Rate(120));
    assertThat(ScheduleExpression.parse("rate(1 day)")).isEqualTo(new Rate(1440));
  }

  // 2026-03-02 is a Monday.
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "cron(0 12 * * ? *); 2026-03-02T12:00:59Z; true",
        "cron(0 12 * * ? *); 2026-03-02T12:01:00Z; false",
        "cron(0/15 * * * ? *); 2026-03-02T12:45:00Z; true",
        "cron(0/15 * * * ? *); 2026-03-02T12:46:00Z; false",
        "cron(0 12 ? * MON-FRI *); 2026-03-02T12:00:00Z; true",
        "cron(0 12 ? * 2 *); 2026-03-02T12:00:00Z; true",
        "cron(0 12 ? * SUN,SAT *); 2026-03-02T12:00:00Z; false",
        "cron(0 12 ? * SUN *); 2026-03-01T12:00:00Z; true",
        "cron(0 12 2 MAR ? 2026); 2026-03-02T12:00:00Z; true",
        "cron(0 12 2 3 ? 2027); 2026-03-02T12:00:00Z; false",
        "cron(0 12 * * ? *); 2026-03-02T13:00:00+01:00; true",
      })
  void aCronIsDueInItsMinutes(String expression, ZonedDateTime at, boolean due) {
    assertThat(ScheduleExpression.parse(expression))
        .isInstanceOfSatisfying(Cron.class, cron -> assertThat(cron.dueAt(at)).isEqualTo(due));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "every minute",
        "rate(0 minutes)",
        "rate(1 minutes)",
        "rate(5 minute)",
        "cron(0 12 * * *)",
        "cron(0 12 * * * *)",
        "cron(0 12 ? * ? *)",
        "cron(60 12 * * ? *)",
        "cron(0 24 * * ? *)",
        "cron(0 12 L * ? *)",
        "cron(10-5 12 * * ? *)",
      })
  void whatIsNoScheduleIsRefused(String expression) {
    assertThatThrownBy(() -> ScheduleExpression.parse(expression))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
