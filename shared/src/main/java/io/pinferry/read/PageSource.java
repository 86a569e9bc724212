package io.pinferry.read;

import io.pinferry.pinterest.ListPage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Gives the pages of a partition. */
interface PageSource {
  /**
   * Fetches a page.
   *
   * @param bookmark null for the first page
   */
  FetchResult<SourcePage> fetch(@Nullable String bookmark);

  /** A page. */
  sealed interface SourcePage {
    /** Returns the records to deliver, and the bookmark. */
    ListPage page();

    /** A page of a list of Pinterest. */
    record Listed(ListPage page) implements SourcePage {}

    /**
     * A page about records that are not listed any more.
     *
     * @param page the deleted records, with their key only
     * @param unconfirmed the records of which nobody knows more
     * @param held how many of them are held, since a large part of the records is missing
     */
    record Deletions(ListPage page, List<ListKeys> unconfirmed, int held) implements SourcePage {}
  }
}
