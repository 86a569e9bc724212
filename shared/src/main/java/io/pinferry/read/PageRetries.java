package io.pinferry.read;

import io.pinferry.pinterest.PinterestFailure;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Whether, when and how a page that Pinterest did not give is asked for again. Three levels: the
 * same lease asks again after a moment; another lease does, by a delayed message, after minutes;
 * and the whole list is begun again.
 *
 * @param attemptsPerLease how often one lease asks for a page while Pinterest fails
 * @param leasesMax how many leases in a row may end in vain
 */
record PageRetries(int attemptsPerLease, int leasesMax) {
  /** How long another lease waits after one that was in vain; each further one doubles it. */
  static final Duration FIRST_PAUSE = Duration.ofSeconds(30);

  /** The longest pause, by which an outage of three quarters of an hour is outlasted. */
  private static final Duration PAUSE_MAX = Duration.ofMinutes(15);

  /** The longest wait before the second attempt; each further one doubles it. */
  private static final Duration FIRST_WAIT_MAX = Duration.ofSeconds(1);

  private static final int DOUBLED_MAX = 4;

  /** How often a list is begun again because Pinterest does not accept its bookmark. */
  private static final int RESTARTS_MAX = 2;

  /** What the lease that asked does next. */
  sealed interface Next {
    /** Asks again after this wait, a random one. */
    record AgainAfter(Duration delay) implements Next {}

    /**
     * Asks again then: here if that is soon, else another lease does. It counts as nobody's fault,
     * however often it happens.
     */
    record AgainAt(Instant at) implements Next {}

    /** Asks again at once, with a token in place of the one that was rejected. */
    record AgainWithAnotherToken() implements Next {}

    /** Does not ask again; {@link #pauseAfter} says whether another lease does. */
    record GivesUp() implements Next {}
  }

  /**
   * Decides after a failure.
   *
   * @param attempt how often this lease has found Pinterest failing at this page, from 1
   * @param tokenReplaced whether this page was asked for with another token already
   */
  Next after(
      PinterestFailure failure,
      int attempt,
      boolean tokenReplaced,
      Instant now,
      RandomGenerator random) {
    return switch (failure.kind()) {
      case RATE_LIMITED -> new Next.AgainAt(limitedUntil(failure, now));
      case TOKEN_REJECTED -> tokenReplaced ? new Next.GivesUp() : new Next.AgainWithAnotherToken();
      case UNAVAILABLE ->
          attempt >= attemptsPerLease
              ? new Next.GivesUp()
              : new Next.AgainAfter(wait(attempt, random));
      // A repeat would be refused as well; of what is blocked as spam it would prolong the block.
      case FORBIDDEN, NOT_FOUND, NO_CATALOG, REFUSED, SPAM_BLOCKED -> new Next.GivesUp();
    };
  }

  private static Duration wait(int attempt, RandomGenerator random) {
    long most = FIRST_WAIT_MAX.toMillis() << Math.min(attempt - 1, DOUBLED_MAX);
    return Duration.ofMillis(random.nextLong(most));
  }

  /** Returns until when a limit that was reached holds, also where Pinterest does not say so. */
  static Instant limitedUntil(PinterestFailure failure, Instant now) {
    return failure.retryAt() == null ? now.plus(FIRST_PAUSE) : failure.retryAt();
  }

  /**
   * Returns how long the next lease waits after some that ended without a page because Pinterest
   * failed; empty if there have been enough.
   *
   * @param leasesInVain from 1
   */
  Optional<Duration> pauseAfter(int leasesInVain) {
    if (leasesInVain >= leasesMax) {
      return Optional.empty();
    }
    Duration doubled = FIRST_PAUSE.multipliedBy(1L << Math.clamp(leasesInVain - 1, 0, 9));
    return Optional.of(doubled.compareTo(PAUSE_MAX) > 0 ? PAUSE_MAX : doubled);
  }

  /**
   * Returns whether a list is begun at page 1 again.
   *
   * @param hasBookmark whether the page was asked for by a bookmark
   * @param restarts how often it was begun again already
   */
  static boolean beginsAgain(PinterestFailure failure, boolean hasBookmark, int restarts) {
    return failure.mayBeOfBookmark() && hasBookmark && restarts < RESTARTS_MAX;
  }
}
