package io.pinferry.proxy;

import static io.pinferry.proxy.ProxyWorld.request;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.pinferry.http.ApiResponse;
import io.pinferry.net.OkHttpTransport;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The proxy with the real client in front of a real server. */
final class ProxyComponentTest {
  private record ReceivedRequest(
      String method, String target, Map<String, String> headers, String body) {}

  private static final byte[] PLAIN = "{\"a\":1}".getBytes(UTF_8);

  private final List<ReceivedRequest> received = new ArrayList<>();
  private HttpServer server;
  private ProxyWorld world;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
    world =
        new ProxyWorld(
            OkHttpTransport.toConfiguredHosts(InstantSource.system()),
            URI.create("http://127.0.0.1:" + server.getAddress().getPort()));
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    Map<String, String> headers = new TreeMap<>();
    exchange
        .getRequestHeaders()
        .forEach(
            (name, values) -> headers.put(name.toLowerCase(Locale.ROOT), String.join("|", values)));
    received.add(
        new ReceivedRequest(
            exchange.getRequestMethod(),
            exchange.getRequestURI().toString(),
            headers,
            new String(exchange.getRequestBody().readAllBytes(), UTF_8)));
    exchange.getResponseHeaders().add("content-type", "application/json");
    exchange.getResponseHeaders().add("vary", "Accept-Encoding");
    exchange.getResponseHeaders().add("x-pinterest-rid", "77");
    byte[] body = PLAIN;
    if (Objects.equals(headers.get("accept-encoding"), "gzip")) {
      exchange.getResponseHeaders().add("content-encoding", "gzip");
      body = gzip();
    }
    boolean empty = exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(200, empty ? -1 : body.length);
    if (!empty) {
      exchange.getResponseBody().write(body);
    }
    exchange.close();
  }

  private static byte[] gzip() throws IOException {
    var packed = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(packed)) {
      gzip.write(PLAIN);
    }
    return packed.toByteArray();
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
  void everyMethodTravelsWithoutWhatEndsHere(String method) {
    String body = method.equals("GET") || method.equals("HEAD") ? "" : "{}";
    ApiResponse response =
        world.send(
            request(method, "/v5/boards/Möbel a;b?q=100%&b=%2F")
                .header("connection", "keep-alive, x-hop")
                .header("x-hop", "1")
                .header("expect", "100-continue")
                .header("content-length", "999")
                .header("transfer-encoding", "chunked")
                .header("upgrade", "h2c")
                .header("accept-encoding", "br")
                .header("user-agent", "shop/1.0")
                .header("x-http-method-override", "DELETE")
                .body(body));
    assertThat(response.status()).as(response.bodyText()).isEqualTo(200);
    assertThat(received).hasSize(1);
    ReceivedRequest request = received.getFirst();
    assertThat(request.method()).isEqualTo(method);
    assertThat(request.target()).isEqualTo("/v5/boards/M%C3%B6bel%20a%3Bb?q=100%25&b=%2F");
    assertThat(request.body()).isEqualTo(body);
    assertThat(request.headers())
        .containsEntry("authorization", "Bearer " + ProxyWorld.TOKEN)
        .containsEntry("user-agent", "shop/1.0")
        .containsEntry("accept-encoding", "gzip")
        .doesNotContainKeys(
            "x-hop", "expect", "transfer-encoding", "x-http-method-override", "x-api-key");
    assertThat(response.headers())
        .containsEntry("x-pinterest-rid", "77")
        .doesNotContainKeys("content-length", "connection", "transfer-encoding");
    assertThat(response.headers()).doesNotContainKey("content-encoding");
    if (!method.equals("HEAD")) {
      assertThat(response.bodyText()).isEqualTo("{\"a\":1}");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "HEAD", "POST"})
  void whoTakesGzipGetsWhatPinterestSent(String method) throws IOException {
    ApiResponse response =
        world.send(request(method, "/v5/boards").header("accept-encoding", "gzip, deflate"));
    assertThat(response.status()).isEqualTo(200);
    assertThat(received.getFirst().headers()).containsEntry("accept-encoding", "gzip");
    assertThat(response.headers())
        .containsEntry("content-encoding", "gzip")
        .containsEntry("vary", "Accept-Encoding")
        .doesNotContainKey("content-length");
    if (method.equals("HEAD")) {
      assertThat(response.body()).isNull();
    } else {
      byte[] packed = gzip();
      assertThat(response.body())
          .isInstanceOfSatisfying(
              ApiResponse.Body.Bytes.class, body -> assertThat(body.value()).isEqualTo(packed));
    }
  }

  @Test
  void aServerThatIsGoneIsUnavailable() {
    server.stop(0);
    assertThat(world.send(request("POST", "/v5/pins").body("{}")).status()).isEqualTo(503);
  }
}
