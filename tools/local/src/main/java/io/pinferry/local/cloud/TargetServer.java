package io.pinferry.local.cloud;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.pinferry.local.loopback.Loopback;
import java.io.IOException;
import java.net.URI;

/** A server for the JSON protocol of AWS, in which a header names the operation. */
final class TargetServer implements AutoCloseable {
  private static final int REQUEST_BYTES_MAX = 1 << 20;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpServer server;

  private TargetServer(HttpServer server) {
    this.server = server;
  }

  /** The operations of a service. */
  interface Operations {
    /**
     * Carries one out.
     *
     * @throws ServiceRefusal if the service refuses it, or has no such operation
     */
    ObjectNode answer(String operation, JsonNode request) throws ServiceRefusal;
  }

  /**
   * Starts on a free port of 127.0.0.1.
   *
   * @param prefix what stands before the operation in the header X-Amz-Target
   */
  static TargetServer start(String prefix, Operations operations) {
    HttpServer http = Loopback.bind(0);
    http.createContext("/", exchange -> handle(prefix, operations, exchange));
    http.start();
    return new TargetServer(http);
  }

  URI endpoint() {
    return Loopback.uri(server.getAddress().getPort());
  }

  @Override
  public void close() {
    server.stop(0);
  }

  private static void handle(String prefix, Operations operations, HttpExchange exchange)
      throws IOException {
    try (exchange) {
      String target = exchange.getRequestHeaders().getFirst("X-Amz-Target");
      byte[] body = exchange.getRequestBody().readNBytes(REQUEST_BYTES_MAX);
      if (target == null || !target.startsWith(prefix)) {
        send(exchange, 400, error(ServiceRefusal.unknownOperation(String.valueOf(target))));
        return;
      }
      try {
        JsonNode request = JSON.readTree(body);
        send(exchange, 200, operations.answer(target.substring(prefix.length()), request));
      } catch (ServiceRefusal refusal) {
        send(exchange, 400, error(refusal));
      } catch (JsonProcessingException e) {
        send(exchange, 400, error("SerializationException", "the request is not JSON"));
      } catch (RuntimeException e) {
        send(exchange, 500, error("InternalServiceError", String.valueOf(e.getMessage())));
      }
    }
  }

  private static ObjectNode error(ServiceRefusal refusal) {
    return error(refusal.type(), refusal.text());
  }

  private static ObjectNode error(String type, String message) {
    return JsonNodeFactory.instance.objectNode().put("__type", type).put("Message", message);
  }

  private static void send(HttpExchange exchange, int status, ObjectNode body) throws IOException {
    byte[] bytes = JSON.writeValueAsBytes(body);
    exchange.getResponseHeaders().set("Content-Type", "application/x-amz-json-1.1");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }
}
