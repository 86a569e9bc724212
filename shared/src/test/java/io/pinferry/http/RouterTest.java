package io.pinferry.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pinferry.base.PinferryException.InvalidRequest;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RouterTest {
  private static final String P = "/v1/projects/{project}";

  private final Router router =
      new Router(
          Stream.of(
                  "GET /v1/projects",
                  "GET " + P,
                  "PUT " + P + "/integrations:batch",
                  "GET " + P + "/integrations",
                  "GET " + P + "/integrations/{integration}",
                  "GET " + P + "/integrations/{integration}/revisions/{revision}:hydrate",
                  "POST " + P + "/integrations/{integration}/installations/{installation}:pause",
                  "POST " + P + "/integrations/{integration}/installations/{installation}:unpause",
                  "DELETE " + P + "/integrations/{integration}/installations/{installation}",
                  "POST " + P + "/connections:generate",
                  "GET " + P + "/connections/{connection}",
                  "DELETE " + P + "/connections/{connection}",
                  "PATCH " + P + "/connections/{connection}:oauth-update",
                  "GET " + P + "/connections/special",
                  "GET /callbacks/v1/oauth")
              .map(RouterTest::route)
              .toList());

  @ParameterizedTest
  @CsvSource({
    "GET,/v1/projects,/v1/projects",
    "GET,/v1/projects/a:b,/v1/projects/{project}",
    "PUT,/v1/projects/p/integrations:batch,/v1/projects/{project}/integrations:batch",
    "GET,/v1/projects/p/integrations/batch,/v1/projects/{project}/integrations/{integration}",
    "POST,/v1/projects/p/connections:generate,/v1/projects/{project}/connections:generate",
    "PATCH,/v1/projects/p/connections/c:oauth-update,"
        + "/v1/projects/{project}/connections/{connection}:oauth-update",
    "GET,/v1/projects/p/connections/special,/v1/projects/{project}/connections/special",
    "GET,/v1/projects/p/connections/c:other,/v1/projects/{project}/connections/{connection}",
    "GET,/callbacks/v1/oauth,/callbacks/v1/oauth",
  })
  void eachPathFindsItsRoute(String method, String path, String pattern) {
    assertThat(match(method, path))
        .isInstanceOfSatisfying(
            RouteLookup.Match.class,
            found -> assertThat(found.route().pattern()).isEqualTo(pattern));
  }

  @Test
  void variablesAreGivenByName() {
    assertThat(match("GET", "/v1/projects/p/integrations/i/revisions/r:1:hydrate"))
        .isInstanceOfSatisfying(
            RouteLookup.Match.class,
            found ->
                assertThat(found.variables())
                    .isEqualTo(Map.of("project", "p", "integration", "i", "revision", "r:1")));
    assertThat(match("POST", "/v1/projects/p/integrations/i/installations/n:unpause"))
        .isInstanceOfSatisfying(
            RouteLookup.Match.class,
            found -> assertThat(found.variables()).containsEntry("installation", "n"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/v1",
        "/v1/project",
        "/v1/projects/",
        "/v1/projects//integrations",
        "/v1/projects/p/",
        "/V1/projects",
        "/v1/projects/p/integrations/i/revisions/r",
        "/v1/projects/p/integrations/i/revisions/:hydrate",
        "/v1/projects/p/integrations/i/revisions/r:hydrate/more",
        "/v1/projects/p/integrations:bat",
      })
  void whatNoRouteHasIsUnknown(String path) {
    assertThat(match("GET", path)).isInstanceOf(RouteLookup.UnknownPath.class);
  }

  @Test
  void aKnownPathNamesItsMethods() {
    assertThat(match("POST", "/v1/projects/p/connections/c"))
        .isEqualTo(new RouteLookup.WrongMethod(List.of("DELETE", "GET")));
  }

  @Test
  void aPlainVariableNeverTakesAKnownEnding() {
    // Else a mistaken method would delete the connection, or look up one with a strange id.
    assertThat(match("DELETE", "/v1/projects/p/connections/c:oauth-update"))
        .isEqualTo(new RouteLookup.WrongMethod(List.of("PATCH")));
  }

  @Test
  void valuesOfVariablesHaveBounds() {
    assertThat(match("GET", "/v1/projects/" + "x".repeat(256)))
        .isInstanceOf(RouteLookup.Match.class);
    assertThatThrownBy(() -> match("GET", "/v1/projects/" + "x".repeat(257)))
        .isInstanceOf(InvalidRequest.class)
        .hasMessageContaining("project: is longer than 256");
    assertThatThrownBy(() -> match("GET", "/v1/projects/a\nb"))
        .isInstanceOf(InvalidRequest.class)
        .hasMessageContaining("control character");
  }

  @Test
  void sameRoutesAndUnreadablePatternsAreRefused() {
    assertThatThrownBy(() -> new Router(List.of(route("GET /a/{b}/c"), route("GET /a/{other}/c"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("same route");
    for (String pattern :
        List.of("/a/{b", "/a/{}", "/a/{b}c", "/a/{b}:", "/a//b", "/a/", "/{a}/{a}", "/a{b}")) {
      assertThatThrownBy(() -> new Router(List.of(route("GET " + pattern))))
          .as(pattern)
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> route("FETCH /a")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> route("GET a")).isInstanceOf(IllegalArgumentException.class);
  }

  private RouteLookup match(String method, String path) {
    return router.match(HttpEvents.request(method, path).read());
  }

  private static Route route(String methodAndPattern) {
    String[] parts = methodAndPattern.split(" ", 2);
    return new Route(parts[0], parts[1], Permission.PROJECT_READ, call -> ApiResponse.noContent());
  }
}
