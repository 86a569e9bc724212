package io.pinferry.proxy;

import static io.pinferry.proxy.ProxyWorld.body;
import static io.pinferry.proxy.ProxyWorld.json;
import static io.pinferry.proxy.ProxyWorld.request;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.pinferry.directory.DirectoryFixtures;
import io.pinferry.directory.Project;
import io.pinferry.directory.ProjectRepository;
import io.pinferry.directory.ProxyRule;
import io.pinferry.directory.Snapshot;
import io.pinferry.http.ApiResponse;
import io.pinferry.http.HttpEvents;
import io.pinferry.limit.BudgetOwner;
import io.pinferry.limit.BudgetStore;
import io.pinferry.limit.Priority;
import io.pinferry.net.HttpAnswer;
import io.pinferry.net.HttpCall;
import io.pinferry.net.TransportFailure;
import io.pinferry.pinterest.RateCategory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ProxyServiceTest {
  private static final String REJECTED = "{\"code\":2,\"message\":\"Authentication failed.\"}";

  private final ProxyWorld world = new ProxyWorld();

  private HttpCall onlyCall() {
    assertThat(world.calls).hasSize(1);
    return world.calls.getFirst();
  }

  private static void assertIsOurs(ApiResponse response, int status) {
    assertThat(response.status()).as(response.bodyText()).isEqualTo(status);
    assertThat(response.contentType()).isEqualTo("application/problem+json");
    assertThat(body(response).path("subsystem").asText()).isEqualTo("proxy");
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
  void aRequestReachesPinterestAsItIsWithTheConnectionsToken(String method) {
    String body = method.equals("GET") || method.equals("HEAD") ? "" : "{\"note\":\"ä\"}";
    world.next(
        call ->
            new HttpAnswer(
                201,
                Map.of(
                    "content-type", List.of("application/json"),
                    "x-pinterest-rid", List.of("77"),
                    "transfer-encoding", List.of("chunked")),
                "{\"id\":\"8\"}".getBytes(UTF_8),
                false));
    ApiResponse response =
        world.send(
            request(method, "/v5/pins/8?a=%2F&a=2")
                .header("content-type", "application/json")
                .header("authorization", "Bearer stolen-token-value")
                .header("cookie", "a=b")
                .body(body));
    assertThat(onlyCall().method()).isEqualTo(method);
    assertThat(onlyCall().uri()).hasToString("https://api.pinterest.test/v5/pins/8?a=%2F&a=2");
    assertThat(onlyCall().headers())
        .isEqualTo(
            Map.of(
                "accept", "*/*",
                "content-type", "application/json",
                "authorization", "Bearer " + ProxyWorld.TOKEN));
    assertThat(onlyCall().body()).isEqualTo(body.isEmpty() ? null : body.getBytes(UTF_8));
    assertThat(response.status()).isEqualTo(201);
    assertThat(response.headers()).isEqualTo(Map.of("x-pinterest-rid", "77"));
    assertThat(response.contentType()).isEqualTo("application/json");
    assertThat(response.body()).isEqualTo(new ApiResponse.Body.Text("{\"id\":\"8\"}"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "PATCH", "DELETE"})
  void anEncodedQuestionMarkInAPathNeverReachesAnotherResource(String method) {
    ApiResponse response =
        world.send(ProxyWorld.authorized(HttpEvents.cutAtQuestionMark(method, "/v5/pins/8?456")));
    assertIsOurs(response, 400);
    assertThat(response.bodyText()).contains("question mark");
    assertThat(world.calls).isEmpty();
  }

  @Test
  void binaryBodiesTravelByteForByte() {
    byte[] bytes = {0, (byte) 0xff, 13, 10, (byte) 0xc3};
    world.next(
        call -> new HttpAnswer(200, Map.of("content-type", List.of("image/png")), bytes, false));
    ApiResponse response = world.send(request("POST", "/v5/media").base64Body(bytes));
    assertThat(onlyCall().body()).isEqualTo(bytes);
    assertThat(response.body())
        .isInstanceOfSatisfying(
            ApiResponse.Body.Bytes.class, body -> assertThat(body.value()).isEqualTo(bytes));
  }

  @ParameterizedTest
  @CsvSource({
    "application/json, true",
    "application/json; charset=UTF-8, true",
    "application/problem+json, true",
    "text/csv, true",
    "text/plain; charset=iso-8859-1, false",
    "application/octet-stream, false",
    "application/gzip, false",
  })
  void onlyUtf8TextIsAnsweredAsText(String contentType, boolean text) {
    world.next(
        call ->
            new HttpAnswer(
                200, Map.of("content-type", List.of(contentType)), "ä".getBytes(UTF_8), false));
    assertThat(world.send(request("GET", "/v5/pins")).body() instanceof ApiResponse.Body.Text)
        .isEqualTo(text);
  }

  @Test
  void textThatIsNoUtf8OrLongIsAnsweredAsBytes() {
    for (byte[] bytes : List.of(new byte[] {(byte) 0xc3}, new byte[ProxyBody.TEXT_BYTES_MAX + 1])) {
      world.next(
          call -> new HttpAnswer(200, Map.of("content-type", List.of("text/plain")), bytes, false));
      assertThat(world.send(request("GET", "/v5/pins")).body())
          .isInstanceOf(ApiResponse.Body.Bytes.class);
    }
  }

  @Test
  void anAnswerWithoutABodyStaysOne() {
    world.next(call -> new HttpAnswer(204, Map.of(), new byte[0], false));
    ApiResponse response = world.send(request("DELETE", "/v5/pins/8"));
    assertThat(response.status()).isEqualTo(204);
    assertThat(response.body()).isNull();
    assertThat(onlyCall().body()).isNull();
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 403, 404, 409, 418, 500, 503})
  void anErrorOfPinterestIsPassedOnAndNotOurs(int status) {
    String error = "{\"code\":1,\"message\":\"no\"}";
    world.next(call -> json(status, error));
    ApiResponse response = world.send(request("GET", "/v5/pins"));
    assertThat(response.status()).isEqualTo(status);
    assertThat(response.contentType()).isEqualTo("application/json");
    assertThat(response.bodyText()).isEqualTo(error);
    assertThat(world.calls).hasSize(1);
  }

  @Test
  void aRedirectIsPassedOnAndNotFollowed() {
    world.next(
        call ->
            new HttpAnswer(
                302, Map.of("location", List.of("https://evil.example/")), new byte[0], false));
    ApiResponse response = world.send(request("GET", "/v5/pins"));
    assertThat(response.status()).isEqualTo(302);
    assertThat(response.headers()).containsEntry("location", "https://evil.example/");
    assertThat(world.calls).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "x-amp-proxy-version, ''",
    "x-amp-proxy-version, 2",
    "x-amp-proxy-version, 1.0",
    "x-amp-project-id, ''",
    "x-amp-project-id, shop-prod",
    "x-amp-project-id, 00000000-0000-4000-8000-000000000000",
    "x-amp-installation-id, ''",
    "x-amp-installation-id, ../1",
    "x-amp-installation-id, 00000000-0000-4000-8000-000000000000",
    "x-amp-rate-limiter-mode, brake",
  })
  void aMissingOrWrongHeaderIsNamed(String header, String value) {
    ApiResponse response = world.send(request("GET", "/v5/pins").header(header, value));
    assertIsOurs(response, 400);
    assertThat(body(response).path("issues").path(0).path("in").asText()).isEqualTo("header");
    assertThat(body(response).path("issues").path(0).path("name").asText()).isEqualTo(header);
    assertThat(world.calls).isEmpty();
  }

  @Test
  void aGroupOfAnIntegrationNamesAnInstallationToo() {
    HttpEvents event = withoutInstallation().header("x-amp-integration-name", "sync-1");
    assertNamed(world.send(event), "x-amp-group-ref");
    assertThat(world.send(event.header("x-amp-group-ref", "org_7")).status()).isEqualTo(200);
    assertThat(onlyCall().headers()).containsEntry("authorization", "Bearer " + ProxyWorld.TOKEN);
    assertNamed(world.send(event.header("x-amp-group-ref", "org_9")), "x-amp-group-ref");
    assertNamed(
        world.send(withoutInstallation().header("x-amp-group-ref", "org_7")),
        "x-amp-integration-name");
  }

  @Test
  void theInstallationsIdWinsOverItsGroup() {
    HttpEvents event =
        request("GET", "/v5/pins")
            .header("x-amp-integration-name", "none")
            .header("x-amp-group-ref", "none");
    assertThat(world.send(event).status()).isEqualTo(200);
  }

  private static HttpEvents withoutInstallation() {
    return request("GET", "/v5/pins").header("x-amp-installation-id", "");
  }

  private static void assertNamed(ApiResponse response, String header) {
    assertIsOurs(response, 400);
    assertThat(body(response).path("issues").path(0).path("name").asText()).isEqualTo(header);
  }

  @ParameterizedTest
  @CsvSource({"'', 401", "pfk_unknown, 401", "pfk_2, 403"})
  void onlyAFullKeyMayUseTheProxy(String key, int status) {
    assertIsOurs(world.send(request("GET", "/v5/pins").key(key)), status);
    assertThat(world.calls).isEmpty();
  }

  @Test
  void aProjectLetsThroughWhatItAllowsOnly() {
    var projects = new ProjectRepository(world.store);
    Snapshot<Project> before = projects.get(ProxyWorld.PROJECT.value());
    Project old = before.value();
    projects.update(
        before,
        new Project(
            old.id(),
            old.name(),
            old.appName(),
            old.orgId(),
            old.createTime(),
            null,
            false,
            List.of(
                ProxyRule.parse("GET /v5/pins/**").orElseThrow(),
                ProxyRule.parse("POST /v5/boards").orElseThrow())));

    assertThat(world.send(request("GET", "/v5/pins/8?a=1")).status()).isEqualTo(200);
    assertThat(world.send(request("POST", "/v5/boards")).status()).isEqualTo(200);
    assertThat(world.calls).hasSize(2);
    ApiResponse deleted = world.send(request("DELETE", "/v5/pins/8"));
    assertIsOurs(deleted, 403);
    assertThat(body(deleted).path("detail").asText())
        .contains("DELETE of this path", "it allows GET /v5/pins/**, POST /v5/boards");
    assertIsOurs(world.send(request("GET", "/v5/boards")), 403);
    assertIsOurs(world.send(request("POST", "/v5/boards/7")), 403);
    assertThat(world.calls).as("nothing of these was sent").hasSize(2);
  }

  @Test
  void noProjectReachesAnother() {
    // The other project's installation under the caller's project, by id and by group.
    assertNamed(
        world.send(
            request("GET", "/v5/pins")
                .header("x-amp-installation-id", ProxyWorld.OTHER_INSTALLATION)),
        "x-amp-installation-id");
    assertNamed(
        world.send(
            withoutInstallation()
                .header("x-amp-integration-name", "sync-2")
                .header("x-amp-group-ref", "org_7")),
        "x-amp-group-ref");
    // The other project with the caller's key.
    assertNamed(
        world.send(
            request("GET", "/v5/pins")
                .header("x-amp-project-id", ProxyWorld.OTHER_PROJECT.value())
                .header("x-amp-installation-id", ProxyWorld.OTHER_INSTALLATION)),
        "x-amp-project-id");
    assertThat(world.calls).isEmpty();

    HttpEvents other =
        request("GET", "/v5/pins")
            .key("pfk_3")
            .header("x-amp-project-id", ProxyWorld.OTHER_PROJECT.value())
            .header("x-amp-installation-id", ProxyWorld.OTHER_INSTALLATION);
    assertThat(world.send(other).status()).isEqualTo(200);
    assertThat(onlyCall().headers())
        .containsEntry("authorization", "Bearer " + ProxyWorld.OTHER_TOKEN);
    // It is cached for the other project only.
    assertNamed(
        world.send(
            request("GET", "/v5/pins")
                .header("x-amp-installation-id", ProxyWorld.OTHER_INSTALLATION)),
        "x-amp-installation-id");
  }

  @Test
  void anInstallationWithoutTheProxyIsToldHowToGetIt() {
    ApiResponse response =
        world.send(
            request("GET", "/v5/pins")
                .header("x-amp-installation-id", ProxyWorld.DISABLED_INSTALLATION));
    assertIsOurs(response, 403);
    assertThat(body(response).path("remedy").asText()).contains("proxy.enabled");
    assertThat(world.calls).isEmpty();
  }

  @Test
  void aChangedConfigReachesTheProxyInAMoment() {
    assertThat(world.send(request("GET", "/v5/pins")).status()).isEqualTo(200);
    world.disable();
    world.clock.advance(ProxyTargets.CACHE_TIME.minusMillis(1));
    assertThat(world.send(request("GET", "/v5/pins")).status()).isEqualTo(200);
    world.clock.advance(Duration.ofMillis(1));
    assertIsOurs(world.send(request("GET", "/v5/pins")), 403);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v5/../admin", "/v5/%2e%2e/admin", "//evil.example/v5", "/v1/x", "/"})
  void aHostilePathGoesNowhere(String path) {
    assertIsOurs(world.send(request("GET", path)), 400);
    assertThat(world.calls).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "HEAD"})
  void aBodyThatWouldNotArriveIsRefused(String method) {
    ApiResponse response = world.send(request(method, "/v5/pins").body("{}"));
    assertIsOurs(response, 400);
    assertThat(response.bodyText()).contains("must be empty, since the method is " + method);
    assertThat(world.calls).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"TRACE", "CONNECT", "PROPFIND", "GET /x"})
  void otherMethodsAreRefused(String method) {
    ApiResponse response = world.send(request(method, "/v5/pins"));
    assertIsOurs(response, 405);
    assertThat(response.headers().get("allow")).contains("PATCH");
    assertThat(world.calls).isEmpty();
  }

  @Test
  void aRejectedTokenIsRefreshedAndTheRequestRepeatedOnce() {
    world.next(call -> json(401, REJECTED)).next(call -> json(201, "{}"));
    ApiResponse response = world.send(request("POST", "/v5/pins?a=1").body("{\"a\":1}"));
    assertThat(response.status()).isEqualTo(201);
    assertThat(world.oauth.tokenRequests()).hasSize(1);
    assertThat(world.calls).hasSize(2);
    HttpCall repeated = world.calls.get(1);
    assertThat(repeated.headers().get("authorization")).startsWith("Bearer pina_access");
    assertThat(repeated.method()).isEqualTo("POST");
    assertThat(repeated.uri()).isEqualTo(world.calls.getFirst().uri());
    assertThat(repeated.body()).isEqualTo("{\"a\":1}".getBytes(UTF_8));

    assertThat(world.send(request("GET", "/v5/pins")).status()).isEqualTo(200);
    assertThat(world.calls.get(2).headers().get("authorization"))
        .isEqualTo(repeated.headers().get("authorization"));
  }

  @ParameterizedTest
  @CsvSource({"GET, 600", "POST, 999", "GET, 100"})
  void aStatusThatHttpDoesNotKnowIsAProblemOfOurs(String method, int status) {
    world.next(call -> json(status, "<html>"));

    ApiResponse response = world.send(request(method, "/v5/pins"));

    assertIsOurs(response, 502);
    assertThat(response.bodyText()).contains("status " + status);
  }

  @ParameterizedTest
  @ValueSource(strings = {"300", "Tue, 01 Sep 2026 12:05:00 GMT"})
  void aThrottledCallerHearsTheRetryAfterOfAnEdge(String retryAfter) {
    world.next(
        call ->
            new HttpAnswer(429, Map.of("retry-after", List.of(retryAfter)), new byte[0], false));

    ApiResponse response =
        world.send(request("GET", "/v5/pins").header("x-amp-rate-limiter-mode", "throttle"));

    assertThat(response.status()).isEqualTo(429);
    assertThat(response.headers())
        .containsEntry("x-amp-retry-after", "Tue, 01 Sep 2026 12:05:00 UTC");
  }

  @Test
  void aFreshTokenThatIsRejectedIsPassedOnAndNotRefreshedAgain() {
    world.next(call -> json(401, REJECTED)).next(call -> json(401, REJECTED));
    ApiResponse response = world.send(request("GET", "/v5/pins"));
    assertThat(response.status()).isEqualTo(401);
    assertThat(response.bodyText()).isEqualTo(REJECTED);
    assertThat(world.calls).hasSize(2);

    world.next(call -> json(401, REJECTED));
    assertIsOurs(world.send(request("GET", "/v5/pins")), 403);
    assertThat(world.oauth.tokenRequests()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"code\":3}",
        "{\"code\":7}",
        "{\"code\":29}",
        "{}",
        "<html>",
        "{\"code\":\"2\"}"
      })
  void another401IsPassedOnWithoutARefresh(String error) {
    world.next(call -> json(401, error));
    ApiResponse response = world.send(request("GET", "/v5/pins"));
    assertThat(response.status()).isEqualTo(401);
    assertThat(response.bodyText()).isEqualTo(error);
    assertThat(world.calls).hasSize(1);
    assertThat(world.oauth.tokenRequests()).isEmpty();
  }

  @Test
  void anEncodedAnswerTravelsByteForByteWithItsHeaders() throws IOException {
    byte[] packed = gzip("{\"items\":[]}");
    world.next(
        call ->
            new HttpAnswer(
                200,
                Map.of(
                    "content-type", List.of("application/json"),
                    "content-encoding", List.of("gzip"),
                    "content-length", List.of("" + packed.length),
                    "vary", List.of("Accept-Encoding")),
                packed,
                false));
    ApiResponse response =
        world.send(request("GET", "/v5/pins").header("accept-encoding", "br, gzip"));
    assertThat(onlyCall().headers()).containsEntry("accept-encoding", "gzip");
    assertThat(response.headers())
        .isEqualTo(Map.of("content-encoding", "gzip", "vary", "Accept-Encoding"));
    assertThat(response.contentType()).isEqualTo("application/json");
    assertThat(response.body())
        .isInstanceOfSatisfying(
            ApiResponse.Body.Bytes.class, body -> assertThat(body.value()).isEqualTo(packed));
  }

  @Test
  void aTokenThatIsRejectedInGzipIsRefreshedAsWell() throws IOException {
    byte[] rejected = gzip(REJECTED);
    world.next(call -> encoded(401, rejected)).next(call -> encoded(401, rejected));
    ApiResponse response = world.send(request("GET", "/v5/pins").header("accept-encoding", "gzip"));
    assertThat(world.calls).hasSize(2);
    assertThat(world.oauth.tokenRequests()).hasSize(1);
    assertThat(world.calls.get(1).headers()).containsEntry("accept-encoding", "gzip");
    assertThat(response.status()).isEqualTo(401);
    assertThat(response.headers()).containsEntry("content-encoding", "gzip");
    assertThat(response.body())
        .isInstanceOfSatisfying(
            ApiResponse.Body.Bytes.class, body -> assertThat(body.value()).isEqualTo(rejected));
  }

  @Test
  void whatCannotBeReadOfAnEncodedRejectionIsPassedOnUnread() throws IOException {
    byte[] bomb = gzip("{\"code\":2,\"message\":\"" + " ".repeat(50_000_000) + "\"}");
    for (byte[] body : List.of(bomb, gzip("<html>"), new byte[] {31})) {
      world.next(call -> encoded(401, body));
      ApiResponse response =
          world.send(request("GET", "/v5/pins").header("accept-encoding", "gzip"));
      assertThat(response.status()).isEqualTo(401);
      assertThat(response.body())
          .isInstanceOfSatisfying(
              ApiResponse.Body.Bytes.class, passed -> assertThat(passed.value()).isEqualTo(body));
    }
    assertThat(world.oauth.tokenRequests()).isEmpty();
  }

  @Test
  void aSpamBlockInGzipClosesNoLimit() throws IOException {
    byte[] spam = gzip("{\"code\":9,\"message\":\"This looks like spam.\"}");
    world.next(call -> encoded(429, spam));
    HttpEvents event =
        request("GET", "/v5/pins")
            .header("accept-encoding", "gzip")
            .header("x-amp-rate-limiter-mode", "throttle");
    ApiResponse blocked = world.send(event);
    assertThat(blocked.headers()).containsEntry("x-amp-retryable", "false");
    assertThat(world.send(event).status()).isEqualTo(200);
  }

  private static HttpAnswer encoded(int status, byte[] body) {
    return new HttpAnswer(
        status,
        Map.of("content-type", List.of("application/json"), "content-encoding", List.of("gzip")),
        body,
        false);
  }

  private static byte[] gzip(String plain) throws IOException {
    var packed = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(packed)) {
      gzip.write(plain.getBytes(UTF_8));
    }
    return packed.toByteArray();
  }

  @Test
  void aConnectionThatCannotBeRefreshedIsToldToConnectAgain() {
    world.next(call -> json(401, REJECTED));
    world.oauth.answerNext(400, "{\"code\":283,\"message\":\"Invalid grant.\"}");
    ApiResponse response = world.send(request("GET", "/v5/pins"));
    assertIsOurs(response, 403);
    assertThat(body(response).path("remedy").asText()).contains("connect the account again");
    assertThat(world.calls).hasSize(1);
  }

  @Test
  void anAnswerTooLongForLambdaIsSaidToBe() {
    world.next(
        call -> {
          assertThat(call.answerBytesMax()).isEqualTo(4_400_000);
          return new HttpAnswer(200, Map.of(), new byte[call.answerBytesMax()], true);
        });
    ApiResponse response = world.send(request("GET", "/v5/pins"));
    assertIsOurs(response, 502);
    assertThat(body(response).path("detail").asText()).contains("4400000 bytes");
    assertThat(body(response).path("retryable").asBoolean(true)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"GET, true, 503", "HEAD, true, 503", "POST, false, 503", "POST, true, 409"})
  void aLostAnswerSaysWhetherARepeatIsSafe(String method, boolean sent, int status) {
    world.next(
        call -> {
          throw new TransportFailure("the connection broke", sent, new IOException("reset"));
        });
    assertIsOurs(world.send(request(method, "/v5/pins")), status);
    assertThat(world.calls).hasSize(1);
  }

  @Test
  void bothCallsShareTheTimeOfTheRequest() {
    world
        .next(
            call -> {
              assertThat(call.timeout()).isEqualTo(ProxyService.TIME_MAX);
              world.clock.advance(Duration.ofSeconds(20));
              return json(401, REJECTED);
            })
        .next(
            call -> {
              assertThat(call.timeout()).isEqualTo(ProxyService.TIME_MAX.minusSeconds(20));
              return json(200, "{}");
            });
    assertThat(world.send(request("GET", "/v5/pins")).status()).isEqualTo(200);
  }

  @Test
  void noCallIsBegunWithoutTimeForIt() {
    world.next(
        call -> {
          world.clock.advance(ProxyService.TIME_MAX.minusMillis(999));
          return json(401, REJECTED);
        });
    assertIsOurs(world.send(request("POST", "/v5/pins")), 503);
    assertThat(world.calls).hasSize(1);
  }

  private static HttpAnswer limited(String reset) {
    return new HttpAnswer(
        429,
        Map.of(
            "content-type", List.of("application/json"),
            "x-ratelimit-reset", List.of(reset)),
        "{\"code\":8,\"message\":\"You have exceeded your rate limit.\"}".getBytes(UTF_8),
        false);
  }

  private static HttpEvents throttled() {
    return request("GET", "/v5/pins").header("x-amp-rate-limiter-mode", "throttle");
  }

  @Test
  void inThrottleModeCallsAreAnsweredHereUntilTheReset() {
    world.next(call -> limited("30"));
    ApiResponse provided = world.send(throttled());
    assertThat(provided.status()).isEqualTo(429);
    assertThat(provided.contentType()).isEqualTo("application/json");
    assertThat(provided.headers())
        .containsEntry("x-amp-retry-after", "Tue, 01 Sep 2026 12:00:30 UTC")
        .containsEntry("x-amp-retryable", "true");

    world.clock.advance(Duration.ofSeconds(29));
    ApiResponse local = world.send(throttled());
    assertIsOurs(local, 429);
    assertThat(local.headers())
        .containsEntry("x-amp-retry-after", "Tue, 01 Sep 2026 12:00:30 UTC")
        .containsEntry("x-amp-retryable", "true")
        .containsEntry("retry-after", "1")
        .containsEntry("x-ratelimit-reset", "1");
    assertThat(world.calls).hasSize(1);

    // Another connection is not affected.
    assertThat(
            world
                .send(
                    throttled()
                        .key("pfk_3")
                        .header("x-amp-project-id", ProxyWorld.OTHER_PROJECT.value())
                        .header("x-amp-installation-id", ProxyWorld.OTHER_INSTALLATION))
                .status())
        .isEqualTo(200);

    world.clock.advance(Duration.ofSeconds(1));
    assertThat(world.send(throttled()).status()).isEqualTo(200);
    assertThat(world.calls).hasSize(3);
  }

  @Test
  void afterA429NothingOfItsCategoryIsSentBeforeTheResetInWhateverMode() {
    world.next(call -> limited("30"));
    world.send(request("GET", "/v5/pins"));

    ApiResponse held = world.send(request("GET", "/v5/boards"));

    assertIsOurs(held, 429);
    assertThat(held.bodyText()).contains("org_read", "Pinterest has not handled the request");
    assertThat(held.headers())
        .containsEntry("retry-after", "30")
        .containsEntry("x-ratelimit-reset", "30")
        .doesNotContainKey("x-amp-retryable");
    assertThat(world.send(request("GET", "/v5/catalogs")).status()).isEqualTo(200);
    world.clock.advance(Duration.ofSeconds(30));
    assertThat(world.send(request("GET", "/v5/boards")).status()).isEqualTo(200);
    assertThat(world.calls).hasSize(3);
  }

  @Test
  void aBudgetThatOthersUseIsWaitedForIfThatIsShort() {
    Instant start = world.clock.instant();
    taken(50);

    assertThat(world.send(request("GET", "/v5/pins")).status()).isEqualTo(200);

    assertThat(Duration.between(start, world.clock.instant())).isEqualTo(Duration.ofSeconds(1));
  }

  /** Told to come back, it would compete anew with the others that were told so. */
  @Test
  void aRequestWaitsForItsTurnUnlessItWantsToBeTold() {
    Instant start = world.clock.instant();
    taken(250);

    assertThat(world.send(request("GET", "/v5/pins")).status()).isEqualTo(200);

    assertThat(Duration.between(start, world.clock.instant())).isEqualTo(Duration.ofSeconds(5));
  }

  @Test
  void aBudgetThatIsUsedUpIsSaidAndNothingIsSent() {
    taken(250);

    ApiResponse held = world.send(throttled());

    assertIsOurs(held, 429);
    assertThat(held.headers())
        .containsEntry("x-amp-retry-after", "Tue, 01 Sep 2026 12:00:05 UTC")
        .containsEntry("x-amp-retryable", "true")
        .containsEntry("retry-after", "5")
        .containsEntry("x-ratelimit-reset", "5");
    assertThat(world.calls).isEmpty();
  }

  /** Takes slots of the proxy's budget, as a read of the same account would. */
  private void taken(int slots) {
    var owner =
        new BudgetOwner(
            DirectoryFixtures.uuid("app", 1),
            "connection:" + DirectoryFixtures.uuid("connection", 1));
    world.budgets.take(
        RateCategory.ORG_READ.budgetOf(owner),
        new BudgetStore.SlotRequest(
            slots,
            0,
            Duration.ofSeconds(1),
            List.of(),
            RateCategory.ORG_READ.assumed(),
            Priority.BULK,
            world.clock.instant(),
            world.clock.instant()));
  }

  /** Some clients take a 429 of Pinterest for the end of a list. */
  @ParameterizedTest
  @ValueSource(strings = {"GET", "POST", "DELETE"})
  void aShort429OfPinterestIsWaitedForAndTheRequestRepeated(String method) {
    Instant start = world.clock.instant();
    world.next(call -> limited("7")).next(call -> limited("12"));

    assertThat(world.send(request(method, "/v5/pins")).status()).isEqualTo(200);

    assertThat(Duration.between(start, world.clock.instant()))
        .isBetween(Duration.ofSeconds(19), Duration.ofSeconds(20));
    assertThat(world.calls).hasSize(3);
  }

  @Test
  void theWaitsOfARequestAreLimitedTogether() {
    world.next(call -> limited("12")).next(call -> limited("12"));

    ApiResponse response = world.send(request("GET", "/v5/pins"));

    assertThat(response.status()).isEqualTo(429);
    assertThat(response.headers()).containsOnlyKeys("x-ratelimit-reset");
    assertThat(world.calls).hasSize(2);
  }

  @Test
  void inThrottleModeAShort429OfPinterestIsTold() {
    world.next(call -> limited("1"));
    assertThat(world.send(throttled()).status()).isEqualTo(429);
    assertThat(world.calls).hasSize(1);
  }

  @Test
  void withoutThrottleModeALong429IsPassedOnUntouched() {
    world.next(call -> limited("30"));
    ApiResponse response = world.send(request("GET", "/v5/pins"));
    assertThat(response.status()).isEqualTo(429);
    assertThat(response.headers()).containsOnlyKeys("x-ratelimit-reset");
  }

  @Test
  void aSpamBlockIsNoReasonToHoldOtherCallsBack() {
    world.next(call -> json(429, "{\"code\":9,\"message\":\"Blocked as spam\"}"));
    ApiResponse blocked = world.send(throttled());
    assertThat(blocked.headers()).containsEntry("x-amp-retryable", "false");
    assertThat(world.send(throttled()).status()).isEqualTo(200);
  }

  @Test
  void nothingSecretIsLogged() {
    world.next(call -> json(401, REJECTED)).next(call -> json(200, "{\"secret\":\"canary-body\"}"));
    world.send(
        request("POST", "/v5/pins?q=canary-query")
            .header("x-note", "canary-header")
            .body("canary-request"));
    assertThat(world.logged).isNotEmpty();
    assertThat(String.join("\n", world.logged))
        .contains("\"status\":200", "\"callCount\":2", ProxyWorld.INSTALLATION)
        .doesNotContain("canary", "pina_", "pinr_", ProxyWorld.KEY);
  }
}
