package io.pinferry.http;

import static io.pinferry.base.Field.field;

import io.pinferry.base.Log;
import io.pinferry.base.PinferryException;
import io.pinferry.base.PinferryException.InvalidRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/**
 * What a Lambda function behind a front door does with each event: request, route, guard, handler,
 * answer; every failure becomes a problem document, and every request one line in the log, which
 * never holds bodies, queries or credentials.
 */
public final class Endpoint {
  /** The usual longest body. */
  public static final int BODY_BYTES_MAX = 1 << 20;

  private final Door door;
  private final Router router;
  private final Guard guard;
  private final Log log;
  private final InstantSource clock;
  private final int bodyBytesMax;
  private final Problems problems;

  /** Makes an endpoint with the usual limit for bodies. */
  public Endpoint(Door door, Router router, Guard guard, Log log, InstantSource clock) {
    this(door, router, guard, log, clock, BODY_BYTES_MAX);
  }

  /** Makes an endpoint. */
  public Endpoint(
      Door door, Router router, Guard guard, Log log, InstantSource clock, int bodyBytesMax) {
    this.door = door;
    this.router = router;
    this.guard = guard;
    this.log = log;
    this.clock = clock;
    this.bodyBytesMax = bodyBytesMax;
    this.problems = new Problems(clock);
  }

  /** Returns all that this door answers. */
  public List<Route> routes() {
    return router.routes();
  }

  /**
   * Answers one event of an API Gateway HTTP API.
   *
   * @throws IOException if the answer cannot be written
   */
  public void handle(InputStream event, OutputStream answer) throws IOException {
    ApiRequest request;
    try {
      request = ApiRequest.read(door, event);
    } catch (IOException e) {
      log.error("event cannot be read", e, field("door", door.text()));
      problems.ofBug(door, "-").writeTo(answer);
      return;
    }
    answer(request).writeTo(answer);
  }

  /** Answers one request; throws nothing that a request can cause. */
  public ApiResponse answer(ApiRequest request) {
    Instant start = clock.instant();
    Log scoped =
        log.with(
            field("requestId", request.requestId()),
            field("door", door.text()),
            field("method", request.method()));
    var seen = new Seen();
    ApiResponse response;
    try {
      response = dispatch(request, scoped, seen);
    } catch (PinferryException e) {
      if (e.getCause() != null) {
        scoped.warn("request refused", e, field("route", seen.route));
      }
      response = problems.of(e, request);
    } catch (RuntimeException e) {
      scoped.error("request failed", e, field("route", seen.route));
      response = problems.ofBug(door, request.requestId());
    }
    scoped.info(
        "request answered",
        field("route", seen.route),
        field("status", response.status()),
        field("caller", seen.caller),
        field("durationMillis", Duration.between(start, clock.instant()).toMillis()));
    return response;
  }

  /** What is known of a request when it fails. */
  private static final class Seen {
    private String route = "-";
    private String caller = "-";
  }

  private ApiResponse dispatch(ApiRequest request, Log scoped, Seen seen) {
    return switch (router.match(request)) {
      case RouteMatch.Unknown unknown -> problems.ofUnknownPath(request);
      case RouteMatch.WrongMethod wrong -> problems.ofWrongMethod(request, wrong.allowed());
      case RouteMatch.Found found -> {
        Route route = found.route();
        seen.route = route.pattern();
        Caller caller = guard.admit(request, route.permission(), found.variables().get("project"));
        seen.caller = caller.keyId() == null ? "anonymous" : caller.keyId();
        // After the guard, so that nobody learns anything from the limit.
        if (request.body().length > bodyBytesMax) {
          throw new InvalidRequest(
              InvalidRequest.Kind.TOO_LARGE,
              "the body has "
                  + request.body().length
                  + " bytes, at most "
                  + bodyBytesMax
                  + " are accepted",
              "send less at once",
              List.of());
        }
        Log routed = scoped.with(field("route", route.pattern()));
        yield route
            .handler()
            .apply(new RouteCall(request, route, found.variables(), caller, routed));
      }
    };
  }
}
