package io.pinferry.local.stack;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.pinferry.base.Json;
import io.pinferry.base.Patience;
import io.pinferry.local.simulator.FaultClient;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares the answers of the proxy door of a whole stack with those of Pinterest. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ProxiedAnswersComponentTest {
  private final HttpClient http = HttpClient.newHttpClient();
  private LocalStack stack;
  private String installation;
  private StackClient owner;
  private String connection;

  /** The path of one pin; a list would have another bookmark in each answer. */
  private String pin;

  @BeforeAll
  void anInstallationThatMayUseTheProxy() throws Exception {
    stack = LocalStack.start(Customer.stack(60, 2), sim -> sim.withRateLimits(false));
    owner = new StackClient(http, stack.api(), stack.project(), stack.apiKey());
    owner.createWebhook("pinterestWebhook", URI.create("http://127.0.0.1:9/webhook"));
    String integration = owner.deploy(ExampleManifest.read());
    owner.connect("org");
    installation =
        owner
            .done(
                "POST",
                "./integrations/" + integration + "/installations",
                Json.trusted(StackClient.installation("org", "boards")))
            .path("id")
            .asText();
    connection = owner.get("./connections?groupRef=org").at("/0/id").asText();
    assertThat(token()).isNotEmpty();
    HttpResponse<byte[]> first = send(proxied("GET", "/v5/pins?page_size=1"));
    pin = "/v5/pins/" + Json.trusted(new String(first.body(), UTF_8)).at("/items/0/id").asText();
  }

  @AfterAll
  void stop() {
    stack.close();
    http.close();
  }

  private HttpRequest.Builder proxied(String method, String pathAndQuery) {
    return HttpRequest.newBuilder(stack.proxy().resolve(pathAndQuery))
        .timeout(Patience.LIMIT)
        .header("x-api-key", stack.apiKey())
        .header("x-amp-proxy-version", "1")
        .header("x-amp-project-id", stack.project())
        .header("x-amp-installation-id", installation)
        .method(method, BodyPublishers.noBody());
  }

  private HttpResponse<byte[]> send(HttpRequest.Builder request) throws Exception {
    return http.send(request.build(), BodyHandlers.ofByteArray());
  }

  private HttpResponse<byte[]> direct(String... headers) throws Exception {
    return send(
        HttpRequest.newBuilder(stack.pinterest().resolve(pin))
            .header("authorization", "Bearer " + token())
            .headers(headers));
  }

  @Test
  void gzipArrivesByteForByteAsPinterestSentIt() throws Exception {
    HttpResponse<byte[]> sent = direct("accept-encoding", "gzip");
    assertThat(sent.statusCode()).as(new String(sent.body(), UTF_8)).isEqualTo(200);
    assertThat(sent.headers().firstValue("content-encoding")).contains("gzip");

    HttpResponse<byte[]> passed =
        send(proxied("GET", pin).header("accept-encoding", "br;q=0.5, gzip"));

    assertThat(passed.statusCode()).as(new String(passed.body(), UTF_8)).isEqualTo(200);
    assertThat(passed.body()).isEqualTo(sent.body());
    for (String header : new String[] {"content-encoding", "content-type", "vary"}) {
      assertThat(passed.headers().allValues(header))
          .as(header)
          .isEqualTo(sent.headers().allValues(header))
          .hasSize(1);
    }
    assertThat(passed.headers().firstValueAsLong("content-length")).hasValue(sent.body().length);
    try (var plain = new GZIPInputStream(new ByteArrayInputStream(passed.body()))) {
      assertThat(plain.readAllBytes()).isEqualTo(direct("accept", "*/*").body());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"identity", "gzip;q=0", "br, *;q=0.1"})
  void whoDoesNotTakeGzipGetsItPlain(String accepted) throws Exception {
    HttpResponse<byte[]> passed = send(proxied("GET", pin).header("accept-encoding", accepted));

    assertThat(passed.statusCode()).isEqualTo(200);
    assertThat(passed.body()).isEqualTo(direct("accept", "*/*").body());
    assertThat(passed.headers().firstValue("content-encoding")).isEmpty();
    assertThat(passed.headers().firstValueAsLong("content-length")).hasValue(passed.body().length);
  }

  @Test
  void aRejectedTokenIsRefreshedForWhoTakesGzipToo() throws Exception {
    String before = token();
    new FaultClient(http, stack.pinterest())
        .add(Json.object().put("kind", "revokeTokens").put("count", 1));

    HttpResponse<byte[]> passed = send(proxied("GET", pin).header("accept-encoding", "gzip"));

    assertThat(passed.statusCode()).isEqualTo(200);
    assertThat(passed.headers().firstValue("content-encoding")).contains("gzip");
    assertThat(token()).isNotEqualTo(before);
  }

  /** Returns the account's access token as it is now. */
  private String token() throws Exception {
    return owner
        .get("./connections/" + connection + "?includeCreds=true")
        .at("/oauth2AuthorizationCode/accessToken/token")
        .asText();
  }
}
