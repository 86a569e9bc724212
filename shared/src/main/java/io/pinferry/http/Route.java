package io.pinferry.http;

import java.util.Set;
import java.util.function.Function;

/**
 * A route of a front door.
 *
 * @param method in upper case
 * @param pattern a path whose segments are literals ({@code integrations:batch}), variables ({@code
 *     {project}}), or variables with a literal ending ({@code {revision}:hydrate}). The caller must
 *     belong to the project of a variable {@code project}
 * @param permission the required permission
 */
public record Route(
    String method,
    String pattern,
    Permission permission,
    Function<RouteCall, ApiResponse> handler) {
  private static final Set<String> METHODS = Set.of("GET", "POST", "PUT", "PATCH", "DELETE");

  public Route {
    if (!METHODS.contains(method)) {
      throw new IllegalArgumentException("no route can have the method " + method);
    }
    if (!pattern.startsWith("/")) {
      throw new IllegalArgumentException("a pattern begins with a slash: " + pattern);
    }
  }

  public static Route get(
      String pattern, Permission permission, Function<RouteCall, ApiResponse> handler) {
    return new Route("GET", pattern, permission, handler);
  }

  public static Route post(
      String pattern, Permission permission, Function<RouteCall, ApiResponse> handler) {
    return new Route("POST", pattern, permission, handler);
  }

  public static Route put(
      String pattern, Permission permission, Function<RouteCall, ApiResponse> handler) {
    return new Route("PUT", pattern, permission, handler);
  }

  public static Route patch(
      String pattern, Permission permission, Function<RouteCall, ApiResponse> handler) {
    return new Route("PATCH", pattern, permission, handler);
  }

  public static Route delete(
      String pattern, Permission permission, Function<RouteCall, ApiResponse> handler) {
    return new Route("DELETE", pattern, permission, handler);
  }
}
