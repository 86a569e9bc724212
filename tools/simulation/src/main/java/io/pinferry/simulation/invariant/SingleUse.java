package io.pinferry.simulation.invariant;

import io.pinferry.operation.OperationId;
import io.pinferry.simulation.kernel.Journal;
import java.util.HashSet;
import java.util.Set;

/**
 * single-use: a timer, and an OAuth state, takes effect once. Checked whenever an operation starts
 * (a timer that fires twice would start its read again) and whenever an authorization code is
 * exchanged (a state that is good twice would exchange its code again).
 */
public final class SingleUse implements Invariant {
  private final Journal journal;
  private final Set<OperationId> started = new HashSet<>();
  private final Set<String> usedCodes = new HashSet<>();

  public SingleUse(Journal journal) {
    this.journal = journal;
  }

  @Override
  public void on(Event event) {
    switch (event) {
      case Event.OperationStart(var operation) when !started.add(operation.id()) ->
          violation("operation " + operation.id() + " was started twice");
      case Event.CodeUse(String code) when !usedCodes.add(code) ->
          violation("an authorization code was used again");
      default -> {}
    }
  }

  private void violation(String text) {
    journal.violation("single-use", text);
  }
}
