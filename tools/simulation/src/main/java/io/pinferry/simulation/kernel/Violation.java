package io.pinferry.simulation.kernel;

/**
 * An invariant that did not hold.
 *
 * @param invariant its name, as in tools/simulation/README.md
 * @param text what happened
 */
public record Violation(String invariant, String text) {
  @Override
  public String toString() {
    return invariant + ": " + text;
  }
}
