package io.pinferry.read;

import static io.pinferry.read.ReadFixtures.NOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.pinferry.pinterest.PinterestFailure;
import io.pinferry.pinterest.PinterestFailure.Kind;
import io.pinferry.read.PageRetries.Decision;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class PageRetriesTest {
  private static final PageRetries RETRIES = new PageRetries(3, 8);
  private static final Instant RESET = NOON.plusSeconds(17);

  /** The longest of the random waits. */
  private static final RandomGenerator LONGEST =
      new RandomGenerator() {
        @Override
        public long nextLong() {
          return -1;
        }

        @Override
        public long nextLong(long bound) {
          return bound - 1;
        }
      };

  private static PinterestFailure failure(
      Kind kind, int status, @Nullable Integer code, @Nullable Instant retryAt) {
    return new PinterestFailure(kind, status, code, "words", null, retryAt);
  }

  static Stream<Arguments> failures() {
    Decision never = new Decision.GiveUp();
    return Stream.of(
        Arguments.of(Kind.RATE_LIMITED, 429, RESET, 1, new Decision.RetryAt(RESET)),
        Arguments.of(Kind.RATE_LIMITED, 429, RESET, 99, new Decision.RetryAt(RESET)),
        Arguments.of(Kind.RATE_LIMITED, 429, null, 1, new Decision.RetryAt(NOON.plusSeconds(30))),
        Arguments.of(Kind.SPAM_BLOCKED, 429, null, 1, never),
        Arguments.of(Kind.SPAM_BLOCKED, 403, null, 1, never),
        Arguments.of(Kind.TOKEN_REJECTED, 401, null, 1, never),
        Arguments.of(Kind.UNAVAILABLE, 503, null, 1, after(999)),
        Arguments.of(Kind.UNAVAILABLE, 500, null, 2, after(1999)),
        Arguments.of(Kind.UNAVAILABLE, 0, null, 2, after(1999)),
        Arguments.of(Kind.UNAVAILABLE, 200, null, 3, never),
        Arguments.of(Kind.FORBIDDEN, 403, null, 1, never),
        Arguments.of(Kind.NOT_FOUND, 404, null, 1, never),
        Arguments.of(Kind.NO_CATALOG, 409, null, 1, never),
        Arguments.of(Kind.REFUSED, 400, null, 1, never));
  }

  private static Decision after(long millis) {
    return new Decision.RetryAfter(Duration.ofMillis(millis));
  }

  @ParameterizedTest(name = "{1} {0}, attempt {3}")
  @MethodSource("failures")
  void eachFailureHasItsWayOn(
      Kind kind, int status, @Nullable Instant retryAt, int attempt, Decision expected) {
    assertThat(RETRIES.after(failure(kind, status, null, retryAt), attempt, NOON, LONGEST))
        .isEqualTo(expected);
  }

  @Test
  void waitsAreRandomAndHaveABound() {
    var random = new SplittableRandom(7);
    var many = new PageRetries(1000, 8);
    List<Duration> waits =
        Stream.iterate(1, attempt -> attempt + 1)
            .limit(900)
            .map(
                attempt ->
                    many.after(failure(Kind.UNAVAILABLE, 503, null, null), attempt, NOON, random))
            .map(next -> ((Decision.RetryAfter) next).delay())
            .toList();

    assertThat(waits)
        .allMatch(wait -> !wait.isNegative() && wait.compareTo(Duration.ofSeconds(16)) < 0);
    assertThat(waits.stream().distinct().count()).isGreaterThan(500);
  }

  @ParameterizedTest
  @CsvSource({"0, 30", "1, 30", "2, 60", "3, 120", "4, 240", "5, 480", "6, 900", "7, 900"})
  void pausesBetweenLeasesDouble(int leasesWithoutPage, int seconds) {
    assertThat(RETRIES.pauseAfter(leasesWithoutPage)).contains(Duration.ofSeconds(seconds));
  }

  @Test
  void leasesWithoutPageHaveABound() {
    assertThat(RETRIES.pauseAfter(8)).isEmpty();
    assertThat(RETRIES.pauseAfter(9)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "REFUSED, 1, true, 0, true",
    "REFUSED, 1, true, 1, true",
    "REFUSED, 1, true, 2, false",
    "REFUSED, 1, false, 0, false",
    "REFUSED, 2, true, 0, false",
    "FORBIDDEN, 1, true, 0, false"
  })
  void aListIsBegunAgainIfItsBookmarkIsNotAccepted(
      Kind kind, int code, boolean hasBookmark, int restarts, boolean again) {
    assertThat(PageRetries.restarts(failure(kind, 400, code, null), hasBookmark, restarts))
        .isEqualTo(again);
  }
}
