package io.pinferry.simulation.invariant;

import io.pinferry.simulation.kernel.Journal;

/**
 * isolation: a destination gets only messages of its own project. Checked whenever a destination
 * takes a message. (Callers of the API are tested elsewhere.)
 */
public final class Isolation implements Invariant {
  private final Journal journal;

  public Isolation(Journal journal) {
    this.journal = journal;
  }

  @Override
  public void on(Event event) {
    if (event instanceof Event.MessageReceipt receipt
        && !receipt.path().equals("/" + receipt.data().path("projectId").asText())) {
      journal.violation("isolation", "a message of another project came to " + receipt.path());
    }
  }
}
