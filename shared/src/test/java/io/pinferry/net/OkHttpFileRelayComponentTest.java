package io.pinferry.net;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.pinferry.base.LocalMode;
import io.pinferry.base.Patience;
import io.pinferry.net.FileRelay.FormField;
import io.pinferry.net.FileRelay.RelayResult;
import io.pinferry.net.FileRelay.Source;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class OkHttpFileRelayComponentTest {
  private static final List<FormField> FIELDS =
      List.of(new FormField("key", "uploads/1"), new FormField("policy", "ey=="));

  private final OkHttpFileRelay relay = OkHttpFileRelay.of(new LocalMode(true), Clock.systemUTC());
  private final AtomicReference<String> stored = new AtomicReference<>("");
  private final AtomicReference<String> storedHeaders = new AtomicReference<>("");
  private final CountDownLatch ended = new CountDownLatch(1);
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
    server.createContext(
        "/store",
        exchange -> {
          storedHeaders.set(
              exchange.getRequestHeaders().getFirst("Content-Type")
                  + " "
                  + exchange.getRequestHeaders().getFirst("Content-Length")
                  + " "
                  + exchange.getRequestHeaders().containsKey("Authorization"));
          stored.set(new String(exchange.getRequestBody().readAllBytes(), ISO_8859_1));
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
  }

  @AfterEach
  void stop() {
    ended.countDown();
    server.stop(0);
  }

  private URI at(String path) {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
  }

  private void serve(int status, byte[] body, boolean lengthSaid, Map<String, String> headers) {
    server.createContext(
        "/source",
        exchange -> {
          headers.forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
          exchange.sendResponseHeaders(status, lengthSaid ? body.length : 0);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
  }

  private RelayResult relay(Source source) {
    return relay.relay(source, at("/store"), FIELDS, Patience.LIMIT);
  }

  private RelayResult relayFromWeb() {
    return relay(new Source.Web(at("/source?sig=secret")));
  }

  @Test
  void theFileIsTheLastFieldOfTheFormAndItsLengthIsSaid() {
    assertThat(relay(new Source.Inline("hello".getBytes(UTF_8))))
        .isEqualTo(new RelayResult.Success());

    assertThat(storedHeaders.get()).startsWith("multipart/form-data; boundary=");
    assertThat(storedHeaders.get()).endsWith(" " + stored.get().length() + " false");
    assertThat(
            stored
                .get()
                .replaceAll("--[0-9a-f-]{36}", "--B")
                // The library adds it to each part; receivers may ignore it.
                .replaceAll("Content-Length: [0-9]+\r\n", ""))
        .isEqualTo(
            """
            --B
            Content-Disposition: form-data; name="key"

            uploads/1
            --B
            Content-Disposition: form-data; name="policy"

            ey==
            --B
            Content-Disposition: form-data; name="file"; filename="file"
            Content-Type: application/octet-stream

            hello
            --B--
            """
                .replace("\n", "\r\n"));
    assertThat(stored.get()).as("the form is closed").endsWith("--\r\n");
  }

  @Test
  void aFileFromTheWebIsPassedOnWhetherItsLengthIsSaidOrNot() {
    var bytes = new byte[3_000_000];
    Arrays.fill(bytes, (byte) 'x');
    for (boolean said : new boolean[] {true, false}) {
      serve(200, bytes, said, Map.of());

      assertThat(relayFromWeb()).isEqualTo(new RelayResult.Success());
      assertThat(stored.get().chars().filter(c -> c == 'x').count()).isEqualTo(bytes.length);
      server.removeContext("/source");
    }
  }

  @Test
  void aSourceThatDoesNotAnswerWellIsNotFetched() {
    serve(404, new byte[0], true, Map.of());
    assertThat(relayFromWeb())
        .isEqualTo(new RelayResult.FetchFailure(at("/source") + " was answered 404", false));

    server.removeContext("/source");
    serve(302, new byte[0], true, Map.of("Location", at("/store").toString()));
    assertThat(relayFromWeb()).isInstanceOf(RelayResult.FetchFailure.class);
    assertThat(stored.get()).isEmpty();

    server.removeContext("/source");
    serve(503, new byte[0], true, Map.of());
    assertThat(relayFromWeb())
        .isEqualTo(new RelayResult.FetchFailure(at("/source") + " was answered 503", true));
  }

  @Test
  void aNameThatLeadsIntoOurOwnNetworkIsNotAsked() {
    serve(200, "x".getBytes(UTF_8), true, Map.of());

    assertThat(
            OkHttpFileRelay.of(new LocalMode(false), Clock.systemUTC())
                .relay(
                    new Source.Web(
                        URI.create(
                            "http://localhost:" + server.getAddress().getPort() + "/source")),
                    at("/store"),
                    FIELDS,
                    Patience.LIMIT))
        .isInstanceOfSatisfying(
            RelayResult.FetchFailure.class,
            refused -> assertThat(refused.reason()).contains("private, loopback"));
    assertThat(stored.get()).isEmpty();
  }

  @Test
  void aStoreThatRefusesSaysWhy() {
    server.createContext(
        "/refusing",
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          byte[] why = "<Code>AccessDenied</Code>".getBytes(UTF_8);
          exchange.sendResponseHeaders(403, why.length);
          exchange.getResponseBody().write(why);
          exchange.close();
        });

    assertThat(
            relay.relay(
                new Source.Inline("x".getBytes(UTF_8)), at("/refusing"), FIELDS, Patience.LIMIT))
        .isEqualTo(new RelayResult.Refusal(403, "<Code>AccessDenied</Code>"));
  }

  @Test
  void aSourceThatDoesNotComeToAnEndIsGivenUpInTime() {
    for (long said : new long[] {1_000_000, 0}) {
      server.createContext(
          "/source",
          exchange -> {
            exchange.sendResponseHeaders(200, said);
            exchange.getResponseBody().write('x');
            exchange.getResponseBody().flush();
            awaitEnd();
          });

      RelayResult relayed =
          relay.relay(new Source.Web(at("/source")), at("/store"), FIELDS, Duration.ofSeconds(2));

      assertThat(relayed)
          .isInstanceOfAny(RelayResult.FetchFailure.class, RelayResult.Interruption.class)
          .isNotEqualTo(new RelayResult.Success());
      server.removeContext("/source");
    }
  }

  @Test
  void aStoreWhoseAnswerDoesNotComeToAnEndIsGivenUpInTime() {
    server.createContext(
        "/stalling",
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          exchange.sendResponseHeaders(403, 400);
          exchange.getResponseBody().flush();
          awaitEnd();
        });

    assertThat(
            relay.relay(
                new Source.Inline("x".getBytes(UTF_8)),
                at("/stalling"),
                FIELDS,
                Duration.ofSeconds(2)))
        .isEqualTo(new RelayResult.Interruption("the upload did not end in time"));
  }

  @Test
  void ofALongReasonOnlyTheBeginningIsRead() {
    server.createContext(
        "/talking",
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          exchange.sendResponseHeaders(400, 0);
          try (var body = exchange.getResponseBody()) {
            for (int i = 0; i < 1_000_000; i++) {
              body.write("no ".getBytes(UTF_8));
            }
          }
        });

    assertThat(
            relay.relay(
                new Source.Inline("x".getBytes(UTF_8)), at("/talking"), FIELDS, Patience.LIMIT))
        .isInstanceOfSatisfying(
            RelayResult.Refusal.class, refused -> assertThat(refused.reason()).hasSize(500));
  }

  private void awaitEnd() {
    try {
      ended.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
