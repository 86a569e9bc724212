package io.pinferry.http;

import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A route of a front door.
 *
 * @param method in upper case
 * @param pattern a path whose segments are literals ({@code integrations:batch}), variables ({@code
 *     {project}}), or variables with a literal ending ({@code {revision}:hydrate}). The caller must
 *     belong to the project of a variable {@code project}
 * @param permission the required permission
 * @param parameters the query parameters that the route takes; others are refused. Null for any
 */
public record Route(
    String method,
    String pattern,
    Permission permission,
    Function<RouteCall, ApiResponse> handler,
    @Nullable Set<String> parameters) {
  private static final Set<String> METHODS = Set.of("GET", "POST", "PUT", "PATCH", "DELETE");

  public Route {
    if (!METHODS.contains(method)) {
      throw new IllegalArgumentException("no route can have the method " + method);
    }
    if (!pattern.startsWith("/")) {
      throw new IllegalArgumentException("a pattern begins with a slash: " + pattern);
    }
    parameters = parameters == null ? null : Set.copyOf(parameters);
  }

  /** Makes a route without query parameters. */
  public Route(
      String method,
      String pattern,
      Permission permission,
      Function<RouteCall, ApiResponse> handler) {
    this(method, pattern, permission, handler, Set.of());
  }

  /** Returns the route with query parameters. */
  public Route taking(String... names) {
    return new Route(method, pattern, permission, handler, Set.of(names));
  }

  /** Returns the route with any query parameters, as others choose them. */
  public Route takingAnything() {
    return new Route(method, pattern, permission, handler, null);
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
