package io.pinferry.limit;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Where the budgets of all invocations are kept. Each method is one atomic step, and one that
 * throws may or may not have taken effect; repeated, it costs slots at worst, never a limit.
 * Instants are kept to the microsecond. What is not used for a day may be forgotten.
 */
public interface BudgetStore {
  /** How long a budget is kept after its last slot. */
  Duration KEPT = Duration.ofDays(1);

  /** Takes slots as {@link Budget#take} does. */
  Taken take(BudgetKey key, Wanted wanted);

  /** Gives back slots of a grant that nobody has used, nor will. */
  void giveBack(BudgetKey key, List<Instant> unused);

  /** Changes the limits for slots that will be taken from now on. */
  void learn(BudgetKey key, List<BudgetWindow> windows, Instant now);

  /** Lets nobody take a slot before an instant. The latest of several counts. */
  void pause(BudgetKey key, Instant until);

  /**
   * What a caller wants.
   *
   * @param atOnce how many slots as soon as possible, at least 1
   * @param later how many more will be needed after those
   * @param apart how far apart in time those are needed
   * @param unused slots of earlier grants that nobody has used, nor will
   * @param assumed the limits if none have been learned
   * @param now the caller's time
   * @param firstBy when the first slot must be at the latest, not before now
   */
  record Wanted(
      int atOnce,
      int later,
      Duration apart,
      List<Instant> unused,
      List<BudgetWindow> assumed,
      Instant now,
      Instant firstBy) {
    public Wanted {
      if (atOnce < 1 || later < 0) {
        throw new IllegalArgumentException(atOnce + " and " + later + " slots are none");
      }
    }
  }

  /** What came of it. */
  sealed interface Taken {
    /**
     * Slots are the caller's.
     *
     * @param slots the instant of each, at least one, in order of time; fewer than wanted where the
     *     others would be far ahead
     * @param plenty whether there are so many that more can be asked for at any time
     * @param windows the limits that hold
     */
    record Granted(List<Instant> slots, boolean plenty, List<BudgetWindow> windows)
        implements Taken {}

    /**
     * No slot was taken.
     *
     * @param freeAt when it is worth to ask again: the next free slot, or the end of a pause
     * @param paused whether it is a pause
     * @param windows the limits that hold
     */
    record Refused(Instant freeAt, boolean paused, List<BudgetWindow> windows) implements Taken {}
  }
}
