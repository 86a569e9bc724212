package io.pinferry.local.simulator;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pinferry.base.Patience;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The simulator behind a real socket. */
final class SimulatorServerComponentTest {
  private PinterestSimulator simulator;
  private SimulatorServer server;
  private HttpClient http;
  private String token;

  @BeforeEach
  void start() throws IOException {
    simulator =
        new PinterestSimulator(
            SimulatorClient.settings(1, 2_000).withRateLimits(false),
            InstantSource.system(),
            StateStore.forgetful());
    server = SimulatorServer.start(simulator, 0);
    http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    token =
        simulator.issueAccessToken(
            SimulatorClient.CLIENT_ID, Set.copyOf(PinterestSimulator.scopes()));
  }

  @AfterEach
  void stop() {
    http.close();
    server.close();
  }

  private HttpRequest.Builder request(String pathAndQuery) {
    return HttpRequest.newBuilder(server.address().resolve(pathAndQuery))
        .timeout(Patience.LIMIT)
        .header("Authorization", "Bearer " + token);
  }

  @Test
  void answersAreTheSameWithAndWithoutCompression() throws Exception {
    String path = "/v5/pins?page_size=250";
    HttpResponse<byte[]> plain =
        http.send(request(path).build(), HttpResponse.BodyHandlers.ofByteArray());
    HttpResponse<byte[]> packed =
        http.send(
            request(path).header("Accept-Encoding", "gzip").build(),
            HttpResponse.BodyHandlers.ofByteArray());
    assertThat(plain.statusCode()).isEqualTo(200);
    assertThat(plain.headers().firstValue("content-encoding")).isEmpty();
    assertThat(plain.headers().firstValue("x-pinterest-rid")).isPresent();
    assertThat(packed.headers().firstValue("content-encoding")).contains("gzip");
    assertThat(packed.body().length).isLessThan(plain.body().length / 2);
    byte[] unpacked =
        new GZIPInputStream(new java.io.ByteArrayInputStream(packed.body())).readAllBytes();
    // Bookmarks differ from answer to answer, so the pages are compared up to theirs.
    int end = new String(plain.body(), UTF_8).indexOf("],\"bookmark\"");
    assertThat(new String(unpacked, UTF_8).substring(0, end))
        .isEqualTo(new String(plain.body(), UTF_8).substring(0, end));
  }

  @Test
  void theTruthStreams() throws Exception {
    HttpResponse<String> truth =
        http.send(request("/_sim/truth/pins").build(), HttpResponse.BodyHandlers.ofString());
    assertThat(truth.body().lines()).hasSize(2_000);
  }

  @Test
  void aDroppedConnectionHasNoAnswer() {
    simulator.addFault(Fault.next("pins", 3, new Fault.Drop(false)));
    assertThatThrownBy(
            () -> http.send(request("/v5/pins").build(), HttpResponse.BodyHandlers.ofString()))
        .isInstanceOf(IOException.class);
  }

  @Test
  void latencyIsWaitedFor() throws Exception {
    simulator.addFault(Fault.next("pins", 1, new Fault.Latency(Duration.ofMillis(300))));
    long start = System.nanoTime();
    http.send(request("/v5/pins").build(), HttpResponse.BodyHandlers.ofString());
    assertThat(Duration.ofNanos(System.nanoTime() - start))
        .isGreaterThanOrEqualTo(Duration.ofMillis(300));
  }

  @Test
  void answersWithoutABodyEndToo() throws Exception {
    HttpResponse<String> redirect =
        http.send(
            HttpRequest.newBuilder(server.address().resolve("/oauth/"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(
                    HttpRequest.BodyPublishers.ofString(
                        "decision=decline&response_type=code&scope=pins:read&client_id="
                            + SimulatorClient.CLIENT_ID
                            + "&redirect_uri="
                            + SimulatorClient.encode(SimulatorClient.REDIRECT)))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(redirect.statusCode()).isEqualTo(302);
    assertThat(redirect.headers().firstValue("location"))
        .hasValueSatisfying(location -> assertThat(location).endsWith("?error=access_denied"));
  }
}
