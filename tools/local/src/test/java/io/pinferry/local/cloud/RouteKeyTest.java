package io.pinferry.local.cloud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RouteKeyTest {

  private static final List<RouteKey> ROUTES =
      List.of(
          RouteKey.defaultRoute(),
          new RouteKey("any", "/{path+}"),
          new RouteKey("ANY", "/v1/{path+}"),
          new RouteKey("get", "/v1/things/{id}"),
          new RouteKey("GET", "/v1/things/special"),
          new RouteKey("ANY", "/v1/things/{id}"));

  /** The choice that the gateway makes. */
  private static String chosen(String method, String path) {
    return ROUTES.stream()
        .sorted(Comparator.comparing(RouteKey::rank))
        .filter(route -> route.takes(method))
        .filter(route -> route.match(RouteKey.segments(path)).isPresent())
        .findFirst()
        .map(RouteKey::toString)
        .orElse("none");
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /v1/things/special, GET /v1/things/special",
    "GET, /v1/things/7, GET /v1/things/{id}",
    "POST, /v1/things/7, ANY /v1/things/{id}",
    "POST, /v1/things/special, ANY /v1/things/{id}",
    "GET, /v1/things/7/parts, ANY /v1/{path+}",
    "GET, /v1/things/, ANY /v1/{path+}",
    "GET, /v2/things, ANY /{path+}",
    "GET, /v1, ANY /{path+}",
    "GET, /, $default",
  })
  void theMostSpecificRouteIsChosen(String method, String path, String expected) {
    assertThat(chosen(method, path)).isEqualTo(expected);
  }

  @Test
  void variablesGetTheirSegmentsAndAGreedyOneTheRest() {
    assertThat(new RouteKey("GET", "/a/{b}/c/{d+}").match(RouteKey.segments("/a/1/c/2/3%2F4")))
        .contains(Map.of("b", "1", "d", "2/3%2F4"));
    assertThat(new RouteKey("GET", "/a/{b+}").match(RouteKey.segments("/a/")))
        .isEqualTo(Optional.empty());
    assertThat(new RouteKey("GET", "/a/{b}").match(RouteKey.segments("/a"))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /v1/{connection}:oauth-update, whole segment",
    "GET, /v1/prefix-{id}, whole segment",
    "GET, /v1/{path+}/more, must stand last",
    "GET, /v1/{id}/{id}, twice",
    "GET, v1, slash",
    "FETCH, /v1, unknown method FETCH",
    "GET, /v1/{}, whole segment",
  })
  void whatApiGatewayRefusesIsRefused(String method, String path, String because) {
    assertThatThrownBy(() -> new RouteKey(method, path))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(because);
  }
}
