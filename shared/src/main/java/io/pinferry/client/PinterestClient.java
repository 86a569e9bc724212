package io.pinferry.client;

import static io.pinferry.base.Field.field;

import io.pinferry.base.CircuitBreakers;
import io.pinferry.base.Metric;
import io.pinferry.base.Tasks;
import io.pinferry.client.CallPolicy.Next;
import io.pinferry.connection.AccessToken;
import io.pinferry.connection.Tokens;
import io.pinferry.directory.AccountId;
import io.pinferry.directory.ConnectionId;
import io.pinferry.directory.ProjectId;
import io.pinferry.limit.BudgetKey;
import io.pinferry.limit.Budgets;
import io.pinferry.limit.Budgets.Answer;
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
 * limits from the answer, pauses the budget after a 429, replaces a rejected token once, and
 * repeats the request where the caller's {@link CallPolicy} allows it.
 */
public final class PinterestClient {
  /** Callers that waited for the same instant go on within this time, not all at once. */
  private static final int SPREAD_MILLIS = 250;

  /** The same for callers that waited for a quota of hours. */
  private static final int QUOTA_SPREAD_MILLIS = 60_000;

  /**
   * How long calls that are not urgent wait when a tenth of a day's quota is left and Pinterest
   * does not say when it is reset.
   */
  private static final Duration QUOTA_RESERVED = Duration.ofMinutes(30);

  /** The number of failures in a row that opens a circuit. */
  private static final int FAILURES_MAX = 6;

  /** The result of a call while its circuit is open. */
  private static final FailedAttempt CIRCUIT_OPEN =
      FailedAttempt.withoutAnswer(
          "it failed %d times in a row for lists of this kind; the next try is not due yet"
              .formatted(FAILURES_MAX),
          false,
          null);

  private final Tokens tokens;
  private final Budgets budgets;
  private final HttpTransport http;
  private final URI base;
  private final Tasks tasks;
  private final RandomGenerator random;
  private final CircuitBreakers<Object> breakers = new CircuitBreakers<>(FAILURES_MAX);

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
   * Looks whether the budget allows one request in time, and takes nothing from it.
   *
   * @return when to ask again; empty if it allows one
   */
  public Optional<Instant> findBudgetWait(
      ProjectId project, ConnectionId connection, RateCategory category, Instant latest) {
    AccessToken token = tokens.accessTokenFor(project, connection);
    return budgets
        .findWait(category.budgetOf(token.budgetOwner()), category.assumed(), latest)
        .map(Answer.Wait::until);
  }

  /** Returns whether the circuit of a policy is open. */
  public boolean isOpen(Object circuit) {
    return breakers.isOpen(circuit);
  }

  /**
   * Calls Pinterest.
   *
   * @throws io.pinferry.base.PinferryException.NotFound if the connection is gone
   * @throws io.pinferry.base.PinferryException.ProviderRejected if the customer has to connect
   *     again
   * @throws io.pinferry.base.PinferryException.ProviderUnavailable if there is no token now, or the
   *     store of the budget fails
   */
  public <T> CallOutcome<T> call(
      ProjectId project, ConnectionId connection, PinterestRequest<T> request, CallPolicy policy) {
    return new Call<>(project, connection, request, policy).outcome();
  }

  /** One request with its repeats. */
  private final class Call<T> {
    private final ProjectId project;
    private final ConnectionId connection;
    private final PinterestRequest<T> request;
    private final CallPolicy policy;
    private final @Nullable AccountId account;
    private AccessToken token;
    private final Instant begun = tasks.now();
    private int replacements;
    private @Nullable Object circuit;

    Call(
        ProjectId project,
        ConnectionId connection,
        PinterestRequest<T> request,
        CallPolicy policy) {
      this.project = project;
      this.connection = connection;
      this.request = request;
      this.policy = policy;
      this.account = policy.account();
      this.token =
          account == null
              ? tokens.accessTokenFor(project, connection)
              : tokens.accessTokenFor(project, connection, account);
    }

    CallOutcome<T> outcome() {
      while (true) {
        CallOutcome<T> obstacle = obstacle();
        if (obstacle != null) {
          return obstacle;
        }
        CallOutcome<T> outcome = attempt();
        if (!(outcome instanceof CallOutcome.Failure<T>(FailedAttempt failed))) {
          reportSuccess();
          return outcome;
        }
        if (!isRepeated(failed)) {
          return outcome;
        }
      }
    }

    /** Returns why no request is sent; null if one may be sent now. */
    private @Nullable CallOutcome<T> obstacle() {
      if (account != null && !account.equals(token.account())) {
        return new CallOutcome.OtherAccount<>();
      }
      Optional<Instant> reserved = reservedUntil();
      if (reserved.isPresent()) {
        return new CallOutcome.BudgetWait<>(reserved.get());
      }
      circuit = policy.circuit(token.budgetOwner());
      if (circuit != null
          && !breakers.allowsCall(circuit, tasks.now())
          && !policy.ignoresOpenCircuit()) {
        return new CallOutcome.Failure<>(CIRCUIT_OPEN);
      }
      Answer answer = awaitPermit();
      if (answer instanceof Answer.Permit permit) {
        if (!policy.maySend()) {
          return new CallOutcome.Veto<>();
        }
        // The policy may have taken longer than the permit is valid.
        if (tasks.now().isAfter(permit.until())) {
          answer = awaitPermit();
        }
      }
      return answer instanceof Answer.Wait wait ? new CallOutcome.BudgetWait<>(wait.until()) : null;
    }

    /** Returns until when the rest of a quota is reserved for calls that are more urgent. */
    private Optional<Instant> reservedUntil() {
      Optional<Instant> reserved =
          policy.isUrgent() ? Optional.empty() : budgets.reservedUntil(token.budgetOwner());
      reserved.ifPresent(
          until ->
              policy
                  .log()
                  .warn(
                      "waits, since the rest of Pinterest's quota is reserved for triggers, writes"
                          + " and the proxy",
                      field("until", until)));
      return reserved.map(until -> until.plusMillis(random.nextLong(QUOTA_SPREAD_MILLIS)));
    }

    private Answer awaitPermit() {
      while (true) {
        Instant now = tasks.now();
        if (!policy.mayBegin(now)) {
          return new Answer.Wait(now, false);
        }
        Answer answer =
            budgets.acquire(
                budget(), request.category().assumed(), policy.priority(), policy.permitBy(now));
        switch (answer) {
          case Answer.Permit permit -> {
            policy.onPermit();
            tasks.sleepUntil(permit.at());
            // A process that stood still meanwhile takes another slot.
            if (!tasks.now().isAfter(permit.until())) {
              return permit;
            }
          }
          case Answer.Wait wait -> {
            if (!policy.waitsFor(wait, tasks.now())) {
              return wait;
            }
            if (wait.until().isAfter(tasks.now())) {
              tasks.sleepUntil(wait.until().plusMillis(random.nextLong(SPREAD_MILLIS)));
            }
          }
        }
      }
    }

    private BudgetKey budget() {
      return request.category().budgetOf(token.budgetOwner());
    }

    /** Sends the request once and learns the limits from the answer. */
    private CallOutcome<T> attempt() {
      HttpAnswer answer;
      policy.onSend();
      Instant sent = tasks.now();
      try {
        answer = http.send(httpCall());
        policy
            .log()
            .debug(
                "Pinterest answered",
                field("method", request.method()),
                field("path", request.uri().getPath()),
                field("status", answer.status()),
                field("durationMillis", Duration.between(sent, tasks.now()).toMillis()));
      } catch (TransportFailure e) {
        return new CallOutcome.Failure<>(
            FailedAttempt.withoutAnswer(String.valueOf(e.getMessage()), e.sent(), e));
      }
      RateLimits limits = RateLimits.of(answer);
      PinterestFailure failure;
      if (answer.isSuccess() && !answer.truncated()) {
        try {
          T value = request.reader().read(answer);
          learn(limits, true);
          return new CallOutcome.Success<>(value);
        } catch (IOException e) {
          failure = PinterestAnswers.unreadable(answer, String.valueOf(e.getMessage()));
        }
      } else {
        failure = PinterestAnswers.failure(answer, limits, tasks.now());
      }
      learn(limits, false);
      return new CallOutcome.Failure<>(new FailedAttempt(failure, true, answer, null));
    }

    private HttpCall httpCall() {
      Map<String, String> headers = new HashMap<>(request.headers());
      headers.put("authorization", "Bearer " + token.token().value());
      return new HttpCall(
          request.method(),
          request.uri(),
          headers,
          request.body(),
          policy.timeout(tasks.now()),
          request.answerBytesMax());
    }

    private void learn(RateLimits limits, boolean success) {
      budgets.learn(budget(), limits.budgetWindows(success));
      if (success && limits.quotaLow()) {
        Duration reset = limits.reset();
        budgets.reserve(
            token.budgetOwner(), tasks.now().plus(reset == null ? QUOTA_RESERVED : reset));
      }
    }

    /** Draws the conclusions from a failure. Returns whether the request is sent again. */
    private boolean isRepeated(FailedAttempt failed) {
      PinterestFailure failure = failed.failure();
      if (circuit != null && failure.kind() == Kind.UNAVAILABLE) {
        breakers.failed(circuit, tasks.now());
      }
      if (failure.kind() == Kind.RATE_LIMITED && failure.retryAt() != null) {
        budgets.pause(budget(), request.category().assumed(), failure.retryAt());
        policy.log().count(Metric.RATE_LIMITED);
        policy.log().warn("rate limited", field("until", failure.retryAt()));
      }
      Next next = policy.after(failed, tasks.now());
      if (failure.kind() == Kind.TOKEN_REJECTED && mayReplaceToken()) {
        replacements++;
        token = tokens.refreshAfterRejection(project, connection, token.version());
        return true;
      }
      if (next instanceof Next.RetryAt(Instant at)) {
        tasks.sleepUntil(at);
        return true;
      }
      return false;
    }

    /**
     * Returns whether another token may help. The first replacement may be a token that others
     * stored before this request began, and that Pinterest has rejected since.
     */
    private boolean mayReplaceToken() {
      return replacements == 0 || (replacements == 1 && token.issuedAt().isBefore(begun));
    }

    private void reportSuccess() {
      if (circuit != null) {
        breakers.answered(circuit);
      }
      try {
        tokens.reportSuccess(project, connection);
      } catch (RuntimeException e) {
        // The caller must not lose its answer for this note; the next success makes up for it.
        policy.log().warn("success not noted", e, field("connection", connection));
      }
    }
  }
}
