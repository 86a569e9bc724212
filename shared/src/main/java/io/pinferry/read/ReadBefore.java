package io.pinferry.read;

import io.pinferry.manifest.DeliveryMode;
import io.pinferry.operation.Operation;
import io.pinferry.operation.OperationStatus;
import io.pinferry.operation.OperationStore;
import io.pinferry.operation.Work;
import org.jspecify.annotations.Nullable;

/**
 * Finds the read whose records a new read of the same object is compared with. It is the read right
 * before, and no other: only its records are what the destination got last.
 */
final class ReadBefore {
  private final OperationStore store;
  private final ReadHistory history;

  ReadBefore(OperationStore store) {
    this.store = store;
    this.history = new ReadHistory(store);
  }

  /** Returns how a new read of everything is compared. */
  Work.Comparison comparison(ReadTarget target, ReadRequest request) {
    Work.Comparison comparison = comparison(target, request.delivery());
    return request.releasesHeld() ? comparison.withHeldReleased() : comparison;
  }

  private Work.Comparison comparison(ReadTarget target, ReadRequest.Delivery delivery) {
    boolean alone =
        store.readsInProgress(target.installation()).stream()
            .noneMatch(read -> read.objectName().equals(target.objectName()));
    boolean deletions = target.mode() == DeliveryMode.CHANGED_AND_DELETED;
    if (delivery == ReadRequest.Delivery.ALL) {
      return Work.Comparison.withNone("all records were asked for", alone, deletions);
    }
    if (!alone) {
      return Work.Comparison.withNone(
          "another read of the object is in progress", false, deletions);
    }
    ReadHistory.Found newest = newest(target);
    if (newest.reads().isEmpty()) {
      return Work.Comparison.withNone(
          newest.isCut()
              ? "there are too many operations after the read before"
              : "there is no read before",
          true,
          deletions);
    }
    Operation before = newest.reads().getFirst();
    String obstacle = obstacle(newest, target);
    return obstacle == null
        ? Work.Comparison.with(before.id(), deletions)
        : Work.Comparison.withNone(obstacle, true, deletions);
  }

  /** Returns the newest two reads of the object. */
  private ReadHistory.Found newest(ReadTarget target) {
    return history.newest(target.installation(), target.objectName(), found -> found.size() < 2);
  }

  /** Returns why the newest read cannot be compared with; null if it can. */
  private static @Nullable String obstacle(ReadHistory.Found newest, ReadTarget target) {
    Operation before = newest.reads().getFirst();
    Work.Comparison comparison = before.read().comparison();
    if (comparison == null) {
      return "the read before kept no fingerprints";
    }
    if (before.status() != OperationStatus.SUCCESS) {
      return "the read before was no success";
    }
    if (newest.isCut()) {
      return "there are too many operations between the two reads before";
    }
    // Two reads that start at the same moment do not see each other.
    boolean overlapped =
        newest.reads().stream().skip(1).anyMatch(other -> !other.endedBy(before.startedAt()));
    if (!comparison.alone() || overlapped) {
      return "the read before ran beside another one";
    }
    return before.read().account().id().equals(target.account().id())
        ? null
        : "the account is another one";
  }
}
