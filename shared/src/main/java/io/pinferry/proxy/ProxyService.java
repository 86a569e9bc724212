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
import io.pinferry.client.CallOutcome;
import io.pinferry.client.CallPolicy;
import io.pinferry.client.FailedAttempt;
import io.pinferry.client.PinterestClient;
import io.pinferry.client.PinterestRequest;
import io.pinferry.directory.Ids;
import io.pinferry.directory.InstallationId;
import io.pinferry.directory.ProjectId;
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
import io.pinferry.pinterest.PinterestFailure.Kind;
import io.pinferry.pinterest.RateCategory;
import io.pinferry.proxy.ProxyTargets.Name;
import io.pinferry.proxy.ProxyTargets.Target;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The proxy door: the same method, path, query, headers and body go to Pinterest with the
 * connection's token, and its status, headers and body come back. What Pinferry itself has to say
 * is a problem document with the subsystem {@code proxy}, which Pinterest never sends.
 *
 * <p>A request is sent twice only if Pinterest rejected its token, and so did nothing.
 */
public final class ProxyService implements RequestService {
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

  /** A body of theirs has no meaning in HTTP, and no client is bound to send it. */
  private static final Set<String> BODILESS_METHODS = Set.of("GET", "HEAD");

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
  private final PinterestClient client;
  private final URI api;
  private final Tasks tasks;
  private final Problems problems;
  private final Throttle throttle = new Throttle();

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
    Instant deadline = tasks.now().plus(TIME_MAX);
    Caller caller = guard.admit(request, Permission.PROXY, null);
    if (caller.keyId() != null) {
      log.note(field("caller", caller.keyId()));
    }
    if (!required(request, VERSION).equals("1")) {
      throw badHeader(VERSION, "must be 1, the only version there is");
    }
    ProjectId project = project(request, caller);
    Name name = name(request);
    boolean throttled = throttled(request);
    if (!METHODS.contains(request.method())) {
      return problems.ofWrongMethod(request, METHODS);
    }
    if (BODILESS_METHODS.contains(request.method()) && request.body().length > 0) {
      throw InvalidRequest.malformed(
          Issue.body("body", null, "must be empty, since the method is " + request.method()));
    }
    URI address = ProxyAddress.of(api, request.path(), request.rawQuery());
    Map<String, String> headers = ProxyHeaders.toPinterest(request.headers());
    Target target = targets.find(project, name).orElseThrow(() -> unknownInstallation(name));
    log.note(field("installation", target.installation()));
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
      Optional<Instant> wait = throttle.closedUntil(target.connection(), tasks.now());
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
    HttpAnswer answer;
    Instant limitedUntil = null;
    var policy = new Passing(log, deadline);
    var passed =
        new PinterestRequest<HttpAnswer>(
            request.method(),
            address,
            headers,
            request.body().length == 0 ? null : request.body(),
            category(request),
            ANSWER_BYTES_MAX,
            received -> received);
    switch (call(project, target, passed, policy)) {
      case CallOutcome.Success<HttpAnswer>(HttpAnswer received) -> answer = received;
      case CallOutcome.Failure<HttpAnswer>(FailedAttempt failed) -> {
        answer = failed.answer();
        if (answer == null) {
          throw noAnswer(request, failed);
        }
        if (failed.failure().kind() == Kind.RATE_LIMITED) {
          limitedUntil = failed.failure().retryAt();
        }
      }
      case CallOutcome.BudgetWait<HttpAnswer>(Instant until) -> {
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
      case CallOutcome.OtherAccount<HttpAnswer> _, CallOutcome.Veto<HttpAnswer> _ ->
          throw new IllegalStateException("the proxy expects no account and withholds nothing");
    }
    if (limitedUntil != null) {
      throttle.close(target.connection(), limitedUntil);
    }
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
    return throttled && answer.status() == 429 ? withRetry(response, limitedUntil) : response;
  }

  private static RateCategory category(ApiRequest request) {
    return RateCategory.of(request.method(), request.path());
  }

  /** Passes a request on; what is wrong with the connection becomes what the caller can do. */
  private CallOutcome<HttpAnswer> call(
      ProjectId project, Target target, PinterestRequest<HttpAnswer> request, Passing policy) {
    try {
      return client.call(project, target.connection(), request, policy);
    } catch (ProviderRejected e) {
      throw connectAgain(e);
    } catch (NotFound e) {
      throw connectAgain(e);
    }
  }

  private static PinferryException noAnswer(ApiRequest request, FailedAttempt failed) {
    String message = failed.failure().message();
    return failed.sent() && !SAFE_METHODS.contains(request.method())
        ? new OutcomeUnknown(
            "Pinterest may or may not have done it: " + message,
            "look at Pinterest whether it took effect before you repeat it",
            failed.cause())
        : new ProviderUnavailable("no answer of Pinterest: " + message, null, failed.cause());
  }

  /** A request is sent again only with another token; the caller decides about all else. */
  private final class Passing implements CallPolicy {
    private final RequestLog log;
    private final Instant deadline;
    private int callCount;

    Passing(RequestLog log, Instant deadline) {
      this.log = log;
      this.deadline = deadline;
    }

    @Override
    public Log log() {
      return log.log();
    }

    @Override
    public Instant permitBy(Instant now) {
      return now.plus(BUDGET_WAIT_MAX);
    }

    @Override
    public boolean maySend() {
      if (Duration.between(tasks.now(), deadline).compareTo(CALL_TIME_MIN) < 0) {
        throw new ProviderUnavailable(
            "getting a token took so long that no time was left for the request; it was not sent",
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
      return new Next.GiveUp();
    }
  }

  private static NotAllowed connectAgain(PinferryException failure) {
    return NotAllowed.forbidden(
        String.valueOf(failure.getMessage()),
        failure.remedy().orElse("the customer must connect the account again"));
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
