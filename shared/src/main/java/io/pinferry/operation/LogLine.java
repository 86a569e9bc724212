package io.pinferry.operation;

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

  /** The severity, in the contract's words. */
  public enum Severity {
    INFO,
    WARNING,
    ERROR
  }
}
