package io.pinferry.pinterest;

import org.jspecify.annotations.Nullable;

/** The answer to a request for a page. */
public sealed interface PageAnswer {
  /**
   * A page.
   *
   * @param body JSON for {@link ListPage#read}
   * @param requestId Pinterest's id of the request, null if it sent none
   */
  record Page(byte[] body, RateLimits limits, @Nullable String requestId) implements PageAnswer {}

  /** No page. */
  record Failed(PinterestFailure failure, RateLimits limits) implements PageAnswer {}
}
