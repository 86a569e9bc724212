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

  /**
   * A page.
   *
   * @param absences null for a page of a list of Pinterest
   */
  record SourcePage(ListPage page, @Nullable Absences absences) {}

  /**
   * The absences that are dealt with on a page besides the records that are deleted.
   *
   * @param unconfirmed the records that are not listed, and of which nobody knows more
   * @param held how many of them are held, since a large part of the records is missing
   */
  record Absences(List<ListKeys> unconfirmed, int held) {}
}
