package io.pinferry.read;

import io.pinferry.operation.Operation;
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
    Newest newest = newest(target);
    if (newest.reads().isEmpty()) {
      return Work.Comparison.withNone(
          newest.isCut()
              ? "there are too many operations after the read before"
              : "there is no read before",
          true);
    }
    Operation before = newest.reads().getFirst();
    String obstacle = obstacle(newest, target);
    return obstacle == null
        ? Work.Comparison.with(before.id())
        : Work.Comparison.withNone(obstacle, true);
  }

  /**
   * The newest reads of an object.
   *
   * @param reads at most two
   * @param isCut whether the search ended before the second one, though there are more operations
   */
  private record Newest(List<Operation> reads, boolean isCut) {}

  private Newest newest(ReadTarget target) {
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
    return new Newest(newest, newest.size() < 2 && pageToken != null);
  }

  /** Returns why the newest read cannot be compared with; null if it can. */
  private static @Nullable String obstacle(Newest newest, ReadTarget target) {
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
        newest.reads().stream()
            .skip(1)
            .map(Operation::end)
            .anyMatch(end -> end == null || end.at().isAfter(before.startedAt()));
    if (!comparison.alone() || overlapped) {
      return "the read before ran beside another one";
    }
    return before.read().account().id().equals(target.account().id())
        ? null
        : "the account is another one";
  }
}
