package io.pinferry.limit;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Stores the budgets of all invocations. Each method is one atomic step. A call that throws may or
 * may not have taken effect; a repeat can waste slots, but never exceeds a limit. Instants are
 * stored to the microsecond. A budget that is not used for a day may be forgotten.
 */
public interface BudgetStore {
  /** How long a budget is stored after its last slot. */
  Duration RETENTION = Duration.ofDays(1);

  /** Takes slots as {@link Budget#take} does. */
  TakeResult take(BudgetKey key, SlotRequest request);

  /** Gives back slots of a grant that will not be used. */
  void giveBack(BudgetKey key, List<Instant> unused);

  /** Changes the limits for slots that are taken from now on. */
  void learn(BudgetKey key, List<BudgetWindow> windows, Instant now);

  /** Grants no slot before an instant. The latest of several pauses counts. */
  void pause(BudgetKey key, Instant until);

  /** Returns budgets of an owner, in the order of the categories. It changes nothing. */
  List<Budget> find(BudgetOwner owner, List<String> categories);

  /**
   * A caller's request for slots.
   *
   * @param atOnce how many slots the caller needs as soon as possible, at least 1
   * @param later how many more slots it needs after those
   * @param spacing how far apart in time it needs the later ones
   * @param unused slots of earlier grants that will not be used
   * @param assumed the limits if none have been learned
   * @param priority what the slots are for
   * @param now the caller's time
   * @param firstBy the latest instant for the first slot, not before now
   */
  record SlotRequest(
      int atOnce,
      int later,
      Duration spacing,
      List<Instant> unused,
      List<BudgetWindow> assumed,
      Priority priority,
      Instant now,
      Instant firstBy) {
    public SlotRequest {
      if (atOnce < 1 || later < 0) {
        throw new IllegalArgumentException(
            "a request for " + atOnce + " and " + later + " slots is not valid");
      }
    }
  }

  /** The result of a request for slots. */
  sealed interface TakeResult {
    /**
     * The caller has slots.
     *
     * @param slots the instant of each, at least one, in order of time; fewer than requested if the
     *     others would be far ahead
     * @param plentiful whether so many slots are free that the caller can ask for more at any time
     * @param windows the limits in force
     */
    record Grant(List<Instant> slots, boolean plentiful, List<BudgetWindow> windows)
        implements TakeResult {}

    /**
     * The caller has no slot.
     *
     * @param freeAt when to ask again: at the next free slot, or at the end of a pause
     * @param paused whether the budget is paused
     * @param windows the limits in force
     */
    record Refusal(Instant freeAt, boolean paused, List<BudgetWindow> windows)
        implements TakeResult {}
  }
}
