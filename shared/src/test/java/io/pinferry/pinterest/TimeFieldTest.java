package io.pinferry.pinterest;

import static org.assertj.core.api.Assertions.assertThat;

import io.pinferry.pinterest.TimeField.Form;
import io.pinferry.pinterest.TimeField.Meaning;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TimeFieldTest {
  @ParameterizedTest
  @CsvSource({
    "TEXT, 2026-07-09T10:22:11, 2026-07-09T10:22:11Z",
    "TEXT, 2026-07-09T14:29:02.456000, 2026-07-09T14:29:02.456Z",
    "TEXT, 2026-07-09T14:29:02.4, 2026-07-09T14:29:02.400Z",
    "TEXT, 2026-07-09T10:22:11Z, 2026-07-09T10:22:11Z",
    "TEXT, 2026-07-09T10:22:11.5+02:00, 2026-07-09T08:22:11.500Z",
    "TEXT, 2026-07-09T10:22:11-07:00, 2026-07-09T17:22:11Z",
    "SECONDS, 1621350033, 2021-05-18T15:00:33Z",
    "SECONDS, 0, 1970-01-01T00:00:00Z",
    "SECONDS, -1, 1969-12-31T23:59:59Z",
    "MILLISECONDS, 1621350033000, 2021-05-18T15:00:33Z",
    "MILLISECONDS, 1621350033, 1970-01-19T18:22:30.033Z",
    "SECONDS_OR_MILLISECONDS, 1621350033, 2021-05-18T15:00:33Z",
    "SECONDS_OR_MILLISECONDS, 1621350033000, 2021-05-18T15:00:33Z",
    "SECONDS_OR_MILLISECONDS, 100000000000, 5138-11-16T09:46:40Z",
    "SECONDS_OR_MILLISECONDS, 100000000001, 1973-03-03T09:46:40.001Z"
  })
  void aTimeIsRead(Form form, String value, Instant expected) {
    assertThat(field(form).read(value)).contains(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "TEXT, ''",
    "TEXT, yesterday",
    "TEXT, 2026-07-09",
    "TEXT, 2026-13-09T10:22:11",
    "TEXT, 1621350033",
    "TEXT, 2026-07-09T10:22:11+99:00",
    "SECONDS, ''",
    "SECONDS, 1621350033.5",
    "SECONDS, true",
    "SECONDS, 9223372036854775807",
    "SECONDS, 99999999999999999999",
    "MILLISECONDS, 2026-07-09T10:22:11",
    "SECONDS_OR_MILLISECONDS, x"
  })
  void whatIsNoTimeIsNone(Form form, String value) {
    assertThat(field(form).read(value)).isEmpty();
  }

  private static TimeField field(Form form) {
    return new TimeField("updated_at", form, Meaning.UPDATED);
  }
}
