package io.pinferry.local.cloud;

import static org.assertj.core.api.Assertions.assertThat;

import io.pinferry.base.Patience;
import java.io.ByteArrayOutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The gateway's own answers, over a real socket. */
class ApiGatewayComponentTest {

  private static final HttpClient HTTP = HttpClient.newHttpClient();

  /** Runs a gateway whose only function does as the script says. */
  private static void with(
      Function<String, InvocationResult> script, Duration timeMax, Client client) throws Exception {
    with(script, timeMax, DataDisk.of(null), client);
  }

  private static void with(
      Function<String, InvocationResult> script, Duration timeMax, DataDisk disk, Client client)
      throws Exception {
    try (var gateway = ApiGateway.bind("Api", 0, InstantSource.system(), new Random(1), timeMax);
        LocalFunction function = new ScriptedFunction(2, script).start()) {
      gateway.start(
          List.of(new ApiGateway.Route(RouteKey.defaultRoute(), function)),
          null,
          ScriptedFunction.ADDRESSES,
          disk);
      client.use(gateway.address());
    }
  }

  @FunctionalInterface
  private interface Client {
    void use(URI address) throws Exception;
  }

  private static HttpResponse<String> send(URI address, String method, byte[] body)
      throws Exception {
    return HTTP.send(
        HttpRequest.newBuilder(address.resolve("/x"))
            .method(method, HttpRequest.BodyPublishers.ofByteArray(body))
            .header("Content-Type", "text/plain")
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void aFunctionThatTakesTooLongIsUnavailableToItsClient() throws Exception {
    var release = new CountDownLatch(1);
    with(
        event -> {
          try {
            release.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          return ScriptedFunction.answer("{}");
        },
        Duration.ofMillis(50),
        address -> {
          HttpResponse<String> answer = send(address, "GET", new byte[0]);

          assertThat(answer.statusCode()).isEqualTo(503);
          assertThat(answer.body()).isEqualTo("{\"message\":\"Service Unavailable\"}");
          release.countDown();
        });
  }

  @Test
  void whatIsRefusedBecauseAllAreBusyNeverRuns() throws Exception {
    var release = new CountDownLatch(1);
    var busy = new CountDownLatch(2);
    var ran = new AtomicInteger();
    with(
        event -> {
          ran.incrementAndGet();
          busy.countDown();
          try {
            release.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          return ScriptedFunction.answer("{}");
        },
        Patience.LIMIT,
        address -> {
          try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<HttpResponse<String>>> served = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
              served.add(threads.submit(() -> send(address, "POST", new byte[0])));
            }
            busy.await();
            List<Future<HttpResponse<String>>> refused = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
              refused.add(threads.submit(() -> send(address, "POST", new byte[0])));
            }
            for (Future<HttpResponse<String>> answer : refused) {
              assertThat(answer.get().statusCode()).isEqualTo(503);
            }
            release.countDown();
            for (Future<HttpResponse<String>> answer : served) {
              assertThat(answer.get().statusCode()).isEqualTo(200);
            }
          }
          assertThat(send(address, "POST", new byte[0]).statusCode()).isEqualTo(200);
        });
    assertThat(ran).as("invocations").hasValue(3);
  }

  @Test
  void aFullDiskIsToldAtOnce(@TempDir Path data) throws Exception {
    var free = new AtomicLong();
    with(
        event -> ScriptedFunction.answer("{}"),
        Patience.LIMIT,
        new DataDisk(data, _ -> free.get()),
        address -> {
          HttpResponse<String> answer = send(address, "POST", new byte[0]);
          assertThat(answer.statusCode()).isEqualTo(507);
          assertThat(answer.body()).contains(data.toString(), "is full");

          free.set(DataDisk.FREE_BYTES_MIN);
          assertThat(send(address, "POST", new byte[0]).statusCode()).isEqualTo(200);
        });
  }

  @Test
  void anEventBeyondLambdasLimitIsTooLarge() throws Exception {
    with(
        event -> ScriptedFunction.answer("{\"statusCode\":200}"),
        Patience.LIMIT,
        address -> {
          HttpResponse<String> large =
              send(address, "POST", new byte[LocalFunction.PAYLOAD_BYTES_MAX]);
          HttpResponse<String> larger =
              send(address, "POST", new byte[ApiGateway.BODY_BYTES_MAX + 1]);
          HttpResponse<String> allowed =
              send(address, "POST", "x".repeat(5 << 20).getBytes(StandardCharsets.UTF_8));

          assertThat(large.statusCode()).isEqualTo(413);
          assertThat(larger.statusCode()).isEqualTo(413);
          assertThat(larger.body()).isEqualTo("{\"message\":\"Request Entity Too Large\"}");
          assertThat(allowed.statusCode()).isEqualTo(200);
        });
  }

  @Test
  void anAnswerBeyondLambdasLimitIsAnInternalError() throws Exception {
    String payload = "\"" + "x".repeat(LocalFunction.PAYLOAD_BYTES_MAX) + "\"";
    with(
        event -> ScriptedFunction.answer(payload),
        Patience.LIMIT,
        address -> assertThat(send(address, "GET", new byte[0]).statusCode()).isEqualTo(500));
  }

  @Test
  void aHeadRequestAndAnEmptyStatusHaveNoBody() throws Exception {
    with(
        event ->
            ScriptedFunction.answer(
                event.contains("\"method\":\"HEAD\"")
                    ? "{\"statusCode\":200,\"body\":\"text\"}"
                    : "{\"statusCode\":204,\"body\":\"text\"}"),
        Patience.LIMIT,
        address -> {
          assertThat(send(address, "HEAD", new byte[0]).body()).isEmpty();
          assertThat(send(address, "GET", new byte[0]).body()).isEmpty();
          assertThat(send(address, "GET", new byte[0]).statusCode()).isEqualTo(204);
        });
  }

  @Test
  void aHeaderThatWouldSplitTheAnswerIsAnInternalError() throws Exception {
    with(
        event ->
            ScriptedFunction.answer(
                "{\"statusCode\":200,\"headers\":{\"a\":\"b\\r\\nSet-Cookie: c=d\"}}"),
        Patience.LIMIT,
        address -> {
          HttpResponse<String> answer = send(address, "GET", new byte[0]);

          assertThat(answer.statusCode()).isEqualTo(500);
          assertThat(answer.headers().firstValue("set-cookie")).isEmpty();
        });
  }

  @Test
  void itListensOnTheLoopbackOnlyAndNamesEachRequest() throws Exception {
    with(
        event -> ScriptedFunction.answer("{\"statusCode\":200}"),
        Patience.LIMIT,
        address -> {
          assertThat(address.getHost()).isEqualTo("127.0.0.1");
          HttpResponse<String> answer = send(address, "GET", new byte[0]);
          assertThat(answer.headers().firstValue("apigw-requestid")).isPresent();
        });
  }

  @Test
  void aPathThatIsNoUriIsABadRequest() throws Exception {
    with(
        event -> ScriptedFunction.answer("{\"statusCode\":200}"),
        Patience.LIMIT,
        address -> {
          try (var socket = new Socket(address.getHost(), address.getPort())) {
            socket
                .getOutputStream()
                .write(
                    "GET /a%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
                        .getBytes(StandardCharsets.US_ASCII));
            var answer = new ByteArrayOutputStream();
            socket.getInputStream().transferTo(answer);
            assertThat(answer.toString(StandardCharsets.US_ASCII)).startsWith("HTTP/1.1 400");
          }
        });
  }
}
