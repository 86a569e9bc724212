package io.pinferry.simulation;

import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * Decides what goes wrong, and counts it. So many faults and no more strike one run, so that it
 * comes to an end; how dense they are differs from seed to seed.
 */
final class FaultPlan {
  private static final double[] DENSITIES = {0, 0.002, 0.01, 0.04};

  private static final int CHANGES_AFTER_KILL = 4;

  private final RandomGenerator random;
  private final double density;
  private int left;
  private int changesLeft;
  private int writesLeft = 30;
  private final Map<String, Integer> counts = new TreeMap<>();

  FaultPlan(RandomGenerator random) {
    this.random = random;
    this.density = DENSITIES[random.nextInt(DENSITIES.length)];
    this.left = 5 + random.nextInt(40);
  }

  /** Returns whether the run has no faults at all. */
  boolean calm() {
    return density == 0;
  }

  /**
   * Returns whether a fault strikes here; it is then to be named by {@link #count}.
   *
   * @param times how much likelier than the least likely one
   */
  boolean strikes(int times) {
    if (left > 0 && density > 0 && random.nextDouble() < density * times) {
      left--;
      return true;
    }
    return false;
  }

  /**
   * Returns whether a fault strikes what writes. There are so many of them, beside all others.
   *
   * @param times how much likelier than the least likely fault
   */
  boolean strikesWrite(RandomGenerator chance, int times) {
    if (writesLeft > 0 && density > 0 && chance.nextDouble() < density * times) {
      writesLeft--;
      return true;
    }
    return false;
  }

  /**
   * A process was killed: what it was at is now the likeliest to have changed when it is done
   * again.
   */
  void killed() {
    changesLeft = CHANGES_AFTER_KILL;
  }

  /** Returns whether what Pinterest has is to change before the next answer. */
  boolean changesAfterKill() {
    if (left == 0 || changesLeft == 0) {
      return false;
    }
    changesLeft--;
    return random.nextInt(CHANGES_AFTER_KILL) == 0;
  }

  /** Returns whether a pin is to be moved to another board before the next answer. */
  boolean movesPin() {
    return left > 0 && density > 0 && random.nextDouble() < density / 2;
  }

  void count(String kind) {
    counts.merge(kind, 1, Integer::sum);
  }

  Map<String, Integer> counts() {
    return counts;
  }

  /** Nothing goes wrong from now on. */
  void stop() {
    left = 0;
    writesLeft = 0;
  }
}
