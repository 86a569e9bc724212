package io.pinferry.client;

import static io.pinferry.base.Field.field;

import io.pinferry.base.Circuits;
import io.pinferry.base.Tasks;
import io.pinferry.client.CallPolicy.Next;
import io.pinferry.connection.AccessToken;
import io.pinferry.connection.Tokens;
import io.pinferry.directory.AccountId;
import io.pinferry.directory.ConnectionId;
import io.pinferry.directory.ProjectId;
import io.pinferry.limit.BudgetKey;
import io.pinferry.limit.Budgets;
import io.pinferry.limit.Budgets.Answer.NotBefore;
import io.pinferry.net.HttpAnswer;
import io.pinferry.net.HttpCall;
import io.pinferry.net.HttpTransport;
import io.pinferry.net.TransportFailure;
import io.pinferry.pinterest.PinterestAnswers;
import io.pinferry.pinterest.PinterestFailure;
import io.pinferry.pinterest.PinterestFailure.Kind;
import io.pinferry.pinterest.RateCategory;
import io.pinferry.pinterest.RateLimits;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Calls Pinterest with a connection's token. Each call takes a permit from the budget, learns the
 * limits that the answer tells, pauses the budget after a 429, replaces a rejected token once, and
 * repeats the request where the caller's {@link CallPolicy} allows it.
 */
public final class PinterestClient {
  /** How long after its instant a permit may be used; other callers may have the next ones. */
  private static final Duration PERMIT_HOLDS = Duration.ofMillis(500);

  /** Callers that waited for one instant go on within this time, not in the same millisecond. */
  private static final int SPREAD_MILLIS = 250;

  /** The same where the wait was for a quota of hours. */
  private static final int QUOTA_SPREAD_MILLIS = 60_000;

  /**
   * How long calls that are not urgent wait when a tenth of a day's quota is left, if Pinterest
   * does not say when there is more. Then one answer tells.
   */
  private static final Duration QUOTA_RESERVED = Duration.ofMinutes(30);

  /** A circuit opens after so many failures in a row. */
  private static final int FAILURES_MAX = 6;

  /** Stands for the answer to a request that was not sent. */
  private static final FailedAttempt CIRCUIT_OPEN =
      new FailedAttempt(
          new PinterestFailure(
              Kind.UNAVAILABLE,
              0,
              null,
              "it failed "
                  + FAILURES_MAX
                  + " times in a row at lists of this kind, and was not asked again yet",
              null,
              null),
          false,
          null,
          null);

  private final Tokens tokens;
  private final Budgets budgets;
  private final HttpTransport http;
  private final URI base;
  private final Tasks tasks;
  private final RandomGenerator random;
  private final Circuits<Object> circuits = new Circuits<>(FAILURES_MAX);

  /**
   * @param base scheme and host of Pinterest's API, without the version
   */
  public PinterestClient(
      Tokens tokens,
      Budgets budgets,
      HttpTransport http,
      URI base,
      Tasks tasks,
      RandomGenerator random) {
    this.tokens = tokens;
    this.budgets = budgets;
    this.http = http;
    this.base = base;
    this.tasks = tasks;
    this.random = random;
  }

  /** Returns the address of a path and query, from the version on. */
  public URI resolve(String pathAndQuery) {
    return base.resolve(pathAndQuery);
  }

  /** Returns the account that a connection's token is for. */
  public AccountId account(ProjectId project, ConnectionId connection) {
    return tokens.accessTokenFor(project, connection).account();
  }

  /**
   * Asks whether one request could be sent in time, and takes nothing from the budget.
   *
   * @return when to ask again; empty if one could
   */
  public Optional<Instant> heldUntil(
      ProjectId project, ConnectionId connection, RateCategory category, Instant latest) {
    AccessToken token = tokens.accessTokenFor(project, connection);
    return budgets
        .heldBack(category.budgetOf(token.budgetOwner()), category.assumed(), latest)
        .map(NotBefore::at);
  }

  /** Returns whether the circuit of a policy is open. */
  public boolean isOpen(Object circuit) {
    return circuits.isFailing(circuit);
  }

  /**
   * Calls Pinterest.
   *
   * @throws io.pinferry.base.PinferryException.NotFound if the connection is gone
   * @throws io.pinferry.base.PinferryException.ProviderRejected if the customer has to connect
   *     again
   * @throws io.pinferry.base.PinferryException.ProviderUnavailable if a token cannot be had now, or
   *     the budget cannot be asked
   */
  public <T> CallOutcome<T> call(
      ProjectId project, ConnectionId connection, PinterestRequest<T> request, CallPolicy policy) {
    AccountId expected = policy.account();
    AccessToken token =
        expected == null
            ? tokens.accessTokenFor(project, connection)
            : tokens.accessTokenFor(project, connection, expected);
    boolean replaced = false;
    while (true) {
      if (expected != null && !expected.equals(token.account())) {
        return new CallOutcome.OtherAccount<>();
      }
      Optional<Instant> held = reservedUntil(token, policy);
      if (held.isPresent()) {
        return new CallOutcome.Held<>(held.get());
      }
      Object circuit = policy.circuit(token.budgetOwner());
      if (circuit != null
          && !circuits.mayAsk(circuit, tasks.now())
          && !policy.ignoresOpenCircuit()) {
        return new CallOutcome.Failed<>(CIRCUIT_OPEN);
      }
      Permitted permitted = awaitPermit(request, token, policy);
      if (permitted.heldUntil() == null && !policy.maySend()) {
        return new CallOutcome.Withheld<>();
      }
      // What the policy did may have taken longer than the permit holds.
      if (permitted.heldUntil() == null && tasks.now().isAfter(permitted.until())) {
        permitted = awaitPermit(request, token, policy);
      }
      if (permitted.heldUntil() != null) {
        return new CallOutcome.Held<>(permitted.heldUntil());
      }
      Attempt<T> attempt = attempt(request, token, policy);
      switch (attempt) {
        case Attempt.Succeeded<T>(T value) -> {
          if (circuit != null) {
            circuits.answered(circuit);
          }
          reportSuccess(project, connection, policy);
          return new CallOutcome.Done<>(value);
        }
        case Attempt.Failed<T>(FailedAttempt failed) -> {
          PinterestFailure failure = failed.failure();
          if (circuit != null && failure.kind() == Kind.UNAVAILABLE) {
            circuits.failed(circuit, tasks.now());
          }
          if (failure.kind() == Kind.RATE_LIMITED && failure.retryAt() != null) {
            budgets.pause(budget(request, token), request.category().assumed(), failure.retryAt());
            policy.log().warn("rate limited", field("until", failure.retryAt()));
          }
          Next next = policy.after(failed, tasks.now());
          if (failure.kind() == Kind.TOKEN_REJECTED && !replaced) {
            replaced = true;
            token = tokens.refreshAfterRejection(project, connection, token.version());
          } else if (next instanceof Next.RetryAt(Instant at)) {
            tasks.sleepUntil(at);
          } else {
            return new CallOutcome.Failed<>(failed);
          }
        }
      }
    }
  }

  private static BudgetKey budget(PinterestRequest<?> request, AccessToken token) {
    return request.category().budgetOf(token.budgetOwner());
  }

  /** Returns until when a call that is not urgent leaves the rest of a quota to others. */
  private Optional<Instant> reservedUntil(AccessToken token, CallPolicy policy) {
    Optional<Instant> reserved =
        policy.isUrgent() ? Optional.empty() : budgets.reservedUntil(token.budgetOwner());
    reserved.ifPresent(
        until ->
            policy
                .log()
                .warn(
                    "waits, since the rest of Pinterest's quota is kept for triggers, writes and"
                        + " the proxy",
                    field("until", until)));
    return reserved.map(until -> until.plusMillis(random.nextLong(QUOTA_SPREAD_MILLIS)));
  }

  /**
   * A permit, or none.
   *
   * @param until how long the permit holds
   * @param heldUntil when to try again, if there is none; null if there is one
   */
  private record Permitted(Instant until, @Nullable Instant heldUntil) {}

  private Permitted awaitPermit(PinterestRequest<?> request, AccessToken token, CallPolicy policy) {
    while (true) {
      Instant now = tasks.now();
      if (!policy.mayBegin(now)) {
        return new Permitted(Instant.MIN, now);
      }
      switch (budgets.acquire(
          budget(request, token), request.category().assumed(), policy.permitBy(now))) {
        case Budgets.Answer.Permit permit -> {
          policy.onPermit();
          tasks.sleepUntil(permit.at());
          return new Permitted(permit.at().plus(PERMIT_HOLDS), null);
        }
        case NotBefore wait -> {
          if (!policy.waitsFor(wait, tasks.now())) {
            return new Permitted(Instant.MIN, wait.at());
          }
          if (wait.at().isAfter(tasks.now())) {
            tasks.sleepUntil(wait.at().plusMillis(random.nextLong(SPREAD_MILLIS)));
          }
        }
      }
    }
  }

  private sealed interface Attempt<T> {
    record Succeeded<T>(T value) implements Attempt<T> {}

    record Failed<T>(FailedAttempt attempt) implements Attempt<T> {}
  }

  /** Sends the request once and keeps what the answer tells about limits. */
  private <T> Attempt<T> attempt(
      PinterestRequest<T> request, AccessToken token, CallPolicy policy) {
    Map<String, String> headers = new HashMap<>(request.headers());
    headers.put("authorization", "Bearer " + token.token().value());
    HttpAnswer answer;
    policy.onSend();
    try {
      answer =
          http.send(
              new HttpCall(
                  request.method(),
                  request.uri(),
                  headers,
                  request.body(),
                  policy.timeout(tasks.now()),
                  request.answerBytesMax()));
    } catch (TransportFailure e) {
      return new Attempt.Failed<>(
          new FailedAttempt(
              new PinterestFailure(
                  Kind.UNAVAILABLE, 0, null, String.valueOf(e.getMessage()), null, null),
              e.sent(),
              null,
              e));
    }
    RateLimits limits = RateLimits.of(answer);
    PinterestFailure failure;
    if (answer.isSuccess() && !answer.truncated()) {
      try {
        T value = request.reader().read(answer);
        learn(limits, true, request, token);
        return new Attempt.Succeeded<>(value);
      } catch (IOException e) {
        failure = PinterestAnswers.unreadable(answer, String.valueOf(e.getMessage()));
      }
    } else {
      failure = PinterestAnswers.failure(answer, limits, tasks.now());
    }
    learn(limits, false, request, token);
    return new Attempt.Failed<>(new FailedAttempt(failure, true, answer, null));
  }

  private void learn(
      RateLimits limits, boolean success, PinterestRequest<?> request, AccessToken token) {
    budgets.learn(budget(request, token), limits.budgetWindows(success));
    if (success && limits.quotaLow()) {
      Duration reset = limits.reset();
      budgets.reserve(
          token.budgetOwner(), tasks.now().plus(reset == null ? QUOTA_RESERVED : reset));
    }
  }

  /** The value that is there matters more than this note, which the next success makes up for. */
  private void reportSuccess(ProjectId project, ConnectionId connection, CallPolicy policy) {
    try {
      tokens.reportSuccess(project, connection);
    } catch (RuntimeException e) {
      policy.log().warn("success not noted", e, field("connection", connection));
    }
  }
}
