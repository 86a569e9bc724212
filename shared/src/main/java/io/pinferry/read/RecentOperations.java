package io.pinferry.read;

import io.pinferry.base.ExpiringCache;
import io.pinferry.base.Tasks;
import io.pinferry.operation.Operation;
import io.pinferry.operation.OperationId;
import io.pinferry.operation.OperationStore;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Operations as they were a moment ago, so that a thousand partitions of one operation do not each
 * ask for it. Nothing of an operation changes but that it ends, and that is noticed a little later:
 * who works on a partition works on for a whole slice anyway.
 */
final class RecentOperations {
  /** How old an answer may be. */
  static final Duration AGE_MAX = Duration.ofSeconds(10);

  private static final int COUNT_MAX = 100;

  private final OperationStore store;
  private final Tasks tasks;
  private final ExpiringCache<OperationId, Operation> recent = new ExpiringCache<>(COUNT_MAX);

  RecentOperations(OperationStore store, Tasks tasks) {
    this.store = store;
    this.tasks = tasks;
  }

  /** Returns an operation that is in progress, or was at most {@link #AGE_MAX} ago. */
  Optional<Operation> inProgress(OperationId id) {
    Instant now = tasks.now();
    Optional<Operation> seen = recent.find(id, now);
    if (seen.isPresent()) {
      return seen;
    }
    Optional<Operation> found = store.find(id).filter(operation -> !operation.ended());
    found.ifPresentOrElse(
        operation -> recent.put(id, operation, now.plus(AGE_MAX)), () -> recent.remove(id));
    return found;
  }
}
