package io.pinferry.pinterest;

import static io.pinferry.base.Issue.clipped;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Issue;
import io.pinferry.base.Nearest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What Pinterest accepts as a value; checked before a request, so that nothing is half done. */
public sealed interface Shape {
  /** Adds an issue for everything about the value that Pinterest would refuse. */
  void check(String path, JsonNode value, List<Issue> issues);

  /**
   * A text.
   *
   * @param pattern what all of it must match, null for anything
   * @param meaning what it must be, in words, where there is a pattern
   */
  record Text(int lengthMin, int lengthMax, @Nullable Pattern pattern, String meaning)
      implements Shape {
    @Override
    public void check(String path, JsonNode value, List<Issue> issues) {
      if (!value.isTextual()) {
        issues.add(Issue.body(path, null, "must be a text"));
        return;
      }
      String text = value.textValue();
      if (text.length() < lengthMin) {
        issues.add(Issue.body(path, null, "must have at least " + lengthMin + " characters"));
      } else if (text.length() > lengthMax) {
        issues.add(
            Issue.body(
                path,
                null,
                "has " + text.length() + " characters, at most " + lengthMax + " are allowed"));
      } else if (pattern != null && !pattern.matcher(text).matches()) {
        issues.add(Issue.body(path, null, "must be " + meaning));
      }
    }
  }

  /** One of some words. */
  record Choice(List<String> allowed) implements Shape {
    public Choice {
      allowed = List.copyOf(allowed);
    }

    @Override
    public void check(String path, JsonNode value, List<Issue> issues) {
      if (!value.isTextual() || !allowed.contains(value.textValue())) {
        issues.add(Issue.body(path, null, oneOf(value, allowed)));
      }
    }
  }

  /** A number from min to max. */
  record Numeric(boolean whole, long min, long max) implements Shape {
    @Override
    public void check(String path, JsonNode value, List<Issue> issues) {
      if (whole ? !value.isIntegralNumber() : !value.isNumber()) {
        issues.add(Issue.body(path, null, "must be a " + (whole ? "whole number" : "number")));
      } else if (value.doubleValue() < min || value.doubleValue() > max) {
        issues.add(Issue.body(path, null, "must be from " + min + " to " + max));
      }
    }
  }

  /** True or false. */
  record Flag() implements Shape {
    @Override
    public void check(String path, JsonNode value, List<Issue> issues) {
      if (!value.isBoolean()) {
        issues.add(Issue.body(path, null, "must be true or false"));
      }
    }
  }

  /** An array. */
  record ListOf(Shape entry, int countMin, int countMax) implements Shape {
    @Override
    public void check(String path, JsonNode value, List<Issue> issues) {
      if (!value.isArray()) {
        issues.add(Issue.body(path, null, "must be a list"));
        return;
      }
      if (value.size() < countMin || value.size() > countMax) {
        issues.add(
            Issue.body(
                path,
                null,
                "has " + value.size() + " entries, must have " + countMin + " to " + countMax));
        return;
      }
      for (int i = 0; i < value.size(); i++) {
        entry.check(path + "[" + i + "]", value.path(i), issues);
      }
    }
  }

  /** A member of an object. */
  record Member(Shape shape, boolean required, boolean nullable) {}

  /**
   * An object.
   *
   * @param exact whether Pinterest refuses other members
   */
  record Members(Map<String, Member> members, boolean exact) implements Shape {
    public Members {
      members = Collections.unmodifiableMap(new LinkedHashMap<>(members));
    }

    /** Begins an object that may have unknown members too. */
    public static Builder open() {
      return new Builder(false);
    }

    /** Begins an object that has known members only. */
    public static Builder closed() {
      return new Builder(true);
    }

    @Override
    public void check(String path, JsonNode value, List<Issue> issues) {
      if (!(value instanceof ObjectNode object)) {
        issues.add(Issue.body(path, null, "must be an object"));
        return;
      }
      members.forEach(
          (name, member) -> {
            JsonNode node = object.get(name);
            if (node == null) {
              if (member.required()) {
                issues.add(Issue.body(path + "." + name, null, "is missing"));
              }
            } else if (!node.isNull()) {
              member.shape().check(path + "." + name, node, issues);
            } else if (!member.nullable()) {
              issues.add(Issue.body(path + "." + name, null, "must not be null"));
            }
          });
      if (exact) {
        object
            .fieldNames()
            .forEachRemaining(
                name -> {
                  if (!members.containsKey(name)) {
                    issues.add(
                        Issue.body(
                            path + "." + clipped(name),
                            null,
                            "is not a known member" + Nearest.hint(name, members.keySet())));
                  }
                });
      }
    }
  }

  /** Collects the members of an object. */
  final class Builder {
    private final boolean closed;
    private final Map<String, Member> members = new LinkedHashMap<>();

    private Builder(boolean closed) {
      this.closed = closed;
    }

    /** Adds a member that must be there. */
    public Builder need(String name, Shape shape) {
      members.put(name, new Member(shape, true, false));
      return this;
    }

    /** Adds a member that may be there. */
    public Builder may(String name, Shape shape) {
      members.put(name, new Member(shape, false, false));
      return this;
    }

    /** Adds a member that may be there and be null. */
    public Builder mayBeNull(String name, Shape shape) {
      members.put(name, new Member(shape, false, true));
      return this;
    }

    /** Adds the members of another object. */
    public Builder and(Members other) {
      members.putAll(other.members());
      return this;
    }

    public Members build() {
      return new Members(members, closed);
    }
  }

  /**
   * An object whose members depend on the value of one of them.
   *
   * @param by the member that decides
   * @param absent what it is without that member; null if the member is needed
   */
  record Variants(String by, @Nullable Shape absent, Map<String, Members> variants)
      implements Shape {
    public Variants {
      variants = Collections.unmodifiableMap(new LinkedHashMap<>(variants));
    }

    @Override
    public void check(String path, JsonNode value, List<Issue> issues) {
      if (!value.isObject()) {
        issues.add(Issue.body(path, null, "must be an object"));
        return;
      }
      JsonNode deciding = value.get(by);
      if (deciding == null) {
        if (absent == null) {
          issues.add(
              Issue.body(
                  path + "." + by,
                  null,
                  "is missing; it is one of " + String.join(", ", variants.keySet())));
        } else {
          absent.check(path, value, issues);
        }
        return;
      }
      Members variant = deciding.isTextual() ? variants.get(deciding.textValue()) : null;
      if (variant == null) {
        issues.add(Issue.body(path + "." + by, null, oneOf(deciding, variants.keySet())));
      } else {
        variant.check(path, value, issues);
      }
    }
  }

  /** Conditions that choose products: all or any of a list, each entry with one condition. */
  record Filters() implements Shape {
    private static final List<String> JOINS = List.of("any_of", "all_of");

    @Override
    public void check(String path, JsonNode value, List<Issue> issues) {
      List<String> names = new ArrayList<>();
      value.fieldNames().forEachRemaining(names::add);
      if (names.size() != 1 || !JOINS.contains(names.getFirst())) {
        issues.add(Issue.body(path, null, "must be an object with either any_of or all_of"));
        return;
      }
      String join = path + "." + names.getFirst();
      JsonNode entries = value.path(names.getFirst());
      if (!entries.isArray() || entries.isEmpty()) {
        issues.add(Issue.body(join, null, "must be a list of at least one condition"));
        return;
      }
      for (int i = 0; i < entries.size(); i++) {
        JsonNode entry = entries.path(i);
        if (entry.size() != 1 || !entry.elements().next().isObject()) {
          issues.add(
              Issue.body(
                  join + "[" + i + "]",
                  null,
                  "must have one condition, like {\"BRAND\": {\"values\": [\"Blue\"]}}"));
        }
      }
    }
  }

  /** Any value; Pinterest decides. */
  record Anything() implements Shape {
    @Override
    public void check(String path, JsonNode value, List<Issue> issues) {}
  }

  private static String oneOf(JsonNode value, Collection<String> allowed) {
    return "must be one of "
        + String.join(", ", allowed)
        + (value.isTextual() ? Nearest.hint(value.textValue(), allowed) : "");
  }
}
