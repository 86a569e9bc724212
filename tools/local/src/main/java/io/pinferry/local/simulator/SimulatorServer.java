package io.pinferry.local.simulator;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.pinferry.local.loopback.Loopback;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.zip.GZIPOutputStream;

/**
 * Puts a {@link PinterestSimulator} on a port of 127.0.0.1. What the core only describes happens
 * here: waiting, dropping connections, compressing.
 */
public final class SimulatorServer implements AutoCloseable {
  /** Nothing that is posted to the simulator is larger than a few tokens or an image. */
  private static final int BODY_BYTES_MAX = 32 * 1_024 * 1_024;

  /** Below this size compressing costs more than it saves. */
  private static final int COMPRESSED_FROM_BYTES = 1_024;

  private final PinterestSimulator simulator;
  private final HttpServer server;
  private final ExecutorService executor;

  private SimulatorServer(
      PinterestSimulator simulator, HttpServer server, ExecutorService executor) {
    this.simulator = simulator;
    this.server = server;
    this.executor = executor;
  }

  /**
   * Starts serving.
   *
   * @param port 0 for any free port
   * @throws java.io.UncheckedIOException if the port is taken
   */
  public static SimulatorServer start(PinterestSimulator simulator, int port) {
    HttpServer http = Loopback.bind(port);
    ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    var server = new SimulatorServer(simulator, http, executor);
    http.setExecutor(executor);
    http.createContext("/", server::answer);
    http.start();
    return server;
  }

  /** Returns the address without a path, such as {@code http://127.0.0.1:49152}. */
  public URI address() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  @Override
  public void close() {
    server.stop(0);
    executor.shutdownNow();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readNBytes(BODY_BYTES_MAX + 1);
      if (body.length > BODY_BYTES_MAX) {
        exchange.sendResponseHeaders(413, -1);
        return;
      }
      Map<String, String> headers = new HashMap<>();
      exchange.getRequestHeaders().forEach((name, values) -> headers.put(name, values.getFirst()));
      URI uri = exchange.getRequestURI();
      SimulatedResponse response =
          answer(
              new SimulatedRequest(
                  exchange.getRequestMethod(), uri.getRawPath(), uri.getRawQuery(), headers, body));
      if (!response.latency().isZero()) {
        Thread.sleep(response.latency());
      }
      if (!response.dropped()) {
        send(exchange, response);
      }
      // Closing an exchange that was not answered closes its connection.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A bug of the simulator must look like one: a dropped connection would pass for a fault. */
  private SimulatedResponse answer(SimulatedRequest request) {
    try {
      return simulator.handle(request);
    } catch (RuntimeException bug) {
      System.getLogger(SimulatorServer.class.getName())
          .log(System.Logger.Level.ERROR, "the simulator failed at " + request, bug);
      return SimulatedResponse.of(
          500,
          Map.of("content-type", "application/json"),
          "{\"code\":12,\"message\":\"The simulator has a bug; see its log\"}".getBytes(UTF_8));
    }
  }

  private static void send(HttpExchange exchange, SimulatedResponse response) throws IOException {
    response.headers().forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
    boolean compressed =
        acceptsGzip(exchange)
            && (response.bodyBytes() < 0 || response.bodyBytes() >= COMPRESSED_FROM_BYTES);
    if (compressed) {
      exchange.getResponseHeaders().set("content-encoding", "gzip");
      exchange.getResponseHeaders().set("vary", "Accept-Encoding");
    }
    if (compressed && response.bodyBytes() >= 0) {
      // Sent in one piece: chunks would wait for the client's delayed acknowledgement, 40 ms each.
      var packed = new ByteArrayOutputStream();
      try (OutputStream out = new FastGzip(packed)) {
        response.body().writeTo(out);
      }
      exchange.sendResponseHeaders(response.status(), packed.size());
      try (OutputStream out = exchange.getResponseBody()) {
        packed.writeTo(out);
      }
      return;
    }
    // The JDK's server takes -1 for no body and 0 for one of unknown length.
    long length = response.bodyBytes() == 0 ? -1 : Math.max(0, response.bodyBytes());
    exchange.sendResponseHeaders(response.status(), length);
    try (OutputStream body = exchange.getResponseBody();
        OutputStream out = compressed ? new FastGzip(body) : body) {
      response.body().writeTo(out);
    }
  }

  private static boolean acceptsGzip(HttpExchange exchange) {
    String accepted = exchange.getRequestHeaders().getFirst("Accept-Encoding");
    return accepted != null && accepted.contains("gzip");
  }

  /** Compresses little but fast: on one computer the time matters more than the bytes. */
  private static final class FastGzip extends GZIPOutputStream {
    FastGzip(OutputStream out) throws IOException {
      super(out, 16 * 1_024);
      def.setLevel(java.util.zip.Deflater.BEST_SPEED);
    }
  }
}
