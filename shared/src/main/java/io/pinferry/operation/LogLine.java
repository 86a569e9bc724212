package io.pinferry.operation;

import io.pinferry.delivery.DeliveryAttempt;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A line of an operation's log, kept for 30 days.
 *
 * @param id identifies the line; a repeated write has the same id
 * @param details a JSON object with more, or null
 */
public record LogLine(
    Instant at, String id, Severity severity, String message, @Nullable String details) {

  /** Returns the line about the end of an operation. */
  public static LogLine of(OperationEnd end) {
    return new LogLine(
        end.at(),
        "end",
        end.success() ? Severity.INFO : Severity.ERROR,
        end.result(),
        end.details());
  }

  /** Returns the line about an attempt to deliver a message of an operation. */
  public static LogLine of(DeliveryAttempt attempt) {
    Severity severity =
        switch (attempt.outcome()) {
          case ACCEPTED -> Severity.INFO;
          case FAILED, DROPPED -> Severity.WARNING;
          case GIVEN_UP -> Severity.ERROR;
        };
    return new LogLine(attempt.at(), attempt.id(), severity, attempt.text(), null);
  }

  /** The severity, in the contract's words. */
  public enum Severity {
    INFO,
    WARNING,
    ERROR
  }
}
