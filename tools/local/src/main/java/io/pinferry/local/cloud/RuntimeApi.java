package io.pinferry.local.cloud;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.pinferry.local.loopback.Loopback;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Lambda's Runtime API for one process: the process asks for its next event and posts its answer.
 * Source: <a href="https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html">runtime API</a>.
 *
 * <p>One server per process, because a process that was killed leaves its question open, and the
 * next event would be the answer to that.
 */
final class RuntimeApi implements AutoCloseable {

  private static final String BASE = "/2018-06-01/runtime/";
  private static final int ERROR_BYTES_MAX = 1 << 18;

  private final Stack.Function function;
  private final HttpServer server;
  private final LinkedBlockingQueue<Invocation> next = new LinkedBlockingQueue<>();
  private final CompletableFuture<Void> ready = new CompletableFuture<>();
  private final AtomicReference<@Nullable OpenCall> pending = new AtomicReference<>();
  private final AtomicReference<InvocationResult.@Nullable Failure> ended = new AtomicReference<>();

  private RuntimeApi(Stack.Function function, HttpServer server) {
    this.function = function;
    this.server = server;
  }

  private record OpenCall(String requestId, CompletableFuture<InvocationResult> result) {}

  static RuntimeApi start(Stack.Function function) {
    HttpServer server = Loopback.bind(0);
    var api = new RuntimeApi(function, server);
    server.createContext(BASE, api::handle);
    server.start();
    return api;
  }

  /** Returns host and port, as the runtime client wants them. */
  String address() {
    return Loopback.HOST + ":" + server.getAddress().getPort();
  }

  /**
   * Completes when the function is built and asks for its first event; fails with a {@link
   * FunctionFailure} when it cannot be built.
   */
  CompletableFuture<Void> ready() {
    return ready;
  }

  /** Gives the process its next event; the result completes when it answers or ends. */
  CompletableFuture<InvocationResult> submit(Invocation invocation) {
    var result = new CompletableFuture<InvocationResult>();
    pending.set(new OpenCall(invocation.requestId(), result));
    next.add(invocation);
    InvocationResult.Failure end = ended.get();
    if (end != null) {
      result.complete(end);
    }
    return result;
  }

  /** Says that the process has ended, so that nobody waits for its answer. */
  void processEnded(InvocationResult.Failure end) {
    ended.set(end);
    ready.completeExceptionally(
        new FunctionFailure(end.type(), end.message(), new IllegalStateException(end.message())));
    OpenCall waiting = pending.get();
    if (waiting != null) {
      waiting.result().complete(end);
    }
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath().substring(BASE.length());
      if (path.equals("invocation/next")) {
        sendNext(exchange);
      } else if (path.equals("restore/next")) {
        // The snapshot would be taken before this answer, and restored with it.
        exchange.sendResponseHeaders(200, -1);
      } else if (path.equals("init/error") || path.equals("restore/error")) {
        InvocationResult.Failure failed = failure(exchange);
        ready.completeExceptionally(
            new FunctionFailure(
                failed.type(),
                "function " + function.id() + " does not start: " + failed.message(),
                new IllegalStateException(failed.message())));
        exchange.sendResponseHeaders(202, -1);
      } else if (path.startsWith("invocation/") && path.endsWith("/response")) {
        byte[] payload = exchange.getRequestBody().readNBytes(LocalFunction.PAYLOAD_BYTES_MAX + 1);
        finish(exchange, path, new InvocationResult.Answer(payload));
      } else if (path.startsWith("invocation/") && path.endsWith("/error")) {
        finish(exchange, path, failure(exchange));
      } else {
        exchange.sendResponseHeaders(404, -1);
      }
    }
  }

  private void sendNext(HttpExchange exchange) throws IOException {
    ready.complete(null);
    Invocation invocation;
    try {
      invocation = next.take();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    var headers = exchange.getResponseHeaders();
    // Without a content type the runtime client crashes.
    headers.set("Content-Type", "application/json");
    headers.set("Lambda-Runtime-Aws-Request-Id", invocation.requestId());
    headers.set("Lambda-Runtime-Deadline-Ms", Long.toString(invocation.deadline().toEpochMilli()));
    headers.set("Lambda-Runtime-Invoked-Function-Arn", function.arn());
    headers.set("Lambda-Runtime-Trace-Id", "Root=1-00000000-000000000000000000000000;Sampled=0");
    exchange.sendResponseHeaders(200, invocation.event().length);
    exchange.getResponseBody().write(invocation.event());
  }

  private void finish(HttpExchange exchange, String path, InvocationResult result)
      throws IOException {
    String requestId = path.substring("invocation/".length(), path.lastIndexOf('/'));
    OpenCall waiting = pending.get();
    boolean known = waiting != null && waiting.requestId().equals(requestId);
    exchange.sendResponseHeaders(known ? 202 : 400, -1);
    if (known && waiting != null) {
      waiting.result().complete(result);
    }
  }

  private static InvocationResult.Failure failure(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readNBytes(ERROR_BYTES_MAX);
    try {
      JsonNode error = new ObjectMapper().readTree(body);
      return new InvocationResult.Failure(
          error.path("errorType").asText("Runtime.Unknown"), error.path("errorMessage").asText());
    } catch (JacksonException e) {
      return new InvocationResult.Failure(
          "Runtime.Unknown", new String(body, StandardCharsets.UTF_8));
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
