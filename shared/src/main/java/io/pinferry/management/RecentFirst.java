package io.pinferry.management;

import io.pinferry.directory.InstallationId;
import io.pinferry.operation.Operation;
import io.pinferry.operation.OperationStore;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** Merges the operations of several installations, newest first, and reads them as needed. */
final class RecentFirst {
  /** The operations of an installation that are read at once. */
  private static final int AT_ONCE = 50;

  static final Comparator<Operation> ORDER =
      Comparator.comparing(Operation::startedAt)
          .thenComparing(operation -> operation.id().value())
          .reversed();

  private final OperationStore operations;
  private final PriorityQueue<Source> sources =
      new PriorityQueue<>((one, other) -> ORDER.compare(one.first(), other.first()));

  RecentFirst(OperationStore operations, List<InstallationId> installations) {
    this.operations = operations;
    installations.forEach(installation -> add(new Source(installation)));
  }

  /** Returns the next operation; null if there is none. */
  @Nullable Operation next() {
    Source source = sources.poll();
    if (source == null) {
      return null;
    }
    Operation next = source.read.removeFirst();
    add(source);
    return next;
  }

  private void add(Source source) {
    if (source.fill()) {
      sources.add(source);
    }
  }

  private final class Source {
    private final InstallationId installation;
    private final Deque<Operation> read = new ArrayDeque<>();
    private @Nullable String pageToken;
    private boolean complete;

    Source(InstallationId installation) {
      this.installation = installation;
    }

    Operation first() {
      return read.getFirst();
    }

    /** Returns whether there is a further operation. */
    boolean fill() {
      while (read.isEmpty() && !complete) {
        OperationStore.Page page = operations.ofInstallation(installation, AT_ONCE, pageToken);
        read.addAll(page.operations());
        pageToken = page.nextPageToken();
        complete = pageToken == null;
      }
      return !read.isEmpty();
    }
  }
}
