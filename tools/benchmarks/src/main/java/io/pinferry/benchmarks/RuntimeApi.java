package io.pinferry.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Lambda's Runtime API for one process: serves one event a number of times, then lets the process
 * wait. One server per process, since the long poll of a process that has been killed would swallow
 * the next one's event.
 */
final class RuntimeApi implements AutoCloseable {
  private static final String BASE = "/2018-06-01/runtime/";

  private final HttpServer server;
  private final byte[] event;
  private final CountDownLatch left;
  private final AtomicInteger served = new AtomicInteger();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final CompletableFuture<Long> restore = new CompletableFuture<>();
  private final CompletableFuture<Long> firstAnswer = new CompletableFuture<>();

  RuntimeApi(byte[] event, int invocations) throws IOException {
    this.event = event;
    this.left = new CountDownLatch(invocations);
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext(BASE, this::handle);
    server.start();
  }

  String address() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  /** Completes with {@link System#nanoTime()} of the restore of a snapshot, if there is one. */
  CompletableFuture<Long> restore() {
    return restore;
  }

  /** Completes with {@link System#nanoTime()} of the first answer; fails if it is an error. */
  CompletableFuture<Long> firstAnswer() {
    return firstAnswer;
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      if (path.endsWith("/restore/next")) {
        restore.complete(System.nanoTime());
        exchange.sendResponseHeaders(200, -1);
        return;
      }
      if (path.endsWith("/invocation/next")) {
        next(exchange);
        return;
      }
      String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
      long now = System.nanoTime();
      exchange.sendResponseHeaders(202, -1);
      if (path.endsWith("/response")) {
        firstAnswer.complete(now);
        left.countDown();
      } else {
        firstAnswer.completeExceptionally(new IllegalStateException(path + ": " + body));
      }
    }
  }

  private void next(HttpExchange exchange) throws IOException {
    if (left.getCount() == 0) {
      waitUntilClosed();
      return;
    }
    served.incrementAndGet();
    var headers = exchange.getResponseHeaders();
    // Without a content type the client crashes.
    headers.add("Content-Type", "application/json");
    headers.add(
        "Lambda-Runtime-Aws-Request-Id", "8476a536-e9f4-11e8-9739-2dfe598c3f" + served.get());
    headers.add("Lambda-Runtime-Deadline-Ms", String.valueOf(System.currentTimeMillis() + 30_000));
    headers.add(
        "Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:eu-west-1:123456789012:function:f");
    headers.add("Lambda-Runtime-Trace-Id", "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Sampled=0");
    exchange.sendResponseHeaders(200, event.length);
    exchange.getResponseBody().write(event);
  }

  private void waitUntilClosed() {
    try {
      closed.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    closed.countDown();
    server.stop(0);
  }
}
