package io.pinferry.local.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Digest;
import io.pinferry.base.Issue;
import io.pinferry.base.Log;
import io.pinferry.base.ManualClock;
import io.pinferry.base.PinferryException;
import io.pinferry.base.PinferryException.Conflict;
import io.pinferry.base.PinferryException.InvalidRequest;
import io.pinferry.base.PinferryException.NotFound;
import io.pinferry.base.PinferryException.OutcomeUnknown;
import io.pinferry.base.PinferryException.ProviderRejected;
import io.pinferry.base.PinferryException.ProviderUnavailable;
import io.pinferry.http.ApiResponse;
import io.pinferry.http.Door;
import io.pinferry.http.Endpoint;
import io.pinferry.http.Guard;
import io.pinferry.http.HttpEvents;
import io.pinferry.http.Permission;
import io.pinferry.http.Route;
import io.pinferry.http.RouteCall;
import io.pinferry.http.Router;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every problem document is one that the contract describes. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ProblemConformanceTest {
  private static final String ADMIN_KEY = "operator";
  private static final Instant NOW = Instant.parse("2026-09-01T08:01:00.123Z");

  private AmpersandOracle oracle;

  @BeforeAll
  void findTheSchemas() {
    oracle = AmpersandOracle.orSkip("ampersand-problem.json");
  }

  static Stream<PinferryException> failures() {
    return Stream.of(
        Issue.body("a.b[0]", "v", "is wrong").malformed(),
        InvalidRequest.unprocessable(
            "it", List.of(Issue.query("a", null, "is wrong"), Issue.path("b", "c", "is wrong"))),
        new InvalidRequest(InvalidRequest.Kind.TOO_LARGE, "large", "less", List.of()),
        new NotFound("gone"),
        new Conflict("twice", null),
        new ProviderRejected("no", "ask", List.of(Issue.body("record.title", null, "long"))),
        new ProviderUnavailable("down", NOW.plusSeconds(5), null),
        new OutcomeUnknown("perhaps", "look", new IOException("reset")));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void theProblemOfEachFailureConforms(PinferryException failure) {
    JsonNode answer =
        send(
            "/v1/projects/p",
            call -> {
              throw failure;
            });
    assertThat(problems(answer)).isEmpty();
    assertThat(HttpEvents.bodyOf(answer).path("issues").size())
        .isEqualTo(
            switch (failure) {
              case InvalidRequest invalid -> invalid.issues().size();
              case ProviderRejected rejected -> rejected.issues().size();
              case PinferryException other -> 0;
            });
  }

  @Test
  void theProblemsThatNoHandlerMakesConform() {
    assertThat(
            problems(
                send(
                    "/v1/projects/p",
                    call -> {
                      throw new IllegalStateException("bug");
                    })))
        .isEmpty();
    assertThat(problems(send("/v1/nothing", call -> ApiResponse.noContent()))).isEmpty();
    assertThat(
            problems(
                HttpEvents.request("DELETE", "/v1/projects/p")
                    .key(ADMIN_KEY)
                    .sendTo(endpoint(call -> ApiResponse.noContent()))))
        .isEmpty();
    assertThat(
            problems(
                HttpEvents.request("GET", "/v1/projects/p")
                    .sendTo(endpoint(call -> ApiResponse.noContent()))))
        .isEmpty();
  }

  @Test
  void theComparisonNoticesWhatDoesNotConform() {
    JsonNode answer = send("/v1/nothing", call -> ApiResponse.noContent());
    ObjectNode document = (ObjectNode) HttpEvents.bodyOf(answer);
    document.put("status", 200).put("causes", "text");
    assertThat(oracle.validate("InputValidationProblem", document)).hasSize(2);
  }

  private List<String> problems(JsonNode answer) {
    assertThat(answer.path("statusCode").asInt()).isGreaterThanOrEqualTo(400);
    return oracle.validate("InputValidationProblem", HttpEvents.bodyOf(answer));
  }

  private static JsonNode send(String path, Function<RouteCall, ApiResponse> handler) {
    return HttpEvents.request("GET", path).key(ADMIN_KEY).sendTo(endpoint(handler));
  }

  private static Endpoint endpoint(Function<RouteCall, ApiResponse> handler) {
    var clock = new ManualClock(NOW);
    return new Endpoint(
        Door.API,
        new Router(List.of(Route.get("/v1/projects/{project}", Permission.PROJECT_READ, handler))),
        new Guard(sha256 -> Optional.empty(), Digest.sha256Hex(ADMIN_KEY), Duration.ZERO, clock),
        Log.none(),
        clock);
  }
}
