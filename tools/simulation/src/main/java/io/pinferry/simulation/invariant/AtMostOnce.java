package io.pinferry.simulation.invariant;

import io.pinferry.simulation.kernel.Journal;
import java.util.List;

/**
 * at-most-once: Pinterest creates no two things for one record. Checked at each creation of a
 * record that has a mark.
 */
public final class AtMostOnce implements Invariant {
  private final Journal journal;
  private final WriteLedger ledger;

  public AtMostOnce(Journal journal, WriteLedger ledger) {
    this.journal = journal;
    this.ledger = ledger;
  }

  @Override
  public void on(Event event) {
    if (event instanceof Event.WriteEffect effect && WriteTraces.isMarkedCreate(effect)) {
      List<String> ids = ledger.effectsOf(effect.trace());
      if (ids.size() > 1) {
        journal.violation("at-most-once", effect.trace() + " was created as " + ids);
      }
    }
  }
}
