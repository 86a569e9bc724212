package io.pinferry.local.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.pinferry.base.Json;
import io.pinferry.base.Secret;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.stream.Stream;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class DoorsTest {
  private static final String API = "https://api.example.com";

  private final ScriptedTransport transport = new ScriptedTransport();

  private Doors doors(@Nullable String project) {
    return doors(API, project);
  }

  private Doors doors(String api, @Nullable String project) {
    return new Doors(
        new Target(URI.create(api), null, null, null, new Secret("pfk_secret"), project, "a test"),
        transport);
  }

  private CommandFailure failure(Doors doors) {
    return assertThatThrownBy(() -> doors.get("/v1/things"))
        .asInstanceOf(type(CommandFailure.class))
        .actual();
  }

  @ParameterizedTest
  @CsvSource({
    "401, NOT_ALLOWED",
    "403, NOT_ALLOWED",
    "404, NOT_FOUND",
    "400, REFUSED",
    "409, REFUSED",
    "422, REFUSED",
    "429, LATER",
    "503, LATER",
    "500, FAILED"
  })
  void eachKindOfRefusalHasItsExitCodeAndTheApisOwnRemedy(int status, ExitCode code) {
    transport.on(
        "GET " + API + "/v1/things",
        status,
        "{'subsystem':'api','detail':'the detail','remedy':'the remedy','requestId':'r'}");

    CommandFailure failure = failure(doors(null));

    assertThat(failure.code()).isEqualTo(code);
    assertThat(failure).hasMessage("the detail");
    assertThat(failure.remedy()).contains("the remedy");
  }

  @Test
  void allCausesAreShown() {
    transport.on(
        "GET " + API + "/v1/things",
        422,
        "{'subsystem':'api','detail':'short','causes':['first: a','second: b']}");

    assertThat(failure(doors(null))).hasMessageContainingAll("first: a", "second: b");
  }

  @Test
  void anotherServerIsNotTakenForPinferry() {
    transport.on("GET " + API + "/v1/things", 403, "{'message':'Forbidden'}");

    CommandFailure failure = failure(doors(null));

    assertThat(failure.code()).isEqualTo(ExitCode.UNREACHABLE);
    assertThat(failure).hasMessageContaining("403, and not as Pinferry does");
    assertThat(failure.remedy().orElseThrow()).contains("./pinferry doctor");
    transport.on("GET " + API + "/v1/page", 200, "<html>");
    assertThatThrownBy(() -> doors(null).get("/v1/page"))
        .asInstanceOf(type(CommandFailure.class))
        .satisfies(other -> assertThat(other.code()).isEqualTo(ExitCode.UNREACHABLE));
  }

  static Stream<Arguments> failures() {
    return Stream.of(
        Arguments.of(new ConnectException("refused"), "nothing listens there"),
        Arguments.of(new UnknownHostException("x"), "has a host that is not known"),
        Arguments.of(new SocketTimeoutException("late"), "did not answer in time"),
        Arguments.of(new SSLHandshakeException("no trust"), "has no TLS connection: no trust"),
        Arguments.of(new IOException("odd"), "gave no answer of HTTP: odd"));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void anAddressWithoutAnAnswerIsNamedWithItsReason(IOException cause, String reason) {
    transport.on(
        "GET " + API + "/v1/things",
        () -> {
          throw cause;
        });

    CommandFailure failure = failure(doors(null));

    assertThat(failure.code()).isEqualTo(ExitCode.UNREACHABLE);
    assertThat(failure).hasMessageStartingWith(API + " ").hasMessageContaining(reason);
    assertThat(failure.remedy().orElseThrow()).contains("ApiUrl");
  }

  @Test
  void onThisComputerTheRemedyIsUp() {
    transport.on(
        "GET http://127.0.0.1:8080/v1/things",
        () -> {
          throw new ConnectException("refused");
        });

    assertThat(failure(doors("http://127.0.0.1:8080", null)).remedy().orElseThrow())
        .contains("./pinferry up");
  }

  @Test
  void theProjectIsTheOneOfTheKey() {
    transport.on(
        "GET " + API + "/v1/my-info", 200, "{'projectRoles':{'p 1':{'project':{'name':'shop'}}}}");

    Doors doors = doors(null);

    assertThat(doors.path("/operations")).isEqualTo("/v1/projects/p%201/operations");
    assertThat(doors.path("")).isEqualTo("/v1/projects/p%201");
    assertThat(transport.calls()).hasSize(1);
  }

  @Test
  void theOperatorNamesOneOfSeveralProjects() {
    transport.on(
        "GET " + API + "/v1/my-info",
        200,
        "{'projectRoles':{'1':{'project':{'name':'shop'}},'2':{'project':{'name':'blog'}}}}");

    assertThatThrownBy(() -> doors(null).project())
        .asInstanceOf(type(CommandFailure.class))
        .satisfies(failure -> assertThat(failure.code()).isEqualTo(ExitCode.USAGE))
        .satisfies(
            failure ->
                assertThat(failure.remedy().orElseThrow()).contains("--project: shop, blog"));
  }

  @Test
  void theReadDoorMustBeKnownForARead() {
    assertThatThrownBy(() -> doors("p").postToRead("/v1/x", Json.object()))
        .asInstanceOf(type(CommandFailure.class))
        .satisfies(failure -> assertThat(failure.remedy().orElseThrow()).contains("PINFERRY_READ"));
    assertThat(transport.calls()).isEmpty();
  }

  @Test
  void anAddressThatIsPerhapsNoDoorDoesNotGetTheKey() {
    Doors doors = doors("p");

    doors.probe(URI.create("https://elsewhere.example.com"), "/v1/openapi.json");
    doors.find("/v1/none");

    assertThat(transport.calls().getFirst().key()).isNull();
    assertThat(transport.calls().getLast().key()).isEqualTo(new Secret("pfk_secret"));
  }
}
