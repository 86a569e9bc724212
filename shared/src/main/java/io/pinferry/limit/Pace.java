package io.pinferry.limit;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Says when requests may be sent so that limits hold where they are counted. After a time of rest
 * most of a window may be used at once; what is left of it is spread, and who goes on is held to an
 * even pace.
 */
public final class Pace {
  /**
   * How far apart in time two requests may be displaced, each against its own slot, by early and
   * late callers, clocks and the network together. Requests that arrive within a window were taken
   * for seconds of a time that is longer than it by this much and a second, so a limit is kept over
   * as many seconds. Of a minute this leaves 15/16 to be used.
   */
  public static final Duration DISPLACEMENT_MAX = Duration.ofSeconds(3);

  /** Windows from this length on are quotas to be counted, not paces to be kept. */
  public static final Duration QUOTA_LENGTH_MIN = Duration.ofHours(1);

  /** Of shorter windows each second has an even part; a burst is one of a longer window. */
  private static final int SHORT_SECONDS_MAX = 10 + (int) DISPLACEMENT_MAX.toSeconds() + 1;

  /** The part of the longest window, in percent, that may be used as fast as the others allow. */
  private static final int BURST_PERCENT = 80;

  /** There are plenty of slots as long as of each window less than this is used. */
  private static final int PLENTY_USED_PERCENT = 60;

  /** So long a ledger remembers at least, should limits for a longer time be learned. */
  private static final int REMEMBERED_SECONDS_MIN = 130;

  /** Without a window for short times a burst is faster than the even pace by so much. */
  private static final int BURST_SPEED = 4;

  private final List<Kept> windows;
  private final Kept longest;
  private final int perSecondMax;

  /** A limit, and the seconds in which it is kept. */
  private record Kept(int limit, int seconds) {
    static Kept of(BudgetWindow window) {
      Duration kept = window.length().plus(DISPLACEMENT_MAX).plusSeconds(1);
      return new Kept(window.limit(), (int) (kept.toSeconds() + (kept.toNanosPart() == 0 ? 0 : 1)));
    }

    int evenly(int times) {
      return Math.max(1, (int) Math.min(Integer.MAX_VALUE, (long) limit * times / seconds));
    }
  }

  private Pace(List<Kept> windows) {
    this.windows = windows;
    longest = windows.stream().max(Comparator.comparingInt(Kept::seconds)).orElseThrow();
    perSecondMax =
        windows.stream()
            .filter(window -> window.seconds() <= SHORT_SECONDS_MAX)
            .mapToInt(window -> window.evenly(1))
            .min()
            .orElseGet(() -> longest.evenly(BURST_SPEED));
  }

  /**
   * Returns the pace that keeps limits.
   *
   * @return empty if no window is short enough to be a pace
   */
  public static Optional<Pace> of(List<BudgetWindow> windows) {
    List<Kept> paces =
        windows.stream()
            .filter(window -> window.length().compareTo(QUOTA_LENGTH_MIN) < 0)
            .map(Kept::of)
            .toList();
    return paces.isEmpty() ? Optional.empty() : Optional.of(new Pace(paces));
  }

  /** Returns how far apart requests are that go on for ever. */
  public Duration interval() {
    return windows.stream()
        .map(window -> Duration.ofSeconds(window.seconds()).dividedBy(window.limit()))
        .max(Comparator.naturalOrder())
        .orElseThrow();
  }

  /** Returns the first second that a ledger has to remember to place slots in another. */
  long remembered(long second) {
    return second - Math.max(2 * longest.seconds(), REMEMBERED_SECONDS_MIN);
  }

  /** Returns the first instant, from one on, at which one request more may be sent. */
  Instant next(Ledger ledger, Instant from) {
    // Of a second further back than this it would not be known what was before.
    long second = Math.max(from.getEpochSecond(), ledger.first() + longest.seconds() - 1);
    while (!fits(ledger, second)) {
      second++;
    }
    Instant evenly =
        Instant.ofEpochSecond(second)
            .plus(Duration.ofSeconds(ledger.count(second)).dividedBy(perSecondMax));
    return evenly.isAfter(from) ? evenly : from;
  }

  /** Returns whether much of every limit is unused. */
  boolean plenty(Ledger ledger, Instant now) {
    long second = now.getEpochSecond();
    return windows.stream()
        .allMatch(
            window -> {
              int used = ledger.sum(second - window.seconds() + 1, second + window.seconds());
              return used * 100L < (long) window.limit() * PLENTY_USED_PERCENT;
            });
  }

  private boolean fits(Ledger ledger, long second) {
    return ledger.count(second) < perSecondMax
        && windows.stream().allMatch(window -> keeps(window, ledger, second))
        && (afterRest(ledger, second) || evenly(ledger, second));
  }

  /** Returns whether a limit holds for each time around a second with one request more in it. */
  private static boolean keeps(Kept window, Ledger ledger, long second) {
    long first = second - window.seconds() + 1;
    int sum = ledger.sum(first, second + 1);
    int most = sum;
    for (; first < second; first++) {
      sum += ledger.count(first + window.seconds()) - ledger.count(first);
      most = Math.max(most, sum);
    }
    return most < window.limit();
  }

  /** Returns whether so little was sent for two windows that there need be no even pace yet. */
  private boolean afterRest(Ledger ledger, long second) {
    int sent = ledger.sum(second - 2L * longest.seconds(), second + longest.seconds());
    return sent * 100L < (long) longest.limit() * BURST_PERCENT;
  }

  /** Returns whether a second may have one request more without being ahead of the others. */
  private boolean evenly(Ledger ledger, long second) {
    double share = share(ledger, second);
    if (share <= 0) {
      return false;
    }
    int together = Math.max(1, (int) Math.min(longest.seconds(), 1 / share));
    return ledger.sum(second - together + 1, second + 1) < Math.ceil(share * together);
  }

  /** Returns how many requests each second from one on may have, given what was before it. */
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
