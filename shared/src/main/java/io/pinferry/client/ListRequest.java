package io.pinferry.client;

import io.pinferry.client.PinterestRequest.AnswerReader;
import io.pinferry.pinterest.ListCall;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes requests for pages of Pinterest's lists. */
public final class ListRequest {
  /** Some of Pinterest's lists are slow; after this time the request is repeated. */
  public static final Duration TIMEOUT = Duration.ofSeconds(30);

  /** A page has 250 records of a few KB each; more is not a page. */
  static final int PAGE_BYTES_MAX = 32 * 1024 * 1024;

  private ListRequest() {}

  /**
   * Returns the request for a page.
   *
   * @param parameters the parameters of the call
   * @param bookmark null for the first page
   */
  public static <T> PinterestRequest<T> of(
      PinterestClient client,
      ListCall call,
      Map<String, String> parameters,
      @Nullable String bookmark,
      int pageSize,
      AnswerReader<T> reader) {
    return new PinterestRequest<>(
        "GET",
        client.resolve(call.pathAndQuery(parameters, bookmark, pageSize)),
        Map.of("accept", "application/json"),
        null,
        call.category(),
        PAGE_BYTES_MAX,
        reader);
  }
}
