package io.pinferry.proxy;

import static io.pinferry.base.Field.field;

import io.pinferry.base.ExpiringCache;
import io.pinferry.base.Issue;
import io.pinferry.base.Log;
import io.pinferry.base.PinferryException;
import io.pinferry.base.PinferryException.NotAllowed;
import io.pinferry.base.PinferryException.NotFound;
import io.pinferry.base.PinferryException.OutcomeUnknown;
import io.pinferry.base.PinferryException.ProviderRejected;
import io.pinferry.base.PinferryException.ProviderUnavailable;
import io.pinferry.base.Tasks;
import io.pinferry.client.CallOutcome;
import io.pinferry.client.CallPolicy;
import io.pinferry.client.FailedAttempt;
import io.pinferry.client.PinterestClient;
import io.pinferry.client.PinterestRequest;
import io.pinferry.directory.ConnectionId;
import io.pinferry.directory.ProxyRule;
import io.pinferry.http.ApiRequest;
import io.pinferry.http.ApiResponse;
import io.pinferry.http.Caller;
import io.pinferry.http.Guard;
import io.pinferry.http.Permission;
import io.pinferry.http.Problems;
import io.pinferry.http.RequestLog;
import io.pinferry.http.RequestService;
import io.pinferry.net.HttpAnswer;
import io.pinferry.pinterest.PinterestFailure;
import io.pinferry.pinterest.PinterestFailure.Kind;
import io.pinferry.pinterest.RateCategory;
import io.pinferry.pinterest.RateLimits;
import io.pinferry.proxy.ProxyTargets.Target;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The proxy door: the same method, path, query, headers and body go to Pinterest with the
 * connection's token, and its status, headers and body come back. Pinferry's own answers are
 * problem documents with the subsystem {@code proxy}, which Pinterest never sends.
 *
 * <p>A request is sent twice only if Pinterest rejected its token, and so did nothing.
 */
public final class ProxyService implements RequestService {
  /** An HTTP API gives up after 30 s; before that the caller should hear why. */
  static final Duration TIME_MAX = Duration.ofSeconds(27);

  /** With less than this left no call begins. */
  static final Duration CALL_TIME_MIN = Duration.ofSeconds(1);

  /**
   * Lambda's answers are limited to 6 MB. Base64 leaves three quarters of that, minus the headers.
   */
  static final int ANSWER_BYTES_MAX = 4_400_000;

  /**
   * The longest wait for the budget, and for the end of a pause after a 429 of Pinterest; the
   * caller decides about a longer one. Who waits has a turn in the ledger that all environments
   * share. Who is told to come back competes anew, and may lose again and again.
   */
  static final Duration BUDGET_WAIT_MAX = Duration.ofSeconds(20);

  /** The same for callers that want to be told. */
  static final Duration BUDGET_WAIT_IF_THROTTLING = Duration.ofSeconds(1);

  private static final int CONNECTIONS_MAX = 1_000;

  private static final List<String> METHODS =
      List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");

  /** A body with these methods has no meaning in HTTP, and clients need not send it. */
  private static final Set<String> BODILESS_METHODS = Set.of("GET", "HEAD");

  /** The contract's form of a time in a header: that of HTTP, but with UTC for GMT. */
  private static final DateTimeFormatter RETRY_AFTER =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'UTC'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private final Guard guard;
  private final ProxyTargets targets;
  private final PinterestClient client;
  private final URI api;
  private final Tasks tasks;
  private final Problems problems;

  /** When a used-up limit of a connection is reset, as far as this process has been told. */
  private final ExpiringCache<ConnectionId, Instant> resets = new ExpiringCache<>(CONNECTIONS_MAX);

  /**
   * Makes the service.
   *
   * @param api scheme and host of Pinterest's API
   */
  public ProxyService(
      Guard guard, ProxyTargets targets, PinterestClient client, URI api, Tasks tasks) {
    this.guard = guard;
    this.targets = targets;
    this.client = client;
    this.api = api;
    this.tasks = tasks;
    this.problems = new Problems(tasks::now);
  }

  @Override
  public ApiResponse answer(ApiRequest request, RequestLog log) {
    log.note(field("caller", "-"));
    log.note(field("installation", "-"));
    log.note(field("callCount", 0));
    Instant begun = tasks.now();
    Caller caller = guard.admit(request, Permission.PROXY, null);
    if (caller.keyId() != null) {
      log.note(field("caller", caller.keyId()));
    }
    ProxyRequest headers = ProxyRequest.of(request, caller);
    if (!METHODS.contains(request.method())) {
      return problems.ofWrongMethod(request, METHODS);
    }
    PinterestRequest<HttpAnswer> passed = passed(request);
    Target target =
        targets
            .find(headers.project(), headers.installation())
            .orElseThrow(headers::unknownInstallation);
    log.note(field("installation", target.installation()));
    checkAllowed(request, target);
    Optional<Instant> reset =
        headers.throttles() ? resets.find(target.connection(), tasks.now()) : Optional.empty();
    if (reset.isPresent()) {
      return throttled(request, "connection " + target.connection(), headers, reset.get());
    }
    return switch (call(headers, target, passed, new ProxyPolicy(log, headers, begun))) {
      case CallOutcome.Success<HttpAnswer>(HttpAnswer answer) -> ProxyBody.response(answer);
      case CallOutcome.Failure<HttpAnswer>(FailedAttempt attempt) ->
          failure(request, headers, target, attempt);
      case CallOutcome.BudgetWait<HttpAnswer>(Instant until) ->
          throttled(
              request,
              passed.category().text() + " of connection " + target.connection(),
              headers,
              until);
      case CallOutcome.OtherAccount<HttpAnswer> _, CallOutcome.Veto<HttpAnswer> _ ->
          throw new IllegalStateException("the policy of the proxy allows every account and call");
    };
  }

  private PinterestRequest<HttpAnswer> passed(ApiRequest request) {
    byte[] body = request.body();
    if (BODILESS_METHODS.contains(request.method()) && body.length > 0) {
      throw Issue.body("body", "must be empty, since the method is " + request.method())
          .malformed();
    }
    return new PinterestRequest<>(
        request.method(),
        ProxyAddress.of(api, request.path(), request.rawQuery()),
        ProxyHeaders.toPinterest(request.headers()),
        body.length == 0 ? null : body,
        RateCategory.of(request.method(), request.path()),
        ANSWER_BYTES_MAX,
        answer -> answer);
  }

  private static void checkAllowed(ApiRequest request, Target target) {
    if (!target.enabled()) {
      throw NotAllowed.forbidden(
          "installation " + target.installation() + " may not use the proxy",
          "set proxy.enabled to true in the integration's amp.yaml, and leave"
              + " config.content.proxy.enabled of the installation out or set it to true");
    }
    if (!target.allows(request.method(), request.path())) {
      throw NotAllowed.forbidden(
          "the project does not allow "
              + request.method()
              + " of this path through its proxy; it allows "
              + target.allowed().stream().map(ProxyRule::text).collect(Collectors.joining(", ")),
          "change proxyAllowed of the project to allow it");
    }
  }

  private CallOutcome<HttpAnswer> call(
      ProxyRequest headers,
      Target target,
      PinterestRequest<HttpAnswer> request,
      CallPolicy policy) {
    try {
      return client.call(headers.project(), target.connection(), request, policy);
    } catch (ProviderRejected | NotFound e) {
      throw NotAllowed.forbidden(
          String.valueOf(e.getMessage()),
          e.remedy().orElse("the customer must connect the account again"));
    }
  }

  private ApiResponse failure(
      ApiRequest request, ProxyRequest headers, Target target, FailedAttempt attempt) {
    HttpAnswer answer = attempt.answer();
    if (answer == null) {
      throw noAnswer(request, attempt);
    }
    Instant reset =
        attempt.failure().kind() == Kind.RATE_LIMITED ? attempt.failure().retryAt() : null;
    if (reset != null) {
      resets.putUnlessEarlier(target.connection(), reset, reset);
    }
    if (answer.truncated()) {
      return problems.ofUnusableAnswer(
          request,
          "Pinterest answered "
              + answer.status()
              + " with more than "
              + ANSWER_BYTES_MAX
              + " bytes, more than can be passed on",
          request.isSafe()
              ? "ask for less at once, for example with a smaller page_size"
              : "do not repeat it blindly: Pinterest has handled the request; read the result with"
                  + " requests that ask for less");
    }
    if (answer.status() < 200 || answer.status() > 599) {
      return problems.ofUnusableAnswer(
          request,
          "the answer has status "
              + answer.status()
              + ", which HTTP does not know; a gateway before Pinterest may have sent it",
          request.isSafe()
              ? "try again later"
              : "check at Pinterest whether the request took effect before you repeat it");
    }
    ApiResponse response = ProxyBody.response(answer);
    return headers.throttles() && answer.status() == 429 ? withRetry(response, reset) : response;
  }

  private static PinferryException noAnswer(ApiRequest request, FailedAttempt attempt) {
    String message = attempt.failure().message();
    return attempt.sent() && !request.isSafe()
        ? new OutcomeUnknown(
            "Pinterest may or may not have done it: " + message,
            "check at Pinterest whether it took effect before you repeat it",
            attempt.cause())
        : new ProviderUnavailable("no answer from Pinterest: " + message, null, attempt.cause());
  }

  private ApiResponse throttled(
      ApiRequest request, String limited, ProxyRequest headers, Instant until) {
    String detail =
        "the request limit for " + limited + " is used up; Pinterest has not handled the request";
    ApiResponse problem = problems.ofThrottled(request, detail, until);
    // Clients of Pinterest read the wait from its own header, and some from no other.
    String wait = Objects.requireNonNull(problem.headers().get("retry-after"));
    ApiResponse response = problem.withHeader(RateLimits.RESET_HEADER, wait);
    return headers.throttles() ? withRetry(response, until) : response;
  }

  /**
   * @param retryAt null if a repeat is not worth trying
   */
  private static ApiResponse withRetry(ApiResponse response, @Nullable Instant retryAt) {
    ApiResponse marked = response.withHeader("x-amp-retryable", Boolean.toString(retryAt != null));
    if (retryAt == null) {
      return marked;
    }
    // The header has no fraction. Rounded down, it would bring the caller back a moment too early.
    Instant second = retryAt.plusNanos(999_999_999).truncatedTo(ChronoUnit.SECONDS);
    return marked.withHeader("x-amp-retry-after", RETRY_AFTER.format(second));
  }

  /**
   * Repeats a request with a new token, and after a 429 of Pinterest, which says that nothing was
   * done. The caller decides about all other repeats.
   */
  private final class ProxyPolicy implements CallPolicy {
    private final RequestLog log;
    private final boolean throttles;
    private final Instant permitBy;
    private final Instant deadline;
    private int callCount;

    ProxyPolicy(RequestLog log, ProxyRequest headers, Instant begun) {
      this.log = log;
      this.throttles = headers.throttles();
      this.permitBy = begun.plus(throttles ? BUDGET_WAIT_IF_THROTTLING : BUDGET_WAIT_MAX);
      this.deadline = begun.plus(TIME_MAX);
    }

    @Override
    public Log log() {
      return log.log();
    }

    @Override
    public Instant permitBy(Instant now) {
      return permitBy;
    }

    @Override
    public boolean maySend() {
      if (timeout(tasks.now()).compareTo(CALL_TIME_MIN) < 0) {
        throw new ProviderUnavailable(
            "it took too long to get a token; no time was left for the request, so it was not sent",
            null,
            null);
      }
      return true;
    }

    @Override
    public void onSend() {
      log.note(field("callCount", ++callCount));
    }

    @Override
    public Duration timeout(Instant now) {
      return Duration.between(now, deadline);
    }

    @Override
    public Next after(FailedAttempt attempt, Instant now) {
      PinterestFailure failure = attempt.failure();
      Instant retryAt = failure.retryAt();
      if (throttles
          || failure.kind() != Kind.RATE_LIMITED
          || retryAt == null
          || retryAt.isAfter(permitBy)) {
        return new Next.GiveUp();
      }
      return new Next.RetryAt(retryAt);
    }
  }
}
