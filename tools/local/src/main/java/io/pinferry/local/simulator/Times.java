package io.pinferry.local.simulator;

import java.time.LocalDateTime;
import java.time.ZoneOffset;

/** Writes times as the live API does: UTC without saying so, with 0 or 6 digits of a fraction. */
final class Times {
  private Times() {}

  static String zoneless(long seconds, long hash) {
    LocalDateTime time = LocalDateTime.ofEpochSecond(seconds, 0, ZoneOffset.UTC);
    var text = new StringBuilder(26);
    text.append(time.getYear()).append('-');
    two(text, time.getMonthValue()).append('-');
    two(text, time.getDayOfMonth()).append('T');
    two(text, time.getHour()).append(':');
    two(text, time.getMinute()).append(':');
    two(text, time.getSecond());
    if ((hash & 1) == 1) {
      String millis = Integer.toString(1_000 + Mix.below(hash >>> 1, 1_000));
      text.append('.').append(millis, 1, 4).append("000");
    }
    return text.toString();
  }

  private static StringBuilder two(StringBuilder text, int number) {
    return text.append((char) ('0' + number / 10)).append((char) ('0' + number % 10));
  }
}
