package io.pinferry.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A difference between two revisions of an integration.
 *
 * @param part read or write; or another part of the manifest, such as proxy
 * @param objectName the object's name at Pinterest; null for another part than read and write
 * @param members the members of a changed object that differ; for another part its whole value
 */
public record RevisionChange(
    Kind kind, String part, @Nullable String objectName, List<Member> members) {
  private static final List<String> OBJECT_PARTS = List.of("read", "write");

  /** All revisions of an integration have the same. */
  private static final List<String> CONSTANT = List.of("name", "provider");

  public RevisionChange {
    members = List.copyOf(members);
  }

  /** Whether the object or part came, went, or differs. */
  public enum Kind {
    ADDED,
    REMOVED,
    CHANGED
  }

  /**
   * A member that differs.
   *
   * @param before its value in the earlier revision; null if it was absent
   * @param after its value in the later revision; null if it is absent
   */
  public record Member(String name, @Nullable JsonNode before, @Nullable JsonNode after) {}

  /**
   * Returns the differences: first those of objects, by their names, then those of other parts.
   *
   * @param before the content of the earlier revision; empty for none
   * @param after the content of the later revision
   */
  public static List<RevisionChange> between(JsonNode before, JsonNode after) {
    List<RevisionChange> changes = new ArrayList<>();
    for (String part : OBJECT_PARTS) {
      Map<String, JsonNode> old = objects(before, part);
      Map<String, JsonNode> present = objects(after, part);
      for (String name : names(old.keySet(), present.keySet())) {
        JsonNode one = old.get(name);
        JsonNode other = present.get(name);
        if (one == null) {
          changes.add(new RevisionChange(Kind.ADDED, part, name, List.of()));
        } else if (other == null) {
          changes.add(new RevisionChange(Kind.REMOVED, part, name, List.of()));
        } else if (!one.equals(other)) {
          changes.add(new RevisionChange(Kind.CHANGED, part, name, members(one, other)));
        }
      }
    }
    for (Member member : members(before, after)) {
      if (!OBJECT_PARTS.contains(member.name()) && !CONSTANT.contains(member.name())) {
        changes.add(new RevisionChange(kind(member), member.name(), null, List.of(member)));
      }
    }
    return changes;
  }

  private static Kind kind(Member member) {
    if (member.before() == null) {
      return Kind.ADDED;
    }
    return member.after() == null ? Kind.REMOVED : Kind.CHANGED;
  }

  private static Map<String, JsonNode> objects(JsonNode content, String part) {
    Map<String, JsonNode> objects = new LinkedHashMap<>();
    content
        .path(part)
        .path("objects")
        .forEach(one -> objects.put(one.path("objectName").asText(), one));
    return objects;
  }

  private static List<Member> members(JsonNode before, JsonNode after) {
    return names(names(before), names(after)).stream()
        .filter(name -> !before.path(name).equals(after.path(name)))
        .map(name -> new Member(name, before.get(name), after.get(name)))
        .toList();
  }

  private static Set<String> names(JsonNode object) {
    var names = new TreeSet<String>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }

  private static Set<String> names(Set<String> some, Set<String> others) {
    var names = new TreeSet<>(some);
    names.addAll(others);
    return names;
  }
}
