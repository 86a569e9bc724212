package io.pinferry.simulation.invariant;

import io.pinferry.simulation.kernel.Journal;

/**
 * single-writer: no progress write of an old lease holder takes effect. Checked at each write that
 * took effect: its fence was the newest one.
 */
public final class SingleWriter implements Invariant {
  private final Journal journal;

  public SingleWriter(Journal journal) {
    this.journal = journal;
  }

  @Override
  public void on(Event event) {
    if (event instanceof Event.Progress(var key, var call, long fence, var newest)
        && (newest == null || newest != fence)) {
      journal.violation(
          "single-writer",
          "%s of %s took effect under fence %d, but the newest is %s"
              .formatted(call, key, fence, newest == null ? "none" : newest));
    }
  }
}
