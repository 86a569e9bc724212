package io.pinferry.client;

import io.pinferry.net.HttpAnswer;
import io.pinferry.pinterest.RateCategory;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request to Pinterest's API, without its token.
 *
 * @param uri see {@link PinterestClient#resolve}
 * @param headers one value per name, without the authorization
 * @param body null for none
 * @param category whose quota the request takes from
 * @param answerBytesMax a longer answer is a failure
 * @param reader reads a success
 */
public record PinterestRequest<T>(
    String method,
    URI uri,
    Map<String, String> headers,
    byte @Nullable [] body,
    RateCategory category,
    int answerBytesMax,
    AnswerReader<T> reader) {
  /** Reads the answer to a request that succeeded. */
  @FunctionalInterface
  public interface AnswerReader<T> {
    /**
     * Reads an answer.
     *
     * @throws IOException if Pinterest cannot have sent it; the message says what is wrong. The
     *     request is then as if Pinterest had not answered
     */
    T read(HttpAnswer answer) throws IOException;
  }

  /** Leaves headers and body out: they may hold records. */
  @Override
  public String toString() {
    return method + " " + uri.getPath();
  }
}
