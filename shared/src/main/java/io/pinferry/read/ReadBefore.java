package io.pinferry.read;

import io.pinferry.operation.Operation;
import io.pinferry.operation.OperationEnd;
import io.pinferry.operation.OperationStatus;
import io.pinferry.operation.OperationStore;
import io.pinferry.operation.ReadType;
import io.pinferry.operation.Work;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the read whose records a new read of the same object is compared with. It is the read right
 * before, and no other: only its records are what the destination got last.
 */
final class ReadBefore {
  private static final int OPERATIONS_A_PAGE = 100;
  private static final int OPERATIONS_SEARCHED_MAX = 1_000;

  private final OperationStore store;

  ReadBefore(OperationStore store) {
    this.store = store;
  }

  /** Returns how a new read of everything is compared. */
  Work.Comparison comparison(ReadTarget target, ReadType type) {
    boolean alone =
        store.readsInProgress(target.installation()).stream()
            .noneMatch(read -> read.objectName().equals(target.objectName()));
    if (type != ReadType.SCHEDULED) {
      return Work.Comparison.withNone("only scheduled reads are compared", alone);
    }
    if (!alone) {
      return Work.Comparison.withNone("another read of the object is in progress", false);
    }
    List<Operation> newest = newestTwo(target);
    if (newest.isEmpty()) {
      return Work.Comparison.withNone("there is no read before", true);
    }
    Operation before = newest.getFirst();
    String obstacle = obstacle(before, newest.size() > 1 ? newest.get(1) : null, target);
    return obstacle == null
        ? Work.Comparison.with(before.id())
        : Work.Comparison.withNone(obstacle, true);
  }

  /** Returns the newest two reads of the object. */
  private List<Operation> newestTwo(ReadTarget target) {
    List<Operation> newest = new ArrayList<>();
    String pageToken = null;
    int searched = 0;
    do {
      OperationStore.Page page =
          store.ofInstallation(target.installation(), OPERATIONS_A_PAGE, pageToken);
      page.operations().stream()
          .filter(operation -> operation.work() instanceof Work.Read)
          .filter(operation -> operation.objectName().equals(target.objectName()))
          .limit(2L - newest.size())
          .forEach(newest::add);
      searched += page.operations().size();
      pageToken = page.nextPageToken();
    } while (newest.size() < 2 && pageToken != null && searched < OPERATIONS_SEARCHED_MAX);
    return newest;
  }

  /**
   * Returns why a read cannot be compared with; null if it can.
   *
   * @param earlier the read before it; null for none
   */
  private static @Nullable String obstacle(
      Operation before, @Nullable Operation earlier, ReadTarget target) {
    Work.Comparison comparison = before.read().comparison();
    if (comparison == null) {
      return "the read before kept no fingerprints";
    }
    if (before.status() != OperationStatus.SUCCESS) {
      return "the read before was no success";
    }
    // Two reads that start at the same moment do not see each other.
    OperationEnd end = earlier == null ? null : earlier.end();
    if (!comparison.alone()
        || (earlier != null && (end == null || end.at().isAfter(before.startedAt())))) {
      return "the read before ran beside another one";
    }
    return before.read().account().id().equals(target.account().id())
        ? null
        : "the account is another one";
  }
}
