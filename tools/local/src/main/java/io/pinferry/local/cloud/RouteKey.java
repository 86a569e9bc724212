package io.pinferry.local.cloud;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A route of an HTTP API: {@code GET /v1/things/{id}}, {@code ANY /v1/{path+}} or {@code $default}.
 *
 * <p>What API Gateway refuses when a template is deployed is refused here too, because linters let
 * it pass. Source: <a
 * href="https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html">
 * routes for HTTP APIs</a>.
 *
 * @param method upper case, or {@code ANY}
 * @param path with a leading slash, or {@code $default}
 */
public record RouteKey(String method, String path) {

  static final String DEFAULT = "$default";

  private static final String ANY = "ANY";
  private static final Set<String> METHODS =
      Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", ANY);
  private static final Pattern VARIABLE = Pattern.compile("\\{([A-Za-z0-9._:-]+)(\\+?)}");

  /**
   * Reads a route.
   *
   * @throws IllegalArgumentException when API Gateway would refuse it
   */
  public RouteKey {
    if (path.equals(DEFAULT)) {
      method = ANY;
    } else {
      method = method.toUpperCase(Locale.ROOT);
      if (method.equals("*") || method.equals("X-AMAZON-APIGATEWAY-ANY-METHOD")) {
        method = ANY;
      }
      if (!METHODS.contains(method)) {
        throw new IllegalArgumentException("route " + path + " has the unknown method " + method);
      }
      check(path);
    }
  }

  /** Returns the route that takes what no other takes. */
  public static RouteKey defaultRoute() {
    return new RouteKey(ANY, DEFAULT);
  }

  private static void check(String path) {
    if (!path.startsWith("/")) {
      throw new IllegalArgumentException("route " + path + " must start with a slash");
    }
    List<String> segments = segments(path);
    var names = new HashSet<String>();
    for (int i = 0; i < segments.size(); i++) {
      String segment = segments.get(i);
      if (segment.indexOf('{') < 0 && segment.indexOf('}') < 0) {
        continue;
      }
      var variable = VARIABLE.matcher(segment);
      if (!variable.matches()) {
        throw new IllegalArgumentException(
            "route "
                + path
                + " is refused by API Gateway: a variable must be a whole segment, but here is "
                + segment
                + "; use a greedy route and let the function match the rest");
      }
      if (!variable.group(2).isEmpty() && i != segments.size() - 1) {
        throw new IllegalArgumentException(
            "route " + path + " is refused by API Gateway: " + segment + " must stand last");
      }
      if (!names.add(variable.group(1))) {
        throw new IllegalArgumentException(
            "route " + path + " is refused by API Gateway: it names " + segment + " twice");
      }
    }
  }

  static List<String> segments(String path) {
    return path.equals("/") ? List.of() : List.of(path.substring(1).split("/", -1));
  }

  boolean isDefault() {
    return path.equals(DEFAULT);
  }

  boolean takes(String requestMethod) {
    return method.equals(ANY) || method.equals(requestMethod);
  }

  /**
   * Matches the segments of a request's path, still percent-encoded.
   *
   * @return the values of the variables by name, or empty when the path is another
   */
  Optional<Map<String, String>> match(List<String> request) {
    if (isDefault()) {
      return Optional.of(Map.of());
    }
    List<String> own = segments(path);
    var values = new LinkedHashMap<String, String>();
    for (int i = 0; i < own.size(); i++) {
      if (i >= request.size()) {
        return Optional.empty();
      }
      var variable = VARIABLE.matcher(own.get(i));
      if (!variable.matches()) {
        if (!own.get(i).equals(request.get(i))) {
          return Optional.empty();
        }
      } else if (!variable.group(2).isEmpty()) {
        String rest = String.join("/", request.subList(i, request.size()));
        if (rest.isEmpty()) {
          return Optional.empty();
        }
        values.put(variable.group(1), rest);
        return Optional.of(values);
      } else if (request.get(i).isEmpty()) {
        return Optional.empty();
      } else {
        values.put(variable.group(1), request.get(i));
      }
    }
    return own.size() == request.size() ? Optional.of(values) : Optional.empty();
  }

  /**
   * Returns how specific the route is: compared as strings, the smaller one is asked first. A
   * literal segment comes before a variable, a variable before a greedy one, a named method before
   * any, and the default route last.
   */
  String rank() {
    if (isDefault()) {
      return "~";
    }
    var ranks = new ArrayList<String>();
    for (String segment : segments(path)) {
      var variable = VARIABLE.matcher(segment);
      ranks.add(!variable.matches() ? "0" : variable.group(2).isEmpty() ? "1" : "2");
    }
    return String.join("", ranks) + (method.equals(ANY) ? "4" : "3");
  }

  /** Returns the route as the event names it. */
  @Override
  public String toString() {
    return isDefault() ? DEFAULT : method + " " + path;
  }
}
