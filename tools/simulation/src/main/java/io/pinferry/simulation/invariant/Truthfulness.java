package io.pinferry.simulation.invariant;

import io.pinferry.operation.OperationId;
import io.pinferry.simulation.kernel.Journal;
import java.util.List;

/**
 * truthful: the engine's reports about a write are true. A record that is said to be written is
 * there under its id; a record that is said not to be written is not there; and the engine says
 * "outcome unknown" only where an answer was lost, a process was disturbed, or the right to look
 * was lost. Checked at each report about a record: in answers, in notifications, and in what is
 * stored at the end. No door answers 500.
 */
public final class Truthfulness implements Invariant {
  private final Journal journal;
  private final WriteLedger ledger;

  public Truthfulness(Journal journal, WriteLedger ledger) {
    this.journal = journal;
    this.ledger = ledger;
  }

  @Override
  public void on(Event event) {
    switch (event) {
      case Event.ServerError(String function, String body) ->
          violation(function + " answered 500: " + body);
      case Event.MessageReceipt receipt
          when receipt.notificationType().equals("write.async.done") ->
          checkKnown(receipt);
      case Event.WriteReport report -> check(report);
      default -> {}
    }
  }

  private void checkKnown(Event.MessageReceipt receipt) {
    var operation = new OperationId(receipt.data().path("operationId").asText());
    if (ledger.find(operation).isEmpty()) {
      violation("a notification of a write that nobody asked for: " + receipt.data());
    }
  }

  private void check(Event.WriteReport report) {
    SimulatedWrite write = report.write();
    if (report.count() != write.records().size()) {
      violation("a report about " + report.count() + " records of " + write);
    }
    for (RecordOutcome outcome : report.outcomes()) {
      List<String> present = ledger.present(write, outcome.index());
      switch (outcome) {
        case RecordOutcome.Success(int index, String id) -> {
          boolean there =
              write.isMarkedCreate() ? present.equals(List.of(id)) : present.contains(id);
          if (!there) {
            violation(write.trace(index) + " is said to be " + id + " but is " + present);
          }
        }
        case RecordOutcome.Failure failure when failure.isUnknown() -> checkUnknown(write, failure);
        case RecordOutcome.Failure failure -> checkAbsent(write, failure, present);
      }
    }
  }

  private void checkUnknown(SimulatedWrite write, RecordOutcome.Failure failure) {
    String trace = write.trace(failure.index());
    if (!ledger.hasLostAnswer(trace) && !ledger.wasDisturbed(write) && !failure.isWithoutRight()) {
      violation(trace + " is said to be unknown, but no answer was lost");
    }
  }

  private void checkAbsent(
      SimulatedWrite write, RecordOutcome.Failure failure, List<String> present) {
    String trace = write.trace(failure.index());
    if (write.isMedia() || present.isEmpty()) {
      return;
    }
    // Another request with the same trace may have written it. A record without a mark is written
    // again by the process that goes on, which reports only its own attempt.
    boolean own =
        ledger.requestCount(trace) == 1 && (write.isMarkedCreate() || !ledger.wasDisturbed(write));
    if (own) {
      violation(
          "%s is said not to be written but is %s: %s"
              .formatted(trace, present, failure.message()));
    }
  }

  private void violation(String text) {
    journal.violation("truthful", text);
  }
}
