package io.pinferry.pinterest;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How a read reaches all records of an object. It starts with the root steps; the records of a step
 * can lead to further steps.
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
   * @param required whether the object cannot be read without it. If the scopes of another root are
   *     missing, the read leaves it out and says so
   */
  public record Root(String step, boolean required) {}

  /**
   * One kind of partition: the pages of one list call.
   *
   * @param delivers whether its records belong to the object; if not, they only have children
   * @param children what is read for each of its records
   */
  public record Step(ListCall call, boolean delivers, List<Child> children) {
    public Step {
      children = List.copyOf(children);
    }

    /** A step whose records belong to the object. */
    static Step records(ListCall call) {
      return new Step(call, true, List.of());
    }

    /** A step whose records only have children. */
    static Step parents(ListCall call, Child... children) {
      return new Step(call, false, List.of(children));
    }

    public String name() {
      return call.name();
    }
  }

  /**
   * A partition to make of each record for which the condition holds.
   *
   * @param step the child's step
   * @param parameters the child's parameter by name, taken from this member of the record; the
   *     parent's own parameters are handed on where the child's call, or one below it, takes them
   */
  public record Child(String step, Map<String, String> parameters, Condition condition) {
    public Child {
      parameters = Map.copyOf(parameters);
    }
  }

  /** The records of the parent that have the child. */
  public enum Condition {
    ALWAYS,
    /** The ad account belongs to someone else. One's own leads to data that is read already. */
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

  /** Returns the scopes that a step and its descendants need. */
  public Set<String> scopesFrom(Step step) {
    Set<String> scopes = new LinkedHashSet<>(step.call().scopes());
    for (Child child : step.children()) {
      scopes.addAll(scopesFrom(step(child.step())));
    }
    return scopes;
  }

  /** Returns whether the call of a step or of a descendant takes this parameter. */
  public boolean takes(Step step, String parameter) {
    return step.call().accepts(parameter)
        || step.children().stream().anyMatch(child -> takes(step(child.step()), parameter));
  }
}
