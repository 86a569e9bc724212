package io.pinferry.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

final class WindowUseTest {
  private static final Instant NOON = Instant.parse("2026-09-01T12:00:00Z");
  private static final BudgetWindow SECOND = new BudgetWindow(10, Duration.ofSeconds(1));
  private static final BudgetWindow MINUTE = new BudgetWindow(4, Duration.ofMinutes(1));
  private static final BudgetWindow DAY = new BudgetWindow(1_000, Duration.ofDays(1));
  private static final List<BudgetWindow> ALL = List.of(SECOND, MINUTE, DAY);

  /** A ledger that began in 1970 would be too long for the test. */
  private static Ledger recent(Ledger ledger) {
    return ledger.from(ledger.cellOf(NOON.minusSeconds(100)));
  }

  private static Budget used(Instant... slots) {
    var taken =
        new TakenSlots(recent(TakenSlots.NONE.ofBudget()), recent(TakenSlots.NONE.ofOwner()));
    for (Instant slot : slots) {
      taken = taken.plus(slot);
    }
    return new Budget(taken, null, Instant.EPOCH);
  }

  private static WindowUse minute(Budget budget, Instant now) {
    return budget.uses(List.of(MINUTE), now).getFirst();
  }

  @Test
  void ofAnUnusedBudgetAllIsLeft() {
    assertThat(Budget.UNUSED.uses(ALL, NOON))
        .containsExactly(
            new WindowUse(SECOND, true, 0, null),
            new WindowUse(MINUTE, false, 0, null),
            new WindowUse(DAY, false, null, null));
    assertThat(Budget.UNUSED.uses(ALL, NOON).stream().map(WindowUse::left))
        .containsExactly(10, 4, null);
  }

  @Test
  void aLimitIsWholeWhenItsLastSlotIsOldEnough() {
    Budget budget = used(NOON.minusSeconds(50), NOON.minusSeconds(30));
    Instant full = NOON.minusSeconds(29).plusSeconds(60);

    assertThat(minute(budget, NOON)).isEqualTo(new WindowUse(MINUTE, false, 2, full));
    assertThat(minute(budget, NOON.plusSeconds(15)))
        .as("when the first slot is out of the window")
        .isEqualTo(new WindowUse(MINUTE, false, 1, full));
    assertThat(minute(budget, full.minusMillis(1)).used()).isEqualTo(1);
    assertThat(minute(budget, full)).isEqualTo(new WindowUse(MINUTE, false, 0, null));
  }

  @Test
  void slotsThatAreGrantedAheadCount() {
    WindowUse use = minute(used(NOON.plusSeconds(5)), NOON);

    assertThat(use.left()).isEqualTo(3);
    assertThat(use.fullAt()).isEqualTo(NOON.plusSeconds(66));
  }

  @Test
  void noLessThanNothingIsLeft() {
    assertThat(minute(used(NOON, NOON, NOON, NOON, NOON), NOON).left()).isZero();
  }

  @Test
  void aShortLimitIsThatOfTheOwner() {
    var others = new TakenSlots(TakenSlots.NONE.ofBudget(), used(NOON, NOON).taken().ofOwner());

    assertThat(new Budget(others, null, Instant.EPOCH).uses(List.of(SECOND, MINUTE), NOON))
        .containsExactly(
            new WindowUse(SECOND, true, 2, NOON.plusMillis(1_050)),
            new WindowUse(MINUTE, false, 0, null));
  }

  @Test
  void learnedLimitsReplaceTheAssumedOnes() {
    var learned = new BudgetWindow(300, Duration.ofMinutes(1));

    assertThat(new Budget(TakenSlots.NONE, List.of(learned), Instant.EPOCH).uses(ALL, NOON))
        .containsExactly(new WindowUse(learned, false, 0, null));
  }
}
