package io.pinferry.local.listen;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.pinferry.local.api.CommandFailure;
import io.pinferry.local.api.ExitCode;
import io.pinferry.local.loopback.Loopback;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Passes requests to 127.0.0.1 on to a receiver. */
public final class Listener implements AutoCloseable {
  /** A message has at most 300,000 bytes. */
  private static final int BODY_BYTES_MAX = 1_000_000;

  private final HttpServer server;
  private final Receiver receiver;
  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();

  private Listener(HttpServer server, Receiver receiver) {
    this.server = server;
    this.receiver = receiver;
  }

  /**
   * Starts.
   *
   * @param port 0 for a free one
   * @throws CommandFailure if the port is taken
   */
  public static Listener start(int port, Receiver receiver) {
    HttpServer http;
    try {
      http = Loopback.bind(port);
    } catch (UncheckedIOException e) {
      throw new CommandFailure(
          ExitCode.USAGE, String.valueOf(e.getMessage()), "Choose another one with --port.");
    }
    var listener = new Listener(http, receiver);
    http.setExecutor(listener.executor);
    http.createContext("/", listener::receive);
    http.start();
    return listener;
  }

  public int port() {
    return server.getAddress().getPort();
  }

  private void receive(HttpExchange exchange) throws IOException {
    try (exchange) {
      exchange.sendResponseHeaders(status(exchange), -1);
    }
  }

  private int status(HttpExchange exchange) throws IOException {
    if (!exchange.getRequestMethod().equals("POST")) {
      return 405;
    }
    byte[] body = exchange.getRequestBody().readNBytes(BODY_BYTES_MAX + 1);
    return body.length > BODY_BYTES_MAX
        ? 413
        : receiver.take(exchange.getRequestHeaders()::getFirst, body);
  }

  @Override
  public void close() {
    server.stop(0);
    executor.shutdownNow();
  }
}
