package io.pinferry.manifest;

import static io.pinferry.base.Issue.clipped;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.pinferry.base.Issue;
import io.pinferry.base.Nearest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A place in a tree that is being checked. Each check that fails adds one issue with the place's
 * path, and yields nothing.
 */
final class Place {
  private final String path;
  private final JsonNode node;
  private final List<Issue> issues;

  private Place(String path, JsonNode node, List<Issue> issues) {
    this.path = path;
    this.node = node;
    this.issues = issues;
  }

  static Place root(String path, JsonNode node, List<Issue> issues) {
    return new Place(path, node, issues);
  }

  String path() {
    return path;
  }

  Place member(String key) {
    return new Place(path.isEmpty() ? key : path + "." + key, node.path(key), issues);
  }

  boolean present() {
    return !node.isMissingNode();
  }

  void issue(String detail) {
    String value = node.isValueNode() && !node.isNull() ? clipped(node.asText()) : null;
    issues.add(Issue.body(path, value, detail));
  }

  /** Tells whether this is an object, and refuses members other than these and extensions. */
  boolean object(String... known) {
    if (!anObject()) {
      return false;
    }
    List<String> keys = List.of(known);
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      String key = entry.getKey();
      if (!keys.contains(key) && !key.startsWith("x-")) {
        new Place(member(clipped(key)).path, MissingNode.getInstance(), issues)
            .issue("is not a known key" + Nearest.hint(key, keys));
      }
    }
    return true;
  }

  /** Returns an object's members as places, in their order; empty if this is absent. */
  Map<String, Place> members() {
    Map<String, Place> members = new LinkedHashMap<>();
    if (present() && anObject()) {
      for (Map.Entry<String, JsonNode> entry : node.properties()) {
        members.put(entry.getKey(), member(entry.getKey()));
      }
    }
    return members;
  }

  private boolean anObject() {
    if (!node.isObject()) {
      wrongKind("a mapping");
    }
    return node.isObject();
  }

  /** Returns a list's entries as places; empty if this is absent. */
  List<Place> entries(int min) {
    List<Place> entries = new ArrayList<>();
    if (!present()) {
      return entries;
    }
    if (!node.isArray()) {
      wrongKind("a list");
      return entries;
    }
    if (node.size() < min) {
      issue("needs at least " + (min == 1 ? "one entry" : min + " entries"));
    }
    for (int i = 0; i < node.size(); i++) {
      entries.add(new Place(path + "[" + i + "]", node.path(i), issues));
    }
    return entries;
  }

  /** Adds an issue if this is absent. */
  boolean required() {
    if (!present()) {
      issue("is missing");
    }
    return present();
  }

  /** Returns a text that is not blank; nothing without an issue if this is absent. */
  Optional<String> text(int lengthMax) {
    if (!present()) {
      return Optional.empty();
    }
    if (!node.isTextual()) {
      wrongKind(node.isValueNode() && !node.isNull() ? "a text (put it in quotes)" : "a text");
      return Optional.empty();
    }
    String text = node.textValue();
    if (text.isBlank()) {
      issue("must not be empty");
      return Optional.empty();
    }
    if (text.length() > lengthMax) {
      issue("has " + text.length() + " characters, at most " + lengthMax + " are allowed");
      return Optional.empty();
    }
    return Optional.of(text);
  }

  Optional<String> choice(Collection<String> allowed) {
    Optional<String> text = text(256);
    if (text.isPresent() && !allowed.contains(text.get())) {
      issue(
          "must be "
              + (allowed.size() == 1 ? "" : "one of ")
              + String.join(", ", allowed)
              + Nearest.hint(text.get(), allowed));
      return Optional.empty();
    }
    return text;
  }

  Optional<Boolean> flag() {
    if (!present()) {
      return Optional.empty();
    }
    if (!node.isBoolean()) {
      wrongKind("true or false");
      return Optional.empty();
    }
    return Optional.of(node.booleanValue());
  }

  Optional<Integer> number(int min, int max) {
    if (!present()) {
      return Optional.empty();
    }
    if (!node.isIntegralNumber()) {
      wrongKind("a whole number");
      return Optional.empty();
    }
    if (!node.canConvertToInt() || node.intValue() < min || node.intValue() > max) {
      issue("must be from " + min + " to " + max);
      return Optional.empty();
    }
    return Optional.of(node.intValue());
  }

  Optional<FieldPath> fieldPath() {
    return text(256).flatMap(text -> parsed(text, FieldPath::parse));
  }

  /** Returns what a parser makes of a text; its refusal becomes an issue. */
  <T> Optional<T> parsed(String text, Function<String, T> parser) {
    try {
      return Optional.of(parser.apply(text));
    } catch (IllegalArgumentException e) {
      issue(String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  @Nullable JsonNode nodeOrNull() {
    return present() ? node : null;
  }

  private void wrongKind(String wanted) {
    issue("is " + kind() + ", but " + wanted + " is needed");
  }

  private String kind() {
    return switch (node.getNodeType()) {
      case ARRAY -> "a list";
      case OBJECT, POJO -> "a mapping";
      case STRING, BINARY -> "a text";
      case NUMBER -> "a number";
      case NULL -> "empty";
      case BOOLEAN -> node.asText().toLowerCase(Locale.ROOT);
      case MISSING -> "missing";
    };
  }
}
