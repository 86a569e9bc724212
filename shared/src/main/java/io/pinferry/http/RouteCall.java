package io.pinferry.http;

import static io.pinferry.base.Issue.clipped;

import io.pinferry.base.Issue;
import io.pinferry.base.Log;
import io.pinferry.base.Nearest;
import io.pinferry.base.PinferryException.NotAllowed;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * A request to a route, after the guard has admitted its caller.
 *
 * @param variables the values of the pattern's variables
 * @param log has the id and the route of the request in its scope
 */
public record RouteCall(
    ApiRequest request, Route route, Map<String, String> variables, Caller caller, Log log) {
  public RouteCall {
    variables = Map.copyOf(variables);
  }

  /** Returns the value of a variable of the pattern. */
  public String variable(String name) {
    String value = variables.get(name);
    if (value == null) {
      throw new IllegalStateException(route.pattern() + " has no variable " + name);
    }
    return value;
  }

  /**
   * Returns the id of the project in the path; for the operator the id or name. The project of a
   * key is always given by its id, since the name in a path could be the id of another project.
   */
  public String project() {
    return ownProject(variable("project"));
  }

  /**
   * Returns the id of a project in a body; for the operator the id or name.
   *
   * @throws io.pinferry.base.PinferryException.NotFound if the caller does not belong to it
   */
  public String ownProject(String idOrName) {
    if (!caller.reaches(idOrName)) {
      throw Guard.otherProject(idOrName);
    }
    String projectId = caller.projectId();
    return projectId == null ? idOrName : projectId;
  }

  /** Returns the value of a query parameter of the route, if there is one that is not empty. */
  public Optional<String> query(String name) {
    return parameter(name).filter(value -> !value.isEmpty());
  }

  /**
   * Returns the value of a query parameter that narrows a list, if the request has it.
   *
   * @throws io.pinferry.base.PinferryException.InvalidRequest if it is empty: a caller whose
   *     variable is empty does not want the whole list
   */
  public Optional<String> filter(String name) {
    Optional<String> value = parameter(name);
    if (value.isPresent() && value.get().isBlank()) {
      throw Issue.query(name, "is empty; leave it out for all").malformed();
    }
    return value;
  }

  private Optional<String> parameter(String name) {
    Set<String> taken = route.parameters();
    if (taken != null && !taken.contains(name)) {
      throw new IllegalStateException(route.pattern() + " does not take " + name);
    }
    return request.queryValue(name);
  }

  /**
   * Checks the query.
   *
   * @throws io.pinferry.base.PinferryException.InvalidRequest if it has a parameter that the route
   *     does not take, or two values for one
   */
  void checkQuery() {
    Set<String> taken = route.parameters();
    if (taken == null) {
      return;
    }
    request
        .query()
        .forEach(
            (name, values) -> {
              if (!taken.contains(name)) {
                throw Issue.query(clipped(name), unknown(name, taken)).malformed();
              }
              if (values.stream().distinct().count() > 1) {
                throw Issue.query(name, "is given more than once, with different values")
                    .malformed();
              }
            });
  }

  private static String unknown(String name, Set<String> taken) {
    return taken.isEmpty()
        ? "is not known: this request takes no query parameter"
        : "is not known: this request takes "
            + String.join(", ", new TreeSet<>(taken))
            + Nearest.hint(name, taken);
  }

  /**
   * Returns whether a query parameter is true. An absent one is false.
   *
   * @throws io.pinferry.base.PinferryException.InvalidRequest if it is no boolean
   */
  public boolean queryFlag(String name) {
    String value = parameter(name).orElse("false");
    return switch (value) {
      case "true", "1" -> true;
      case "false", "0" -> false;
      default -> throw Issue.query(name, clipped(value), "must be true or false").malformed();
    };
  }

  /**
   * Returns the group of a list, if the request has one. The default for the holder of a JWT is
   * their own group.
   *
   * @throws NotAllowed if the holder of a JWT names another group
   */
  public Optional<String> groupRef() {
    return ownQuery("groupRef", Caller.Customer::groupRef);
  }

  /** Returns the consumer of a list, by the same rules as the group. */
  public Optional<String> consumerRef() {
    return ownQuery("consumerRef", Caller.Customer::consumerRef);
  }

  private Optional<String> ownQuery(String name, Function<Caller.Customer, String> own) {
    Caller.Customer customer = caller.customer();
    if (customer == null) {
      return filter(name);
    }
    query(name).ifPresent(value -> requireOwn(name, own, value));
    return Optional.of(own.apply(customer));
  }

  /**
   * Checks the group in a body.
   *
   * @throws NotAllowed if the holder of a JWT names another group
   */
  public void requireOwnGroup(String groupRef) {
    requireOwn("groupRef", Caller.Customer::groupRef, groupRef);
  }

  /**
   * Checks the consumer in a body.
   *
   * @throws NotAllowed if the holder of a JWT names another consumer
   */
  public void requireOwnConsumer(String consumerRef) {
    requireOwn("consumerRef", Caller.Customer::consumerRef, consumerRef);
  }

  /** The message does not depend on the existence of the wanted group or consumer. */
  private void requireOwn(String name, Function<Caller.Customer, String> own, String wanted) {
    Caller.Customer customer = caller.customer();
    if (customer != null && !own.apply(customer).equals(wanted)) {
      throw NotAllowed.forbidden(
          "this JWT was made for another " + name,
          "use a JWT for the %s of the request, or leave it out of the request".formatted(name));
    }
  }

  /**
   * Returns a whole number from the query.
   *
   * @param absent the default value
   * @throws io.pinferry.base.PinferryException.InvalidRequest if it is no number from min to max
   */
  public int queryNumber(String name, int min, int max, int absent) {
    String value = parameter(name).orElse(Integer.toString(absent));
    try {
      int number = Integer.parseInt(value);
      if (number >= min && number <= max) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Refused below, together with numbers out of range.
    }
    throw Issue.query(name, clipped(value), "must be a whole number from " + min + " to " + max)
        .malformed();
  }

  /**
   * Reads the body with a function.
   *
   * @throws io.pinferry.base.PinferryException.InvalidRequest with all issues of the body
   */
  public <T> T body(Function<JsonBody, T> reader) {
    return JsonBody.read(request, reader);
  }
}
