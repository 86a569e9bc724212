package io.pinferry.local.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Says what the members of a JSON object may be.
 *
 * @param open whether other members are ignored, as far as the published schema goes
 */
record Shape(Map<String, Rule> members, Set<String> required, boolean open) implements Rule {

  Shape {
    members = Map.copyOf(members);
    required = Set.copyOf(required);
  }

  /** Returns a shape that refuses members that are not named. */
  static Shape empty() {
    return new Shape(Map.of(), Set.of(), false);
  }

  /** Returns the same shape, which ignores members that are not named. */
  Shape opened() {
    return new Shape(members, required, true);
  }

  Shape with(String name, Rule rule) {
    var more = new LinkedHashMap<>(members);
    more.put(name, rule);
    return new Shape(more, required, open);
  }

  Shape needs(String name, Rule rule) {
    var more = new TreeSet<>(required);
    more.add(name);
    return new Shape(with(name, rule).members, more, open);
  }

  @Override
  public void check(String where, JsonNode value) {
    if (!value.isObject()) {
      throw ApiFailure.invalid("Invalid " + where + ": it must be an object");
    }
    String inside = where.equals("body") ? "" : where + ".";
    for (var member : value.properties()) {
      Rule rule = members.get(member.getKey());
      if (rule == null && open) {
        continue;
      }
      if (rule == null) {
        throw ApiFailure.invalid("Unknown member '" + inside + member.getKey() + "'");
      }
      rule.check(inside + member.getKey(), member.getValue());
    }
    for (String name : new TreeSet<>(required)) {
      if (!value.has(name)) {
        throw ApiFailure.invalid("Missing member '" + inside + name + "'");
      }
    }
  }

  static Rule nullable(Rule rule) {
    return (where, value) -> {
      if (!value.isNull()) {
        rule.check(where, value);
      }
    };
  }

  static Rule text(int charsMin, int charsMax) {
    return (where, value) -> {
      if (!value.isTextual()) {
        throw ApiFailure.invalid("Invalid " + where + ": it must be a text");
      }
      int chars = value.asText().codePointCount(0, value.asText().length());
      if (chars < charsMin || chars > charsMax) {
        throw ApiFailure.invalid(
            "Invalid "
                + where
                + ": it has "
                + chars
                + " characters, not "
                + charsMin
                + " to "
                + charsMax);
      }
    };
  }

  static Rule text(int charsMax) {
    return text(0, charsMax);
  }

  static Rule matching(String pattern, String description) {
    Pattern compiled = Pattern.compile(pattern);
    return (where, value) -> {
      if (!value.isTextual() || !compiled.matcher(value.asText()).matches()) {
        throw ApiFailure.invalid("Invalid " + where + ": it must be " + description);
      }
    };
  }

  /** An id, which JSON carries as a text of digits. */
  static Rule id() {
    return (where, value) -> {
      if (!value.isTextual()) {
        throw ApiFailure.invalid("Invalid " + where + ": it must be a text of digits");
      }
      Parameter.checkId(where, value.asText());
    };
  }

  static Rule choice(String... allowed) {
    List<String> all = Arrays.asList(allowed);
    return (where, value) -> {
      if (!value.isTextual() || !all.contains(value.asText())) {
        throw ApiFailure.invalid(
            "Invalid " + where + ": it must be one of " + String.join(", ", all));
      }
    };
  }

  static Rule flag() {
    return (where, value) -> {
      if (!value.isBoolean()) {
        throw ApiFailure.invalid("Invalid " + where + ": it must be true or false");
      }
    };
  }

  static Rule number() {
    return (where, value) -> {
      if (!value.isNumber()) {
        throw ApiFailure.invalid("Invalid " + where + ": it must be a number");
      }
    };
  }

  static Rule integer() {
    return integer(Long.MIN_VALUE);
  }

  static Rule integer(long min) {
    return (where, value) -> {
      if (!value.isIntegralNumber() || !value.canConvertToLong() || value.asLong() < min) {
        throw ApiFailure.invalid("Invalid " + where + ": it must be an integer from " + min);
      }
    };
  }

  static Rule object() {
    return (where, value) -> {
      if (!value.isObject()) {
        throw ApiFailure.invalid("Invalid " + where + ": it must be an object");
      }
    };
  }

  static Rule list(int min, int max, Rule item) {
    return (where, value) -> {
      if (!value.isArray() || value.size() < min || value.size() > max) {
        throw ApiFailure.invalid(
            "Invalid " + where + ": it must be a list of " + min + " to " + max + " items");
      }
      for (int i = 0; i < value.size(); i++) {
        item.check(where + "[" + i + "]", value.get(i));
      }
    };
  }

  /** Chooses the shape of an object by the text of one of its members. */
  static Rule oneOf(String discriminator, Map<String, Shape> shapes) {
    return (where, value) -> {
      JsonNode name = value.path(discriminator);
      Shape shape = name.isTextual() ? shapes.get(name.asText()) : null;
      if (shape == null) {
        throw ApiFailure.invalid(
            "Invalid "
                + where
                + "."
                + discriminator
                + ": it must be one of "
                + String.join(", ", new TreeSet<>(shapes.keySet())));
      }
      shape.check(where, value);
    };
  }
}
