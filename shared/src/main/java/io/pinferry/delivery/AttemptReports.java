package io.pinferry.delivery;

import io.pinferry.delivery.NotificationNotes.Severity;
import io.pinferry.delivery.Receipts.AttemptId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Reports attempts to deliver a message: attempts of records to their read, and attempts of a
 * notification to the log of its operation, if it has one. A message has a bounded number of
 * attempts, so a log gets a bounded number of lines.
 */
final class AttemptReports {
  private final Receipts receipts;
  private final NotificationNotes notes;

  AttemptReports(Receipts receipts, NotificationNotes notes) {
    this.receipts = receipts;
    this.notes = notes;
  }

  /** The destination has accepted the message. For records, the first attempt needs no line. */
  void accepted(DeliveryMessage message, int number) {
    switch (message.content()) {
      case DeliveryMessage.Records records -> {
        if (message.sentAgainAt() != null || number > 1) {
          receipts.deliveredLate(id(message, records, number), message.destination());
        }
      }
      case DeliveryMessage.Notice notice ->
          note(
              message,
              notice,
              "accepted",
              Severity.INFO,
              "attempt %s at %s was accepted".formatted(number, message.destination()));
    }
  }

  /** Another attempt follows. */
  void refused(DeliveryMessage message, int number, String answer, Instant nextAttempt) {
    switch (message.content()) {
      case DeliveryMessage.Records records ->
          receipts.refused(id(message, records, number), answer, nextAttempt);
      case DeliveryMessage.Notice notice ->
          note(
              message,
              notice,
              "attempt-" + number,
              Severity.WARNING,
              answer + "; next attempt at " + nextAttempt);
    }
  }

  /** No further attempt follows. */
  void undeliverable(DeliveryMessage message, int number, String reason) {
    switch (message.content()) {
      case DeliveryMessage.Records records ->
          receipts.undeliverable(id(message, records, number), reason);
      case DeliveryMessage.Notice notice ->
          note(message, notice, "undeliverable", Severity.ERROR, "not delivered: " + reason);
    }
  }

  /** Nobody wants the message any more. */
  void dropped(DeliveryMessage message, int number, String reason) {
    switch (message.content()) {
      case DeliveryMessage.Records records ->
          receipts.dropped(id(message, records, number), reason);
      case DeliveryMessage.Notice notice ->
          note(message, notice, "undeliverable", Severity.WARNING, "not delivered: " + reason);
    }
  }

  /** A dead letter is sent again. */
  void sentAgain(DeadLetter letter, Instant at) {
    switch (letter.content()) {
      case DeliveryMessage.Records records ->
          receipts.sentAgain(records.receipt(), letter.destination(), at);
      case DeliveryMessage.Notice notice ->
          note(
              letter.messageId(),
              at,
              notice,
              "again",
              Severity.INFO,
              "sent again to " + letter.destination() + ", as somebody asked for it");
    }
  }

  private void note(
      DeliveryMessage message,
      DeliveryMessage.Notice notice,
      String event,
      Severity severity,
      String text) {
    note(message.id(), message.sentAgainAt(), notice, event, severity, text);
  }

  private void note(
      String message,
      @Nullable Instant sentAgainAt,
      DeliveryMessage.Notice notice,
      String event,
      Severity severity,
      String text) {
    String operation = notice.operation();
    if (operation != null) {
      notes.note(
          operation,
          message + (sentAgainAt == null ? "-" : "-" + sentAgainAt.toEpochMilli() + "-") + event,
          severity,
          "notification " + notice.type().text() + ": " + text);
    }
  }

  private static AttemptId id(
      DeliveryMessage message, DeliveryMessage.Records records, int number) {
    return new AttemptId(records.receipt(), message.sentAgainAt(), number);
  }
}
