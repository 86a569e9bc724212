package io.pinferry.operation;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How an operation ended.
 *
 * @param success whether everything that was asked for was done
 * @param result what a person reads about the outcome
 * @param details a JSON object with more for the operation's log, or null; not kept with the
 *     operation itself
 */
public record OperationEnd(boolean success, String result, @Nullable String details, Instant at) {
  public static OperationEnd failure(String result, Instant at) {
    return new OperationEnd(false, result, null, at);
  }

  public OperationStatus status() {
    return success ? OperationStatus.SUCCESS : OperationStatus.FAILURE;
  }
}
