package io.pinferry.operation;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The end of an operation.
 *
 * @param success whether all of the work was done
 * @param result in words for a person
 * @param details a JSON object for the log, or null; it is not stored with the operation itself
 */
public record OperationEnd(boolean success, String result, @Nullable String details, Instant at) {
  public static OperationEnd failure(String result, Instant at) {
    return new OperationEnd(false, result, null, at);
  }

  public OperationStatus status() {
    return success ? OperationStatus.SUCCESS : OperationStatus.FAILURE;
  }
}
