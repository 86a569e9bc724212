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
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A server that speaks as much of Secrets Manager's JSON protocol as Pinferry uses: create, get,
 * put, describe, list and delete secrets, and move staging labels with the compare-and-set that a
 * token refresh relies on.
 */
public final class LocalSecrets implements AutoCloseable {

  private static final String TARGET_PREFIX = "secretsmanager.";
  private static final int REQUEST_BYTES_MAX = 1 << 20;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpServer server;
  private final SecretsStore store;

  private LocalSecrets(HttpServer server, SecretsStore store) {
    this.server = server;
    this.store = store;
  }

  /**
   * Starts the server on a free port of 127.0.0.1.
   *
   * @param clock what creation and deletion dates are taken from
   * @param random what the random ending of an ARN is taken from
   * @param directory where the secrets are kept; null keeps them in memory
   */
  public static LocalSecrets start(
      String region,
      String account,
      InstantSource clock,
      RandomGenerator random,
      @Nullable Path directory) {
    var store = new SecretsStore(region, account, clock, random, directory);
    HttpServer http = Loopback.bind(0);
    var server = new LocalSecrets(http, store);
    http.createContext("/", server::handle);
    http.start();
    return server;
  }

  /** Returns the address for a client's endpoint override. */
  public URI endpoint() {
    return Loopback.uri(server.getAddress().getPort());
  }

  @Override
  public void close() {
    server.stop(0);
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String target = exchange.getRequestHeaders().getFirst("X-Amz-Target");
      byte[] body = exchange.getRequestBody().readNBytes(REQUEST_BYTES_MAX);
      if (target == null || !target.startsWith(TARGET_PREFIX)) {
        send(exchange, 400, error(SecretsRefusal.unknownOperation(String.valueOf(target))));
        return;
      }
      try {
        JsonNode request = JSON.readTree(body);
        send(exchange, 200, store.answer(target.substring(TARGET_PREFIX.length()), request));
      } catch (SecretsRefusal refusal) {
        send(exchange, 400, error(refusal));
      } catch (JsonProcessingException e) {
        send(exchange, 400, error("SerializationException", "the request is not JSON"));
      } catch (RuntimeException e) {
        send(exchange, 500, error("InternalServiceError", String.valueOf(e.getMessage())));
      }
    }
  }

  private static ObjectNode error(SecretsRefusal refusal) {
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
