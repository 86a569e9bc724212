package io.pinferry.http;

import java.util.List;
import java.util.Map;

/** The result of looking up a method and path in a {@link Router}. */
public sealed interface RouteLookup {
  /**
   * The route of the method and path.
   *
   * @param variables the values of its variables
   */
  record Match(Route route, Map<String, String> variables) implements RouteLookup {
    public Match {
      variables = Map.copyOf(variables);
    }
  }

  /**
   * The path has routes for other methods only.
   *
   * @param allowed these methods, in alphabetical order
   */
  record WrongMethod(List<String> allowed) implements RouteLookup {
    public WrongMethod {
      allowed = List.copyOf(allowed);
    }
  }

  /** No route has the path. */
  record UnknownPath() implements RouteLookup {}
}
