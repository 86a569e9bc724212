package io.pinferry.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CronTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0 3 * * *        | 2026-09-01T02:59:59.999Z | 2026-09-01T03:00:00Z",
        "0 3 * * *        | 2026-09-01T03:00:00Z     | 2026-09-02T03:00:00Z",
        "0 3 * * *        | 2026-12-31T03:00:00.001Z | 2027-01-01T03:00:00Z",
        "*/10 * * * *     | 2026-09-01T23:55:00Z     | 2026-09-02T00:00:00Z",
        "0 */24 * * *     | 2026-09-01T00:00:00Z     | 2026-09-02T00:00:00Z",
        "5-50/15 8,20 * * * | 2026-09-01T08:36:00Z   | 2026-09-01T08:50:00Z",
        "5-50/15 8,20 * * * | 2026-09-01T08:50:00Z   | 2026-09-01T20:05:00Z",
        "30/10 0 * * *    | 2026-09-01T00:30:00Z     | 2026-09-01T00:40:00Z",
        "0 0 29 2 *       | 2026-01-01T00:00:00Z     | 2028-02-29T00:00:00Z",
        "0 0 29 2 *       | 2096-03-01T00:00:00Z     | 2104-02-29T00:00:00Z",
        "0 0 31 * *       | 2026-09-01T00:00:00Z     | 2026-10-31T00:00:00Z",
        "0 12 * * MON     | 2026-09-01T00:00:00Z     | 2026-09-07T12:00:00Z",
        "0 12 * * sun     | 2026-09-01T00:00:00Z     | 2026-09-06T12:00:00Z",
        "0 12 * * 7       | 2026-09-01T00:00:00Z     | 2026-09-06T12:00:00Z",
        "0 12 * * 0       | 2026-09-01T00:00:00Z     | 2026-09-06T12:00:00Z",
        "0 12 * * FRI-SUN | 2026-09-06T00:00:00Z     | 2026-09-06T12:00:00Z",
        "0 12 * * 5-7     | 2026-09-06T00:00:00Z     | 2026-09-06T12:00:00Z",
        "0 12 1 jan-MAR/2 * | 2026-01-02T00:00:00Z   | 2026-03-01T12:00:00Z",
        // Both days restricted: either fits. 2026-09-13 is a Sunday.
        "0 0 13 * FRI     | 2026-09-05T00:00:00Z     | 2026-09-11T00:00:00Z",
        "0 0 13 * FRI     | 2026-09-11T00:00:00Z     | 2026-09-13T00:00:00Z",
        // One begins with an asterisk: both must fit.
        "0 0 */2 * MON    | 2026-09-01T00:00:00Z     | 2026-09-07T00:00:00Z",
        "0 0 */2 * MON    | 2026-09-07T00:00:00Z     | 2026-09-21T00:00:00Z",
        "0 0 29 2 */7     | 2026-01-01T00:00:00Z     | 2032-02-29T00:00:00Z",
      })
  void theNextFiringIsTheFirstOneStrictlyAfter(String cron, Instant after, Instant expected) {
    assertThat(Cron.parse(cron).nextAfter(after)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''                | has 0 fields",
        "*                 | has 1 field,",
        "0 3 * *           | has 4 fields",
        "0 0 3 * * *       | has 6 fields",
        "@daily            | has 1 field,",
        "60 * * * *        | minute has 60, but values go from 0 to 59",
        "0 24 * * *        | hour has 24",
        "0 0 0 * *         | day of month has 0",
        "0 0 32 * *        | day of month has 32",
        "0 0 1 13 *        | month has 13",
        "0 0 1 FOO *       | month has FOO, but values go from 1 to 12 or JAN to DEC",
        "0 0 * * 8         | day of week has 8",
        "0 0 L * *         | day of month has L",
        "0 0 ? * *         | day of month has ?",
        "0 0 * * MON#1     | day of week has MON#1",
        "*/0 * * * *       | step 0",
        "*/x * * * *       | step x",
        "*/ * * * *        | step",
        "1,,2 * * * *      | minute has an empty value",
        "-5 * * * *        | minute has an empty value",
        "10-5 * * * *      | range 10-5, which ends before it begins",
        "1-2-3 * * * *     | minute has 2-3",
        "+1 * * * *        | minute has +1",
        "0 0 31 2 *        | never fires",
        "0 0 30,31 FEB *   | never fires",
        "0 0 31 4,6,9,11 * | never fires",
      })
  void aScheduleThatNeverFiresIsRefused(String cron, String message) {
    assertThatThrownBy(() -> Cron.parse(cron))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void aLongTextIsRefusedBeforeItIsRead() {
    assertThatThrownBy(() -> Cron.parse("0,".repeat(200) + "0 * * * *"))
        .hasMessageContaining("200 characters");
  }

  @Test
  void spacesDoNotCount() {
    assertThat(Cron.parse("  0   3 *\t* * ")).isEqualTo(Cron.parse("0 3 * * *"));
    assertThat(Cron.parse(" 0  3 * * *")).hasToString("0 3 * * *");
    assertThat(Cron.parse("0 3 * * *")).isNotEqualTo(Cron.parse("0 4 * * *"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "* * * * *          | 1",
        "*/9 * * * *        | 6",
        "*/7 * * * *        | 4",
        "0,5 * * * *        | 5",
        "0,55 * * * *       | 5",
        "0,55 0 * * *       |",
        "0,55 0,23 * * *    | 5",
        "0,55 0,23 1 * *    |",
        "0,55 0,23 1,2 * *  | 5",
        "0,55 0,23 31 1 *   |",
        "0,55 0,23 1 * MON  | 5",
        "*/10 * * * *       |",
        "*/20 * * * *       |",
        "0 3 * * *          |",
      })
  void schedulesUnderTenMinutesAreNoticed(
      String cron, @org.jspecify.annotations.Nullable Long gap) {
    assertThat(Cron.parse(cron).gapShorterThan(Duration.ofMinutes(10)).map(Duration::toMinutes))
        .isEqualTo(java.util.Optional.ofNullable(gap));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void everyFiringIsWhereSteppingMinuteByMinuteFindsIt(long seed) {
    var random = new Random(seed);
    for (int i = 0; i < 40; i++) {
      String text = randomCron(random);
      Cron cron = Cron.parse(text);
      var naive = new Naive(text);
      LocalDateTime start =
          LocalDateTime.of(2023, 1, 1, 0, 0).plusMinutes(random.nextInt(3 * 365 * 1_440));
      Instant expected = naive.nextAfter(start);
      assertThat(cron.nextAfter(start.toInstant(ZoneOffset.UTC)))
          .as("%s after %s (seed %d)", text, start, seed)
          .isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void theShortestGapIsTheOneThatFiringShows(long seed) {
    var random = new Random(seed);
    Duration limit = Duration.ofMinutes(10);
    for (int i = 0; i < 25; i++) {
      // Every day fits, so half a week shows all gaps.
      String text = minutesOrHours(random, 60) + " " + minutesOrHours(random, 24) + " * * *";
      Cron cron = Cron.parse(text);
      Instant last = cron.nextAfter(Instant.parse("2026-09-01T00:00:00Z"));
      Instant end = last.plus(Duration.ofDays(3));
      Duration shortest = Duration.ofDays(9);
      while (last.isBefore(end)) {
        Instant next = cron.nextAfter(last);
        Duration gap = Duration.between(last, next);
        shortest = gap.compareTo(shortest) < 0 ? gap : shortest;
        last = next;
      }
      assertThat(cron.gapShorterThan(limit))
          .as("%s (seed %d)", text, seed)
          .isEqualTo(
              shortest.compareTo(limit) < 0
                  ? java.util.Optional.of(shortest)
                  : java.util.Optional.empty());
    }
  }

  private static String minutesOrHours(Random random, int count) {
    Supplier<Integer> value = () -> random.nextInt(count);
    return switch (random.nextInt(5)) {
      case 0 -> "*";
      case 1 -> "*/" + (1 + random.nextInt(count));
      case 2 -> value.get() + "," + value.get() + "," + value.get();
      case 3 -> {
        int low = value.get();
        yield low + "-" + (low + random.nextInt(count - low)) + "/" + (1 + random.nextInt(9));
      }
      default -> String.valueOf(value.get());
    };
  }

  private static String randomCron(Random random) {
    String daysOfMonth =
        List.of("*", "*/3", "1", "28", "5,6,7", "10-20/2", "29").get(random.nextInt(7));
    String months = List.of("*", "1-12", "*/2", "JAN-JUN", "2,3", "12").get(random.nextInt(6));
    String daysOfWeek =
        List.of("*", "MON", "MON-FRI", "0", "7", "6-7", "*/2", "SAT,SUN").get(random.nextInt(8));
    return String.join(
        " ",
        minutesOrHours(random, 60),
        minutesOrHours(random, 24),
        daysOfMonth,
        months,
        daysOfWeek);
  }

  /** Says the same another way: sets of values, and a step for every minute. */
  private static final class Naive {
    private static final String NAMES = "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC";
    private static final String DAYS = "SUNMONTUEWEDTHUFRISAT";
    private final Set<Integer> minutes;
    private final Set<Integer> hours;
    private final Set<Integer> days;
    private final Set<Integer> months;
    private final Set<Integer> weekdays = new HashSet<>();
    private final boolean either;

    Naive(String text) {
      String[] fields = text.split(" ", -1);
      minutes = values(fields[0], 0, 59);
      hours = values(fields[1], 0, 23);
      days = values(fields[2], 1, 31);
      months = values(fields[3], 1, 12);
      values(fields[4], 0, fields[4].startsWith("*") ? 6 : 7).forEach(day -> weekdays.add(day % 7));
      either = fields[2].charAt(0) != '*' && fields[4].charAt(0) != '*';
    }

    Instant nextAfter(LocalDateTime start) {
      LocalDateTime time = start.plusMinutes(1);
      while (!fires(time)) {
        time = time.plusMinutes(1);
      }
      return time.toInstant(ZoneOffset.UTC);
    }

    private boolean fires(LocalDateTime time) {
      boolean day = days.contains(time.getDayOfMonth());
      boolean weekday = weekdays.contains(time.getDayOfWeek().getValue() % 7);
      return minutes.contains(time.getMinute())
          && hours.contains(time.getHour())
          && months.contains(time.getMonthValue())
          && (either ? day || weekday : day && weekday);
    }

    private static Set<Integer> values(String field, int min, int max) {
      Set<Integer> values = new HashSet<>();
      for (String part : field.split(",", -1)) {
        String[] stepped = part.split("/", -1);
        String[] range = stepped[0].split("-", -1);
        int low = range[0].equals("*") ? min : number(range[0]);
        int high = range[0].equals("*") ? max : number(range[range.length - 1]);
        for (int value = low; value <= high; value++) {
          if (stepped.length == 1 || (value - low) % Integer.parseInt(stepped[1]) == 0) {
            values.add(value);
          }
        }
      }
      return values;
    }

    private static int number(String text) {
      if (Character.isDigit(text.charAt(0))) {
        return Integer.parseInt(text);
      }
      return DAYS.contains(text) && DAYS.indexOf(text) % 3 == 0
          ? DAYS.indexOf(text) / 3
          : NAMES.indexOf(text) / 3 + 1;
    }
  }
}
