package io.pinferry.http;

import java.util.List;
import java.util.Map;

/** What a {@link Router} says about a method and path. */
public sealed interface RouteMatch {
  /**
   * There is a route.
   *
   * @param variables the values of its variables
   */
  record Found(Route route, Map<String, String> variables) implements RouteMatch {
    public Found {
      variables = Map.copyOf(variables);
    }
  }

  /**
   * The path is known, the method is not.
   *
   * @param allowed the methods that are, in alphabetical order
   */
  record WrongMethod(List<String> allowed) implements RouteMatch {
    public WrongMethod {
      allowed = List.copyOf(allowed);
    }
  }

  /** Nothing is there. */
  record Unknown() implements RouteMatch {}
}
