package io.pinferry.pinterest;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How all records of an object are reached: steps, of which some are started at once and others are
 * made from the records of a step before.
 *
 * @param name distinguishes the plans of one object
 * @param roots names of the steps to start with
 * @param steps all steps by name
 */
public record ReadPlan(String name, List<Root> roots, Map<String, Step> steps) {
  public ReadPlan {
    roots = List.copyOf(roots);
    steps = Map.copyOf(steps);
  }

  static ReadPlan of(String name, List<Root> roots, Step... steps) {
    Map<String, Step> byName = new LinkedHashMap<>();
    for (Step step : steps) {
      byName.put(step.name(), step);
    }
    return new ReadPlan(name, roots, byName);
  }

  /**
   * A step to start with.
   *
   * @param required whether the object cannot be read without it; one that is not required is left
   *     out, and said so, where its scopes were not granted
   */
  public record Root(String step, boolean required) {}

  /**
   * One kind of partition.
   *
   * @param delivers whether its records belong to the object; else they only lead to others
   * @param children what is read for each of its records
   */
  public record Step(String name, Endpoint endpoint, boolean delivers, List<Child> children) {
    public Step {
      children = List.copyOf(children);
    }

    static Step delivering(Endpoint endpoint) {
      return new Step(endpoint.name(), endpoint, true, List.of());
    }

    static Step leading(Endpoint endpoint, Child... children) {
      return new Step(endpoint.name(), endpoint, false, List.of(children));
    }
  }

  /**
   * A partition to make of each record for which the condition holds.
   *
   * @param step the child's step
   * @param parameters the child's parameter by name, taken from this member of the record; the
   *     parent's own parameters are handed on where the child's endpoint, or one below it, takes
   *     them
   */
  public record Child(String step, Map<String, String> parameters, Condition condition) {
    public Child {
      parameters = Map.copyOf(parameters);
    }
  }

  /** For which records of the parent a child is made. */
  public enum Condition {
    ALWAYS,
    /** The ad account belongs to someone else; one's own leads to the data that is read already. */
    OTHER_OWNER,
    /** The catalog's type is one that Pinterest has reports for. */
    REPORTED_CATALOG_TYPE
  }

  /** Returns the step of this name. */
  public Step step(String stepName) {
    Step step = steps.get(stepName);
    if (step == null) {
      throw new IllegalArgumentException("plan " + name + " has no step " + stepName);
    }
    return step;
  }

  /** Returns the scopes without which the object cannot be read. */
  public Set<String> requiredScopes() {
    return roots.stream()
        .filter(Root::required)
        .flatMap(root -> scopesFrom(step(root.step())).stream())
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  /** Returns the scopes that a step and all that follows from it need. */
  public Set<String> scopesFrom(Step step) {
    Set<String> scopes = new LinkedHashSet<>(step.endpoint().scopes());
    for (Child child : step.children()) {
      scopes.addAll(scopesFrom(step(child.step())));
    }
    return scopes;
  }

  /** Returns whether a step's endpoint, or one that follows from it, takes this parameter. */
  public boolean takes(Step step, String parameter) {
    return step.endpoint().accepts(parameter)
        || step.children().stream().anyMatch(child -> takes(step(child.step()), parameter));
  }
}
