package io.pinferry.simulation.kernel;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** The events of a world, in order, and the invariants that did not hold. */
public final class Journal {
  private final InstantSource clock;
  private final List<String> entries = new ArrayList<>();
  private final List<Violation> violations = new ArrayList<>();

  public Journal(InstantSource clock) {
    this.clock = clock;
  }

  /** Adds an entry with the present time. */
  public void note(String text) {
    entries.add(clock.instant() + " " + text);
  }

  /** Adds a violation of an invariant. */
  public void violation(String invariant, String text) {
    var violation = new Violation(invariant, text);
    violations.add(violation);
    note("VIOLATION " + violation);
  }

  public List<String> entries() {
    return entries;
  }

  public List<Violation> violations() {
    return violations;
  }
}
