package io.pinferry.pinterest;

import io.pinferry.pinterest.ReadPlan.Child;
import io.pinferry.pinterest.ReadPlan.Condition;
import io.pinferry.pinterest.ReadPlan.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Decides which child partitions a record has. */
public final class Children {
  private static final String OWNER = "owner.id";
  private static final String PERMISSIONS = "permissions";
  private static final String CATALOG_TYPE = "catalog_type";
  private static final Set<String> REPORTED_CATALOG_TYPES = Set.of("RETAIL", "HOTEL");

  private Children() {}

  /**
   * A partition that reads the children of a record.
   *
   * @param step its step in the plan
   * @param parameters the parameters of its list call
   */
  public record ChildPartition(String step, Map<String, String> parameters) {
    public ChildPartition {
      parameters = Map.copyOf(parameters);
    }
  }

  /** Returns the dotted names of the members that decide about the children of a record. */
  public static List<String> membersNeeded(Step step) {
    Set<String> members = new TreeSet<>();
    for (Child child : step.children()) {
      members.addAll(child.parameters().values());
      switch (child.condition()) {
        case ALWAYS -> {}
        case OTHER_OWNER -> members.addAll(List.of(OWNER, PERMISSIONS));
        case REPORTED_CATALOG_TYPE -> members.add(CATALOG_TYPE);
      }
    }
    return List.copyOf(members);
  }

  /**
   * Returns the child partitions of one record.
   *
   * @param parameters those of the partition the record came from
   * @param member a record's member by its dotted name, as text
   * @param userId the token's user at Pinterest; null if unknown
   * @throws IllegalArgumentException if the record lacks a member that gives a child's parameter
   */
  public static List<ChildPartition> of(
      ReadPlan plan,
      Step step,
      Map<String, String> parameters,
      Function<String, Optional<String>> member,
      @Nullable String userId) {
    List<ChildPartition> planned = new ArrayList<>();
    for (Child child : step.children()) {
      if (!holds(child.condition(), member, userId)) {
        continue;
      }
      Step next = plan.step(child.step());
      Map<String, String> passed = new TreeMap<>();
      parameters.forEach(
          (name, value) -> {
            if (plan.takes(next, name)) {
              passed.put(name, value);
            }
          });
      child
          .parameters()
          .forEach(
              (name, source) ->
                  passed.put(
                      name,
                      member
                          .apply(source)
                          .orElseThrow(
                              () ->
                                  new IllegalArgumentException(
                                      "a record of " + step.name() + " has no " + source))));
      planned.add(new ChildPartition(child.step(), passed));
    }
    return planned;
  }

  private static boolean holds(
      Condition condition, Function<String, Optional<String>> member, @Nullable String userId) {
    return switch (condition) {
      case ALWAYS -> true;
      // Without the user's id the permissions tell: an own ad account lists OWNER. If in doubt,
      // reading data twice is better than not reading it.
      case OTHER_OWNER ->
          userId != null
              ? !member.apply(OWNER).equals(Optional.of(userId))
              : !member.apply(PERMISSIONS).orElse("").contains("\"OWNER\"");
      case REPORTED_CATALOG_TYPE ->
          member.apply(CATALOG_TYPE).filter(REPORTED_CATALOG_TYPES::contains).isPresent();
    };
  }
}
