package io.pinferry.http;

import static io.pinferry.base.Issue.clipped;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.CodePoints;
import io.pinferry.base.Digest;
import io.pinferry.base.Issue;
import io.pinferry.base.Json;
import io.pinferry.base.PinferryException;
import io.pinferry.base.PinferryException.Conflict;
import io.pinferry.base.PinferryException.InvalidRequest;
import io.pinferry.base.PinferryException.NotAllowed;
import io.pinferry.base.PinferryException.NotFound;
import io.pinferry.base.PinferryException.OutcomeUnknown;
import io.pinferry.base.PinferryException.ProviderRejected;
import io.pinferry.base.PinferryException.ProviderUnavailable;
import io.pinferry.base.Redaction;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Turns each failure of a request into a problem document (RFC 9457, {@code
 * application/problem+json}). Members without a value are left out. All texts go through {@link
 * Redaction}.
 */
public final class Problems {
  /** The default delay before a repetition. */
  static final Duration RETRY_AFTER_UNKNOWN = Duration.ofSeconds(10);

  /** Issues in one document. A manifest can have thousands, and an answer has at most 6 MB. */
  public static final int ISSUES_MAX = 100;

  private static final int TEXT_LENGTH_MAX = 10_000;

  private static final Pattern UUID =
      Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

  private final InstantSource clock;

  public Problems(InstantSource clock) {
    this.clock = clock;
  }

  /** The request of a problem. */
  private record Origin(Door door, String requestId, Instant time) {}

  /**
   * A problem, before it is written.
   *
   * @param complete whether the detail alone has all information for a person
   */
  private record Problem(
      int status,
      String detail,
      @Nullable String remedy,
      @Nullable Boolean retryable,
      @Nullable Instant retryAfter,
      List<Issue> issues,
      boolean complete) {
    /** Returns a problem that a repetition does not solve. */
    static Problem of(int status, String detail, @Nullable String remedy) {
      return new Problem(status, detail, remedy, false, null, List.of(), false);
    }

    static Problem of(int status, PinferryException failure) {
      return of(status, String.valueOf(failure.getMessage()), failure.remedy().orElse(null));
    }

    Problem with(List<Issue> all, boolean completeDetail) {
      return new Problem(status, detail, remedy, retryable, retryAfter, all, completeDetail);
    }

    Problem retryAt(Instant instant) {
      return new Problem(status, detail, remedy, true, instant, issues, complete);
    }
  }

  /** Returns the answer for a failure. */
  public ApiResponse of(PinferryException failure, ApiRequest request) {
    Origin origin = origin(request);
    Problem problem =
        switch (failure) {
          case InvalidRequest invalid ->
              Problem.of(
                      switch (invalid.kind()) {
                        case MALFORMED -> 400;
                        case UNPROCESSABLE -> 422;
                        case TOO_LARGE -> 413;
                        case UNSUPPORTED -> 415;
                      },
                      invalid)
                  .with(invalid.issues(), false);
          case NotAllowed refused -> Problem.of(refused.authenticated() ? 403 : 401, refused);
          case NotFound missing -> Problem.of(404, missing);
          case Conflict conflict -> Problem.of(409, conflict);
          case ProviderRejected rejected -> Problem.of(422, rejected).with(rejected.issues(), true);
          case ProviderUnavailable down ->
              Problem.of(503, down)
                  .retryAt(down.retryAt().orElse(origin.time().plus(RETRY_AFTER_UNKNOWN)));
          // Not a 5xx: clients repeat those by themselves, and a repetition could do it twice.
          case OutcomeUnknown unknown -> Problem.of(409, unknown);
        };
    return response(problem, origin);
  }

  /** Returns the answer for a bug: no details, only the request id for the log. */
  public ApiResponse ofBug(Door door, String requestId) {
    return response(
        new Problem(
            500,
            "the request failed because of a fault in Pinferry; see the log for this request id",
            null,
            null,
            null,
            List.of(),
            false),
        new Origin(door, requestId, now()));
  }

  /** Returns the answer if an answer is longer than API Gateway passes on. */
  public ApiResponse ofLongAnswer(ApiRequest request, int bytes) {
    String detail =
        "the answer has %s bytes, and at most %s can be passed on"
            .formatted(bytes, ApiResponse.BYTES_MAX);
    return request.isSafe()
        ? response(
            Problem.of(422, detail, "ask for less: a smaller pageSize, or one groupRef at a time"),
            origin(request))
        // As for an unknown outcome: a client must not repeat what was done.
        : response(
            Problem.of(
                409,
                "the request was carried out, but " + detail,
                "do not repeat it; read its result, for a write in its operation"),
            origin(request));
  }

  /** Returns the answer if a request does not end in time. */
  public ApiResponse ofLate(ApiRequest request, Duration time) {
    String detail =
        "the request did not end within %s s, because a service behind it does not answer"
            .formatted(time.toSeconds());
    Origin origin = origin(request);
    return request.isSafe()
        ? response(
            Problem.of(503, detail, null).retryAt(origin.time().plus(RETRY_AFTER_UNKNOWN)), origin)
        // As for an unknown outcome: a client must not repeat what may be done.
        : response(
            Problem.of(409, detail, "read what it should have changed before you repeat it"),
            origin);
  }

  /** Returns the answer for a path without a route. */
  public ApiResponse ofUnknownPath(ApiRequest request) {
    String detail =
        "there is nothing at %s on the %s host"
            .formatted(clipped(request.path()), request.door().text());
    return response(Problem.of(404, detail, remedy(request.path())), origin(request));
  }

  private static String remedy(String unknownPath) {
    if (unknownPath.startsWith("//")) {
      return "the base URL of the client must not end in a slash";
    }
    if (unknownPath.contains("//")) {
      return "a part between two slashes is empty: fill in the missing id or name, or leave one"
          + " slash out";
    }
    return unknownPath.length() > 1 && unknownPath.endsWith("/")
        ? "leave out the slash at the end, or fill in the id or name that is missing after it"
        : "check the path, and that the host is the right one of api, read, write and proxy";
  }

  /** Returns the answer for a wrong method of a path. */
  public ApiResponse ofWrongMethod(ApiRequest request, List<String> allowed) {
    String allow = String.join(", ", allowed);
    String detail =
        clipped(request.path()) + " does not have the method " + clipped(request.method());
    return response(Problem.of(405, detail, "use " + allow), origin(request))
        .withHeader("allow", allow);
  }

  /** Returns the answer for a request that must wait, because a limit is used up. */
  public ApiResponse ofThrottled(ApiRequest request, String detail, Instant retryAt) {
    return response(Problem.of(429, detail, null).retryAt(retryAt), origin(request));
  }

  /** Returns the answer if an answer of Pinterest cannot be passed on. */
  public ApiResponse ofUnusableAnswer(ApiRequest request, String detail, String remedy) {
    return response(Problem.of(502, detail, remedy), origin(request));
  }

  private Origin origin(ApiRequest request) {
    return new Origin(request.door(), request.requestId(), now());
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }

  private static ApiResponse response(Problem problem, Origin origin) {
    ObjectNode document = Json.object();
    document.put("type", "about:blank");
    document.put("title", title(problem.status()));
    document.put("status", problem.status());
    document.put("detail", Redaction.apply(bounded(problem.detail())));
    document.put("instance", "urn:uuid:" + uuid(origin.requestId()));
    document.put("subsystem", origin.door().text());
    document.put("time", origin.time().toString());
    document.put("requestId", origin.requestId());
    addCauses(document, problem);
    if (problem.remedy() != null) {
      document.put("remedy", Redaction.apply(bounded(problem.remedy())));
    }
    if (problem.retryable() != null) {
      document.put("retryable", problem.retryable());
    }
    Instant retryAfter = problem.retryAfter();
    if (retryAfter != null) {
      document.put("retryAfter", retryAfter.truncatedTo(ChronoUnit.SECONDS).toString());
    }
    if (!problem.issues().isEmpty()) {
      ArrayNode issues = document.putArray("issues");
      problem.issues().stream().limit(ISSUES_MAX).forEach(issue -> issues.add(node(issue)));
    }
    ApiResponse response =
        ApiResponse.text(problem.status(), "application/problem+json", Json.text(document));
    return retryAfter == null
        ? response
        : response.withHeader("retry-after", secondsUntil(retryAfter, origin.time()));
  }

  /**
   * Adds the causes. Clients show them instead of the detail, so together they must be complete. If
   * the detail is complete, there are none.
   */
  private static void addCauses(ObjectNode document, Problem problem) {
    List<Issue> issues = problem.issues();
    if (issues.isEmpty() || problem.complete()) {
      return;
    }
    ArrayNode causes = document.putArray("causes");
    if (issues.size() > 1 || !problem.detail().contains(issues.getFirst().text())) {
      causes.add(Redaction.apply(bounded(problem.detail())));
    }
    issues.stream().limit(ISSUES_MAX).forEach(issue -> causes.add(Redaction.apply(issue.text())));
    if (issues.size() > ISSUES_MAX) {
      causes.add("and " + (issues.size() - ISSUES_MAX) + " more");
    }
  }

  private static String bounded(String text) {
    return CodePoints.clipped(text, TEXT_LENGTH_MAX);
  }

  private static ObjectNode node(Issue issue) {
    ObjectNode node = Json.object();
    node.put("in", issue.in().text());
    node.put("name", issue.name());
    if (issue.value() != null) {
      node.put("value", Redaction.apply(issue.value()));
    }
    node.put("detail", Redaction.apply(issue.detail()));
    return node;
  }

  private static String uuid(String requestId) {
    return UUID.matcher(requestId).matches() ? requestId : Digest.of("request", requestId).uuid();
  }

  private static String secondsUntil(Instant retryAfter, Instant now) {
    long millis = Duration.between(now, retryAfter).toMillis();
    return Long.toString(Math.max(1, Math.ceilDiv(millis, 1_000)));
  }

  private static String title(int status) {
    return switch (status) {
      case 400 -> "Bad Request";
      case 401 -> "Unauthorized";
      case 403 -> "Forbidden";
      case 404 -> "Not Found";
      case 405 -> "Method Not Allowed";
      case 409 -> "Conflict";
      case 413 -> "Content Too Large";
      case 415 -> "Unsupported Media Type";
      case 422 -> "Unprocessable Entity";
      case 429 -> "Too Many Requests";
      case 500 -> "Internal Server Error";
      case 502 -> "Bad Gateway";
      case 503 -> "Service Unavailable";
      default -> throw new IllegalStateException("no problem has the status " + status);
    };
  }
}
