package io.pinferry.management;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pinferry.base.Issue;
import io.pinferry.http.ApiResponse;
import io.pinferry.http.Door;
import io.pinferry.http.Permission;
import io.pinferry.http.Route;
import io.pinferry.http.RouteCall;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The OpenAPI documents of the doors. Each door has its own, since two doors have the same methods
 * and paths. A test compares them with the routes and their permissions.
 */
final class OpenApiRoutes {
  private OpenApiRoutes() {}

  static List<Route> routes() {
    return List.of(
        Route.get("/v1/openapi.json", Permission.DOCUMENTATION_READ, OpenApiRoutes::document)
            .taking("door"));
  }

  private static ApiResponse document(RouteCall call) {
    String wanted = call.query("door").orElse(Door.API.text());
    Door door =
        Arrays.stream(Door.values())
            .filter(one -> one.text().equals(wanted))
            .findFirst()
            .orElseThrow(
                () ->
                    Issue.query(
                            "door",
                            Issue.clipped(wanted),
                            "must be one of "
                                + Arrays.stream(Door.values())
                                    .map(Door::text)
                                    .collect(Collectors.joining(", ")))
                        .malformed());
    return ApiResponse.text(200, "application/json", read(door));
  }

  private static String read(Door door) {
    String name = "openapi-" + door.text() + ".json";
    try (InputStream document = OpenApiRoutes.class.getResourceAsStream(name)) {
      if (document == null) {
        throw new IllegalStateException(name + " was not packaged");
      }
      return new String(document.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
