package io.pinbridge.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.pinbridge.base.VirtualThreadTasks;
import io.pinbridge.limit.BudgetStore.Taken;
import io.pinbridge.limit.BudgetStore.Wanted;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Every promise of {@link BudgetStore}. */
public abstract class BudgetStoreContract {
  private static final Instant NOON = Instant.parse("2026-09-01T12:00:00Z");
  private static final Duration STEP = Duration.ofMillis(60);

  private final BudgetOwner owner = new BudgetOwner("app", UUID.randomUUID().toString());
  private final BudgetKey key = new BudgetKey(owner, "org_read");

  /** Returns the store under test, the same during one test. */
  protected abstract BudgetStore store();

  /** Returns the same store as another process sees it. */
  protected abstract BudgetStore otherProcess();

  private static Wanted wanted(int slots, Instant now) {
    return new Wanted(slots, STEP, now, now.plusSeconds(10));
  }

  private static Slots granted(Taken taken) {
    assertThat(taken).isInstanceOf(Taken.Granted.class);
    return ((Taken.Granted) taken).slots();
  }

  private static Taken.Refused refused(Taken taken) {
    assertThat(taken).isInstanceOf(Taken.Refused.class);
    return (Taken.Refused) taken;
  }

  @Test
  void theFirstSlotOfAnUnusedBudgetIsNow() {
    Slots slots = granted(store().take(key, wanted(3, NOON)));

    assertThat(slots).isEqualTo(new Slots(NOON, STEP, 3));
    assertThat(slots.at(2)).isEqualTo(NOON.plusMillis(120));
  }

  @Test
  void whoComesNextGetsTheSlotsAfter() {
    granted(store().take(key, wanted(3, NOON)));

    Slots next = granted(otherProcess().take(key, wanted(2, NOON.plusMillis(10))));

    assertThat(next).isEqualTo(new Slots(NOON.plusMillis(180), STEP, 2));
    assertThat(granted(store().take(key, wanted(1, NOON))).first()).isEqualTo(NOON.plusMillis(300));
  }

  @Test
  void unusedTimeIsNotSavedUp() {
    granted(store().take(key, wanted(3, NOON)));

    Slots later = granted(otherProcess().take(key, wanted(1, NOON.plusSeconds(60))));

    assertThat(later.first()).isEqualTo(NOON.plusSeconds(60));
  }

  @Test
  void aClockThatIsBehindTakesNoSlotTwice() {
    granted(store().take(key, wanted(1, NOON.plusSeconds(5))));

    Slots behind = granted(otherProcess().take(key, wanted(1, NOON)));

    assertThat(behind.first()).isEqualTo(NOON.plusSeconds(5).plus(STEP));
  }

  @Test
  void nothingIsTakenThatWouldComeTooLate() {
    Slots taken = granted(store().take(key, wanted(200, NOON)));

    Taken.Refused refused = refused(otherProcess().take(key, wanted(1, NOON)));

    assertThat(refused).isEqualTo(new Taken.Refused(taken.end(), false, STEP));
    assertThat(granted(store().take(key, wanted(1, NOON.plusSeconds(2)))).first())
        .isEqualTo(taken.end());
  }

  @Test
  void microsecondsCount() {
    Duration step = Duration.ofNanos(63_158_000);
    Instant now = NOON.plusNanos(7_000);
    Slots slots = granted(store().take(key, new Wanted(7, step, now, now.plusSeconds(10))));

    assertThat(slots.first()).isEqualTo(now);
    assertThat(granted(store().take(key, wanted(1, NOON))).first())
        .isEqualTo(now.plusNanos(7 * 63_158_000L));
  }

  @Test
  void slotsAtTheEndAreFreeAgainWhenGivenBack() {
    Slots taken = granted(store().take(key, wanted(5, NOON)));

    assertThat(store().giveBack(key, taken.from(2))).isTrue();

    assertThat(granted(otherProcess().take(key, wanted(1, NOON))).first()).isEqualTo(taken.at(2));
  }

  @Test
  void slotsBeforeThoseOfOthersCannotBeGivenBack() {
    Slots taken = granted(store().take(key, wanted(5, NOON)));
    Slots others = granted(otherProcess().take(key, wanted(1, NOON)));

    assertThat(store().giveBack(key, taken.from(2))).isFalse();

    assertThat(granted(store().take(key, wanted(1, NOON))).first()).isEqualTo(others.end());
  }

  @Test
  void givingBackToAnUnknownBudgetDoesNothing() {
    assertThat(store().giveBack(key, new Slots(NOON, STEP, 1))).isFalse();
  }

  @Test
  void aLearnedIntervalHoldsForEverybodyWhateverTheyAssume() {
    granted(store().take(key, wanted(1, NOON)));
    granted(otherProcess().take(key, wanted(1, NOON)));

    store().learn(key, Duration.ofMillis(600), NOON);

    Slots slots = granted(otherProcess().take(key, wanted(2, NOON)));
    assertThat(slots).isEqualTo(new Slots(NOON.plusMillis(120), Duration.ofMillis(600), 2));
  }

  @Test
  void anIntervalCanBeLearnedBeforeAnySlotIsTaken() {
    store().learn(key, Duration.ofMillis(600), NOON);

    assertThat(granted(otherProcess().take(key, wanted(2, NOON))))
        .isEqualTo(new Slots(NOON, Duration.ofMillis(600), 2));
  }

  @Test
  void nothingIsTakenDuringAPause() {
    granted(store().take(key, wanted(1, NOON)));
    store().pause(key, NOON.plusSeconds(40));

    assertThat(refused(otherProcess().take(key, wanted(1, NOON))))
        .isEqualTo(new Taken.Refused(NOON.plusSeconds(40), true, STEP));
    assertThat(refused(store().take(key, wanted(1, NOON.plusSeconds(35)))).paused()).isTrue();
    assertThat(granted(store().take(key, wanted(1, NOON.plusSeconds(40)))).first())
        .isEqualTo(NOON.plusSeconds(40));
  }

  @Test
  void aPauseIsNotShortened() {
    store().pause(key, NOON.plusSeconds(40));
    otherProcess().pause(key, NOON.plusSeconds(20));

    assertThat(refused(store().take(key, wanted(1, NOON.plusSeconds(30)))).freeAt())
        .isEqualTo(NOON.plusSeconds(40));
  }

  @Test
  void budgetsDoNotDisturbEachOther() {
    var others =
        List.of(
            new BudgetKey(owner, "ads_read"),
            new BudgetKey(new BudgetOwner("app", owner.user() + "2"), "org_read"),
            new BudgetKey(new BudgetOwner("app2", owner.user()), "org_read"));
    granted(store().take(key, wanted(5, NOON)));
    store().pause(key, NOON.plusSeconds(40));

    assertThat(others)
        .allSatisfy(
            other ->
                assertThat(granted(store().take(other, wanted(1, NOON))).first()).isEqualTo(NOON));
  }

  @Test
  void ofManyAtOnceEachGetsSlotsOfItsOwn() {
    Callable<Taken> attempt = () -> store().take(key, wanted(2, NOON));

    var results =
        new VirtualThreadTasks(Clock.systemUTC())
            .all(IntStream.range(0, 8).mapToObj(i -> attempt).toList());

    assertThat(
            results.stream()
                .filter(Taken.Granted.class::isInstance)
                .map(taken -> granted(taken).first()))
        .hasSizeGreaterThan(4)
        .doesNotHaveDuplicates();
  }
}
