package io.pinferry.pinterest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.pinferry.base.CodePoints;
import io.pinferry.base.JsonInput;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The values that Pinterest accepts. Pinferry checks them before a request, so that nothing is half
 * done.
 */
public sealed interface Shape {
  /** Adds an issue for each part of the value that Pinterest would refuse. */
  void check(JsonInput value);

  /** Returns a value without issues in the form that Pinterest reads; it may be changed for it. */
  default JsonNode sent(JsonNode value) {
    return value;
  }

  /**
   * A text.
   *
   * @param pattern the whole text must match it; null for any text
   * @param meaning the pattern in words; empty without a pattern
   */
  record Text(int lengthMin, int lengthMax, @Nullable Pattern pattern, String meaning)
      implements Shape {
    /** An id. It is never a number, since JavaScript rounds numbers of its length. */
    public static final Text ID =
        new Text(1, 64, Pattern.compile("\\d{1,64}"), "an id: digits only, as a text");

    @Override
    public void check(JsonInput value) {
      value.textOrBlank(lengthMax).flatMap(this::mistake).ifPresent(value::issue);
    }

    private Optional<String> mistake(String text) {
      if (CodePoints.count(text) < lengthMin) {
        return Optional.of("must have at least " + lengthMin + " characters");
      }
      return pattern == null || pattern.matcher(text).matches()
          ? Optional.empty()
          : Optional.of("must be " + meaning);
    }
  }

  /**
   * An address of the web.
   *
   * @param schemes in small letters
   */
  record Address(List<String> schemes) implements Shape {
    /** Signed addresses of stores are long; servers take some 8 KB. */
    private static final int LENGTH_MAX = 8_192;

    public Address {
      schemes = List.copyOf(schemes);
    }

    @Override
    public void check(JsonInput value) {
      String address = value.textOrBlank(LENGTH_MAX).orElse(null);
      if (address != null && (!schemes.contains(scheme(address)) || rest(address).isBlank())) {
        value.issue(
            "must be an address that begins with " + String.join(":// or ", schemes) + "://");
      }
    }

    @Override
    public JsonNode sent(JsonNode value) {
      String address = value.asText();
      return value.isTextual() ? TextNode.valueOf(scheme(address) + "://" + rest(address)) : value;
    }

    /** Pinterest takes small letters only; in the web both mean the same. */
    private static String scheme(String address) {
      return address.substring(0, Math.max(0, address.indexOf("://"))).toLowerCase(Locale.ROOT);
    }

    private static String rest(String address) {
      return address.substring(address.indexOf("://") + "://".length());
    }
  }

  /** One of some words. */
  record Choice(List<String> allowed) implements Shape {
    public Choice {
      allowed = List.copyOf(allowed);
    }

    @Override
    public void check(JsonInput value) {
      value.choice(allowed);
    }
  }

  /** A number from min to max. */
  record Numeric(boolean whole, long min, long max) implements Shape {
    @Override
    public void check(JsonInput value) {
      value.number(whole, min, max);
    }

    /** Some languages write 7.0 for a whole number, which strict readers do not take for one. */
    @Override
    public JsonNode sent(JsonNode value) {
      return whole && value.isNumber() && !value.isIntegralNumber()
          ? LongNode.valueOf(value.decimalValue().longValueExact())
          : value;
    }
  }

  /** True or false. */
  record Flag() implements Shape {
    @Override
    public void check(JsonInput value) {
      value.flag();
    }
  }

  /** An array. */
  record ListOf(Shape entry, int countMin, int countMax) implements Shape {
    @Override
    public void check(JsonInput value) {
      value.entries(countMin, countMax).forEach(entry::check);
    }

    @Override
    public JsonNode sent(JsonNode value) {
      if (value instanceof ArrayNode list) {
        for (int i = 0; i < list.size(); i++) {
          list.set(i, entry.sent(list.get(i)));
        }
      }
      return value;
    }
  }

  /** An object with any names, such as headers. */
  record Entries(Shape entry) implements Shape {
    @Override
    public void check(JsonInput value) {
      value.members().values().forEach(entry::check);
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

    /** An object that may have unknown members too. */
    static Members open() {
      return new Members(Map.of(), false);
    }

    /** An object that has known members only. */
    static Members closed() {
      return new Members(Map.of(), true);
    }

    /** Adds a member that must be there. */
    Members need(String name, Shape shape) {
      return and(Map.of(name, new Member(shape, true, false)));
    }

    /** Adds a member that may be there. */
    Members may(String name, Shape shape) {
      return and(Map.of(name, new Member(shape, false, false)));
    }

    /** Adds a member that may be there and be null. */
    Members mayBeNull(String name, Shape shape) {
      return and(Map.of(name, new Member(shape, false, true)));
    }

    /** Adds a member that must be there, but may be null. */
    Members needOrNull(String name, Shape shape) {
      return and(Map.of(name, new Member(shape, true, true)));
    }

    /** Adds the members of another object. */
    Members and(Members other) {
      return and(other.members());
    }

    private Members and(Map<String, Member> more) {
      var all = new LinkedHashMap<>(members);
      all.putAll(more);
      return new Members(all, exact);
    }

    @Override
    public void check(JsonInput value) {
      if (!value.isObject()) {
        return;
      }
      members.forEach(
          (name, member) -> {
            JsonInput input = value.member(name);
            if (member.required() ? !input.required() : !input.present()) {
              return;
            }
            if (!input.node().isNull()) {
              member.shape().check(input);
            } else if (!member.nullable()) {
              input.issue("must not be null");
            }
          });
      if (exact) {
        // Last, since a list of issues may be cut: a missing member matters more.
        value.closedObject(members.keySet());
      }
    }

    @Override
    public JsonNode sent(JsonNode value) {
      if (value instanceof ObjectNode object) {
        members.forEach(
            (name, member) -> {
              if (object.hasNonNull(name)) {
                object.set(name, member.shape().sent(object.get(name)));
              }
            });
      }
      return value;
    }
  }

  /**
   * An object whose members depend on the value of one of them.
   *
   * @param by the member that decides
   * @param absent the shape without that member; null if the member is required
   */
  record Variants(String by, @Nullable Shape absent, Map<String, Members> variants)
      implements Shape {
    public Variants {
      variants = Collections.unmodifiableMap(new LinkedHashMap<>(variants));
    }

    @Override
    public void check(JsonInput value) {
      if (!value.isObject()) {
        return;
      }
      JsonInput deciding = value.member(by);
      if (deciding.present()) {
        deciding
            .choice(variants.keySet())
            .map(variants::get)
            .ifPresent(variant -> variant.check(value));
      } else if (absent == null) {
        deciding.issue("is missing; it is one of " + String.join(", ", variants.keySet()));
      } else {
        absent.check(value);
      }
    }

    @Override
    public JsonNode sent(JsonNode value) {
      Members variant = value.has(by) ? variants.get(value.path(by).asText()) : null;
      Shape shape = variant == null ? absent : variant;
      return shape == null ? value : shape.sent(value);
    }
  }

  /** Conditions that choose products: all or any of a list, each entry with one condition. */
  record Filters() implements Shape {
    private static final List<String> JOINS = List.of("any_of", "all_of");

    @Override
    public void check(JsonInput value) {
      if (!value.isObject()) {
        return;
      }
      List<String> names = List.copyOf(value.members().keySet());
      if (names.size() != 1 || !JOINS.contains(names.getFirst())) {
        value.issue("must be an object with either any_of or all_of");
        return;
      }
      for (JsonInput entry : value.member(names.getFirst()).entries(1, Integer.MAX_VALUE)) {
        JsonNode condition = entry.node();
        if (condition.size() != 1 || !condition.elements().next().isObject()) {
          entry.issue("must have one condition, like {\"BRAND\": {\"values\": [\"Blue\"]}}");
        }
      }
    }
  }
}
