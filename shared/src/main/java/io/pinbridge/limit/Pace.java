package io.pinbridge.limit;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/** How far apart requests are sent so that limits hold where they are counted. */
public final class Pace {
  /**
   * How far apart in time two requests may be displaced, each against its own slot, by late
   * callers, clocks and the network together. Whatever is sent for a time that is longer than a
   * window by this much fits into the window, so its limit holds even if all of it arrives at once.
   * Of a minute this leaves 95 % to be used, and of a second a quarter, so that the few categories
   * that share the window of a second do not fill it together either.
   */
  public static final Duration DISPLACEMENT_MAX = Duration.ofSeconds(3);

  /** Windows from this length on are quotas to be counted, not paces to be kept. */
  public static final Duration QUOTA_LENGTH_MIN = Duration.ofHours(1);

  private Pace() {}

  /**
   * Returns the interval that keeps every window, in whole microseconds.
   *
   * @return empty if no window is short enough to be a pace
   */
  public static Optional<Duration> interval(List<BudgetWindow> windows) {
    return windows.stream()
        .filter(window -> window.length().compareTo(QUOTA_LENGTH_MIN) < 0)
        .map(Pace::interval)
        .max(Duration::compareTo);
  }

  private static Duration interval(BudgetWindow window) {
    long micros =
        Math.ceilDiv(window.length().plus(DISPLACEMENT_MAX).toNanos(), window.limit() * 1_000L);
    return Duration.of(micros, ChronoUnit.MICROS);
  }
}
