package io.pinferry.http;

import java.util.List;
import java.util.Map;

/** What a {@link Router} says about a method and path. */
public sealed interface RouteLookup {
  /**
   * There is a route.
   *
   * @param variables the values of its variables
   */
  record Match(Route route, Map<String, String> variables) implements RouteLookup {
    public Match {
      variables = Map.copyOf(variables);
    }
  }

  /**
   * The path is known, the method is not.
   *
   * @param allowed the methods that are, in alphabetical order
   */
  record WrongMethod(List<String> allowed) implements RouteLookup {
    public WrongMethod {
      allowed = List.copyOf(allowed);
    }
  }

  /** Nothing is there. */
  record UnknownPath() implements RouteLookup {}
}
