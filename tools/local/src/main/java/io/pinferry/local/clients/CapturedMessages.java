package io.pinferry.local.clients;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpServer;
import io.pinferry.base.Json;
import io.pinferry.local.loopback.Loopback;
import java.net.URI;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A webhook that takes every message, and keeps it as it came. */
final class CapturedMessages implements AutoCloseable {
  private final HttpServer server = Loopback.bind(0);
  private final Queue<ObjectNode> messages = new ConcurrentLinkedQueue<>();

  CapturedMessages() {
    server.createContext(
        "/webhook",
        exchange -> {
          try (exchange) {
            ObjectNode message = Json.object();
            ObjectNode headers = message.putObject("headers");
            exchange
                .getRequestHeaders()
                .forEach(
                    (name, values) ->
                        headers.put(name.toLowerCase(java.util.Locale.ROOT), values.getFirst()));
            message.put("body", new String(exchange.getRequestBody().readAllBytes(), UTF_8));
            messages.add(message);
            exchange.sendResponseHeaders(204, -1);
          }
        });
    server.start();
  }

  URI url() {
    return Loopback.uri(server.getAddress().getPort()).resolve("/webhook");
  }

  ArrayNode json() {
    ArrayNode all = Json.object().putArray("messages");
    messages.forEach(all::add);
    return all;
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
