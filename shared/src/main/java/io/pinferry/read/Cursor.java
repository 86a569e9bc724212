package io.pinferry.read;

import org.jspecify.annotations.Nullable;

/**
 * The position of a partition. The next lease holder goes on here.
 *
 * @param sentThrough the last page whose messages the queue has accepted; 0 before page 1
 * @param bookmark fetches page {@code sentThrough + 1}; null for the first page
 * @param recordCount the records in the period of the read, of all pages up to {@code sentThrough}
 * @param restarts how often the partition went back to page 1 because Pinterest no longer accepted
 *     its bookmark. Pages and messages are then numbered from 1 again, so that an unchanged message
 *     keeps its id
 */
public record Cursor(int sentThrough, @Nullable String bookmark, long recordCount, int restarts) {
  static final Cursor START = new Cursor(0, null, 0, 0);

  /** Returns the number of the next page to fetch. */
  public int page() {
    return sentThrough + 1;
  }

  /** Returns the cursor after another page. */
  Cursor after(long records, @Nullable String nextBookmark) {
    return new Cursor(page(), nextBookmark, recordCount + records, restarts);
  }

  /** Returns the cursor at page 1 again. */
  Cursor restarted() {
    return new Cursor(0, null, 0, restarts + 1);
  }
}
