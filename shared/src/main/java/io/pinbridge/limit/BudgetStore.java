package io.pinbridge.limit;

import java.time.Duration;
import java.time.Instant;

/**
 * Where the budgets of all invocations are kept. A budget is the instant at which its next slot is
 * free: whoever takes slots moves it on. Each method is one atomic step, and one that throws may or
 * may not have taken effect; repeated, it costs slots at worst, never a limit. Instants are kept to
 * the microsecond. What is not used for a day may be forgotten.
 */
public interface BudgetStore {
  /** How long a budget is kept after its last slot. */
  Duration KEPT = Duration.ofDays(1);

  /**
   * Takes slots: the first at the later of now and the next free one. So time never goes back,
   * whatever the callers' clocks say.
   */
  Taken take(BudgetKey key, Wanted wanted);

  /**
   * Gives the last slots of a grant back, unless somebody has taken others since.
   *
   * @param unused the end of what was granted
   * @return whether they are free again
   */
  boolean giveBack(BudgetKey key, Slots unused);

  /** Changes the interval between slots that will be taken from now on. */
  void learn(BudgetKey key, Duration interval, Instant now);

  /** Lets nobody take a slot before an instant. The latest of several counts. */
  void pause(BudgetKey key, Instant until);

  /**
   * What a caller wants.
   *
   * @param slots how many, at least 1
   * @param assumed the interval between slots if none has been learned, in whole microseconds
   * @param now the caller's time
   * @param firstBy when the first slot must be at the latest, not before now
   */
  record Wanted(int slots, Duration assumed, Instant now, Instant firstBy) {}

  /** What came of it. */
  sealed interface Taken {
    /** The slots are the caller's. */
    record Granted(Slots slots) implements Taken {}

    /**
     * No slot was taken.
     *
     * @param freeAt when it is worth to ask again: the next free slot, or the end of a pause
     * @param paused whether it is a pause
     * @param interval the interval between slots
     */
    record Refused(Instant freeAt, boolean paused, Duration interval) implements Taken {}
  }
}
