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
 * A short cache of operations, so that a thousand partitions of one operation do not each load it.
 * An operation changes only when it ends. That may be noticed late: a partition works on for a
 * whole slice anyway.
 */
final class RecentOperations {
  /** The longest time in the cache. */
  static final Duration AGE_MAX = Duration.ofSeconds(10);

  private static final int COUNT_MAX = 100;

  private final OperationStore store;
  private final Tasks tasks;
  private final ExpiringCache<OperationId, Operation> recent = new ExpiringCache<>(COUNT_MAX);

  RecentOperations(OperationStore store, Tasks tasks) {
    this.store = store;
    this.tasks = tasks;
  }

  /** Returns an operation that is in progress, or was so at most {@link #AGE_MAX} ago. */
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
