package io.pinferry.limit;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Says when requests of one budget may be sent so that Pinterest counts no more than its limits.
 * After a quiet time most of a window may be used in a burst. The rest of the window is spread, and
 * from then on the pace is even.
 */
public final class Pace {
  /**
   * How much two requests may shift against each other between slot and arrival where limits are
   * long: half a second by callers and clocks, and the rest by a process or a network that stands
   * still. Of a minute's limit this leaves 20/21.
   */
  private static final Duration DISPLACEMENT_MAX = Duration.ofSeconds(2);

  /** Windows of this length or more are quotas to be counted, not paces to be kept. */
  public static final Duration QUOTA_LENGTH_MIN = Duration.ofHours(1);

  /** One budget gets this part of a short limit; the rest is for the owner's other budgets. */
  private static final int SHORT_LIMIT_DIVISOR = 2;

  /** The percentage of the longest window that may be used in a burst. */
  private static final int BULK_BURST_PERCENT = 80;

  private static final int SINGLE_BURST_PERCENT = 90;

  /** The part of each limit that bulk requests leave to single ones. */
  private static final int LEFT_TO_SINGLE_DIVISOR = 33;

  /**
   * Up to this part of the slots expires unused, so the even pace is faster by it. The limit itself
   * is kept all the same.
   */
  private static final int EXPIRED_DIVISOR = 10;

  /** Slots are plentiful while less than this percentage of each window is used. */
  private static final int PLENTIFUL_USED_PERCENT = 60;

  /** The fewest seconds that a ledger keeps, since limits for longer windows may be learned. */
  private static final int LEDGER_SECONDS_MIN = 130;

  /** How much faster than the even pace a burst is if no short window limits it. */
  private static final int BURST_SPEED = 4;

  private final SharedPace shared;
  private final List<KeptLimit> limits;
  private final @Nullable KeptLimit longest;
  private final int perSecondMax;
  private final Duration interval;

  private Pace(List<BudgetWindow> shorts, List<BudgetWindow> longs) {
    shared = new SharedPace(shorts);
    limits =
        longs.stream()
            .map(window -> KeptLimit.of(window, DISPLACEMENT_MAX, TakenSlots.SECOND))
            .toList();
    longest = limits.stream().max(Comparator.comparingInt(KeptLimit::cells)).orElse(null);
    perSecondMax =
        shorts.stream()
            .mapToInt(window -> perSecond(window, 1, SHORT_LIMIT_DIVISOR))
            .min()
            .orElseGet(
                () ->
                    longs.stream()
                        .mapToInt(window -> perSecond(window, BURST_SPEED, 1))
                        .min()
                        .orElseThrow());
    interval =
        limits.stream()
            .map(limit -> Duration.ofSeconds(limit.cells()).dividedBy(limit.limit()))
            .reduce(
                TakenSlots.SECOND.dividedBy(perSecondMax),
                (one, other) -> one.compareTo(other) > 0 ? one : other);
  }

  private static int perSecond(BudgetWindow window, int factor, int divisor) {
    long perSecond = window.limit() * 1_000L * factor / (window.length().toMillis() * divisor);
    return Math.clamp(perSecond, 1, Integer.MAX_VALUE);
  }

  /**
   * Returns the pace that keeps all limits.
   *
   * @return empty if every window is a quota
   */
  public static Optional<Pace> of(List<BudgetWindow> windows) {
    List<BudgetWindow> shorts =
        windows.stream()
            .filter(window -> window.length().compareTo(SharedPace.LENGTH_MAX) <= 0)
            .toList();
    List<BudgetWindow> longs =
        windows.stream()
            .filter(window -> window.length().compareTo(SharedPace.LENGTH_MAX) > 0)
            .filter(window -> window.length().compareTo(QUOTA_LENGTH_MIN) < 0)
            .toList();
    return shorts.isEmpty() && longs.isEmpty()
        ? Optional.empty()
        : Optional.of(new Pace(shorts, longs));
  }

  /** Returns the time between two requests at the even pace. */
  public Duration interval() {
    return interval;
  }

  /** Returns the slots without what is too old to count. */
  TakenSlots forget(TakenSlots taken, Instant now) {
    long second = taken.ofBudget().cellOf(now);
    int kept = Math.max(2 * longestSeconds(), LEDGER_SECONDS_MIN);
    return new TakenSlots(
        taken.ofBudget().from(second - kept), shared.forget(taken.ofOwner(), now));
  }

  private int longestSeconds() {
    return longest == null ? 1 : longest.cells();
  }

  /** Returns the first instant, from one on, at which one more request may be sent. */
  Instant next(TakenSlots taken, Priority priority, Instant from) {
    Ledger ledger = taken.ofBudget();
    Instant earliest = from;
    while (true) {
      Instant own = nextOfBudget(ledger, priority, earliest);
      Instant free = shared.next(taken.ofOwner(), own);
      if (ledger.cellOf(free) == ledger.cellOf(own)) {
        return free;
      }
      earliest = free;
    }
  }

  private Instant nextOfBudget(Ledger ledger, Priority priority, Instant from) {
    // For earlier seconds the ledger does not reach back far enough.
    long second = Math.max(ledger.cellOf(from), ledger.first() + longestSeconds() - 1);
    int allowed = allowed(ledger, priority, second);
    while (ledger.count(second) >= allowed) {
      second++;
      allowed = allowed(ledger, priority, second);
    }
    Instant next =
        ledger
            .begin(second)
            .plus(TakenSlots.SECOND.multipliedBy(ledger.count(second)).dividedBy(allowed))
            .truncatedTo(ChronoUnit.MICROS);
    return next.isAfter(from) ? next : from;
  }

  /** Returns whether much of every limit is unused. */
  boolean isPlentiful(TakenSlots taken, Instant now) {
    return shared.isUsedBelow(PLENTIFUL_USED_PERCENT, taken.ofOwner(), now)
        && limits.stream()
            .allMatch(limit -> limit.isUsedBelow(PLENTIFUL_USED_PERCENT, taken.ofBudget(), now));
  }

  /** Returns how many requests a second may have; 0 if one more would exceed a limit. */
  private int allowed(Ledger ledger, Priority priority, long second) {
    boolean kept =
        limits.stream().allMatch(limit -> limit.isBelow(requests(limit, priority), ledger, second));
    if (!kept) {
      return 0;
    }
    return longest == null || mayBurst(longest, ledger, priority, second)
        ? perSecondMax
        : Math.min(perSecondMax, even(longest, ledger, priority, second));
  }

  /** Returns how many requests of a limit a priority may use. */
  private static int requests(KeptLimit limit, Priority priority) {
    return switch (priority) {
      case BULK -> limit.limit() - limit.limit() / LEFT_TO_SINGLE_DIVISOR;
      case SINGLE -> limit.limit();
    };
  }

  /** Returns whether so few requests were sent for two windows that the pace need not be even. */
  private static boolean mayBurst(
      KeptLimit longest, Ledger ledger, Priority priority, long second) {
    int sent = ledger.sum(second - 2L * longest.cells(), second + longest.cells());
    int percent = priority == Priority.BULK ? BULK_BURST_PERCENT : SINGLE_BURST_PERCENT;
    return sent * 100L < (long) longest.limit() * percent;
  }

  /** Returns how many requests a second may have at an even pace, given what was before. */
  private static int even(KeptLimit longest, Ledger ledger, Priority priority, long second) {
    double share = share(longest, ledger, priority, second);
    if (share <= 0) {
      return 0;
    }
    int together = Math.max(1, (int) Math.min(longest.cells(), 1 / share));
    int before = ledger.sum(second - together + 1, second);
    return Math.max(0, (int) Math.ceil(share * together) - before);
  }

  /** Returns how many requests each second from one on may have, given the seconds before it. */
  private static double share(KeptLimit longest, Ledger ledger, Priority priority, long second) {
    long first = second - longest.cells() + 1;
    int before = ledger.sum(first, second);
    int limit = requests(longest, priority);
    double share = Double.MAX_VALUE;
    for (int seconds = 1; seconds <= longest.cells(); seconds++) {
      share = Math.min(share, (limit - before) / (double) seconds);
      before -= ledger.count(first + seconds - 1);
    }
    return share + share / EXPIRED_DIVISOR;
  }
}
