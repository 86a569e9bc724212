package io.pinferry.pinterest;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.base.Json;
import io.pinferry.base.Secret;
import io.pinferry.limit.BudgetWindow;
import io.pinferry.net.HttpAnswer;
import io.pinferry.net.HttpCall;
import io.pinferry.net.HttpTransport;
import io.pinferry.net.TransportFailure;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Sends one writing request and says what is known of its effect. Repeats nothing. */
public final class PinterestWrites {
  private static final int ANSWER_BYTES_MAX = 1 << 20;

  /** Said by whatever stands before Pinterest, which does not tell how far the request came. */
  private static final int REQUEST_TIMEOUT = 408;

  private final HttpTransport http;
  private final URI base;
  private final InstantSource clock;

  /**
   * @param base scheme and host of the API, without the version
   */
  public PinterestWrites(HttpTransport http, URI base, InstantSource clock) {
    this.http = http;
    this.base = base;
    this.clock = clock;
  }

  /** What became of a request. */
  public sealed interface Outcome {
    /** The limits that the answer tells; none if there was no answer. */
    List<BudgetWindow> windows();

    /**
     * Pinterest did it.
     *
     * @param answer its body, a missing node if it had none
     */
    record Done(JsonNode answer, List<BudgetWindow> windows) implements Outcome {}

    /** Pinterest did not do it and said why. */
    record Refused(PinterestFailure failure, List<BudgetWindow> windows) implements Outcome {}

    /** It surely did not reach Pinterest. */
    record NotSent(String why, List<BudgetWindow> windows) implements Outcome {}

    /** Pinterest may or may not have done it. */
    record Unknown(String why, List<BudgetWindow> windows) implements Outcome {}
  }

  /**
   * Sends a request.
   *
   * @param pathAndQuery from the version on
   * @param body null for none
   */
  public Outcome send(
      String method,
      String pathAndQuery,
      @Nullable JsonNode body,
      Secret accessToken,
      Duration timeout) {
    Map<String, String> headers = new HashMap<>();
    headers.put("Authorization", "Bearer " + accessToken.value());
    headers.put("Accept", "application/json");
    if (body != null) {
      headers.put("Content-Type", "application/json");
    }
    HttpAnswer answer;
    try {
      answer =
          http.send(
              new HttpCall(
                  method,
                  base.resolve(pathAndQuery),
                  headers,
                  body == null ? null : Json.bytes(body),
                  timeout,
                  ANSWER_BYTES_MAX));
    } catch (TransportFailure e) {
      List<BudgetWindow> none = List.of();
      String why = String.valueOf(e.getMessage());
      return e.sent() ? new Outcome.Unknown(why, none) : new Outcome.NotSent(why, none);
    }
    RateLimits limits = RateLimits.of(answer);
    List<BudgetWindow> windows = limits.budgetWindows(false);
    if (answer.isSuccess()) {
      try {
        return new Outcome.Done(Json.parse(answer.body()), limits.budgetWindows(true));
      } catch (IOException e) {
        return new Outcome.Unknown(
            "Pinterest answered " + answer.status() + " with a body that is no JSON", windows);
      }
    }
    PinterestFailure failure = PinterestApi.failure(answer, limits, clock.instant());
    // A failure inside Pinterest may have come after the effect; 501 is a refusal in words.
    boolean inside = answer.status() >= 500 && answer.status() != 501;
    return inside || answer.status() == REQUEST_TIMEOUT
        ? new Outcome.Unknown(failure.describe(), windows)
        : new Outcome.Refused(failure, windows);
  }
}
