package io.pinferry.pinterest;

import java.util.List;
import java.util.Map;

/**
 * A kind of record that can be read.
 *
 * @param name as in a manifest, e.g. {@code product_groups}
 * @param displayName for people
 * @param key members that together distinguish its records; {@code _source.x} is the parameter x of
 *     the partition that found it
 * @param timeFields members that hold times, the one to filter by first; empty if it has none
 * @param secretFields paths of members whose values never leave the reader, {@code a.b} for nested
 *     ones
 * @param plans by name; the first one is taken unless another is asked for
 */
public record ReadObject(
    String name,
    String displayName,
    List<String> key,
    List<TimeField> timeFields,
    List<String> secretFields,
    List<ReadPlan> plans) {

  public ReadObject {
    key = List.copyOf(key);
    timeFields = List.copyOf(timeFields);
    secretFields = List.copyOf(secretFields);
    plans = List.copyOf(plans);
  }

  public ReadPlan defaultPlan() {
    return plans.getFirst();
  }

  /**
   * Returns the plan of this name.
   *
   * @throws IllegalArgumentException if this object has no such plan
   */
  public ReadPlan plan(String planName) {
    return plans.stream()
        .filter(plan -> plan.name().equals(planName))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException(name + " has no plan named " + planName));
  }

  /** Returns whether records have an {@code id} of their own; else it is made of the key. */
  public boolean hasOwnId() {
    return key.equals(List.of("id"));
  }

  /** Returns what a person may call the plans, by name. */
  public Map<String, ReadPlan> plansByName() {
    return plans.stream().collect(java.util.stream.Collectors.toMap(ReadPlan::name, plan -> plan));
  }
}
