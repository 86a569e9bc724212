package io.pinferry.local.meter;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.pinferry.base.Json;
import io.pinferry.local.cloud.LocalCloud;
import io.pinferry.local.loopback.Loopback;
import io.pinferry.local.meter.ServiceCall.Service;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Stands between the functions and the services of an embedded cloud, and tells of each call. A
 * function is known by the key that it signs with. Each call to DynamoDB also asks for the capacity
 * that it consumed, which stands in its answer.
 */
public final class ServiceProxy implements AutoCloseable {
  private static final Pattern KEY = Pattern.compile("Credential=([^/]+)/");
  private static final Set<String> NOT_PASSED_ON =
      Set.of("host", "content-length", "connection", "expect", "upgrade", "transfer-encoding");

  private final Consumer<ServiceCall> calls;
  private final Map<Service, HttpServer> servers = new EnumMap<>(Service.class);
  private final Map<Service, URI> targets = new ConcurrentHashMap<>();
  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  /**
   * Starts on free ports of 127.0.0.1.
   *
   * @param calls is told of each call after its answer, by many threads
   */
  public ServiceProxy(Consumer<ServiceCall> calls) {
    this.calls = calls;
    for (Service service : Service.values()) {
      var server = Loopback.bind(0);
      server.setExecutor(executor);
      server.createContext("/", exchange -> passOn(service, exchange));
      server.start();
      servers.put(service, server);
    }
  }

  /** Returns the environment that leads functions here. */
  public Map<String, String> environment() {
    Map<String, String> environment = new TreeMap<>();
    servers.forEach(
        (service, server) ->
            environment.put(
                "AWS_ENDPOINT_URL_" + service,
                Loopback.uri(server.getAddress().getPort()).toString()));
    return environment;
  }

  /** Sets the cloud, which starts after its functions know this address. */
  public void to(LocalCloud cloud) {
    targets.put(Service.DYNAMODB, cloud.dynamoDb());
    targets.put(Service.SQS, cloud.sqs());
    targets.put(Service.SECRETS_MANAGER, cloud.secrets());
    targets.put(Service.KMS, cloud.kms());
  }

  private void passOn(Service service, HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] asked = exchange.getRequestBody().readAllBytes();
      Matcher key = KEY.matcher(exchange.getRequestHeaders().getFirst("Authorization"));
      String target = exchange.getRequestHeaders().getFirst("X-Amz-Target");
      if (!key.find() || target == null) {
        throw new IOException("a call that nobody signed: " + new String(asked, ISO_8859_1));
      }
      JsonNode request = Json.parse(asked);
      byte[] sent = asked;
      if (service == Service.DYNAMODB && request instanceof ObjectNode withCapacity) {
        sent = Json.bytes(withCapacity.deepCopy().put("ReturnConsumedCapacity", "INDEXES"));
      }
      HttpResponse<byte[]> answer = send(service, exchange, sent);
      calls.accept(
          new ServiceCall(
              key.group(1),
              service,
              target.substring(target.indexOf('.') + 1),
              request,
              asked.length,
              answer.body().length == 0 ? Json.object() : Json.parse(answer.body())));
      answer
          .headers()
          .map()
          .forEach(
              (name, values) -> {
                if (passedOn(name)) {
                  exchange.getResponseHeaders().put(name, values);
                }
              });
      byte[] bytes = answer.body();
      exchange.sendResponseHeaders(answer.statusCode(), bytes.length == 0 ? -1 : bytes.length);
      exchange.getResponseBody().write(bytes);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private HttpResponse<byte[]> send(Service service, HttpExchange exchange, byte[] body)
      throws IOException, InterruptedException {
    URI target = Objects.requireNonNull(targets.get(service));
    var request = HttpRequest.newBuilder(target.resolve(exchange.getRequestURI().toString()));
    exchange
        .getRequestHeaders()
        .forEach(
            (name, values) -> {
              if (passedOn(name)) {
                values.forEach(value -> request.header(name, value));
              }
            });
    return http.send(
        request
            .method(exchange.getRequestMethod(), HttpRequest.BodyPublishers.ofByteArray(body))
            .build(),
        HttpResponse.BodyHandlers.ofByteArray());
  }

  private static boolean passedOn(String header) {
    return !NOT_PASSED_ON.contains(header.toLowerCase(Locale.ROOT));
  }

  @Override
  public void close() {
    servers.values().forEach(server -> server.stop(0));
    executor.shutdownNow();
    http.close();
  }
}
