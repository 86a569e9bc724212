package io.pinferry.http;

import static io.pinferry.base.Field.field;

import io.pinferry.base.Correlation;
import io.pinferry.base.Log;
import io.pinferry.base.PinferryException;
import io.pinferry.base.Tasks;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Turns each event of a door into a request, calls a service, and writes the answer. Every failure
 * becomes a problem document. Every request has one line in the log, without body, query and
 * credentials.
 */
public final class Endpoint {
  /** The usual limit for bodies. */
  public static final int BODY_BYTES_MAX = 1 << 20;

  /**
   * API Gateway waits for 30 s, and then answers without a reason. Afterwards slots are given back.
   */
  static final Duration TIME_MAX = Duration.ofSeconds(28);

  private final Door door;
  private final RequestService service;
  private final Log log;
  private final InstantSource clock;
  private final Problems problems;
  private final @Nullable Tasks tasks;

  public Endpoint(Door door, RequestService service, Log log, InstantSource clock) {
    this(door, service, log, clock, null);
  }

  private Endpoint(
      Door door, RequestService service, Log log, InstantSource clock, @Nullable Tasks tasks) {
    this.door = door;
    this.service = service;
    this.log = log;
    this.clock = clock;
    this.problems = new Problems(clock);
    this.tasks = tasks;
  }

  public Endpoint(Door door, Router router, Guard guard, Log log, InstantSource clock) {
    this(door, router, guard, log, clock, BODY_BYTES_MAX);
  }

  public Endpoint(
      Door door, Router router, Guard guard, Log log, InstantSource clock, int bodyBytesMax) {
    this(door, new RouteService(router, guard, clock, bodyBytesMax), log, clock);
  }

  /** Returns the same door with a limit for the time of a request, whatever hangs behind it. */
  public Endpoint within(Tasks limit) {
    return new Endpoint(door, service, log, clock, limit);
  }

  /** Returns the routes of this door; empty if it answers all paths. */
  public List<Route> routes() {
    return service.routes();
  }

  /**
   * Answers an event of an API Gateway HTTP API.
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
    byte[] bytes = Correlation.call(request.requestId(), () -> answerInTime(request)).toBytes();
    if (bytes.length <= ApiResponse.BYTES_MAX) {
      answer.write(bytes);
      return;
    }
    log.warn(
        "answer is too long",
        field("requestId", request.requestId()),
        field("door", door.text()),
        field("answerBytes", bytes.length));
    problems.ofLongAnswer(request, bytes.length).writeTo(answer);
  }

  private ApiResponse answerInTime(ApiRequest request) {
    if (tasks == null) {
      return answer(request);
    }
    return tasks
        .within(clock.instant().plus(TIME_MAX), () -> answer(request))
        .orElseGet(
            () -> {
              log.warn(
                  "request took too long",
                  field("requestId", request.requestId()),
                  field("door", door.text()),
                  field("method", request.method()),
                  field("durationMillis", TIME_MAX.toMillis()));
              return problems.ofLate(request, TIME_MAX);
            });
  }

  /** Answers a request. No request can cause an exception. */
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
