package io.pinferry.local.cloud;

import java.time.DayOfWeek;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A {@code rate(…)} or {@code cron(…)} of EventBridge, in UTC. Source: <a
 * href="https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html">
 * schedule expressions</a>.
 */
public sealed interface ScheduleExpression {

  /**
   * Every so many minutes.
   *
   * @param minutes at least 1
   */
  record Rate(long minutes) implements ScheduleExpression {}

  /** At the minutes that fit all six fields. */
  record Cron(
      BitSet minutes, BitSet hours, BitSet days, BitSet months, BitSet weekdays, BitSet years)
      implements ScheduleExpression {

    public Cron {
      minutes = (BitSet) minutes.clone();
      hours = (BitSet) hours.clone();
      days = (BitSet) days.clone();
      months = (BitSet) months.clone();
      weekdays = (BitSet) weekdays.clone();
      years = (BitSet) years.clone();
    }

    /** Returns whether the schedule is due in the minute of this instant. */
    boolean dueAt(ZonedDateTime instant) {
      ZonedDateTime utc = instant.withZoneSameInstant(ZoneOffset.UTC);
      return minutes.get(utc.getMinute())
          && hours.get(utc.getHour())
          && days.get(utc.getDayOfMonth())
          && months.get(utc.getMonthValue())
          && weekdays.get(utc.getDayOfWeek().getValue() % DayOfWeek.values().length + 1)
          && years.get(utc.getYear());
    }
  }

  /**
   * Reads an expression.
   *
   * @throws IllegalArgumentException when EventBridge would refuse it, or it uses the day forms L,
   *     W and #, which the embedded cloud lacks
   */
  static ScheduleExpression parse(String expression) {
    Matcher rate = Fields.RATE.matcher(expression.strip());
    if (rate.matches()) {
      return rate(expression, Long.parseLong(rate.group(1)), rate.group(2));
    }
    Matcher cron = Fields.CRON.matcher(expression.strip());
    if (!cron.matches()) {
      throw new IllegalArgumentException(
          "schedule " + expression + " is neither rate(…) nor cron(…)");
    }
    String[] fields = cron.group(1).strip().split("\\s+", -1);
    if (fields.length != 6) {
      throw new IllegalArgumentException(
          "schedule " + expression + " has " + fields.length + " fields, but EventBridge wants 6");
    }
    if (fields[2].equals("?") == fields[4].equals("?")) {
      throw new IllegalArgumentException(
          "schedule " + expression + " needs ? as either its day of month or its day of week");
    }
    return new Cron(
        Fields.parse(fields[0], 0, 59, List.of()),
        Fields.parse(fields[1], 0, 23, List.of()),
        Fields.parse(fields[2], 1, 31, List.of()),
        Fields.parse(fields[3], 1, 12, Fields.MONTHS),
        Fields.parse(fields[4], 1, 7, Fields.WEEKDAYS),
        Fields.parse(fields[5], 1970, 2199, List.of()));
  }

  private static Rate rate(String expression, long value, String unit) {
    boolean singular = !unit.endsWith("s");
    if (value < 1 || singular != (value == 1)) {
      throw new IllegalArgumentException(
          "schedule "
              + expression
              + " is refused by EventBridge: 1 stands with minute, hour or day, more with the"
              + " plural");
    }
    long minutes =
        switch (singular ? unit : unit.substring(0, unit.length() - 1)) {
          case "minute" -> 1;
          case "hour" -> 60;
          default -> 24 * 60;
        };
    return new Rate(Math.multiplyExact(value, minutes));
  }

  /** The fields of a cron expression. */
  final class Fields {

    private static final Pattern RATE =
        Pattern.compile("rate\\((\\d{1,9}) (minutes?|hours?|days?)\\)");
    private static final Pattern CRON = Pattern.compile("cron\\((.+)\\)");
    private static final List<String> MONTHS =
        List.of("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC");
    private static final List<String> WEEKDAYS =
        List.of("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT");

    private Fields() {}

    private static BitSet parse(String field, int min, int max, List<String> names) {
      var values = new BitSet();
      for (String part : field.split(",", -1)) {
        String[] stepped = part.split("/", 2);
        int step = stepped.length == 2 ? number(field, stepped[1], 1, max, List.of()) : 1;
        int from;
        int to;
        if (stepped[0].equals("*") || stepped[0].equals("?")) {
          from = min;
          to = max;
        } else {
          String[] range = stepped[0].split("-", 2);
          from = number(field, range[0], min, max, names);
          if (range.length == 2) {
            to = number(field, range[1], min, max, names);
          } else {
            to = stepped.length == 2 ? max : from;
          }
        }
        for (int value = from; value <= to; value += step) {
          values.set(value);
        }
      }
      if (values.isEmpty()) {
        throw new IllegalArgumentException("cron field " + field + " is never true");
      }
      return values;
    }

    private static int number(String field, String text, int min, int max, List<String> names) {
      int name = names.indexOf(text.toUpperCase(Locale.ROOT));
      if (name >= 0) {
        return name + 1;
      }
      if (!text.matches("\\d{1,4}")) {
        throw new IllegalArgumentException("cron field " + field + " is not understood at " + text);
      }
      int value = Integer.parseInt(text);
      if (value < min || value > max) {
        throw new IllegalArgumentException(
            "cron field " + field + " has " + value + " outside " + min + " to " + max);
      }
      return value;
    }
  }
}
