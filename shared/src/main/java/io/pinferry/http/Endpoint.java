package io.pinferry.http;

import static io.pinferry.base.Field.field;

import io.pinferry.base.Log;
import io.pinferry.base.PinferryException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/**
 * Turns each event of a door into a request, lets a service answer it, and writes the answer. Every
 * failure becomes a problem document. Every request is one line in the log, which never holds
 * bodies, queries or credentials.
 */
public final class Endpoint {
  /** The usual longest body. */
  public static final int BODY_BYTES_MAX = 1 << 20;

  private final Door door;
  private final RequestService service;
  private final Log log;
  private final InstantSource clock;
  private final Problems problems;

  /** Makes an endpoint. */
  public Endpoint(Door door, RequestService service, Log log, InstantSource clock) {
    this.door = door;
    this.service = service;
    this.log = log;
    this.clock = clock;
    this.problems = new Problems(clock);
  }

  /** Makes an endpoint of routes, with the usual limit for bodies. */
  public Endpoint(Door door, Router router, Guard guard, Log log, InstantSource clock) {
    this(door, router, guard, log, clock, BODY_BYTES_MAX);
  }

  /** Makes an endpoint of routes. */
  public Endpoint(
      Door door, Router router, Guard guard, Log log, InstantSource clock, int bodyBytesMax) {
    this(door, new RouteService(router, guard, clock, bodyBytesMax), log, clock);
  }

  /** Returns the routes that this door answers; empty if it answers any path. */
  public List<Route> routes() {
    return service.routes();
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
    var requestLog =
        new RequestLog(
            log.with(
                field("requestId", request.requestId()),
                field("door", door.text()),
                field("method", request.method())));
    ApiResponse response;
    try {
      response = service.answer(request, requestLog);
    } catch (PinferryException e) {
      if (e.getCause() != null) {
        requestLog.withNotes().warn("request refused", e);
      }
      response = problems.of(e, request);
    } catch (RuntimeException e) {
      requestLog.withNotes().error("request failed", e);
      response = problems.ofBug(door, request.requestId());
    }
    requestLog
        .withNotes()
        .info(
            "request answered",
            field("status", response.status()),
            field("durationMillis", Duration.between(start, clock.instant()).toMillis()));
    return response;
  }
}
