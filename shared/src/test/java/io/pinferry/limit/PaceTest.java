package io.pinferry.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests the burst, the even pace and the limits. */
final class PaceTest {
  private static final Instant NOON = Instant.parse("2026-09-01T12:00:00Z");
  private static final int KEPT_SECONDS = 63;

  private final Pace catalogs = pace(100);
  private TakenSlots taken = catalogs.forget(TakenSlots.NONE, NOON);

  private static Pace pace(int perMinute) {
    return Pace.of(
            List.of(
                new BudgetWindow(100, Duration.ofSeconds(1)),
                new BudgetWindow(perMinute, Duration.ofMinutes(1))))
        .orElseThrow();
  }

  private static LongStream seeds() {
    return LongStream.rangeClosed(1, 40);
  }

  /** Takes the earliest slots. */
  private List<Instant> take(Pace pace, int slots, Instant from) {
    List<Instant> all = new ArrayList<>();
    for (int slot = 0; slot < slots; slot++) {
      Instant next = pace.next(taken, Priority.SINGLE, from);
      taken = taken.plus(next);
      all.add(next);
    }
    return all;
  }

  @Test
  void afterARestMostOfAWindowIsUsedWithinSeconds() {
    List<Instant> burst = take(catalogs, 80, NOON);

    assertThat(burst).first().isEqualTo(NOON);
    assertThat(burst).last().isEqualTo(NOON.plusMillis(1_580));
  }

  @Test
  void whatIsLeftOfTheWindowIsSpreadAndThenThePaceIsEven() {
    take(catalogs, 80, NOON);

    List<Instant> rest = take(catalogs, 20, NOON);
    List<Instant> next = take(catalogs, 100, NOON);

    assertThat(rest).first().satisfies(slot -> assertThat(slot).isBefore(NOON.plusSeconds(8)));
    assertThat(rest).last().satisfies(slot -> assertThat(slot).isAfter(NOON.plusSeconds(45)));
    assertThat(next).last().satisfies(slot -> assertThat(slot).isAfter(NOON.plusSeconds(120)));
    for (int slot = 20; slot < 100; slot++) {
      assertThat(Duration.between(next.get(slot - 1), next.get(slot)))
          .as("between %s and the next of %s", slot, next)
          .isLessThan(Duration.ofSeconds(10));
    }
  }

  @Test
  void aBurstThatWasLeftUnusedIsThereLater() {
    take(catalogs, 5, NOON);

    List<Instant> later = take(catalogs, 75, NOON.plusSeconds(30));

    assertThat(later).last().satisfies(slot -> assertThat(slot).isBefore(NOON.plusSeconds(34)));
  }

  @Test
  void whoIsSlowerThanThePaceNeverWaits() {
    Instant now = NOON;
    for (int request = 0; request < 1_000; request++) {
      assertThat(take(catalogs, 1, now)).containsExactly(now);
      now = now.plusMillis(710);
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void noTimeEverHoldsMoreThanItsLimit(long seed) {
    var random = new SplittableRandom(seed);
    int perMinute = new int[] {3, 10, 60, 100, 300, 1_000}[random.nextInt(6)];
    Pace pace = pace(perMinute);
    Instant now = NOON;
    List<Instant> all = new ArrayList<>();
    while (now.isBefore(NOON.plusSeconds(600))) {
      // Some callers' clocks are ahead.
      Instant from = now.plusMillis(random.nextInt(8_000) - 1_000);
      if (pace.next(taken, Priority.SINGLE, from).isBefore(now.plusSeconds(30))) {
        all.addAll(take(pace, 1 + random.nextInt(20), from));
      }
      now = now.plusMillis(random.nextInt(random.nextInt(20) == 0 ? 90_000 : 2_000));
      taken = pace.forget(taken, now);
    }

    LongStream.range(0, 1_000)
        .map(second -> NOON.getEpochSecond() + second)
        .forEach(
            second -> {
              assertThat(count(all, second, KEPT_SECONDS)).isLessThanOrEqualTo(perMinute);
              assertThat(count(all, second, 1)).isLessThanOrEqualTo(50);
            });
  }

  private static long count(List<Instant> slots, long second, int seconds) {
    return slots.stream()
        .mapToLong(Instant::getEpochSecond)
        .filter(slot -> slot >= second && slot < second + seconds)
        .count();
  }

  @Test
  void aSecondThatIsNotRememberedIsNotUsed() {
    take(catalogs, 80, NOON);
    TakenSlots later = catalogs.forget(taken, NOON.plusSeconds(600));
    taken = new TakenSlots(later.ofBudget(), taken.ofOwner());

    Instant next = catalogs.next(taken, Priority.SINGLE, NOON);

    assertThat(next.getEpochSecond()).isEqualTo(taken.ofBudget().first() + KEPT_SECONDS - 1);
  }

  @Test
  void withoutALimitForShortTimesABurstIsFourTimesTheEvenPace() {
    Pace pace = Pace.of(List.of(new BudgetWindow(640, Duration.ofMinutes(1)))).orElseThrow();

    assertThat(take(pace, 120, NOON)).last().isEqualTo(NOON.plusNanos(2_833_333_000L));
  }

  @Test
  void allBudgetsOfAnOwnerShareTheShortLimit() {
    List<Instant> reads = take(pace(1_000), 200, NOON);
    taken = new TakenSlots(catalogs.forget(TakenSlots.NONE, NOON).ofBudget(), taken.ofOwner());
    List<Instant> others = take(pace(1_000), 50, NOON);

    assertThat(reads).last().isEqualTo(NOON.plusMillis(3_980));
    assertThat(others.subList(0, 10))
        .as("the part that one budget leaves to the others")
        .allSatisfy(slot -> assertThat(slot).isBefore(NOON.plusSeconds(1)));
    for (int from = 0; from < 4_000; from += 10) {
      Instant begin = NOON.plusMillis(from);
      Instant end = begin.plusMillis(1_600);
      long together =
          Stream.concat(reads.stream(), others.stream())
              .filter(slot -> !slot.isBefore(begin) && slot.isBefore(end))
              .count();
      assertThat(together).as("from %s", begin).isLessThanOrEqualTo(100);
    }
  }

  @Test
  void aLimitForHoursIsNoPace() {
    assertThat(Pace.of(List.of(new BudgetWindow(1_000, Duration.ofHours(1))))).isEmpty();
  }
}
