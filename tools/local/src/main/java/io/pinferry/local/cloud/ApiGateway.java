package io.pinferry.local.cloud;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.pinferry.local.loopback.Loopback;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP API on its {@code $default} stage. The socket is bound before the routes are known,
 * because a function's settings may name the address of its own API.
 */
final class ApiGateway implements AutoCloseable {

  /** API Gateway's limits on a body and on the time a function may take. */
  static final int BODY_BYTES_MAX = 10 * 1024 * 1024;

  static final Duration TIME_MAX = Duration.ofSeconds(30);

  /**
   * How long a request waits for an environment of its function. Lambda throttles at once, but has
   * far more environments. It is short, so that what begins can end before the client hears of an
   * end.
   */
  static final Duration BUSY_WAIT_MAX = Duration.ofSeconds(2);

  private final String id;
  private final HttpServer server;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final Duration timeMax;

  private ApiGateway(
      String id, HttpServer server, InstantSource clock, RandomGenerator random, Duration timeMax) {
    this.id = id;
    this.server = server;
    this.clock = clock;
    this.random = random;
    this.timeMax = timeMax;
  }

  /**
   * Takes the port, so that clients can already connect, but answers nothing yet.
   *
   * @param port 0 for a free one
   * @throws java.io.UncheckedIOException when the port is taken
   */
  static ApiGateway bind(
      String id, int port, InstantSource clock, RandomGenerator random, Duration timeMax) {
    return new ApiGateway(id, Loopback.bind(port), clock, random, timeMax);
  }

  URI address() {
    return Loopback.uri(server.getAddress().getPort());
  }

  /** Starts to answer. */
  void start(List<Route> routes, @Nullable Cors cors, LocalAddresses addresses, DataDisk disk) {
    List<Route> mostSpecificFirst =
        routes.stream().sorted(Comparator.comparing(route -> route.key().rank())).toList();
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            handle(exchange, mostSpecificFirst, cors, addresses, disk);
          }
        });
    server.start();
  }

  /** A route and the function behind it. */
  record Route(RouteKey key, LocalFunction function) {}

  private void handle(
      HttpExchange exchange,
      List<Route> routes,
      @Nullable Cors cors,
      LocalAddresses addresses,
      DataDisk disk)
      throws IOException {
    byte[] body = exchange.getRequestBody().readNBytes(BODY_BYTES_MAX + 1);
    var request =
        new ApiRequest(
            exchange.getRequestMethod(),
            rawPath(exchange.getRequestURI()),
            exchange.getRequestURI().getRawQuery(),
            exchange.getProtocol(),
            exchange.getRemoteAddress().getAddress().getHostAddress(),
            server.getAddress().getPort(),
            exchange.getRequestHeaders(),
            body);
    String origin = request.header("origin").orElse(null);
    if (cors != null
        && origin != null
        && request.method().equals("OPTIONS")
        && request.header("access-control-request-method").isPresent()) {
      var preflight = new ApiAnswer(204, List.of(), new byte[0]);
      send(exchange, preflight, cors.preflight(origin));
      return;
    }
    Optional<String> full = disk.full();
    ApiAnswer answer =
        full.isPresent()
            ? ApiAnswer.insufficientStorage(full.get())
            : body.length > BODY_BYTES_MAX
                ? ApiAnswer.TOO_LARGE
                : answer(request, routes, addresses);
    send(exchange, cors == null ? answer : withoutCors(answer), cors(cors, origin));
  }

  /** Returns the path as it was asked for: one with two slashes in front is none with a host. */
  private static String rawPath(URI asked) {
    return asked.getScheme() == null && asked.getRawAuthority() != null
        ? "//" + asked.getRawAuthority() + asked.getRawPath()
        : asked.getRawPath();
  }

  private static Map<String, String> cors(@Nullable Cors cors, @Nullable String origin) {
    return cors == null || origin == null ? Map.of() : cors.simple(origin);
  }

  /** If CORS is configured, API Gateway ignores the CORS headers of the function. */
  private static ApiAnswer withoutCors(ApiAnswer answer) {
    var kept = new ArrayList<>(answer.headers());
    kept.removeIf(header -> header.getKey().startsWith(Cors.HEADER_PREFIX));
    return new ApiAnswer(answer.status(), kept, answer.body());
  }

  private ApiAnswer answer(ApiRequest request, List<Route> routes, LocalAddresses addresses) {
    List<String> segments = request.segments();
    for (Route route : routes) {
      if (!route.key().takes(request.method())) {
        continue;
      }
      Optional<Map<String, String>> variables = route.key().match(segments);
      if (variables.isPresent()) {
        byte[] event =
            request.toEvent(
                route.key(), variables.get(), addresses, id, Ids.uuid(random), clock.instant());
        return invoke(route.function(), event);
      }
    }
    return ApiAnswer.NOT_FOUND;
  }

  private ApiAnswer invoke(LocalFunction function, byte[] event) {
    var pending = new CompletableFuture<InvocationResult>();
    Thread.ofVirtual()
        .name("request-" + function.id())
        .start(
            () -> {
              try {
                pending.complete(function.invoke(event, BUSY_WAIT_MAX));
              } catch (RuntimeException | Error e) {
                pending.completeExceptionally(e);
              }
            });
    try {
      return switch (pending.get(timeMax.toMillis(), TimeUnit.MILLISECONDS)) {
        case InvocationResult.Answer(byte[] payload) -> ApiAnswer.of(payload);
        case InvocationResult.Failure _ -> ApiAnswer.INTERNAL_SERVER_ERROR;
        case InvocationResult.Throttled _ -> ApiAnswer.SERVICE_UNAVAILABLE;
        case InvocationResult.RequestTooLarge _ -> ApiAnswer.TOO_LARGE;
      };
    } catch (TimeoutException e) {
      // As in AWS the function runs on; only the client hears no more of it.
      return ApiAnswer.SERVICE_UNAVAILABLE;
    } catch (ExecutionException | CancellationException e) {
      throw new IllegalStateException("an invocation never throws", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return ApiAnswer.SERVICE_UNAVAILABLE;
    }
  }

  private void send(HttpExchange exchange, ApiAnswer answer, Map<String, String> cors)
      throws IOException {
    var headers = exchange.getResponseHeaders();
    try {
      answer.headers().forEach(header -> headers.add(header.getKey(), header.getValue()));
    } catch (IllegalArgumentException e) {
      headers.clear();
      send(exchange, ApiAnswer.INTERNAL_SERVER_ERROR, cors);
      return;
    }
    cors.forEach(headers::set);
    headers.set("apigw-requestid", Ids.uuid(random).substring(0, 16));
    byte[] body = answer.body();
    boolean bodiless =
        exchange.getRequestMethod().toUpperCase(Locale.ROOT).equals("HEAD")
            || answer.status() == 204
            || answer.status() == 304;
    if (bodiless || body.length == 0) {
      exchange.sendResponseHeaders(answer.status(), -1);
      return;
    }
    exchange.sendResponseHeaders(answer.status(), body.length);
    exchange.getResponseBody().write(body);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
