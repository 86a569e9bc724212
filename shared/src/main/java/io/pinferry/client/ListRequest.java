package io.pinferry.client;

import io.pinferry.client.PinterestRequest.AnswerReader;
import io.pinferry.pinterest.ListCall;
import io.pinferry.pinterest.RecordCall;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes requests for pages of Pinterest's lists, and for single records. */
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

  /**
   * Returns the request that tells whether a record is at Pinterest.
   *
   * @param parameters the parameters of the list that had the record
   */
  public static PinterestRequest<Boolean> ofRecord(
      PinterestClient client, RecordCall call, String id, Map<String, String> parameters) {
    return new PinterestRequest<>(
        "GET",
        client.resolve(call.pathAndQuery(id, parameters)),
        Map.of("accept", "application/json"),
        null,
        call.category(),
        PAGE_BYTES_MAX,
        _ -> true);
  }
}
