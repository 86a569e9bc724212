package io.pinferry.benchmarks;

import java.io.PrintStream;
import java.util.List;
import java.util.Locale;

/**
 * A model of the queues, minute by minute: many accounts are read once a day. It knows the bounds
 * of the code and of template.yaml, and takes the times of the other benchmarks. It measures
 * nothing. docs/scale.md shows and explains its table.
 */
final class Scale implements Benchmark {
  private static final int ACCOUNTS = 10_000;
  private static final int PAGES = 4_000;
  private static final double PAGE_SECONDS = 0.3;
  private static final int PARTITIONS_A_BATCH = 10;
  private static final int SLICE_SECONDS = 60;
  private static final int MESSAGES_A_PAGE = 2;
  private static final double DELIVERY_SECONDS = 0.2;

  /** A tick works for 40 seconds, and starts 1,000 reads in 13. A look is as long as a start. */
  private static final double TIMERS_A_TICK = 40 / 0.013;

  private static final int DAY_MINUTES = 24 * 60;
  private static final int AGE_MINUTES_MAX = 36 * 60;

  /**
   * A setting of the model.
   *
   * @param sync the parameter SyncConcurrency
   * @param watchdogMinutes the parameter Watchdog
   * @param spreadMinutes the time in which the schedules of all accounts fall
   */
  private record Setting(int sync, int watchdogMinutes, int spreadMinutes) {}

  /**
   * The worst of a day.
   *
   * @param minutes until the last read has ended
   * @param partitions that waited for a process
   * @param messages in the read queue, also further ones of the same partition
   * @param timerMinutes how late a timer fired
   */
  private record Day(int minutes, double partitions, double messages, double timerMinutes) {}

  @Override
  public String compares() {
    return "a day against the hours until the last of "
        + ACCOUNTS
        + " accounts of a million pins is read, by a model of the queues";
  }

  @Override
  public List<Goal> measure(PrintStream out) {
    out.println(
        "  sync  watchdog  spread  last read  waiting  messages  timers late  pages/s  deliver");
    Day best = null;
    for (Setting setting :
        List.of(
            new Setting(10, 1, 1),
            new Setting(50, 1, 1),
            new Setting(150, 1, 1),
            new Setting(150, 5, 1),
            new Setting(150, 5, DAY_MINUTES / 2),
            new Setting(500, 5, DAY_MINUTES / 2))) {
      Day day = day(setting);
      print(out, setting, day);
      best = day;
    }
    double hours = (best == null ? AGE_MINUTES_MAX : best.minutes()) / 60.0;
    return List.of(
        new Goal(
            "hours of a day / hours until the last read has ended, last line",
            24 / hours,
            1,
            String.format(Locale.ROOT, "%.1f hours", hours)));
  }

  private static Day day(Setting setting) {
    double slots = (double) setting.sync() * PARTITIONS_A_BATCH;
    double slices = PAGES * PAGE_SECONDS / SLICE_SECONDS;
    double starts = 0; // timers of starts that are due
    double looks = 0; // timers of looks that are due
    double open = 0; // reads that have begun
    double left = 0; // slices of them that are left
    double more = 0; // further messages of partitions that wait already
    double done = 0;
    double mostWaiting = 0;
    double mostMessages = 0;
    double latest = 0;
    int minute = 0;
    while (done < ACCOUNTS - 0.5 && minute < AGE_MINUTES_MAX) {
      if (minute < setting.spreadMinutes()) {
        starts += (double) ACCOUNTS / setting.spreadMinutes();
      }
      looks = Math.min(open, looks + open / setting.watchdogMinutes());
      latest = Math.max(latest, (starts + looks) / TIMERS_A_TICK);
      double share = Math.min(1, TIMERS_A_TICK / Math.max(1, starts + looks));
      double begun = starts * share;
      double looked = looks * share;
      starts -= begun;
      looks -= looked;
      double running = Math.min(open, slots);
      double waiting = open - running;
      more += open == 0 ? 0 : looked * waiting / open;
      more -= waiting == 0 ? more : Math.min(more, slots * more / waiting);
      left = Math.max(0, left - running) + begun * slices;
      open += begun;
      // Partitions take turns, so most of them end late; the last ones are what counts.
      double ended = Math.max(0, open - Math.ceil(left));
      open -= ended;
      done += ended;
      mostWaiting = Math.max(mostWaiting, waiting);
      mostMessages = Math.max(mostMessages, waiting + more);
      minute++;
    }
    return new Day(minute, mostWaiting, mostMessages, latest);
  }

  private static void print(PrintStream out, Setting setting, Day day) {
    double pages = setting.sync() * PARTITIONS_A_BATCH / PAGE_SECONDS;
    double deliver = pages * MESSAGES_A_PAGE * DELIVERY_SECONDS / PARTITIONS_A_BATCH;
    out.printf(
        Locale.ROOT,
        "  %4d  %4d min  %4.1f h  %9s  %,7.0f  %,8.0f  %7.1f min  %,7.0f  %,7.0f%n",
        setting.sync(),
        setting.watchdogMinutes(),
        setting.spreadMinutes() / 60.0,
        day.minutes() >= AGE_MINUTES_MAX
            ? "never"
            : String.format(Locale.ROOT, "%.1f h", day.minutes() / 60.0),
        day.partitions(),
        day.messages(),
        day.timerMinutes(),
        pages,
        deliver);
  }
}
