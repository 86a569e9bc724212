package io.pinferry.net;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import io.pinferry.base.Patience;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests every promise of {@link HttpTransport}. */
abstract class HttpTransportContract {
  private final HttpTransport transport = transport();
  private HttpServer server;

  /** Makes a transport that may call this computer. */
  abstract HttpTransport transport();

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void methodPathQueryHeadersAndBodyArriveAsGiven() throws Exception {
    var seen = new AtomicReference<String>();
    on(
        exchange -> {
          seen.set(
              exchange.getRequestMethod()
                  + " "
                  + exchange.getRequestURI()
                  + " "
                  + exchange.getRequestHeaders().getFirst("X-Test")
                  + " "
                  + new String(exchange.getRequestBody().readAllBytes(), UTF_8));
          exchange.getResponseHeaders().add("X-One", "a");
          exchange.getResponseHeaders().add("X-One", "b");
          answer(exchange, 422, "no".getBytes(UTF_8));
        });

    HttpAnswer answer =
        transport.send(
            new HttpCall(
                "PATCH",
                uri("/v5/pins?bookmark=a%3D%3D"),
                Map.of("X-Test", "yes"),
                "{}".getBytes(UTF_8),
                Patience.LIMIT,
                1000));

    assertThat(seen.get()).isEqualTo("PATCH /v5/pins?bookmark=a%3D%3D yes {}");
    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.headers().get("x-one")).containsExactly("a", "b");
    assertThat(answer.body()).asString(UTF_8).isEqualTo("no");
    assertThat(answer.truncated()).isFalse();
  }

  @Test
  void aRedirectIsAnAnswer() throws Exception {
    on(
        exchange -> {
          exchange.getResponseHeaders().add("Location", "/elsewhere");
          answer(exchange, 302, new byte[0]);
        });

    HttpAnswer answer = transport.send(get("/", 1000));

    assertThat(answer.status()).isEqualTo(302);
    assertThat(answer.header("Location")).contains("/elsewhere");
  }

  @Test
  void anAnswerAsLongAsAllowedIsWholeAndOneByteMoreIsCut() throws Exception {
    on(exchange -> answer(exchange, 200, "0123456789".getBytes(UTF_8)));

    assertThat(transport.send(get("/", 10)).truncated()).isFalse();
    HttpAnswer cut = transport.send(get("/", 9));
    assertThat(cut.truncated()).isTrue();
    assertThat(cut.body()).asString(UTF_8).isEqualTo("012345678");
  }

  @Test
  void anEndlessAnswerIsNotReadToItsEnd() throws Exception {
    var hungUp = new CountDownLatch(1);
    on(
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          try (var body = exchange.getResponseBody()) {
            while (true) {
              body.write(new byte[8192]);
            }
          } catch (IOException expected) {
            hungUp.countDown();
          }
        });

    HttpAnswer answer = transport.send(get("/", 10_000));

    assertThat(answer.body()).hasSize(10_000);
    assertThat(answer.truncated()).isTrue();
    hungUp.await();
  }

  /** Each answer has a good head and a body that breaks a rule, or never ends. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "200 OK\r\nContent-Length: 100\r\n\r\nok",
        "201 Created\r\nContent-Length: 100\r\n\r\n",
        "202 Accepted\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
        "202 Accepted\r\nTransfer-Encoding: chunked\r\n\r\nnot a length\r\n",
        "200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope",
        "200 OK\r\nContent-Encoding: br\r\nContent-Length: 4\r\n\r\nnope",
        "204 No Content\r\nContent-Length: 5\r\n\r\nhello",
        "205 Reset Content\r\nContent-Length: 5\r\n\r\nhello",
        "200 OK\r\n\r\nuntil the connection ends",
        "503 Unavailable\r\nRetry-After: 30\r\nContent-Length: 100\r\n\r\nlater"
      })
  void aCallThatTakesNoBodyGetsTheStatusWhateverTheBodyDoes(String answer) throws Exception {
    for (boolean stays : new boolean[] {false, true}) {
      HttpAnswer head =
          answered(
              answer,
              stays,
              uri -> new HttpCall("POST", uri, Map.of(), new byte[0], Patience.LIMIT, 0));

      assertThat(head.status()).isEqualTo(Integer.parseInt(answer.substring(0, 3)));
      assertThat(head.body()).isEmpty();
      if (head.status() == 503) {
        assertThat(head.header("retry-after")).contains("30");
      }
    }
  }

  /** Some bodies break a rule or never end. What has come of them is the excerpt. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "500 E\\r\\nContent-Length: 5\\r\\n\\r\\nwrong                      | wrong",
        "400 E\\r\\nContent-Length: 9\\r\\n\\r\\n123456789                  | 12345678",
        "404 E\\r\\nContent-Length: 100\\r\\n\\r\\nok                       | ok",
        "410 E\\r\\nContent-Length: 100\\r\\n\\r\\n                         | ''",
        "500 E\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n5\\r\\nhel          | hel",
        "502 E\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\nnot a length\\r\\n | ''",
        "500 E\\r\\nContent-Encoding: gzip\\r\\nContent-Length: 4\\r\\n\\r\\nnope | ''",
        "302 E\\r\\nLocation: /\\r\\nContent-Length: 4\\r\\n\\r\\nmove          | move",
        "202 E\\r\\nContent-Length: 5\\r\\n\\r\\nright                      | ''",
        "503 E\\r\\nRetry-After: 30\\r\\nContent-Length: 100\\r\\n\\r\\nlater  | later"
      })
  void anExcerptIsWhatHasComeOfAnAnswerThatIsNoSuccess(String given, String excerpt)
      throws Exception {
    String answer = given.replace("\\r", "\r").replace("\\n", "\n");
    for (boolean stays : new boolean[] {false, true}) {
      HttpAnswer head =
          answered(
              answer,
              stays,
              uri -> HttpCall.withExcerpt("POST", uri, Map.of(), new byte[0], Patience.LIMIT, 8));

      assertThat(head.status()).isEqualTo(Integer.parseInt(answer.substring(0, 3)));
      assertThat(head.body()).asString(UTF_8).isEqualTo(excerpt);
      if (head.status() == 503) {
        assertThat(head.header("retry-after")).contains("30");
      }
    }
  }

  /**
   * Sends a call to a server with one answer.
   *
   * @param stays whether the server keeps the connection until the call is over
   */
  private HttpAnswer answered(String answer, boolean stays, Function<URI, HttpCall> call)
      throws Exception {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var release = new CountDownLatch(1);
      CompletableFuture<Void> served =
          CompletableFuture.runAsync(
              () -> {
                try (Socket accepted = socket.accept()) {
                  readHead(accepted.getInputStream());
                  accepted.getOutputStream().write(("HTTP/1.1 " + answer).getBytes(UTF_8));
                  accepted.getOutputStream().flush();
                  if (stays) {
                    await(release);
                  }
                } catch (IOException e) {
                  throw new IllegalStateException(e);
                }
              });
      HttpAnswer head =
          transport.send(call.apply(URI.create("http://127.0.0.1:" + socket.getLocalPort())));
      release.countDown();
      served.join();
      return head;
    }
  }

  @Test
  void gzipIsAskedForAndDecoded() throws Exception {
    var asked = new AtomicReference<String>();
    on(
        exchange -> {
          asked.set(exchange.getRequestHeaders().getFirst("Accept-Encoding"));
          exchange.getResponseHeaders().add("Content-Encoding", "gzip");
          answer(exchange, 200, gzip("many pins".getBytes(UTF_8)));
        });

    HttpAnswer answer = transport.send(get("/", 9));

    assertThat(asked.get()).isEqualTo("gzip");
    assertThat(answer.body()).asString(UTF_8).isEqualTo("many pins");
    assertThat(answer.truncated()).isFalse();
    assertThat(answer.headers()).doesNotContainKeys("content-encoding", "content-length");
  }

  @Test
  void anAnswerStaysAsEncodedWhereTheCallSaysWhatItTakes() throws Exception {
    var asked = new AtomicReference<String>();
    byte[] packed = gzip("many pins".getBytes(UTF_8));
    on(
        exchange -> {
          asked.set(String.join("|", exchange.getRequestHeaders().get("Accept-Encoding")));
          exchange.getResponseHeaders().add("Content-Encoding", "gzip");
          answer(exchange, 200, packed);
        });

    HttpAnswer answer = transport.send(asking("GET", "gzip", packed.length));
    HttpAnswer cut = transport.send(asking("GET", "gzip", packed.length - 1));

    assertThat(asked.get()).isEqualTo("gzip");
    assertThat(answer.body()).isEqualTo(packed);
    assertThat(answer.header("content-encoding")).contains("gzip");
    assertThat(answer.header("content-length")).contains("" + packed.length);
    assertThat(answer.truncated()).isFalse();
    assertThat(cut.body()).hasSize(packed.length - 1);
    assertThat(cut.truncated()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"GET, 200", "HEAD, 200", "GET, 204", "GET, 304"})
  void anEncodedAnswerWithoutABodyIsNoBrokenOne(String method, int status) throws Exception {
    on(
        exchange -> {
          exchange.getResponseHeaders().add("Content-Encoding", "gzip");
          answer(exchange, status, new byte[0]);
        });

    HttpAnswer plain =
        transport.send(new HttpCall(method, uri("/"), Map.of(), null, Patience.LIMIT, 1000));
    HttpAnswer encoded = transport.send(asking(method, "gzip", 1000));

    assertThat(plain.status()).isEqualTo(status);
    assertThat(plain.body()).isEmpty();
    assertThat(plain.headers()).doesNotContainKey("content-encoding");
    assertThat(encoded.status()).isEqualTo(status);
    assertThat(encoded.body()).isEmpty();
    assertThat(encoded.header("content-encoding")).contains("gzip");
  }

  @Test
  void aRangeIsAskedForAsItIs() throws Exception {
    var asked = new AtomicReference<String>("nothing");
    on(
        exchange -> {
          asked.set(exchange.getRequestHeaders().getFirst("Accept-Encoding"));
          answer(exchange, 206, "any".getBytes(UTF_8));
        });

    HttpAnswer answer =
        transport.send(
            new HttpCall("GET", uri("/"), Map.of("Range", "bytes=2-4"), null, Patience.LIMIT, 9));

    assertThat(asked.get()).isNotEqualTo("gzip");
    assertThat(answer.body()).asString(UTF_8).isEqualTo("any");
  }

  @Test
  void aZipBombIsCutAtTheBound() throws Exception {
    byte[] bomb = gzip(new byte[50_000_000]);
    on(
        exchange -> {
          exchange.getResponseHeaders().add("Content-Encoding", "gzip");
          answer(exchange, 200, bomb);
        });

    HttpAnswer answer = transport.send(get("/", 100_000));

    assertThat(answer.body()).hasSize(100_000);
    assertThat(answer.truncated()).isTrue();
  }

  @Test
  void brokenGzipIsAFailureAfterSending() {
    on(
        exchange -> {
          exchange.getResponseHeaders().add("Content-Encoding", "gzip");
          byte[] whole = gzip("many pins".getBytes(UTF_8));
          answer(exchange, 200, Arrays.copyOf(whole, whole.length - 10));
        });

    TransportFailure failure = failureOf(get("/", 1000));

    assertThat(failure).hasMessageContaining("broken gzip");
    assertThat(failure.sent()).isTrue();
  }

  @Test
  void aServerThatStallsInItsBodyRunsIntoTheTimeout() {
    var release = new CountDownLatch(1);
    on(
        exchange -> {
          exchange.sendResponseHeaders(200, 100);
          exchange.getResponseBody().write('x');
          exchange.getResponseBody().flush();
          await(release);
        });

    TransportFailure failure =
        failureOf(new HttpCall("GET", uri("/slow"), Map.of(), null, Duration.ofSeconds(2), 1000));
    release.countDown();

    assertThat(failure.sent()).isTrue();
    assertThat(failure).hasMessageContaining("2000 ms");
  }

  @Test
  void aConnectionDroppedBeforeTheAnswerMayHaveReachedTheServer() throws Exception {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CompletableFuture<Void> dropped =
          CompletableFuture.runAsync(
              () -> {
                try (Socket accepted = socket.accept();
                    InputStream in = accepted.getInputStream()) {
                  in.read();
                } catch (IOException e) {
                  throw new IllegalStateException(e);
                }
              });

      TransportFailure failure =
          failureOf(
              new HttpCall(
                  "POST",
                  URI.create("http://127.0.0.1:" + socket.getLocalPort()),
                  Map.of(),
                  new byte[10],
                  Patience.LIMIT,
                  1000));
      dropped.join();

      assertThat(failure.sent()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "POST"})
  void aServiceThatSaysToRetryAtOnceIsAnswerAndNotAskedAgain(String method) throws Exception {
    var requests = new AtomicInteger();
    on(
        exchange -> {
          requests.incrementAndGet();
          exchange.getResponseHeaders().add("Retry-After", "0");
          exchange.sendResponseHeaders(503, -1);
          exchange.close();
        });

    HttpAnswer answer =
        transport.send(
            new HttpCall(method, uri("/"), Map.of(), null, Duration.ofSeconds(10), 1000));

    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.header("retry-after")).contains("0");
    assertThat(requests).hasValue(1);
  }

  /** A server may close a kept-alive connection just when the next request comes. */
  @ParameterizedTest
  @CsvSource({"GET, true", "HEAD, true", "POST, false", "DELETE, false"})
  void onlyARequestThatChangesNothingIsSentAgainAfterADeadConnection(
      String method, boolean answered) throws Exception {
    try (var socket = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      var requests = new AtomicInteger();
      Thread.ofVirtual()
          .start(
              () -> {
                while (!socket.isClosed()) {
                  // The first connection takes two requests and answers one; others answer each.
                  try (Socket accepted = socket.accept()) {
                    int ofConnection = requests.get() == 0 ? 2 : 1;
                    for (int i = 0; i < ofConnection; i++) {
                      readHead(accepted.getInputStream());
                      if (requests.incrementAndGet() != 2) {
                        accepted
                            .getOutputStream()
                            .write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".getBytes(UTF_8));
                      }
                    }
                  } catch (IOException closed) {
                    return;
                  }
                }
              });
      URI uri = URI.create("http://127.0.0.1:" + socket.getLocalPort() + "/");
      var first = new HttpCall("GET", uri, Map.of(), null, Duration.ofSeconds(10), 1000);
      assertThat(transport.send(first).status()).isEqualTo(200);
      var second = new HttpCall(method, uri, Map.of(), null, Duration.ofSeconds(10), 1000);

      if (answered) {
        assertThat(transport.send(second).status()).isEqualTo(200);
        assertThat(requests).hasValue(3);
      } else {
        assertThat(failureOf(second).sent()).isTrue();
        assertThat(requests).hasValue(2);
      }
    }
  }

  private static void readHead(InputStream in) throws IOException {
    var head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int read = in.read();
      if (read < 0) {
        throw new IOException("closed");
      }
      head.append((char) read);
    }
  }

  @Test
  void aRefusedConnectionWasSurelyNotSent() throws Exception {
    // The port is bound, so that nobody else listens there, but this test does not listen, either.
    try (var socket = new Socket()) {
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));

      TransportFailure failure =
          failureOf(
              new HttpCall(
                  "GET",
                  URI.create(
                      "http://127.0.0.1:" + socket.getLocalPort() + "/x?secret=pina_1234567890"),
                  Map.of("Authorization", "Bearer pina_1234567890"),
                  null,
                  Patience.LIMIT,
                  1000));

      assertThat(failure.sent()).isFalse();
      assertThat(failure.getMessage())
          .contains("http://127.0.0.1:" + socket.getLocalPort())
          .doesNotContain("pina_");
    }
  }

  @Test
  void anUnknownHostWasSurelyNotSent() {
    TransportFailure failure =
        failureOf(
            new HttpCall(
                "GET",
                URI.create("http://nowhere.invalid/"),
                Map.of(),
                null,
                Patience.LIMIT,
                1000));

    assertThat(failure.sent()).isFalse();
  }

  @Test
  void aHeaderThatCouldSplitTheRequestIsRefusedWithoutNamingItsValue() {
    assertThatThrownBy(
            () ->
                transport.send(
                    new HttpCall(
                        "GET",
                        uri("/"),
                        Map.of("Authorization", "Bearer s3cret\r\nX-Other: 1"),
                        null,
                        Patience.LIMIT,
                        1000)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("authorization")
        .hasMessageNotContaining("s3cret");
  }

  private TransportFailure failureOf(HttpCall call) {
    return catchThrowableOfType(TransportFailure.class, () -> transport.send(call));
  }

  private void on(HttpHandler handler) {
    server.createContext("/", handler);
  }

  private URI uri(String pathAndQuery) {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + pathAndQuery);
  }

  private HttpCall get(String path, int answerBytesMax) {
    return new HttpCall("GET", uri(path), Map.of(), null, Patience.LIMIT, answerBytesMax);
  }

  private HttpCall asking(String method, String acceptEncoding, int answerBytesMax) {
    return new HttpCall(
        method,
        uri("/"),
        Map.of("Accept-Encoding", acceptEncoding),
        null,
        Patience.LIMIT,
        answerBytesMax);
  }

  private static void answer(HttpExchange exchange, int status, byte @Nullable [] body)
      throws IOException {
    exchange.sendResponseHeaders(status, body == null || body.length == 0 ? -1 : body.length);
    if (body != null && body.length > 0) {
      exchange.getResponseBody().write(body);
    }
    exchange.close();
  }

  private static byte[] gzip(byte[] plain) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(bytes)) {
      gzip.write(plain);
    }
    return bytes.toByteArray();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
