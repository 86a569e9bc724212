package io.pinferry.install;

import static io.pinferry.base.Field.field;

import io.pinferry.base.Log;
import io.pinferry.base.PinferryException;
import io.pinferry.base.Secret;
import io.pinferry.directory.Connection;
import io.pinferry.net.HttpCall;
import io.pinferry.net.HttpTransport;
import io.pinferry.pinterest.PageAnswer;
import io.pinferry.pinterest.PinterestApi;
import io.pinferry.pinterest.PinterestFailure;
import io.pinferry.pinterest.PinterestFailure.Kind;
import io.pinferry.pinterest.ReadPlan;
import io.pinferry.pinterest.ReadPlan.Root;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Samples at Pinterest's API. What speaks of permissions, limits or outages is no refusal: see
 * docs/decisions/0019-what-a-sample-refuses.md.
 */
public final class PinterestSampling implements Sampling {
  /** Someone waits for the answer, and the front door gives up after 30 s. */
  static final Duration TIMEOUT = Duration.ofSeconds(8);

  private final PinterestApi api;
  private final Function<Connection, Secret> tokens;
  private final Log log;

  /**
   * @param base scheme and host of Pinterest's API
   * @param tokens gives a connection's access token, or throws a {@link PinferryException}
   */
  public PinterestSampling(
      HttpTransport http,
      URI base,
      InstantSource clock,
      Function<Connection, Secret> tokens,
      Log log) {
    this.api = new PinterestApi(call -> http.send(hurried(call)), base, clock);
    this.tokens = tokens;
    this.log = log;
  }

  @Override
  public Optional<PinterestFailure> refusal(Connection connection, ReadPlan plan) {
    Root root =
        plan.roots().stream()
            .filter(Root::required)
            .findFirst()
            .orElseThrow(() -> new IllegalStateException(plan.name() + " has no required root"));
    Secret token;
    try {
      token = tokens.apply(connection);
    } catch (PinferryException e) {
      log.warn("not sampled: no access token", e, field("connection", connection.id()));
      return Optional.empty();
    }
    return switch (api.list(plan.step(root.step()).endpoint(), Map.of(), null, 1, token)) {
      case PageAnswer.Page page -> Optional.empty();
      case PageAnswer.Failed failed ->
          failed.failure().kind() == Kind.REFUSED
              ? Optional.of(failed.failure())
              : Optional.empty();
    };
  }

  private static HttpCall hurried(HttpCall call) {
    return new HttpCall(
        call.method(),
        call.uri(),
        call.headers(),
        call.body(),
        TIMEOUT.compareTo(call.timeout()) < 0 ? TIMEOUT : call.timeout(),
        call.answerBytesMax());
  }
}
