package io.pinferry.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.base.Digest;
import io.pinferry.base.Issue;
import io.pinferry.base.Json;
import io.pinferry.base.JsonLines;
import io.pinferry.base.Log;
import io.pinferry.base.ManualClock;
import io.pinferry.base.PinferryException;
import io.pinferry.base.PinferryException.Conflict;
import io.pinferry.base.PinferryException.InvalidRequest;
import io.pinferry.base.PinferryException.NotAllowed;
import io.pinferry.base.PinferryException.NotFound;
import io.pinferry.base.PinferryException.OutcomeUnknown;
import io.pinferry.base.PinferryException.ProviderRejected;
import io.pinferry.base.PinferryException.ProviderUnavailable;
import io.pinferry.base.Tasks;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointTest {
  private static final Instant NOW = Instant.parse("2026-09-01T08:01:00Z");
  private static final String PATTERN = "/v1/projects/{project}/things/{thing}";
  private static final String KEY = "pfk_0123456789abcdef";

  private final ManualClock clock = new ManualClock(NOW);
  private final List<String> lines = new ArrayList<>();

  @ParameterizedTest
  @CsvSource({
    "GET, 503, true",
    "HEAD, 503, true",
    "OPTIONS, 503, true",
    "POST, 409, false",
    "PATCH, 409, false",
    "DELETE, 409, false"
  })
  void aRequestThatDoesNotEndInTimeIsAnswered(String method, int status, boolean retryable) {
    Tasks never =
        new Tasks() {
          @Override
          public <T> Fork<T> fork(Callable<T> task) {
            throw new IllegalStateException("nothing is forked");
          }

          @Override
          public void sleepUntil(Instant instant) {
            clock.set(instant);
          }

          @Override
          public Instant now() {
            return clock.instant();
          }

          @Override
          public <T> Optional<T> within(Instant deadline, Supplier<T> task) {
            assertThat(deadline).isEqualTo(NOW.plusSeconds(28));
            return Optional.empty();
          }
        };

    JsonNode answer =
        HttpEvents.request(method, "/v1/projects/shop/things/t")
            .key(KEY)
            .sendTo(endpoint(_ -> ApiResponse.noContent()).within(never));

    assertThat(answer.path("statusCode").asInt()).isEqualTo(status);
    JsonNode problem = HttpEvents.bodyOf(answer);
    assertThat(problem.path("retryable").asBoolean()).isEqualTo(retryable);
    assertThat(problem.path("detail").asText()).contains("did not end within 28 s");
    assertThat(lines).singleElement().asString().contains("request took too long");
  }

  @Test
  void aRequestReachesItsHandlerAndTheAnswerReturns() {
    JsonNode answer =
        HttpEvents.request("GET", "/v1/projects/shop/things/t?deep=true")
            .key(KEY)
            .sendTo(
                endpoint(
                    call -> {
                      clock.advance(Duration.ofMillis(7));
                      return ApiResponse.json(
                          200,
                          Json.object()
                              .put("project", call.project())
                              .put("thing", call.variable("thing"))
                              .put("deep", call.queryFlag("deep")));
                    }));
    assertThat(answer.path("statusCode").asInt()).isEqualTo(200);
    assertThat(answer.path("headers").path("content-type").asText()).isEqualTo("application/json");
    assertThat(answer.path("headers").path("cache-control").asText()).isEqualTo("no-store");
    assertThat(HttpEvents.bodyOf(answer).toString())
        .isEqualTo("{\"project\":\"id-a\",\"thing\":\"t\",\"deep\":true}");
    assertThat(lines).hasSize(1);
    assertThat(lines.getFirst())
        .contains("\"message\":\"request answered\"")
        .contains("\"requestId\":\"JKJaXmPLvHcESHA=\"")
        .contains("\"route\":\"" + PATTERN + "\"")
        .contains("\"status\":200")
        .contains("\"caller\":\"key-1\"")
        .contains("\"durationMillis\":7");
  }

  @Test
  void emptyAndBinaryAnswersHaveTheirOwnForm() {
    JsonNode empty = send(call -> ApiResponse.noContent());
    assertThat(empty.path("statusCode").asInt()).isEqualTo(204);
    assertThat(empty.has("body")).isFalse();
    assertThat(empty.path("headers").has("content-type")).isFalse();
    JsonNode bytes =
        send(
            call ->
                ApiResponse.bytes(200, "image/png", new byte[] {(byte) 0x89, 0})
                    .withHeader("cache-control", "max-age=60"));
    assertThat(bytes.path("body").asText()).isEqualTo("iQA=");
    assertThat(bytes.path("isBase64Encoded").asBoolean()).isTrue();
    assertThat(bytes.path("headers").path("cache-control").asText()).isEqualTo("max-age=60");
  }

  static List<Arguments> failures() {
    return List.of(
        Arguments.of(Issue.body("a", "b", "is wrong").malformed(), 400, false),
        Arguments.of(Issue.body("a", null, "is wrong").unprocessable(), 422, false),
        Arguments.of(
            new InvalidRequest(InvalidRequest.Kind.TOO_LARGE, "large", null, List.of()),
            413,
            false),
        Arguments.of(NotAllowed.unauthenticated("who", "say"), 401, false),
        Arguments.of(NotAllowed.forbidden("no", "ask"), 403, false),
        Arguments.of(new NotFound("gone"), 404, false),
        Arguments.of(new Conflict("twice", "once"), 409, false),
        Arguments.of(new ProviderRejected("Pinterest said no", null, List.of()), 422, false),
        Arguments.of(new ProviderUnavailable("down", null, null), 503, true),
        Arguments.of(new OutcomeUnknown("perhaps", "look", new IOException("reset")), 409, false));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void eachFailureHasItsProblem(PinferryException failure, int status, boolean retryable) {
    JsonNode answer =
        send(
            call -> {
              throw failure;
            });
    assertThat(answer.path("statusCode").asInt()).isEqualTo(status);
    assertThat(answer.path("headers").path("content-type").asText())
        .isEqualTo("application/problem+json");
    JsonNode problem = HttpEvents.bodyOf(answer);
    assertThat(problem.path("type").asText()).isEqualTo("about:blank");
    assertThat(problem.path("status").asInt()).isEqualTo(status);
    assertThat(problem.path("title").asText()).isNotEmpty();
    assertThat(problem.path("detail").asText()).isEqualTo(failure.getMessage());
    assertThat(problem.path("instance").asText())
        .matches("urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
    assertThat(problem.path("subsystem").asText()).isEqualTo("api");
    assertThat(problem.path("time").asText()).isEqualTo("2026-09-01T08:01:00Z");
    assertThat(problem.path("requestId").asText()).isEqualTo("JKJaXmPLvHcESHA=");
    assertThat(problem.path("retryable").asBoolean()).isEqualTo(retryable);
    assertThat(Optional.ofNullable(problem.get("remedy")).map(JsonNode::asText))
        .isEqualTo(failure.remedy());
    assertThat(problem.findValues("value")).noneMatch(JsonNode::isNull);
    assertThat(problem.properties()).noneMatch(member -> member.getValue().isNull());
  }

  @Test
  void aProblemNamesEveryIssueAndCausesSayEverything() {
    JsonNode problem =
        problem(
            InvalidRequest.unprocessable(
                "amp.yaml",
                List.of(Issue.body("a.b", "x", "is wrong"), Issue.query("c", null, "is missing"))));
    assertThat(problem.path("detail").asText()).isEqualTo("amp.yaml has 2 problems");
    assertThat(problem.path("causes").toString())
        .isEqualTo("[\"amp.yaml has 2 problems\",\"a.b: is wrong\",\"c: is missing\"]");
    assertThat(problem.path("issues").toString())
        .isEqualTo(
            "[{\"in\":\"body\",\"name\":\"a.b\",\"value\":\"x\",\"detail\":\"is wrong\"},"
                + "{\"in\":\"query\",\"name\":\"c\",\"detail\":\"is missing\"}]");
    JsonNode single = problem(Issue.body("a", null, "is wrong").malformed());
    assertThat(single.path("causes").toString()).isEqualTo("[\"a: is wrong\"]");
    assertThat(problem(new NotFound("gone")).has("causes")).isFalse();
  }

  @Test
  void theNumberOfIssuesHasABound() {
    List<Issue> many =
        IntStream.range(0, 123).mapToObj(i -> Issue.body("m" + i, null, "is wrong")).toList();
    JsonNode problem = problem(InvalidRequest.unprocessable("it", many));
    assertThat(problem.path("issues")).hasSize(100);
    assertThat(problem.path("causes").path(101).asText()).isEqualTo("and 23 more");
  }

  @Test
  void anOutageSaysWhenToComeBack() {
    JsonNode answer =
        send(
            call -> {
              throw new ProviderUnavailable("down", NOW.plusMillis(2_500), null);
            });
    assertThat(answer.path("headers").path("retry-after").asText()).isEqualTo("3");
    JsonNode unknown =
        send(
            call -> {
              throw new ProviderUnavailable("down", null, null);
            });
    assertThat(unknown.path("headers").path("retry-after").asText()).isEqualTo("10");
    assertThat(HttpEvents.bodyOf(unknown).path("retryAfter").asText())
        .isEqualTo("2026-09-01T08:01:10Z");
  }

  @Test
  void aBugIsAnsweredWithoutDetailsAndLoggedWithItsStack() {
    JsonNode answer =
        send(
            call -> {
              throw new IllegalStateException("inner secret thing");
            });
    assertThat(answer.path("statusCode").asInt()).isEqualTo(500);
    assertThat(answer.toString()).doesNotContain("inner secret thing");
    assertThat(lines)
        .anySatisfy(
            line ->
                assertThat(line)
                    .contains("\"level\":\"ERROR\"")
                    .contains("inner secret thing")
                    .contains("EndpointTest"));
  }

  @Test
  void secretsInMessagesAreMasked() {
    JsonNode problem =
        problem(
            Issue.body("key", "pfk_0123456789abcdef", "pina_0123456789abcdef is refused")
                .malformed());
    assertThat(problem.toString()).doesNotContain("0123456789abcdef").contains("[redacted]");
  }

  @Test
  void unknownPathsAndMethodsAreAnsweredBeforeTheGuard() {
    JsonNode unknown = HttpEvents.request("GET", "/v1/nothing").sendTo(endpoint(call -> ok()));
    assertThat(unknown.path("statusCode").asInt()).isEqualTo(404);
    assertThat(HttpEvents.bodyOf(unknown).path("detail").asText()).contains("/v1/nothing");
    JsonNode wrong =
        HttpEvents.request("DELETE", "/v1/projects/p/things/t").sendTo(endpoint(call -> ok()));
    assertThat(wrong.path("statusCode").asInt()).isEqualTo(405);
    assertThat(wrong.path("headers").path("allow").asText()).isEqualTo("GET, POST");
    assertThat(HttpEvents.bodyOf(wrong).path("remedy").asText()).isEqualTo("use GET, POST");
  }

  @Test
  void withoutAKeyNothingIsHandled() {
    JsonNode answer =
        HttpEvents.request("GET", "/v1/projects/shop/things/t")
            .sendTo(
                endpoint(
                    call -> {
                      throw new AssertionError("must not be reached");
                    }));
    assertThat(answer.path("statusCode").asInt()).isEqualTo(401);
    assertThat(HttpEvents.bodyOf(answer).path("remedy").asText()).contains("X-Api-Key");
  }

  @Test
  void aBodyAboveTheLimitIsRefused() {
    JsonNode answer =
        HttpEvents.request("POST", "/v1/projects/shop/things/t")
            .key(KEY)
            .body("x".repeat(Endpoint.BODY_BYTES_MAX + 1))
            .sendTo(endpoint(call -> ok()));
    assertThat(answer.path("statusCode").asInt()).isEqualTo(413);
    JsonNode atLimit =
        HttpEvents.request("POST", "/v1/projects/shop/things/t")
            .key(KEY)
            .body("x".repeat(Endpoint.BODY_BYTES_MAX))
            .sendTo(endpoint(call -> ok()));
    assertThat(atLimit.path("statusCode").asInt()).isEqualTo(200);
  }

  @Test
  void neitherKeysNorBodiesNorQueriesAreLogged() {
    HttpEvents.request("POST", "/v1/projects/shop/things/t?code=c0de")
        .key(KEY)
        .body("b0dy not JSON")
        .sendTo(endpoint(call -> ApiResponse.json(200, call.body(JsonBody::tree))));
    assertThat(lines).isNotEmpty();
    assertThat(String.join("\n", lines)).doesNotContain(KEY, "c0de", "b0dy");
  }

  @Test
  void anUnreadableEventIsAFault() throws IOException {
    var answer = new ByteArrayOutputStream();
    endpoint(call -> ok()).handle(new ByteArrayInputStream(new byte[] {'['}), answer);
    assertThat(Json.parse(answer.toByteArray()).path("statusCode").asInt()).isEqualTo(500);
    assertThat(lines.getFirst()).contains("event cannot be read");
  }

  @Test
  void aProjectNamedInABodyIsBoundToo() {
    JsonNode own =
        send(call -> ApiResponse.json(200, Json.object().put("project", call.ownProject("Shop"))));
    assertThat(HttpEvents.bodyOf(own).path("project").asText()).isEqualTo("id-a");
    JsonNode foreign =
        send(call -> ApiResponse.json(200, Json.object().put("project", call.ownProject("id-b"))));
    assertThat(foreign.path("statusCode").asInt()).isEqualTo(404);
  }

  @Test
  void wrongQueryParametersAreNamed() {
    Function<RouteCall, ApiResponse> handler =
        call -> {
          int size = call.queryNumber("pageSize", 1, 1_000, 200);
          return ApiResponse.json(
              200, Json.object().put("size", size).put("force", call.queryFlag("force")));
        };
    for (String query :
        List.of(
            "pageSize=0", "pageSize=1001", "pageSize=ten", "pageSize=", "force=maybe", "force=")) {
      JsonNode answer =
          HttpEvents.request("GET", "/v1/projects/shop/things/t?" + query)
              .key(KEY)
              .sendTo(endpoint(handler));
      assertThat(answer.path("statusCode").asInt()).isEqualTo(400);
      JsonNode issue = HttpEvents.bodyOf(answer).path("issues").path(0);
      assertThat(issue.path("in").asText()).isEqualTo("query");
      assertThat(query).startsWith(issue.path("name").asText());
    }
    assertThat(HttpEvents.bodyOf(send(handler)).toString())
        .isEqualTo("{\"size\":200,\"force\":false}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "GET  | ?forse=true            | forse: is not known: this request takes deep, force,",
        "GET  | ?forse=true            | did you mean force?",
        "GET  | ?force=true&force=no   | force: is given more than once, with different values",
        "POST | ?force=true            | force: is not known: this request takes no query",
      })
  void aQueryThatTheRouteDoesNotTakeIsRefused(String method, String query, String problem) {
    JsonNode answer =
        HttpEvents.request(method, "/v1/projects/shop/things/t" + query)
            .key(KEY)
            .sendTo(endpoint(call -> ok()));

    assertThat(answer.path("statusCode").asInt()).isEqualTo(400);
    assertThat(HttpEvents.bodyOf(answer).path("detail").asText()).contains(problem);
  }

  @Test
  void anAnswerThatApiGatewayWouldNotPassOnIsAProblem() {
    JsonNode answer =
        send(call -> ApiResponse.json(200, Json.object().put("all", "x".repeat(6_000_000))));

    assertThat(answer.path("statusCode").asInt()).isEqualTo(422);
    assertThat(HttpEvents.bodyOf(answer).path("detail").asText()).contains("at most 6000000");
  }

  @Test
  void aProblemIsBoundedWhateverTheRequestHas() {
    var body = new StringBuilder("{\"known\":{");
    for (int i = 0; i < 220_000; i++) {
      body.append(i == 0 ? "" : ",").append("\"unknown").append(i).append("\":1");
    }
    body.append("}}");
    JsonNode answer =
        HttpEvents.request("POST", "/v1/projects/shop/things/t")
            .key(KEY)
            .body(body.toString())
            .sendTo(
                endpoint(
                    call ->
                        call.body(
                            json -> {
                              json.requireObject("known").allowOnly("a");
                              return ok();
                            }),
                    10_000_000));

    assertThat(answer.path("statusCode").asInt()).isEqualTo(400);
    assertThat(answer.path("body").asText().length()).isLessThan(100_000);
    JsonNode wide =
        problem(
            Issue.body("x".repeat(500_000), "y".repeat(500_000), "z".repeat(500_000)).malformed());
    assertThat(wide.toString().length()).isLessThan(50_000);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "content-encoding | gzip                            | 415 | content-encoding gzip",
        "content-encoding | br                              | 415 | content-encoding br",
        "content-type     | application/json; charset=utf-16 | 415 | charset utf-16",
        "content-encoding | identity                        | 200 | -",
        "content-type     | application/json;charset=UTF-8  | 200 | -"
      })
  void onlyPlainUtf8IsRead(String header, String value, int status, String detail) {
    JsonNode answer =
        HttpEvents.request("POST", "/v1/projects/shop/things/t")
            .key(KEY)
            .header(header, value)
            .body("{}")
            .sendTo(endpoint(call -> call.body(json -> ok())));

    assertThat(answer.path("statusCode").asInt()).isEqualTo(status);
    if (status != 200) {
      assertThat(HttpEvents.bodyOf(answer).path("detail").asText()).contains(detail);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTF-16LE", "UTF-16BE", "UTF-16", "UTF-32LE", "UTF-32BE"})
  void anotherEncodingIsNotReadAsUtf8(String charset) {
    JsonNode answer =
        HttpEvents.request("POST", "/v1/projects/shop/things/t")
            .key(KEY)
            .base64Body("{\"a\":1}".getBytes(Charset.forName(charset)))
            .sendTo(endpoint(call -> call.body(json -> ok())));

    assertThat(answer.path("statusCode").asInt()).isEqualTo(400);
    assertThat(HttpEvents.bodyOf(answer).path("detail").asText()).contains("JSON in UTF-8");
  }

  @Test
  void anEmptyFilterIsNotNone() {
    Function<RouteCall, ApiResponse> handler =
        call -> ApiResponse.json(200, Json.object().put("group", call.filter("deep").orElse("-")));

    for (String query : List.of("deep=", "deep", "deep=%20")) {
      JsonNode answer =
          HttpEvents.request("GET", "/v1/projects/shop/things/t?" + query)
              .key(KEY)
              .sendTo(endpoint(handler));
      assertThat(HttpEvents.bodyOf(answer).path("detail").asText())
          .isEqualTo("deep: is empty; leave it out for all");
    }
    assertThat(HttpEvents.bodyOf(send(handler)).path("group").asText()).isEqualTo("-");
  }

  @Test
  void aVariableThatThePatternLacksIsABug() {
    assertThatThrownBy(
            () ->
                new RouteCall(
                        HttpEvents.request("GET", "/").read(),
                        Route.get("/", Permission.PROJECT_READ, call -> ok()),
                        java.util.Map.of(),
                        Caller.admin(),
                        Log.none())
                    .variable("thing"))
        .isInstanceOf(IllegalStateException.class);
  }

  private JsonNode problem(PinferryException failure) {
    return HttpEvents.bodyOf(
        send(
            call -> {
              throw failure;
            }));
  }

  private JsonNode send(Function<RouteCall, ApiResponse> handler) {
    return HttpEvents.request("GET", "/v1/projects/shop/things/t")
        .key(KEY)
        .sendTo(endpoint(handler));
  }

  private static ApiResponse ok() {
    return ApiResponse.empty(200);
  }

  private Endpoint endpoint(Function<RouteCall, ApiResponse> handler) {
    return endpoint(handler, Endpoint.BODY_BYTES_MAX);
  }

  private Endpoint endpoint(Function<RouteCall, ApiResponse> handler, int bodyBytesMax) {
    Credentials keys =
        sha256 ->
            sha256.equals(Digest.sha256Hex(KEY))
                ? Optional.of(Caller.full("id-a", "shop", "key-1"))
                : Optional.empty();
    return new Endpoint(
        Door.API,
        new Router(
            List.of(
                Route.get(PATTERN, Permission.OPERATION_READ, handler)
                    .taking("pageSize", "force", "deep"),
                Route.post(PATTERN, Permission.OPERATION_READ, handler))),
        new Guard(keys, null, Guard.KNOWN_TTL_MAX, clock),
        JsonLines.log(lines::add, clock),
        clock,
        bodyBytesMax);
  }
}
