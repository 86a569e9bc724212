package io.pinferry.simulation.invariant;

import io.pinferry.simulation.kernel.Journal;
import java.util.List;

/**
 * as-requested: Pinterest does nothing that no product asked for, and a record that is not written
 * has a reason. Checked whenever Pinterest does something, and at each report about a record.
 */
public final class AsRequested implements Invariant {
  /** The message of a refusal that the simulation makes up. */
  public static final String REFUSAL = "Bad luck";

  /** Words of messages that give a reason other than Pinterest's refusal of the record. */
  private static final List<String> REASONS =
      List.of(
          "not attempted",
          "nothing was written",
          "deadline",
          "Pinterest says that it is",
          "Pinterest does not tell how it went",
          REFUSAL);

  private final Journal journal;
  private final WriteLedger ledger;

  public AsRequested(Journal journal, WriteLedger ledger) {
    this.journal = journal;
    this.ledger = ledger;
  }

  @Override
  public void on(Event event) {
    switch (event) {
      case Event.WriteEffect(String trace, _, _) when ledger.requestCount(trace) == 0 ->
          violation(trace + " was done, but nobody asked for it");
      case Event.WriteReport report ->
          report.failures().forEach(failure -> check(report.write(), failure));
      default -> {}
    }
  }

  private void check(SimulatedWrite write, RecordOutcome.Failure failure) {
    String trace = write.trace(failure.index());
    boolean hasReason =
        failure.isUnknown()
            || ledger.wasRefused(trace)
            || ledger.wasRegistrationRefused(write)
            || REASONS.stream().anyMatch(failure.message()::contains);
    if (!hasReason) {
      violation(trace + " was not written, for no reason: " + failure.message());
    }
  }

  private void violation(String text) {
    journal.violation("as-requested", text);
  }
}
