package io.pinferry.manifest;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A schedule of five fields (minute, hour, day of month, month, day of week) in UTC. A field is a
 * list of values, ranges and steps ({@code 1,10-20,*}{@code /15}); months and days of the week have
 * names too; Sunday is 0 and 7. As in crontab(5), a day matches if one of its two fields matches;
 * if a field begins with an asterisk, both must match.
 */
public final class Cron {
  private static final int TEXT_LENGTH_MAX = 200;
  private static final int MINUTES_PER_DAY = 24 * 60;

  /** The calendar repeats after this time, so a schedule that has not fired by then never does. */
  private static final int CALENDAR_CYCLE_YEARS = 400;

  private static final List<String> MONTHS =
      List.of("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC");
  private static final List<String> WEEKDAYS =
      List.of("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT");

  private final String text;
  private final long minutes;
  private final long hours;
  private final long daysOfMonth;
  private final long months;
  private final long daysOfWeek;
  private final boolean eitherDay;

  private Cron(String text) {
    this.text = text;
    String[] fields = text.split(" ", -1);
    this.minutes = new FieldReader("minute", 0, 59, List.of(), 0).read(fields[0]);
    this.hours = new FieldReader("hour", 0, 23, List.of(), 0).read(fields[1]);
    this.daysOfMonth = new FieldReader("day of month", 1, 31, List.of(), 0).read(fields[2]);
    this.months = new FieldReader("month", 1, 12, MONTHS, 1).read(fields[3]);
    long weekdays = new FieldReader("day of week", 0, 7, WEEKDAYS, 0).read(fields[4]);
    this.daysOfWeek = (weekdays | weekdays >> 7) & 0x7F;
    this.eitherDay = !fields[2].startsWith("*") && !fields[4].startsWith("*");
  }

  /**
   * Reads a schedule.
   *
   * @throws IllegalArgumentException if it is malformed or never fires; the message is for users
   */
  @JsonCreator
  public static Cron parse(String text) {
    if (text.length() > TEXT_LENGTH_MAX) {
      throw new IllegalArgumentException("is longer than " + TEXT_LENGTH_MAX + " characters");
    }
    String normal = text.strip().replaceAll("\\s+", " ");
    int count = normal.isEmpty() ? 0 : normal.split(" ", -1).length;
    if (count != 5) {
      throw new IllegalArgumentException(
          ("has %s%s, but minute, hour, day of month, month and day of week are needed, as in"
                  + " 0 3 * * *")
              .formatted(count, count == 1 ? " field" : " fields"));
    }
    var cron = new Cron(normal);
    if (cron.nextFitting(LocalDate.EPOCH) == null) {
      throw new IllegalArgumentException("never fires: no such day exists");
    }
    return cron;
  }

  /** Returns the next time of the schedule strictly after an instant. */
  public Instant nextAfter(Instant after) {
    LocalDateTime from =
        LocalDateTime.ofInstant(after, ZoneOffset.UTC)
            .truncatedTo(ChronoUnit.MINUTES)
            .plusMinutes(1);
    LocalDate date = nextFitting(from.toLocalDate());
    if (date != null && date.equals(from.toLocalDate())) {
      int minute = nextMinuteOfDay(from.getHour() * 60 + from.getMinute());
      if (minute >= 0) {
        return at(date, minute);
      }
      date = nextFitting(date.plusDays(1));
    }
    if (date == null) {
      throw new IllegalStateException("a schedule that never fires cannot have been parsed");
    }
    return at(date, nextMinuteOfDay(0));
  }

  /**
   * Returns the shortest time between two firings, if it is shorter than a limit.
   *
   * @param limit at most a day
   */
  public Optional<Duration> gapShorterThan(Duration limit) {
    int first = nextMinuteOfDay(0);
    int last = first;
    int shortest = Integer.MAX_VALUE;
    for (int next = nextMinuteOfDay(first + 1); next >= 0; next = nextMinuteOfDay(next + 1)) {
      shortest = Math.min(shortest, next - last);
      last = next;
    }
    int overMidnight = first + MINUTES_PER_DAY - last;
    if (overMidnight < Math.min(shortest, limit.toMinutes()) && firesOnConsecutiveDays()) {
      shortest = overMidnight;
    }
    return shortest < limit.toMinutes()
        ? Optional.of(Duration.ofMinutes(shortest))
        : Optional.empty();
  }

  private boolean firesOnConsecutiveDays() {
    LocalDate end = LocalDate.EPOCH.plusYears(CALENDAR_CYCLE_YEARS);
    LocalDate day = nextFitting(LocalDate.EPOCH);
    while (day != null && day.isBefore(end)) {
      if (fits(day.plusDays(1))) {
        return true;
      }
      day = nextFitting(day.plusDays(1));
    }
    return false;
  }

  /** Returns the first matching day from a date on; null if there is none in a whole cycle. */
  private @Nullable LocalDate nextFitting(LocalDate from) {
    LocalDate end = from.plusYears(CALENDAR_CYCLE_YEARS);
    LocalDate day = from;
    while (!day.isAfter(end)) {
      if (!has(months, day.getMonthValue())) {
        day = day.withDayOfMonth(1).plusMonths(1);
      } else if (fits(day)) {
        return day;
      } else {
        day = day.plusDays(1);
      }
    }
    return null;
  }

  private boolean fits(LocalDate day) {
    boolean ofMonth = has(daysOfMonth, day.getDayOfMonth());
    boolean ofWeek = has(daysOfWeek, day.getDayOfWeek().getValue() % 7);
    return has(months, day.getMonthValue()) && (eitherDay ? ofMonth || ofWeek : ofMonth && ofWeek);
  }

  private int nextMinuteOfDay(int from) {
    for (int minute = from; minute < MINUTES_PER_DAY; minute++) {
      if (has(hours, minute / 60) && has(minutes, minute % 60)) {
        return minute;
      }
    }
    return -1;
  }

  private static Instant at(LocalDate date, int minuteOfDay) {
    return date.atTime(minuteOfDay / 60, minuteOfDay % 60).toInstant(ZoneOffset.UTC);
  }

  private static boolean has(long bits, int value) {
    return (bits >> value & 1) == 1;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Cron cron && cron.text.equals(text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  /** Returns the text of the schedule, with single spaces. */
  @Override
  @JsonValue
  public String toString() {
    return text;
  }

  /**
   * Reads one field into one bit per value.
   *
   * @param names names of values, in order
   * @param firstNamed the value of the first name
   */
  private record FieldReader(String title, int min, int max, List<String> names, int firstNamed) {
    long read(String field) {
      long bits = 0;
      for (String part : field.split(",", -1)) {
        bits |= part(part);
      }
      return bits;
    }

    private long part(String part) {
      int slash = part.indexOf('/');
      String range = slash < 0 ? part : part.substring(0, slash);
      int step = slash < 0 ? 1 : step(part.substring(slash + 1));
      int low;
      int high;
      int dash = range.indexOf('-');
      if (range.equals("*")) {
        low = min;
        high = lastOfStar();
      } else if (dash >= 0) {
        low = value(range.substring(0, dash));
        high = rangeEnd(range.substring(dash + 1), low);
      } else {
        low = value(range);
        high = slash < 0 ? low : lastOfStar();
      }
      if (low > high) {
        throw wrong("has the range " + range + ", which ends before it begins");
      }
      long bits = 0;
      for (int value = low; value <= high; value += step) {
        bits |= 1L << value;
      }
      return bits;
    }

    /** Sunday is also 7, but must not count twice. */
    private int lastOfStar() {
      return names.equals(WEEKDAYS) ? 6 : max;
    }

    /** A range of names may end with the Sunday after its start. */
    private int rangeEnd(String text, int low) {
      return names.equals(WEEKDAYS) && low > 0 && text.equalsIgnoreCase("SUN") ? 7 : value(text);
    }

    private int step(String text) {
      if (!text.matches("[0-9]{1,3}") || Integer.parseInt(text) == 0) {
        throw wrong("has the step " + text + ", but a step is a number from 1 on");
      }
      return Integer.parseInt(text);
    }

    private int value(String text) {
      int named = names.indexOf(text.toUpperCase(Locale.ROOT));
      if (named >= 0) {
        return firstNamed + named;
      }
      if (!text.matches("[0-9]{1,3}")
          || Integer.parseInt(text) < min
          || Integer.parseInt(text) > max) {
        throw wrong(
            "has %s, but values go from %s to %s%s"
                .formatted(
                    (text.isEmpty() ? "an empty value" : text),
                    min,
                    max,
                    (names.isEmpty() ? "" : " or " + names.getFirst() + " to " + names.getLast())));
      }
      return Integer.parseInt(text);
    }

    private IllegalArgumentException wrong(String what) {
      return new IllegalArgumentException("the field " + title + " " + what);
    }
  }
}
