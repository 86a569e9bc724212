package io.pinferry.read;

import io.pinferry.pinterest.PinterestFailure;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Decides how a failed page is repeated, on three levels: by the same lease after a moment, by
 * another lease minutes later through a delayed message, or by a restart of the whole list.
 *
 * @param attemptsPerLease the attempts of one lease for a page while Pinterest fails
 * @param leasesMax the leases in a row that may end without a page
 */
record PageRetries(int attemptsPerLease, int leasesMax) {
  /** The pause after the first lease without a page; it doubles with each further one. */
  static final Duration FIRST_PAUSE = Duration.ofSeconds(30);

  /** The longest pause. All pauses together outlast an outage of 45 minutes. */
  private static final Duration PAUSE_MAX = Duration.ofMinutes(15);

  /** The longest wait before the second attempt; it doubles with each further one. */
  private static final Duration FIRST_WAIT_MAX = Duration.ofSeconds(1);

  private static final int DOUBLED_MAX = 4;

  /** The most restarts of a list because Pinterest does not accept its bookmark. */
  private static final int RESTARTS_MAX = 2;

  /** The decision for the current lease. */
  sealed interface Decision {
    /** Repeats the request after a random delay. */
    record RetryAfter(Duration delay) implements Decision {}

    /**
     * Repeats the request at an instant: in this lease if that is soon, otherwise in another. It
     * does not count as a failure.
     */
    record RetryAt(Instant at) implements Decision {}

    /** Does not repeat it in this lease; see {@link #pauseAfter} for another one. */
    record GiveUp() implements Decision {}
  }

  /**
   * @param attempt the number of this failure of Pinterest for the page in this lease, from 1
   */
  Decision after(PinterestFailure failure, int attempt, Instant now, RandomGenerator random) {
    return switch (failure.kind()) {
      case RATE_LIMITED -> new Decision.RetryAt(limitedUntil(failure, now));
      case UNAVAILABLE ->
          attempt >= attemptsPerLease
              ? new Decision.GiveUp()
              : new Decision.RetryAfter(wait(attempt, random));
      // A repeat would be refused too, and would prolong a spam block. The client has tried other
      // tokens.
      case TOKEN_REJECTED, FORBIDDEN, NOT_FOUND, NO_CATALOG, REFUSED, SPAM_BLOCKED ->
          new Decision.GiveUp();
    };
  }

  private static Duration wait(int attempt, RandomGenerator random) {
    long most = FIRST_WAIT_MAX.toMillis() << Math.min(attempt - 1, DOUBLED_MAX);
    return Duration.ofMillis(random.nextLong(most));
  }

  /** Returns the end of a rate limit, with a default if Pinterest does not say it. */
  static Instant limitedUntil(PinterestFailure failure, Instant now) {
    return failure.retryAt() == null ? now.plus(FIRST_PAUSE) : failure.retryAt();
  }

  /**
   * Returns the pause before the next lease after leases without a page; empty after too many.
   *
   * @param leasesWithoutPage the leases in a row without a page, from 1
   */
  Optional<Duration> pauseAfter(int leasesWithoutPage) {
    if (leasesWithoutPage >= leasesMax) {
      return Optional.empty();
    }
    Duration doubled = FIRST_PAUSE.multipliedBy(1L << Math.clamp(leasesWithoutPage - 1, 0, 9));
    return Optional.of(doubled.compareTo(PAUSE_MAX) > 0 ? PAUSE_MAX : doubled);
  }

  /**
   * Returns whether a list restarts at page 1.
   *
   * @param hasBookmark whether the request had a bookmark
   * @param restarts the restarts so far
   */
  static boolean restarts(PinterestFailure failure, boolean hasBookmark, int restarts) {
    return failure.mayBeOfBookmark() && hasBookmark && restarts < RESTARTS_MAX;
  }
}
