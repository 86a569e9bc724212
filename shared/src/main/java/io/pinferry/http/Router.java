package io.pinferry.http;

import io.pinferry.base.Issue;
import io.pinferry.base.PinferryException.InvalidRequest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds the route of a request. At each segment a literal beats a variable with an ending, and that
 * one beats a plain variable, for good: a plain variable never takes a segment with an ending that
 * is known at its place, so at most one route fits any method and path. API Gateway cannot match
 * endings ({@code {revision}:hydrate}), since its variables are whole segments.
 */
public final class Router {
  static final int VARIABLE_LENGTH_MAX = 256;

  private final Node root = new Node();
  private final List<Route> routes;

  /** Makes a router; two routes with the same method and shape are refused. */
  public Router(List<Route> routes) {
    this.routes = List.copyOf(routes);
    routes.forEach(this::add);
  }

  /** Returns all routes, in the order given. */
  public List<Route> routes() {
    return routes;
  }

  private static final class Node {
    private final Map<String, Node> literals = new HashMap<>();
    private final Map<String, Node> endings = new HashMap<>();
    private @Nullable Node variable;
    private final Map<String, Leaf> leaves = new TreeMap<>();
  }

  private record Leaf(Route route, List<String> variableNames) {}

  private void add(Route route) {
    Node node = root;
    List<String> names = new ArrayList<>();
    for (String segment : route.pattern().substring(1).split("/", -1)) {
      if (!segment.startsWith("{")) {
        if (segment.isEmpty() || segment.contains("{") || segment.contains("}")) {
          throw new IllegalArgumentException("cannot read the pattern " + route.pattern());
        }
        node = node.literals.computeIfAbsent(segment, key -> new Node());
        continue;
      }
      int close = segment.indexOf('}');
      String name = close < 0 ? "" : segment.substring(1, close);
      String ending = close < 0 ? "" : segment.substring(close + 1);
      if (name.isEmpty() || names.contains(name)) {
        throw new IllegalArgumentException("cannot read the pattern " + route.pattern());
      }
      names.add(name);
      if (ending.isEmpty()) {
        Node next = node.variable;
        if (next == null) {
          next = new Node();
          node.variable = next;
        }
        node = next;
      } else if (ending.matches(":[A-Za-z-]+")) {
        node = node.endings.computeIfAbsent(ending, key -> new Node());
      } else {
        throw new IllegalArgumentException("cannot read the pattern " + route.pattern());
      }
    }
    Leaf same = node.leaves.putIfAbsent(route.method(), new Leaf(route, List.copyOf(names)));
    if (same != null) {
      throw new IllegalArgumentException(
          route.method()
              + " "
              + route.pattern()
              + " and "
              + same.route().pattern()
              + " are the"
              + " same route");
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
    if (value.length() > VARIABLE_LENGTH_MAX) {
      throw Issue.path(name, "is longer than " + VARIABLE_LENGTH_MAX + " characters").malformed();
    }
    if (value.chars().anyMatch(Character::isISOControl)) {
      throw Issue.path(name, "contains a control character").malformed();
    }
    return value;
  }
}
