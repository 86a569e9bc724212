package io.pinferry.net;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpServer;
import io.pinferry.base.LocalMode;
import io.pinferry.base.ManualClock;
import io.pinferry.base.Patience;
import io.pinferry.net.FileRelay.RelayResult;
import io.pinferry.net.FileRelay.Source;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the promises of a transport, and the addresses that it refuses. */
final class OkHttpTransportComponentTest extends HttpTransportContract {
  /** An address of the public internet, which no test calls. */
  private static final InetAddress PUBLIC = InetAddress.ofLiteral("127.0.0.2");

  private static final InetAddress PRIVATE = InetAddress.ofLiteral("127.0.0.1");
  private static final OutgoingClient.Reach ONLY_PUBLIC = PUBLIC::equals;

  @Override
  HttpTransport transport() {
    return OkHttpTransport.toPublicHosts(new LocalMode(true), InstantSource.system());
  }

  /** A path such as {@code /services/T0/B0/SECRET} is all that protects some webhooks. */
  @Test
  void onlyTheOriginOfAnAddressThatOthersChoseIsTold() throws Exception {
    try (var socket = new Socket()) {
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      String origin = "http://127.0.0.1:" + socket.getLocalPort();
      var call =
          new HttpCall(
              "POST",
              URI.create(origin + "/services/T0/SECRET?token=SECRET"),
              Map.of(),
              new byte[0],
              Patience.LIMIT,
              0);

      TransportFailure others =
          catchThrowableOfType(TransportFailure.class, () -> transport().send(call));
      TransportFailure operators =
          catchThrowableOfType(
              TransportFailure.class,
              () -> OkHttpTransport.toConfiguredHosts(InstantSource.system()).send(call));

      assertThat(others).hasMessageContaining("POST " + origin + " ");
      assertThat(others.getMessage()).doesNotContain("SECRET").doesNotContain("services");
      assertThat(operators).hasMessageContaining("/services/T0").hasMessageNotContaining("token=");
    }
  }

  @Test
  void aNameThatIsPublicFirstAndPrivateThenReachesNothingPrivate() throws Exception {
    try (var internal = new ServerSocket(0, 1, PRIVATE)) {
      internal.setSoTimeout(1);
      int port = internal.getLocalPort();
      HttpServer outside = HttpServer.create(new InetSocketAddress(PUBLIC, port), 0);
      outside.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
      outside.createContext(
          "/",
          exchange -> {
            exchange.getResponseHeaders().add("Connection", "close");
            exchange.sendResponseHeaders(200, 2);
            exchange.getResponseBody().write("ok".getBytes(UTF_8));
            exchange.close();
          });
      outside.start();
      try {
        var hosts =
            new ScriptedHostNames()
                .then("hooks.example.com", PUBLIC)
                .then("hooks.example.com", PRIVATE)
                .then("media.example.com", PUBLIC)
                .then("media.example.com", PRIVATE);
        var transport = new OkHttpTransport(ONLY_PUBLIC, hosts, InstantSource.system());
        HttpCall call = call("http://hooks.example.com:" + port + "/webhook");

        assertThat(transport.send(call).status()).isEqualTo(200);
        assertThat(hosts.questions()).as("one look-up for one connection").isEqualTo(1);
        TransportFailure refused =
            catchThrowableOfType(TransportFailure.class, () -> transport.send(call));

        assertThat(refused.sent()).isFalse();
        assertThat(refused).hasMessageContaining("private, loopback, link-local or reserved");
        assertThat(hosts.questions()).isEqualTo(2);
        var relay = new OkHttpFileRelay(ONLY_PUBLIC, hosts, Clock.systemUTC());
        assertThat(fetch(relay, "http://media.example.com:" + port + "/a.mp4"))
            .as("fetched, and then its store is not there")
            .isNotInstanceOf(RelayResult.FetchFailure.class);
        assertThat(fetch(relay, "http://media.example.com:" + port + "/a.mp4"))
            .isInstanceOfSatisfying(
                RelayResult.FetchFailure.class,
                answer -> assertThat(answer.reason()).contains("private, loopback"));
        assertNobodyCame(internal);
      } finally {
        outside.stop(0);
      }
    }
  }

  @Test
  void aNameOfWhichOneAddressIsPrivateIsRefusedAsAWhole() throws Exception {
    try (var internal = new ServerSocket(0, 1, PRIVATE)) {
      internal.setSoTimeout(1);
      for (InetAddress[] addresses :
          List.of(new InetAddress[] {PUBLIC, PRIVATE}, new InetAddress[] {PRIVATE, PUBLIC})) {
        var transport =
            new OkHttpTransport(
                ONLY_PUBLIC,
                new ScriptedHostNames().then("hooks.example.com", addresses),
                InstantSource.system());

        TransportFailure refused =
            catchThrowableOfType(
                TransportFailure.class,
                () ->
                    transport.send(
                        call("http://hooks.example.com:" + internal.getLocalPort() + "/")));

        assertThat(refused).hasMessageContaining("private, loopback");
      }
      assertNobodyCame(internal);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "localhost",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "0.0.0.0",
        "[::]",
        "0",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "127.0.0.1.",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.0.1",
        "100.64.0.1",
        "169.254.169.254",
        "[fd00:ec2::254]",
        "[fe80::1]",
        "[fc00::1]",
        "224.0.0.1",
        "255.255.255.255"
      })
  void anAddressOfOurOwnNetworkIsNotCalledHoweverItIsWritten(String host) throws Exception {
    var transport = OkHttpTransport.toPublicHosts(new LocalMode(false), InstantSource.system());
    try (var internal = new ServerSocket(0, 1, PRIVATE)) {
      internal.setSoTimeout(1);

      TransportFailure refused =
          catchThrowableOfType(
              TransportFailure.class,
              () -> transport.send(call("http://" + host + ":" + internal.getLocalPort() + "/")));

      assertThat(refused).as(host).isNotNull();
      assertThat(refused.sent()).isFalse();
      assertNobodyCame(internal);
    }
  }

  /**
   * Lambda freezes a process between invocations. The connection that was kept then may be closed
   * at the other end, and a request on it would be lost.
   */
  @ParameterizedTest
  @CsvSource({"5, 1", "6, 2"})
  void aConnectionThatWasIdleWhileTheProcessStoodStillIsNotUsedAgain(
      int idleSeconds, int connections) throws Exception {
    try (var socket = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      var accepted = new AtomicInteger();
      Thread.ofVirtual().start(() -> answerAll(socket, accepted));
      var clock = new ManualClock(Instant.EPOCH);
      var transport = OkHttpTransport.toConfiguredHosts(clock);
      var post =
          new HttpCall(
              "POST",
              URI.create("http://127.0.0.1:" + socket.getLocalPort() + "/"),
              Map.of(),
              null,
              Duration.ofSeconds(10),
              1000);
      assertThat(transport.send(post).status()).isEqualTo(200);

      clock.advance(Duration.ofSeconds(idleSeconds));

      assertThat(transport.send(post).status()).isEqualTo(200);
      assertThat(accepted).hasValue(connections);
    }
  }

  /** Answers each request of each connection. */
  private static void answerAll(ServerSocket socket, AtomicInteger accepted) {
    while (!socket.isClosed()) {
      try {
        Socket connection = socket.accept();
        accepted.incrementAndGet();
        Thread.ofVirtual().start(() -> answerAll(connection));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private static void answerAll(Socket connection) {
    try (connection;
        var in = new BufferedReader(new InputStreamReader(connection.getInputStream(), UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        if (line.isEmpty()) {
          connection
              .getOutputStream()
              .write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".getBytes(UTF_8));
        }
      }
    } catch (IOException closed) {
      // The client has closed it.
    }
  }

  private static void assertNobodyCame(ServerSocket internal) {
    assertThat(catchThrowableOfType(SocketTimeoutException.class, internal::accept)).isNotNull();
  }

  private static RelayResult fetch(FileRelay relay, String url) throws IOException {
    URI nowhere;
    try (var closed = new ServerSocket(0, 1, PRIVATE)) {
      nowhere = URI.create("http://127.0.0.1:" + closed.getLocalPort() + "/");
    }
    return relay.relay(new Source.Web(URI.create(url)), nowhere, List.of(), Patience.LIMIT);
  }

  private static HttpCall call(String url) {
    return new HttpCall("POST", URI.create(url), Map.of(), new byte[2], Patience.LIMIT, 1000);
  }
}
