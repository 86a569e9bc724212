package io.pinferry.limit;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Says when requests may be sent so that Pinterest counts no more than its limits. After a quiet
 * time most of a window may be used in a burst. The rest of the window is spread, and from then on
 * the pace is even.
 */
public final class Pace {
  /**
   * How much two requests may shift against each other between slot and arrival, by early and late
   * callers, clocks and the network together. The slots of requests that arrive within one window
   * may lie in a period that is longer by this and a second, so each limit is kept over such a
   * period. This leaves 15/16 of a minute's limit.
   */
  public static final Duration DISPLACEMENT_MAX = Duration.ofSeconds(3);

  /** Windows of this length or more are quotas to be counted, not paces to be kept. */
  public static final Duration QUOTA_LENGTH_MIN = Duration.ofHours(1);

  /** Shorter windows give each second an even part; only longer ones allow a burst. */
  private static final int SHORT_SECONDS_MAX = 10 + (int) DISPLACEMENT_MAX.toSeconds() + 1;

  /** The percentage of the longest window that may be used in a burst. */
  private static final int BURST_PERCENT = 80;

  /** Slots are plentiful while less than this percentage of each window is used. */
  private static final int PLENTIFUL_USED_PERCENT = 60;

  /** The fewest seconds that a ledger keeps, since limits for longer windows may be learned. */
  private static final int LEDGER_SECONDS_MIN = 130;

  /** How much faster than the even pace a burst is if no short window limits it. */
  private static final int BURST_SPEED = 4;

  private final List<Window> windows;
  private final Window longest;
  private final int perSecondMax;

  /** A limit, and the number of seconds over which it is kept. */
  private record Window(int limit, int seconds) {
    static Window of(BudgetWindow window) {
      Duration kept = window.length().plus(DISPLACEMENT_MAX).plusSeconds(1);
      return new Window(
          window.limit(), (int) (kept.toSeconds() + (kept.toNanosPart() == 0 ? 0 : 1)));
    }

    /** Returns the limit of one second at a multiple of the even pace. */
    int perSecond(int speed) {
      return Math.max(1, (int) Math.min(Integer.MAX_VALUE, (long) limit * speed / seconds));
    }
  }

  private Pace(List<Window> windows) {
    this.windows = windows;
    longest = windows.stream().max(Comparator.comparingInt(Window::seconds)).orElseThrow();
    perSecondMax =
        windows.stream()
            .filter(window -> window.seconds() <= SHORT_SECONDS_MAX)
            .mapToInt(window -> window.perSecond(1))
            .min()
            .orElseGet(() -> longest.perSecond(BURST_SPEED));
  }

  /**
   * Returns the pace that keeps all limits.
   *
   * @return empty if every window is a quota
   */
  public static Optional<Pace> of(List<BudgetWindow> windows) {
    List<Window> paces =
        windows.stream()
            .filter(window -> window.length().compareTo(QUOTA_LENGTH_MIN) < 0)
            .map(Window::of)
            .toList();
    return paces.isEmpty() ? Optional.empty() : Optional.of(new Pace(paces));
  }

  /** Returns the time between two requests at the even pace. */
  public Duration interval() {
    return windows.stream()
        .map(window -> Duration.ofSeconds(window.seconds()).dividedBy(window.limit()))
        .max(Comparator.naturalOrder())
        .orElseThrow();
  }

  /** Returns the first second that a ledger must know to take slots from another second on. */
  long firstSecondNeeded(long second) {
    return second - Math.max(2 * longest.seconds(), LEDGER_SECONDS_MIN);
  }

  /** Returns the first instant, from one on, at which one more request may be sent. */
  Instant next(Ledger ledger, Instant from) {
    // For earlier seconds the ledger does not reach back far enough.
    long second = Math.max(from.getEpochSecond(), ledger.first() + longest.seconds() - 1);
    while (!fits(ledger, second)) {
      second++;
    }
    Instant next =
        Instant.ofEpochSecond(second)
            .plus(Duration.ofSeconds(ledger.count(second)).dividedBy(perSecondMax));
    return next.isAfter(from) ? next : from;
  }

  /** Returns whether much of every limit is unused. */
  boolean isPlentiful(Ledger ledger, Instant now) {
    long second = now.getEpochSecond();
    return windows.stream()
        .allMatch(
            window -> {
              int used = ledger.sum(second - window.seconds() + 1, second + window.seconds());
              return used * 100L < (long) window.limit() * PLENTIFUL_USED_PERCENT;
            });
  }

  private boolean fits(Ledger ledger, long second) {
    return ledger.count(second) < perSecondMax
        && windows.stream().allMatch(window -> isKept(window, ledger, second))
        && (mayBurst(ledger, second) || isEven(ledger, second));
  }

  /** Returns whether a limit is kept in each period around a second with one more request. */
  private static boolean isKept(Window window, Ledger ledger, long second) {
    long first = second - window.seconds() + 1;
    int sum = ledger.sum(first, second + 1);
    int most = sum;
    for (; first < second; first++) {
      sum += ledger.count(first + window.seconds()) - ledger.count(first);
      most = Math.max(most, sum);
    }
    return most < window.limit();
  }

  /** Returns whether so few requests were sent for two windows that the pace need not be even. */
  private boolean mayBurst(Ledger ledger, long second) {
    int sent = ledger.sum(second - 2L * longest.seconds(), second + longest.seconds());
    return sent * 100L < (long) longest.limit() * BURST_PERCENT;
  }

  /** Returns whether one more request in a second keeps the pace even. */
  private boolean isEven(Ledger ledger, long second) {
    double share = share(ledger, second);
    if (share <= 0) {
      return false;
    }
    int together = Math.max(1, (int) Math.min(longest.seconds(), 1 / share));
    return ledger.sum(second - together + 1, second + 1) < Math.ceil(share * together);
  }

  /** Returns how many requests each second from one on may have, given the seconds before it. */
  private double share(Ledger ledger, long second) {
    long first = second - longest.seconds() + 1;
    int before = ledger.sum(first, second);
    double share = Double.MAX_VALUE;
    for (int seconds = 1; seconds <= longest.seconds(); seconds++) {
      share = Math.min(share, (longest.limit() - before) / (double) seconds);
      before -= ledger.count(first + seconds - 1);
    }
    return share;
  }
}
