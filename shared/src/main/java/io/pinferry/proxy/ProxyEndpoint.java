package io.pinferry.proxy;

import static io.pinferry.base.Field.field;

import io.pinferry.base.Issue;
import io.pinferry.base.Log;
import io.pinferry.base.PinferryException;
import io.pinferry.base.PinferryException.InvalidRequest;
import io.pinferry.base.PinferryException.NotAllowed;
import io.pinferry.base.PinferryException.NotFound;
import io.pinferry.base.PinferryException.OutcomeUnknown;
import io.pinferry.base.PinferryException.ProviderRejected;
import io.pinferry.base.PinferryException.ProviderUnavailable;
import io.pinferry.base.Tasks;
import io.pinferry.connection.AccessToken;
import io.pinferry.connection.AccessTokens;
import io.pinferry.directory.Ids;
import io.pinferry.directory.InstallationId;
import io.pinferry.directory.ProjectId;
import io.pinferry.directory.ProxyRule;
import io.pinferry.http.ApiRequest;
import io.pinferry.http.ApiResponse;
import io.pinferry.http.Caller;
import io.pinferry.http.Door;
import io.pinferry.http.Guard;
import io.pinferry.http.Permission;
import io.pinferry.http.Problems;
import io.pinferry.limit.BudgetKey;
import io.pinferry.limit.Budgets;
import io.pinferry.net.HttpAnswer;
import io.pinferry.net.HttpCall;
import io.pinferry.net.HttpTransport;
import io.pinferry.net.TransportFailure;
import io.pinferry.pinterest.PassedAnswer;
import io.pinferry.pinterest.RateCategory;
import io.pinferry.pinterest.RateLimits;
import io.pinferry.proxy.ProxyTargets.Name;
import io.pinferry.proxy.ProxyTargets.Target;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The proxy door: the same method, path, query, headers and body go to Pinterest with the
 * connection's token, and its status, headers and body come back. What Pinferry itself has to say
 * is a problem document with the subsystem {@code proxy}, which Pinterest never sends.
 *
 * <p>A request is sent twice only if Pinterest rejected its token, and so did nothing.
 */
public final class ProxyEndpoint {
  /** An HTTP API gives up after 30 s; before that the caller should hear why. */
  static final Duration TIME_MAX = Duration.ofSeconds(27);

  /** With less than this left no call is begun. */
  static final Duration CALL_TIME_MIN = Duration.ofSeconds(1);

  /**
   * Lambda's answers are limited to 6 MB, of which base64 leaves three quarters, less the headers.
   */
  static final int ANSWER_BYTES_MAX = 4_400_000;

  /** The longest wait for the budget; more than that the caller should decide about. */
  static final Duration BUDGET_WAIT_MAX = Duration.ofSeconds(1);

  private static final List<String> METHODS =
      List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");

  /** Methods that change nothing, so that a caller may repeat them whatever happened. */
  private static final Set<String> SAFE_METHODS = Set.of("GET", "HEAD", "OPTIONS");

  /** The contract's form of a time in a header: that of HTTP, but UTC by its name. */
  private static final DateTimeFormatter RETRY_AFTER =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'UTC'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private static final String VERSION = "x-amp-proxy-version";
  private static final String PROJECT = "x-amp-project-id";
  private static final String INSTALLATION = "x-amp-installation-id";
  private static final String INTEGRATION = "x-amp-integration-name";
  private static final String GROUP = "x-amp-group-ref";
  private static final String LIMITER = "x-amp-rate-limiter-mode";

  private final Guard guard;
  private final ProxyTargets targets;
  private final AccessTokens tokens;
  private final HttpTransport http;
  private final URI api;
  private final Log log;
  private final Tasks tasks;
  private final InstantSource clock;
  private final Budgets budgets;
  private final Problems problems;
  private final Throttle throttle = new Throttle();

  /**
   * Makes an endpoint.
   *
   * @param api scheme and host of Pinterest's API
   */
  public ProxyEndpoint(
      Guard guard,
      ProxyTargets targets,
      AccessTokens tokens,
      Budgets budgets,
      HttpTransport http,
      URI api,
      Log log,
      Tasks tasks) {
    this.guard = guard;
    this.targets = targets;
    this.tokens = tokens;
    this.http = http;
    this.api = api;
    this.log = log;
    this.budgets = budgets;
    this.tasks = tasks;
    this.clock = tasks::now;
    this.problems = new Problems(clock);
  }

  /**
   * Answers one event of an API Gateway HTTP API.
   *
   * @throws IOException if the answer cannot be written
   */
  public void handle(InputStream event, OutputStream answer) throws IOException {
    ApiRequest request;
    try {
      request = ApiRequest.read(Door.PROXY, event);
    } catch (IOException e) {
      log.error("event cannot be read", e, field("door", Door.PROXY.text()));
      problems.ofBug(Door.PROXY, "-").writeTo(answer);
      return;
    }
    answer(request).writeTo(answer);
  }

  /** What is known of a request when it ends. */
  private static final class Seen {
    private String caller = "-";
    private String installation = "-";
    private int callCount;
  }

  /** Answers one request; throws nothing that a request can cause. */
  public ApiResponse answer(ApiRequest request) {
    Instant start = clock.instant();
    Log scoped =
        log.with(
            field("requestId", request.requestId()),
            field("door", request.door().text()),
            field("method", request.method()));
    var seen = new Seen();
    ApiResponse response;
    try {
      response = pass(request, scoped, seen, start.plus(TIME_MAX));
    } catch (PinferryException e) {
      if (e.getCause() != null) {
        scoped.warn("request refused", e, field("installation", seen.installation));
      }
      response = problems.of(e, request);
    } catch (RuntimeException e) {
      scoped.error("request failed", e, field("installation", seen.installation));
      response = problems.ofBug(request.door(), request.requestId());
    }
    scoped.info(
        "request answered",
        field("status", response.status()),
        field("caller", seen.caller),
        field("installation", seen.installation),
        field("callCount", seen.callCount),
        field("durationMillis", Duration.between(start, clock.instant()).toMillis()));
    return response;
  }

  private ApiResponse pass(ApiRequest request, Log scoped, Seen seen, Instant deadline) {
    Caller caller = guard.admit(request, Permission.PROXY, null);
    seen.caller = caller.keyId() == null ? "-" : caller.keyId();
    if (!required(request, VERSION).equals("1")) {
      throw badHeader(VERSION, "must be 1, the only version there is");
    }
    ProjectId project = project(request, caller);
    Name name = name(request);
    boolean throttled = throttled(request);
    if (!METHODS.contains(request.method())) {
      return problems.ofWrongMethod(request, METHODS);
    }
    URI address = ProxyAddress.of(api, request.path(), request.rawQuery());
    Map<String, String> headers = ProxyHeaders.toPinterest(request.headers());
    Target target = targets.find(project, name).orElseThrow(() -> unknownInstallation(name));
    seen.installation = target.installation().value();
    if (!target.enabled()) {
      throw NotAllowed.forbidden(
          "installation " + target.installation() + " may not use the proxy",
          "set proxy.enabled to true in the integration's amp.yaml, and leave"
              + " config.content.proxy.enabled of the installation out or set it to true");
    }
    if (!target.allows(request.method(), request.path())) {
      throw NotAllowed.forbidden(
          "the project does not let "
              + request.method()
              + " of this path through its proxy; it allows "
              + target.allowed().stream().map(ProxyRule::text).collect(Collectors.joining(", ")),
          "change proxyAllowed of the project if it should");
    }
    if (throttled) {
      Optional<Instant> wait = throttle.closedUntil(target.connection(), clock.instant());
      if (wait.isPresent()) {
        return withRetry(
            problems.ofThrottled(
                request,
                "the request limit of connection "
                    + target.connection()
                    + " is used up; nothing was sent to Pinterest",
                wait.get()),
            wait.get());
      }
    }
    Sent sent = send(request, address, headers, project, target, seen, deadline);
    HttpAnswer answer;
    switch (sent) {
      case Sent.Answered(HttpAnswer received) -> answer = received;
      case Sent.Held(Instant until) -> {
        ApiResponse held =
            problems.ofThrottled(
                request,
                "the request limit for "
                    + category(request).text()
                    + " of connection "
                    + target.connection()
                    + " is used up; nothing was sent to Pinterest",
                until);
        return throttled ? withRetry(held, until) : held;
      }
    }
    if (answer.isSuccess()) {
      reportSuccess(project, target, scoped);
    }
    Optional<Instant> limitedUntil = PassedAnswer.limitedUntil(answer, clock.instant());
    limitedUntil.ifPresent(until -> throttle.close(target.connection(), until));
    if (answer.truncated()) {
      return problems.ofUnusableAnswer(
          request,
          "Pinterest answered "
              + answer.status()
              + " with more than "
              + ANSWER_BYTES_MAX
              + " bytes, more than can be passed on",
          SAFE_METHODS.contains(request.method())
              ? "ask for less at once, for example with a smaller page_size"
              : "do not repeat it blindly: Pinterest has handled the request; read the result with"
                  + " requests that ask for less");
    }
    ApiResponse response = ProxyBody.response(answer);
    return throttled && answer.status() == 429
        ? withRetry(response, limitedUntil.orElse(null))
        : response;
  }

  /** What came of passing a request on. */
  private sealed interface Sent {
    record Answered(HttpAnswer answer) implements Sent {}

    /** Nothing was sent: the budget permits no request before then. */
    record Held(Instant until) implements Sent {}
  }

  private static RateCategory category(ApiRequest request) {
    return RateCategory.of(request.method(), request.path());
  }

  private Sent send(
      ApiRequest request,
      URI address,
      Map<String, String> headers,
      ProjectId project,
      Target target,
      Seen seen,
      Instant deadline) {
    AccessToken token = usable(() -> tokens.accessTokenFor(project, target.connection()));
    Sent sent = sendWithin(request, address, headers, token, seen, deadline);
    if (!(sent instanceof Sent.Answered(HttpAnswer answer)) || !PassedAnswer.rejectsToken(answer)) {
      return sent;
    }
    AccessToken other =
        usable(() -> tokens.refreshAfterRejection(project, target.connection(), token.version()));
    return sendWithin(request, address, headers, other, seen, deadline);
  }

  /** Sends a request when the budget permits it, and takes note of what the answer says of it. */
  private Sent sendWithin(
      ApiRequest request,
      URI address,
      Map<String, String> headers,
      AccessToken token,
      Seen seen,
      Instant deadline) {
    RateCategory category = category(request);
    BudgetKey budget = category.budgetOf(token.budgetOwner());
    switch (budgets.acquire(budget, category.assumed(), tasks.now().plus(BUDGET_WAIT_MAX))) {
      case Budgets.Answer.NotBefore held -> {
        return new Sent.Held(held.at());
      }
      case Budgets.Answer.Permit permit -> tasks.sleepUntil(permit.at());
    }
    HttpAnswer answer = send(request, address, headers, token, seen, deadline);
    budgets.learn(budget, RateLimits.of(answer).budgetWindows(answer.isSuccess()));
    PassedAnswer.limitedUntil(answer, tasks.now())
        .ifPresent(until -> budgets.pause(budget, category.assumed(), until));
    return new Sent.Answered(answer);
  }

  private HttpAnswer send(
      ApiRequest request,
      URI address,
      Map<String, String> headers,
      AccessToken token,
      Seen seen,
      Instant deadline) {
    Duration left = Duration.between(clock.instant(), deadline);
    if (left.compareTo(CALL_TIME_MIN) < 0) {
      throw new ProviderUnavailable(
          "getting a token took so long that no time was left for the request; it was not sent",
          null,
          null);
    }
    Map<String, String> all = new HashMap<>(headers);
    all.put("authorization", "Bearer " + token.token().value());
    byte[] body = request.body();
    var call =
        new HttpCall(
            request.method(), address, all, body.length == 0 ? null : body, left, ANSWER_BYTES_MAX);
    seen.callCount++;
    try {
      return http.send(call);
    } catch (TransportFailure e) {
      if (e.sent() && !SAFE_METHODS.contains(request.method())) {
        throw new OutcomeUnknown(
            "Pinterest may or may not have done it: " + e.getMessage(),
            "look at Pinterest whether it took effect before you repeat it",
            e);
      }
      throw new ProviderUnavailable("no answer of Pinterest: " + e.getMessage(), null, e);
    }
  }

  /** Turns what is wrong with a connection into what the caller can do about it. */
  private static AccessToken usable(Supplier<AccessToken> source) {
    try {
      return source.get();
    } catch (ProviderRejected e) {
      throw connectAgain(e);
    } catch (NotFound e) {
      throw connectAgain(e);
    }
  }

  private static NotAllowed connectAgain(PinferryException failure) {
    return NotAllowed.forbidden(
        String.valueOf(failure.getMessage()),
        failure.remedy().orElse("the customer must connect the account again"));
  }

  /** Pinterest has done what was asked; that its answer arrives matters more than this note. */
  private void reportSuccess(ProjectId project, Target target, Log scoped) {
    try {
      tokens.reportSuccess(project, target.connection());
    } catch (RuntimeException e) {
      scoped.warn("success not noted", e, field("connection", target.connection()));
    }
  }

  /**
   * @param retryAt null if a repeat is not worth trying
   */
  private static ApiResponse withRetry(ApiResponse response, @Nullable Instant retryAt) {
    ApiResponse marked = response.withHeader("x-amp-retryable", Boolean.toString(retryAt != null));
    return retryAt == null
        ? marked
        : marked.withHeader("x-amp-retry-after", RETRY_AFTER.format(wholeSecond(retryAt)));
  }

  /** The form has no fraction, and a second too early is answered with another 429. */
  private static Instant wholeSecond(Instant instant) {
    return instant.plusNanos(999_999_999).truncatedTo(ChronoUnit.SECONDS);
  }

  private static ProjectId project(ApiRequest request, Caller caller) {
    String id = required(request, PROJECT);
    if (!Ids.isUuid(id)) {
      throw badHeader(PROJECT, "must be the project's id; its name is not accepted here");
    }
    String own = caller.projectId();
    // The same answer whether or not there is such a project.
    if (own != null && !own.equals(id)) {
      throw badHeader(PROJECT, "is not the project that the key in x-api-key belongs to");
    }
    return new ProjectId(id);
  }

  private static Name name(ApiRequest request) {
    Optional<String> installation = optional(request, INSTALLATION);
    if (installation.isPresent()) {
      if (!Ids.isUuid(installation.get())) {
        throw badHeader(INSTALLATION, "must be the id of an installation");
      }
      return new Name.OfInstallation(new InstallationId(installation.get()));
    }
    Optional<String> integration = optional(request, INTEGRATION);
    Optional<String> group = optional(request, GROUP);
    if (integration.isEmpty() && group.isEmpty()) {
      throw badHeader(
          INSTALLATION,
          "is missing; send it, or both " + INTEGRATION + " and " + GROUP + " instead");
    }
    return new Name.OfGroup(
        integration.orElseThrow(
            () -> badHeader(INTEGRATION, "is missing; " + GROUP + " alone names no installation")),
        group.orElseThrow(
            () -> badHeader(GROUP, "is missing; " + INTEGRATION + " alone names no installation")));
  }

  private static InvalidRequest unknownInstallation(Name name) {
    return switch (name) {
      case Name.OfInstallation one ->
          badHeader(INSTALLATION, "the project has no installation " + one.id());
      case Name.OfGroup one ->
          badHeader(GROUP, "this group has no installation of the integration in " + INTEGRATION);
    };
  }

  private static boolean throttled(ApiRequest request) {
    return optional(request, LIMITER)
        .map(
            mode -> {
              if (!mode.equalsIgnoreCase("throttle")) {
                throw badHeader(LIMITER, "must be throttle where it is sent");
              }
              return true;
            })
        .orElse(false);
  }

  private static Optional<String> optional(ApiRequest request, String header) {
    return request.header(header).map(String::strip).filter(value -> !value.isEmpty());
  }

  private static String required(ApiRequest request, String header) {
    return optional(request, header).orElseThrow(() -> badHeader(header, "is missing"));
  }

  private static InvalidRequest badHeader(String header, String detail) {
    return InvalidRequest.malformed(Issue.header(header, null, detail));
  }
}
