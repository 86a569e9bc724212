package io.pinferry.base;

import static io.pinferry.base.Issue.clipped;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.math.BigDecimal;
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
 * A value of JSON or YAML input, with its path. A failed check adds an issue with this path, and
 * returns nothing. So one answer can list all mistakes.
 */
public final class JsonInput {
  /** JavaScript rounds larger numbers. */
  private static final long EXACT_IN_JAVASCRIPT_MAX = (1L << 53) - 1;

  private static final String HALF =
      "half of a character: a surrogate (\\ud800 to \\udfff) without the other one";

  /** More issues of unknown members help nobody, and each costs a search for the nearest word. */
  private static final int ISSUES_MAX = 1_000;

  private final String path;
  private final JsonNode node;
  private final List<Issue> issues;

  private JsonInput(String path, JsonNode node, List<Issue> issues) {
    this.path = path;
    this.node = node;
    this.issues = issues;
  }

  /**
   * Returns a whole tree.
   *
   * @param path the prefix of all paths, may be empty
   * @param issues failed checks add their issues here
   */
  public static JsonInput root(String path, JsonNode node, List<Issue> issues) {
    return new JsonInput(path, node, issues);
  }

  public String path() {
    return path;
  }

  /** Returns the tree; a missing node if this is absent. */
  public JsonNode node() {
    return node;
  }

  /** Returns a member of an object, which may be absent. */
  public JsonInput member(String key) {
    return new JsonInput(path.isEmpty() ? key : path + "." + key, node.path(key), issues);
  }

  /** Returns a member of an object, and adds an issue if it is absent. */
  public JsonInput requiredMember(String key) {
    JsonInput member = member(key);
    member.required();
    return member;
  }

  /**
   * Adds an issue for each text, also for each name of a member, that has half of a character.
   * Nothing could keep such a text: in UTF-8 it becomes a question mark.
   */
  public void wholeCharacters() {
    // Paths are built only for the answer: each costs as much as all names around it.
    if (hasHalf(node)) {
      tellHalves();
    }
  }

  private static boolean hasHalf(JsonNode node) {
    if (node.isTextual()) {
      return CodePoints.hasHalf(node.textValue());
    }
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      if (CodePoints.hasHalf(entry.getKey())) {
        return true;
      }
    }
    for (JsonNode child : node) {
      if (hasHalf(child)) {
        return true;
      }
    }
    return false;
  }

  private void tellHalves() {
    if (node.isTextual() && CodePoints.hasHalf(node.textValue())) {
      issueWithoutValue("has " + HALF);
    }
    for (int i = 0; i < node.size() && node.isArray(); i++) {
      if (hasHalf(node.path(i))) {
        new JsonInput(path + "[" + i + "]", node.path(i), issues).tellHalves();
      }
    }
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      if (CodePoints.hasHalf(entry.getKey())) {
        issueWithoutValue("has a member whose name has " + HALF);
      } else if (hasHalf(entry.getValue())) {
        member(entry.getKey()).tellHalves();
      }
    }
  }

  /** Returns whether the value exists. Null is a value. */
  public boolean present() {
    return !node.isMissingNode();
  }

  /**
   * Adds an issue with the value, shortened. Answers about records show only {@link Issue#text},
   * since a value can hold a password.
   */
  public void issue(String detail) {
    String value = node.isValueNode() && !node.isNull() ? clipped(node.asText()) : null;
    issues.add(Issue.body(path, value, detail));
  }

  private void issueWithoutValue(String detail) {
    issues.add(Issue.body(path, detail));
  }

  /** Returns whether this is an object. Unknown members are issues, except extensions. */
  public boolean object(String... known) {
    return isObject() && knows(List.of(known), "x-");
  }

  /** Returns whether this is an object. Unknown members are issues. */
  public boolean closedObject(Collection<String> known) {
    return isObject() && knows(known, null);
  }

  /** Returns whether this is an object. Another value is an issue. */
  public boolean isObject() {
    if (!node.isObject()) {
      wrongKind("an object", "");
    }
    return node.isObject();
  }

  private boolean knows(Collection<String> known, @Nullable String extensionPrefix) {
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      String key = entry.getKey();
      if (issues.size() >= ISSUES_MAX) {
        return true;
      }
      if (!known.contains(key) && !(extensionPrefix != null && key.startsWith(extensionPrefix))) {
        new JsonInput(member(clipped(key)).path, MissingNode.getInstance(), issues)
            .issue("is not a known member" + Nearest.hint(key, known));
      }
    }
    return true;
  }

  /** Returns the members in their order; empty if this is absent. */
  public Map<String, JsonInput> members() {
    Map<String, JsonInput> members = new LinkedHashMap<>();
    if (present() && isObject()) {
      for (Map.Entry<String, JsonNode> entry : node.properties()) {
        members.put(entry.getKey(), member(entry.getKey()));
      }
    }
    return members;
  }

  /** Returns the entries of a list; empty if this is absent. */
  public List<JsonInput> entries(int countMin, int countMax) {
    List<JsonInput> entries = new ArrayList<>();
    if (!isKind(node.isArray(), "a list", "")) {
      return entries;
    }
    if (node.size() < countMin) {
      issue("needs at least " + (countMin == 1 ? "one entry" : countMin + " entries"));
    }
    if (node.size() > countMax) {
      issue("has " + node.size() + " entries, at most " + countMax + " are allowed");
      return entries;
    }
    for (int i = 0; i < node.size(); i++) {
      entries.add(new JsonInput(path + "[" + i + "]", node.path(i), issues));
    }
    return entries;
  }

  /** Returns whether this is present. Its absence is an issue. */
  public boolean required() {
    if (!present()) {
      issue("is missing");
    }
    return present();
  }

  /** Returns a text that is not blank; empty, without an issue, if this is absent. */
  public Optional<String> text(int lengthMax) {
    Optional<String> text = textOrBlank(lengthMax);
    if (text.isPresent() && text.get().isBlank()) {
      issueWithoutValue("must not be empty");
      return Optional.empty();
    }
    return text;
  }

  /** Returns a text; empty, without an issue, if this is absent. */
  public Optional<String> textOrBlank(int lengthMax) {
    if (!isKind(node.isTextual(), "a text", adviceForText())) {
      return Optional.empty();
    }
    int length = CodePoints.count(node.textValue());
    if (length > lengthMax) {
      issueWithoutValue("has " + length + " characters, at most " + lengthMax + " are allowed");
      return Optional.empty();
    }
    return Optional.of(node.textValue());
  }

  private String adviceForText() {
    if (node.isNumber() && Math.abs(node.doubleValue()) > EXACT_IN_JAVASCRIPT_MAX) {
      return "; as a number it loses digits in JavaScript, so send the text that it was made of";
    }
    return node.isValueNode() && !node.isNull() ? "; put it in quotes" : "";
  }

  /** Returns one of some words; empty, without an issue, if this is absent. */
  public Optional<String> choice(Collection<String> allowed) {
    Optional<String> text = text(256);
    if (text.isPresent() && !allowed.contains(text.get())) {
      issue(
          allowed.size() == 1
              ? "must be " + allowed.iterator().next()
              : "must be one of " + String.join(", ", allowed) + Nearest.hint(text.get(), allowed));
      return Optional.empty();
    }
    return text;
  }

  /** Returns true or false; empty, without an issue, if this is absent. */
  public Optional<Boolean> flag() {
    return isKind(node.isBoolean(), "true or false", "")
        ? Optional.of(node.booleanValue())
        : Optional.empty();
  }

  /** Returns a whole number; empty, without an issue, if this is absent. */
  public Optional<Integer> number(int min, int max) {
    return number(true, min, max).map(JsonNode::intValue);
  }

  /**
   * Returns a number; empty, without an issue, if this is absent.
   *
   * @param whole whether it must be a whole number, which may be written as 7.0 or 7e2
   */
  public Optional<JsonNode> number(boolean whole, long min, long max) {
    boolean number = whole ? isWhole() : isFinite();
    if (!isKind(number, whole ? "a whole number" : "a number", "")) {
      return Optional.empty();
    }
    if (isOutside(min, max)) {
      issue("must be from " + min + " to " + max);
      return Optional.empty();
    }
    return Optional.of(node);
  }

  private boolean isWhole() {
    return node.isIntegralNumber()
        || (isFinite() && node.decimalValue().stripTrailingZeros().scale() <= 0);
  }

  /** Returns whether this is a number other than YAML's .inf and .nan. */
  private boolean isFinite() {
    return node.isNumber() && (node.isBigDecimal() || Double.isFinite(node.doubleValue()));
  }

  private boolean isOutside(long min, long max) {
    BigDecimal number = node.decimalValue();
    return number.compareTo(BigDecimal.valueOf(min)) < 0
        || number.compareTo(BigDecimal.valueOf(max)) > 0;
  }

  /** Returns a parsed text. A refusal of the parser becomes an issue. */
  public <T> Optional<T> parsed(String text, Function<String, T> parser) {
    try {
      return Optional.of(parser.apply(text));
    } catch (IllegalArgumentException e) {
      issue(String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  /** Returns whether this is present and of the wanted kind. Another kind is an issue. */
  private boolean isKind(boolean isWanted, String wanted, String advice) {
    if (present() && !isWanted) {
      wrongKind(wanted, advice);
    }
    return present() && isWanted;
  }

  private void wrongKind(String wanted, String advice) {
    String kind = node.isNull() ? "empty" : kind(node);
    issueWithoutValue("is " + kind + ", but " + wanted + " is needed" + advice);
  }

  /** Returns the kind of a value in words. */
  public static String kind(JsonNode value) {
    return switch (value.getNodeType()) {
      case ARRAY -> "a list";
      case OBJECT, POJO -> "an object";
      case STRING, BINARY -> "a text";
      case NUMBER -> "a number";
      case BOOLEAN, NULL -> value.asText().toLowerCase(Locale.ROOT);
      case MISSING -> "missing";
    };
  }
}
