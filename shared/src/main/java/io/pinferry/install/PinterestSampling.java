package io.pinferry.install;

import static io.pinferry.base.Field.field;

import io.pinferry.base.Log;
import io.pinferry.base.PinferryException;
import io.pinferry.client.CallOutcome;
import io.pinferry.client.CallPolicy;
import io.pinferry.client.FailedAttempt;
import io.pinferry.client.ListRequest;
import io.pinferry.client.PinterestClient;
import io.pinferry.directory.Connection;
import io.pinferry.pinterest.PinterestFailure;
import io.pinferry.pinterest.PinterestFailure.Kind;
import io.pinferry.pinterest.ReadPlan;
import io.pinferry.pinterest.ReadPlan.Root;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * Samples by requests to Pinterest. Only a refusal of the request itself counts; a missing
 * permission, a limit or an outage does not. See docs/decisions/0019-what-a-sample-refuses.md.
 */
public final class PinterestSampling implements Sampling {
  /** How long a sample may take. A person waits for it, and API Gateway waits for 30 s. */
  static final Duration TIMEOUT = Duration.ofSeconds(8);

  /** The longest wait for a permit. Without a permit there is no sample. */
  static final Duration PERMIT_WAIT_MAX = Duration.ofSeconds(1);

  private final PinterestClient client;
  private final Log log;

  public PinterestSampling(PinterestClient client, Log log) {
    this.client = client;
    this.log = log;
  }

  @Override
  public Optional<PinterestFailure> refusal(Connection connection, ReadPlan plan) {
    Root root =
        plan.roots().stream()
            .filter(Root::required)
            .findFirst()
            .orElseThrow(() -> new IllegalStateException(plan.name() + " has no required root"));
    var request =
        ListRequest.of(client, plan.step(root.step()).call(), Map.of(), null, 1, answer -> answer);
    try {
      return client.call(connection.project(), connection.id(), request, new Once())
              instanceof CallOutcome.Failure<?>(FailedAttempt attempt)
          ? Optional.of(attempt.failure()).filter(failure -> failure.kind() == Kind.REFUSED)
          : Optional.empty();
    } catch (PinferryException e) {
      log.warn("not sampled", e, field("connection", connection.id()));
      return Optional.empty();
    }
  }

  /** One attempt, without a long wait. */
  private final class Once implements CallPolicy {
    @Override
    public Log log() {
      return log;
    }

    @Override
    public Instant permitBy(Instant now) {
      return now.plus(PERMIT_WAIT_MAX);
    }

    @Override
    public Duration timeout(Instant now) {
      return TIMEOUT;
    }

    @Override
    public Next after(FailedAttempt attempt, Instant now) {
      return new Next.GiveUp();
    }
  }
}
