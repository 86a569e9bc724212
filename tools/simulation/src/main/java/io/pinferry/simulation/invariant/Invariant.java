package io.pinferry.simulation.invariant;

/**
 * A promise that the engine keeps under every fault. An invariant reports each violation to the
 * journal of its world.
 */
public interface Invariant extends Listener {
  /**
   * Returns whether everything has happened that the promise needs. The run goes on until all
   * invariants are settled, or time is up.
   */
  default boolean settled() {
    return true;
  }

  /** Checks what can only be seen at the end of a run. */
  default void check() {}
}
