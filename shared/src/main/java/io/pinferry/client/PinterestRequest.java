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
 * @param category the category whose budget the request uses
 * @param answerBytesMax a longer answer is a failure
 * @param reader reads a successful answer
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
     *     request then counts as not answered
     */
    T read(HttpAnswer answer) throws IOException;
  }

  /** Leaves out headers and body, which may hold records. */
  @Override
  public String toString() {
    return method + " " + uri.getPath();
  }
}
