package io.pinferry.management;

import io.pinferry.operation.ListPosition;
import io.pinferry.operation.Operation;
import io.pinferry.operation.OperationStore;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Merges lists of operations, newest first, and reads them as needed. */
final class RecentFirst {
  private final PriorityQueue<Source> sources =
      new PriorityQueue<>(
          (one, other) -> ListPosition.NEWEST_FIRST.compare(one.first(), other.first()));

  /** A list of operations: returns the page at a page token, null for the first page. */
  interface Pages extends Function<@Nullable String, OperationStore.Page> {}

  /**
   * Begins at a position.
   *
   * @param pageToken null for the newest operation
   */
  RecentFirst(List<Pages> lists, @Nullable String pageToken) {
    lists.forEach(list -> add(new Source(list, pageToken)));
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

  private static final class Source {
    private final Pages pages;
    private final Deque<Operation> read = new ArrayDeque<>();
    private @Nullable String pageToken;
    private boolean complete;

    Source(Pages pages, @Nullable String pageToken) {
      this.pages = pages;
      this.pageToken = pageToken;
    }

    Operation first() {
      return read.getFirst();
    }

    /** Returns whether there is a further operation. */
    boolean fill() {
      while (read.isEmpty() && !complete) {
        OperationStore.Page page = pages.apply(pageToken);
        read.addAll(page.operations());
        pageToken = page.nextPageToken();
        complete = pageToken == null;
      }
      return !read.isEmpty();
    }
  }
}
