package io.pinferry.local.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.pinferry.base.Json;
import io.pinferry.local.loopback.Loopback;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A product's webhook, as its developers would write it: verifies each message with the published
 * Standard Webhooks library, then takes it.
 */
public final class WebhookReceiver implements AutoCloseable {
  private final HttpServer server;
  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
  private final Messages messages;
  private final AtomicLong verified = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private volatile String signingKey = "";

  private WebhookReceiver(HttpServer server, Messages messages) {
    this.server = server;
    this.messages = messages;
  }

  /** Takes messages that were verified; called by many threads. */
  public interface Messages {
    /**
     * Takes a message.
     *
     * @throws IllegalArgumentException if it does not have the shape that the contract promises
     */
    void take(String messageId, JsonNode message);
  }

  /** Starts on a free port of 127.0.0.1. */
  public static WebhookReceiver start(Messages messages) {
    return start(0, messages);
  }

  /**
   * Starts on 127.0.0.1.
   *
   * @param port 0 for a free one
   */
  public static WebhookReceiver start(int port, Messages messages) {
    HttpServer http = Loopback.bind(port);
    var receiver = new WebhookReceiver(http, messages);
    http.setExecutor(receiver.executor);
    http.createContext("/webhook", receiver::receive);
    http.start();
    return receiver;
  }

  /** Sets the key to verify with; everything that comes before is refused. */
  public void verifyWith(String key) {
    this.signingKey = key;
  }

  public URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/webhook");
  }

  long signaturesVerified() {
    return verified.get();
  }

  long signaturesFailed() {
    return failed.get();
  }

  private void receive(HttpExchange exchange) throws IOException {
    try (exchange) {
      String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
      exchange.sendResponseHeaders(status(exchange, body), -1);
    }
  }

  private int status(HttpExchange exchange, String body) throws IOException {
    var headers = HttpHeaders.of(exchange.getRequestHeaders(), (_, _) -> true);
    try {
      new Webhook(signingKey).verify(body, headers.map());
    } catch (WebhookVerificationException e) {
      failed.incrementAndGet();
      return 401;
    }
    verified.incrementAndGet();
    try {
      messages.take(
          headers.firstValue("webhook-id").orElseThrow(), Json.parse(body.getBytes(UTF_8)));
    } catch (IllegalArgumentException e) {
      return 422;
    }
    return 204;
  }

  @Override
  public void close() {
    server.stop(0);
    executor.shutdownNow();
  }
}
