package io.pinferry.http;

import io.pinferry.base.CodePoints;
import io.pinferry.base.Issue;
import io.pinferry.base.PinferryException.InvalidRequest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds the route of a request. At each segment a literal has priority over a variable with an
 * ending, and this one over a plain variable. There is no way back: a plain variable never takes a
 * segment with an ending that is known at its place. So at most one route fits a method and path.
 * API Gateway cannot match endings ({@code {revision}:hydrate}), since its variables are whole
 * segments.
 */
public final class Router {
  static final int VARIABLE_LENGTH_MAX = 256;

  /** A literal, or a variable with an optional ending. */
  private static final Pattern SEGMENT =
      Pattern.compile("[^{}]+|\\{(?<name>[^{}]+)}(?<ending>:[A-Za-z-]+)?");

  private final Node root = new Node();
  private final List<Route> routes;

  /** Makes a router. Two routes with the same method and shape are refused. */
  public Router(List<Route> routes) {
    this.routes = List.copyOf(routes);
    routes.forEach(this::add);
  }

  public List<Route> routes() {
    return routes;
  }

  private static final class Node {
    private final Map<String, Node> literals = new HashMap<>();
    private final Map<String, Node> endings = new HashMap<>();
    private @Nullable Node variable;
    private final Map<String, Leaf> leaves = new TreeMap<>();

    Node addVariable() {
      Node present = variable;
      Node next = present == null ? new Node() : present;
      variable = next;
      return next;
    }
  }

  private record Leaf(Route route, List<String> variableNames) {}

  private void add(Route route) {
    Node node = root;
    List<String> names = new ArrayList<>();
    for (String segment : route.pattern().substring(1).split("/", -1)) {
      Matcher parts = SEGMENT.matcher(segment);
      boolean readable = parts.matches();
      String name = readable ? parts.group("name") : null;
      if (!readable || (name != null && names.contains(name))) {
        throw new IllegalArgumentException("cannot read the pattern " + route.pattern());
      }
      String ending = parts.group("ending");
      if (name == null) {
        node = node.literals.computeIfAbsent(segment, _ -> new Node());
      } else {
        names.add(name);
        node =
            ending == null
                ? node.addVariable()
                : node.endings.computeIfAbsent(ending, _ -> new Node());
      }
    }
    Leaf same = node.leaves.putIfAbsent(route.method(), new Leaf(route, List.copyOf(names)));
    if (same != null) {
      throw new IllegalArgumentException(
          "%s %s and %s are the same route"
              .formatted(route.method(), route.pattern(), same.route().pattern()));
    }
  }

  /**
   * Finds the route of a request.
   *
   * @throws InvalidRequest if a variable's value is too long or holds control characters
   */
  public RouteLookup match(ApiRequest request) {
    Node node = root;
    List<String> values = new ArrayList<>();
    for (String segment : request.segments()) {
      Node next = step(node, segment, values);
      if (next == null) {
        return new RouteLookup.UnknownPath();
      }
      node = next;
    }
    if (node.leaves.isEmpty()) {
      return new RouteLookup.UnknownPath();
    }
    Leaf leaf = node.leaves.get(request.method());
    if (leaf == null) {
      return new RouteLookup.WrongMethod(List.copyOf(node.leaves.keySet()));
    }
    Map<String, String> variables = new LinkedHashMap<>();
    for (int i = 0; i < values.size(); i++) {
      variables.put(leaf.variableNames().get(i), valid(leaf.variableNames().get(i), values.get(i)));
    }
    return new RouteLookup.Match(leaf.route(), variables);
  }

  private static @Nullable Node step(Node node, String segment, List<String> values) {
    Node literal = node.literals.get(segment);
    if (literal != null) {
      return literal;
    }
    int colon = segment.lastIndexOf(':');
    if (colon >= 0) {
      Node ending = node.endings.get(segment.substring(colon));
      if (ending != null) {
        values.add(segment.substring(0, colon));
        return colon == 0 ? null : ending;
      }
    }
    if (segment.isEmpty()) {
      return null;
    }
    values.add(segment);
    return node.variable;
  }

  private static String valid(String name, String value) {
    if (CodePoints.count(value) > VARIABLE_LENGTH_MAX) {
      throw Issue.path(name, "is longer than " + VARIABLE_LENGTH_MAX + " characters").malformed();
    }
    if (value.chars().anyMatch(Character::isISOControl)) {
      throw Issue.path(name, "contains a control character").malformed();
    }
    if (CodePoints.hasHalf(value)) {
      throw Issue.path(name, "contains half of a character").malformed();
    }
    return value;
  }
}
