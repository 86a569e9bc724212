package io.pinferry.simulation.kernel;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A process of a function. It has a clock of its own, and it can be killed. */
public final class SimulatedProcess {
  private final String function;
  private final Duration skew;
  private final List<Runnable> onDisturbance = new ArrayList<>();
  private boolean killed;
  private boolean disturbed;

  /**
   * @param skew how far the clock of the process is ahead
   */
  public SimulatedProcess(String function, Duration skew) {
    this.function = function;
    this.skew = skew;
  }

  public String function() {
    return function;
  }

  Duration skew() {
    return skew;
  }

  public boolean killed() {
    return killed;
  }

  void kill() {
    killed = true;
    disturb();
  }

  /** The process was killed, or a call of a port failed, so something may not be stored. */
  void disturb() {
    disturbed = true;
    onDisturbance.forEach(Runnable::run);
  }

  /** Runs an action at each disturbance from now on, and at once if there was one. */
  public void onDisturbance(Runnable action) {
    onDisturbance.add(action);
    if (disturbed) {
      action.run();
    }
  }

  /** Ends the present task if the process was killed. */
  public void check() {
    if (killed) {
      throw new KillSignal();
    }
  }
}
