package io.pinferry.simulation;

/**
 * An invariant that did not hold.
 *
 * @param invariant its name in docs/architecture.md
 * @param what happened, in words
 */
record Violation(String invariant, String what) {
  @Override
  public String toString() {
    return invariant + ": " + what;
  }
}
