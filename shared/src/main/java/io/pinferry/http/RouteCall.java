package io.pinferry.http;

import io.pinferry.base.Log;
import io.pinferry.base.PinferryException.NotAllowed;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * A request that was admitted to a route.
 *
 * @param request the request
 * @param route the route that it matched
 * @param variables the values of the pattern's variables
 * @param caller who made it
 * @param log carries the request's id and route in its scope
 */
public record RouteCall(
    ApiRequest request, Route route, Map<String, String> variables, Caller caller, Log log) {
  public RouteCall {
    variables = Map.copyOf(variables);
  }

  /** Returns the value of one of the pattern's variables. */
  public String variable(String name) {
    String value = variables.get(name);
    if (value == null) {
      throw new IllegalStateException(route.pattern() + " has no variable " + name);
    }
    return value;
  }

  /**
   * Returns the id, or for the operator the id or name, of the project in the path. A key's project
   * is given by its id whatever the path calls it: a project may bear a name that is another's id,
   * and would else be taken for that one.
   */
  public String project() {
    return ownProject(variable("project"));
  }

  /**
   * Returns the same for a project that is named elsewhere, in a body.
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

  /** Returns the first value of a query parameter, if there is one that is not empty. */
  public Optional<String> query(String name) {
    return request.queryValue(name).filter(value -> !value.isEmpty());
  }

  /**
   * Returns whether a query parameter says true; absent is false.
   *
   * @throws io.pinferry.base.PinferryException.InvalidRequest if it says something else
   */
  public boolean queryFlag(String name) {
    return Queries.flag(name, query(name).orElse("false"));
  }

  /**
   * Returns the group that a list is asked for, if it is asked for one. The holder of a JWT asks
   * for their own, also without a word.
   *
   * @throws NotAllowed if the holder of a JWT names another
   */
  public Optional<String> groupRef() {
    Optional<String> asked = query("groupRef");
    Caller.Customer customer = caller.customer();
    if (customer == null) {
      return asked;
    }
    asked.ifPresent(group -> requireOwn("groupRef", customer.groupRef(), group));
    return Optional.of(customer.groupRef());
  }

  /** Returns the same for the consumer. */
  public Optional<String> consumerRef() {
    Optional<String> asked = query("consumerRef");
    Caller.Customer customer = caller.customer();
    if (customer == null) {
      return asked;
    }
    asked.ifPresent(consumer -> requireOwn("consumerRef", customer.consumerRef(), consumer));
    return Optional.of(customer.consumerRef());
  }

  /**
   * Checks the group that a body names.
   *
   * @throws NotAllowed if the holder of a JWT names another than their own
   */
  public void requireOwnGroup(String groupRef) {
    Caller.Customer customer = caller.customer();
    if (customer != null) {
      requireOwn("groupRef", customer.groupRef(), groupRef);
    }
  }

  /**
   * Checks the consumer that a body names.
   *
   * @throws NotAllowed if the holder of a JWT names another than their own
   */
  public void requireOwnConsumer(String consumerRef) {
    Caller.Customer customer = caller.customer();
    if (customer != null) {
      requireOwn("consumerRef", customer.consumerRef(), consumerRef);
    }
  }

  /** The answer is the same whether or not what is asked for exists. */
  private static void requireOwn(String name, String own, String asked) {
    if (!own.equals(asked)) {
      throw NotAllowed.forbidden(
          "this JWT was made for another " + name,
          "get one that was made for the %s of the request, or leave it as the JWT has it"
              .formatted(name));
    }
  }

  /**
   * Returns a whole number from the query.
   *
   * @param absent what to return if the query does not have it
   * @throws io.pinferry.base.PinferryException.InvalidRequest if it is none from min to max
   */
  public int queryNumber(String name, int min, int max, int absent) {
    return query(name).map(value -> Queries.number(name, value, min, max)).orElse(absent);
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
