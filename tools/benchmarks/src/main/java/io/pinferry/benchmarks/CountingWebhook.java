package io.pinferry.benchmarks;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.pinferry.local.loopback.Loopback;
import java.io.IOException;
import java.net.URI;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/** A webhook that takes everything, and counts the bytes. */
final class CountingWebhook implements AutoCloseable {
  /** The request line and the headers of a message, generously. */
  private static final int HEAD_BYTES = 600;

  private final HttpServer server = Loopback.bind(0);
  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicLong messages = new AtomicLong();

  private CountingWebhook() {}

  static CountingWebhook start() {
    var webhook = new CountingWebhook();
    webhook.server.setExecutor(webhook.executor);
    webhook.server.createContext("/webhook", webhook::take);
    webhook.server.start();
    return webhook;
  }

  private void take(HttpExchange exchange) throws IOException {
    try (exchange) {
      bytes.addAndGet(exchange.getRequestBody().readAllBytes().length + HEAD_BYTES);
      messages.incrementAndGet();
      exchange.sendResponseHeaders(204, -1);
    }
  }

  URI address() {
    return Loopback.uri(server.getAddress().getPort()).resolve("/webhook");
  }

  long bytes() {
    return bytes.get();
  }

  long messages() {
    return messages.get();
  }

  @Override
  public void close() {
    server.stop(0);
    executor.shutdownNow();
  }
}
