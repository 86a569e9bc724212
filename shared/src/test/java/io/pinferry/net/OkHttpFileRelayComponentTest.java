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
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
        .isEqualTo(new RelayResult.FetchFailure(at("") + " was answered 404", false));

    server.removeContext("/source");
    serve(503, new byte[0], true, Map.of());
    assertThat(relayFromWeb())
        .isEqualTo(new RelayResult.FetchFailure(at("") + " was answered 503", true));
  }

  @Test
  void aFewRedirectsAreFollowed() {
    for (int status : List.of(301, 302, 303, 307, 308)) {
      serve(200, "video".getBytes(UTF_8), true, Map.of());
      redirect("/one", status, "two?a=b");
      redirect("/two", status, at("/source").toString());

      assertThat(relay(new Source.Web(at("/one")))).isEqualTo(new RelayResult.Success());
      assertThat(stored.get()).contains("video");
      server.removeContext("/one");
      server.removeContext("/two");
      server.removeContext("/source");
    }
  }

  @Test
  void aRedirectThatLeadsNowhereAllowedIsNotFollowed() {
    redirect("/round", 302, "/round");
    redirect("/away", 302, "http://10.0.0.1/video");
    redirect("/file", 302, "file:///etc/passwd");
    redirect("/silent", 302, null);
    for (String path : List.of("/round", "/away", "/file", "/silent")) {
      assertThat(relay(new Source.Web(at(path))))
          .as(path)
          .isInstanceOfSatisfying(
              RelayResult.FetchFailure.class, failed -> assertThat(failed.retryable()).isFalse());
    }
    assertThat(stored.get()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "https://a.example/x, https://b.example/y, true",
    "https://a.example/x, /y, true",
    "https://a.example/x, http://a.example/x, false",
    "https://a.example/x, https://u:p@b.example/y, false",
    "https://a.example/x, ftp://b.example/y, false",
    "http://127.0.0.1/x, http://127.0.0.1/y, true",
  })
  void aRedirectStaysAsSafeAsTheAddressBefore(String from, String location, boolean allowed) {
    assertThat(OkHttpFileRelay.next(HttpUrl.get(from), location) != null).isEqualTo(allowed);
  }

  @Test
  void aWebPageIsNoVideo() {
    Map<String, String> html = Map.of("Content-Type", "text/html; charset=utf-8");
    serve(200, "anything".getBytes(UTF_8), true, html);
    assertIsNoVideo();
    serve(200, " \n<!DOCTYPE html><html>".getBytes(UTF_8), true, Map.of());
    assertIsNoVideo();
    serve(200, "\ufeff<html>".getBytes(UTF_8), false, Map.of("Content-Type", "video/mp4"));
    assertIsNoVideo();
    assertThat(relay.check(new Source.Inline("<html>".getBytes(UTF_8)), Patience.LIMIT))
        .hasValueSatisfying(failed -> assertThat(failed.reason()).contains("is no video"));
    assertThat(stored.get()).isEmpty();
  }

  private void assertIsNoVideo() {
    assertThat(relayFromWeb())
        .isInstanceOfSatisfying(
            RelayResult.FetchFailure.class,
            failed -> {
              assertThat(failed.reason()).contains("is no video");
              assertThat(failed.retryable()).isFalse();
            });
    assertThat(relay.check(new Source.Web(at("/source")), Patience.LIMIT)).isPresent();
    server.removeContext("/source");
  }

  @Test
  void aFileThatMayBeAVideoPassesTheCheckWithoutBeingPosted() {
    serve(200, "\0\0\0\u0018ftypmp42".getBytes(ISO_8859_1), true, Map.of());

    assertThat(relay.check(new Source.Web(at("/source")), Patience.LIMIT)).isEmpty();
    assertThat(relay.check(new Source.Inline(new byte[] {0}), Patience.LIMIT)).isEmpty();
    assertThat(stored.get()).isEmpty();
  }

  private void redirect(String path, int status, @Nullable String location) {
    server.createContext(
        path,
        exchange -> {
          if (location != null) {
            exchange.getResponseHeaders().set("Location", location);
          }
          exchange.sendResponseHeaders(status, -1);
          exchange.close();
        });
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
