package io.pinferry.pinterest;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An object that can be read.
 *
 * @param name as in a manifest, e.g. {@code product_groups}
 * @param displayName for people
 * @param key members that identify a record; {@code _source.x} is the parameter x of the partition
 *     that read it
 * @param timeFields members that hold times; reads filter by the first one; may be empty
 * @param secretFields dotted paths of members whose values are never delivered
 * @param volatileMembers members of the first level whose changes are no changes of the record:
 *     counters and metrics
 * @param lookup asks for one record by its id; null if Pinterest has no such request
 * @param plans the ways to read it; the first one is the default
 */
public record ReadableObject(
    String name,
    String displayName,
    List<String> key,
    List<TimeField> timeFields,
    List<String> secretFields,
    Set<String> volatileMembers,
    @Nullable RecordCall lookup,
    List<ReadPlan> plans) {

  public ReadableObject {
    key = List.copyOf(key);
    timeFields = List.copyOf(timeFields);
    secretFields = List.copyOf(secretFields);
    volatileMembers = Set.copyOf(volatileMembers);
    plans = List.copyOf(plans);
  }

  /** Makes an object whose records have an {@code id}. */
  static ReadableObject named(String name, String displayName) {
    return new ReadableObject(
        name, displayName, List.of("id"), List.of(), List.of(), Set.of(), null, List.of());
  }

  ReadableObject key(String... members) {
    return new ReadableObject(
        name,
        displayName,
        List.of(members),
        timeFields,
        secretFields,
        volatileMembers,
        lookup,
        plans);
  }

  ReadableObject times(TimeField... fields) {
    return new ReadableObject(
        name, displayName, key, List.of(fields), secretFields, volatileMembers, lookup, plans);
  }

  ReadableObject secrets(String... paths) {
    return new ReadableObject(
        name, displayName, key, timeFields, List.of(paths), volatileMembers, lookup, plans);
  }

  ReadableObject volatileMembers(String... names) {
    return new ReadableObject(
        name, displayName, key, timeFields, secretFields, Set.of(names), lookup, plans);
  }

  ReadableObject lookup(RecordCall call) {
    return new ReadableObject(
        name, displayName, key, timeFields, secretFields, volatileMembers, call, plans);
  }

  ReadableObject plans(ReadPlan... all) {
    return new ReadableObject(
        name, displayName, key, timeFields, secretFields, volatileMembers, lookup, List.of(all));
  }

  public ReadPlan defaultPlan() {
    return plans.getFirst();
  }

  public Optional<ReadPlan> findPlan(String planName) {
    return plans.stream().filter(plan -> plan.name().equals(planName)).findFirst();
  }

  /**
   * Returns the plan of this name.
   *
   * @throws IllegalArgumentException if this object has no such plan
   */
  public ReadPlan plan(String planName) {
    return findPlan(planName)
        .orElseThrow(() -> new IllegalArgumentException(name + " has no plan named " + planName));
  }

  /** Returns whether a record can be deleted. Counts of a period cannot. */
  public boolean hasDeletions() {
    return key.size() == 1;
  }

  /** Returns whether records have an {@code id}. If not, the id is made from the key. */
  public boolean hasOwnId() {
    return key.equals(List.of("id"));
  }
}
