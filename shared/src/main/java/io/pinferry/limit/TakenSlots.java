package io.pinferry.limit;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;

/**
 * The slots that were taken from a budget, and those of its owner.
 *
 * @param ofBudget the slots of the budget, in cells of a second
 * @param ofOwner the slots of all budgets of its owner, in cells of {@link #CELL}
 */
public record TakenSlots(Ledger ofBudget, Ledger ofOwner) {
  /** The length of a cell of the budget. */
  public static final Duration SECOND = Duration.ofSeconds(1);

  /** The length of a cell of the owner. The shorter it is, the more of a short limit is used. */
  public static final Duration CELL = Duration.ofMillis(50);

  /** No slot was taken. */
  public static final TakenSlots NONE = new TakenSlots(Ledger.empty(SECOND), Ledger.empty(CELL));

  TakenSlots plus(Instant slot) {
    return new TakenSlots(ofBudget.plus(slot), ofOwner.plus(slot));
  }

  TakenSlots minus(Collection<Instant> slots) {
    return new TakenSlots(ofBudget.minus(slots), ofOwner.minus(slots));
  }
}
