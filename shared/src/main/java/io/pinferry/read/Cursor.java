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
 * @param changes what a comparison with the read before has found so far
 */
public record Cursor(
    int sentThrough, @Nullable String bookmark, long recordCount, int restarts, Changes changes) {
  static final Cursor START = new Cursor(0, null, 0, 0);

  /** Makes the cursor of a partition that is not compared. */
  public Cursor(int sentThrough, @Nullable String bookmark, long recordCount, int restarts) {
    this(sentThrough, bookmark, recordCount, restarts, Changes.NONE);
  }

  /**
   * Counts of the records up to a page.
   *
   * @param created the records that the read before did not have
   * @param unchanged the records that were not delivered
   * @param readAgain whether a page was read more than once, so that messages with different
   *     contents of a record may be on their way
   */
  public record Changes(long created, long unchanged, boolean readAgain) {
    public static final Changes NONE = new Changes(0, 0, false);
  }

  /** Returns the number of the next page to fetch. */
  public int page() {
    return sentThrough + 1;
  }

  /**
   * Returns the cursor after another page.
   *
   * @param created how many of its records the read before did not have
   * @param unchanged how many of its records were not delivered
   */
  Cursor after(long records, long created, long unchanged, @Nullable String nextBookmark) {
    return new Cursor(
        page(),
        nextBookmark,
        recordCount + records,
        restarts,
        new Changes(changes.created + created, changes.unchanged + unchanged, changes.readAgain));
  }

  /** Returns the cursor at page 1 again. */
  Cursor restarted() {
    return new Cursor(0, null, 0, restarts + 1, new Changes(0, 0, true));
  }

  /** Returns the cursor of a partition whose next page may have been delivered already. */
  Cursor withReadAgain() {
    return new Cursor(
        sentThrough,
        bookmark,
        recordCount,
        restarts,
        new Changes(changes.created, changes.unchanged, true));
  }
}
