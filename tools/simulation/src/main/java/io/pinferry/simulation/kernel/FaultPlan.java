package io.pinferry.simulation.kernel;

import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * Decides when something goes wrong, and counts it. The number of faults in a run is limited, so
 * that the run comes to an end. How often faults strike differs from seed to seed.
 */
public final class FaultPlan {
  private static final double[] DENSITIES = {0, 0.002, 0.01, 0.04};

  /** The number of requests after a kill before which Pinterest's data may change. */
  private static final int CHANGES_AFTER_KILL = 4;

  private static final int WRITE_FAULTS_MAX = 30;
  private static final int EDGE_FAULTS_MAX = 12;

  private final RandomGenerator random;
  private final double density;
  private int left;
  private int changesLeft;
  private int writeFaultsLeft = WRITE_FAULTS_MAX;
  private int edgeFaultsLeft = EDGE_FAULTS_MAX;
  private boolean stopped;
  private final Map<String, Integer> counts = new TreeMap<>();

  public FaultPlan(RandomGenerator random) {
    this.random = random;
    this.density = DENSITIES[random.nextInt(DENSITIES.length)];
    this.left = 5 + random.nextInt(40);
  }

  /** Returns whether this run has no faults at all. */
  public boolean calm() {
    return density == 0;
  }

  /**
   * Returns whether a fault strikes here. The caller then names it with {@link #count}.
   *
   * @param weight how much likelier the fault is than the least likely one
   */
  public boolean strikes(int weight) {
    if (left > 0 && density > 0 && random.nextDouble() < density * weight) {
      left--;
      return true;
    }
    return false;
  }

  /**
   * Returns whether a fault strikes a write. These faults have a limit of their own.
   *
   * @param weight how much likelier the fault is than the least likely one
   */
  public boolean strikesWrite(RandomGenerator chance, int weight) {
    if (writeFaultsLeft > 0 && density > 0 && chance.nextDouble() < density * weight) {
      writeFaultsLeft--;
      return true;
    }
    return false;
  }

  /**
   * Returns whether a fault of an edge, an app or the secret store strikes. These faults have a
   * limit of their own.
   *
   * @param weight how much likelier the fault is than the least likely one
   */
  public boolean strikesEdge(RandomGenerator chance, int weight) {
    if (edgeFaultsLeft > 0 && density > 0 && chance.nextDouble() < density * weight) {
      edgeFaultsLeft--;
      return true;
    }
    return false;
  }

  /** Returns whether nothing goes wrong any more. */
  public boolean isStopped() {
    return stopped;
  }

  /**
   * Notes that a process was killed. Its work is done again soon; Pinterest's data is the likeliest
   * to change just before that.
   */
  void countKill() {
    changesLeft = CHANGES_AFTER_KILL;
  }

  /** Returns whether Pinterest's data changes before the next answer, because of a kill. */
  public boolean changesAfterKill() {
    if (left == 0 || changesLeft == 0) {
      return false;
    }
    changesLeft--;
    return random.nextInt(CHANGES_AFTER_KILL) == 0;
  }

  /** Returns whether a pin moves to another board before the next answer. */
  public boolean movesPin() {
    return left > 0 && density > 0 && random.nextDouble() < density / 2;
  }

  public void count(String kind) {
    counts.merge(kind, 1, Integer::sum);
  }

  /** Returns how often each kind of fault struck. */
  public Map<String, Integer> counts() {
    return counts;
  }

  /** Nothing goes wrong from now on. */
  public void stop() {
    stopped = true;
    left = 0;
    writeFaultsLeft = 0;
    edgeFaultsLeft = 0;
  }
}
