package io.pinferry.http;

import static io.pinferry.base.Issue.clipped;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Issue;
import io.pinferry.base.Json;
import io.pinferry.base.Nearest;
import io.pinferry.base.PinferryException.InvalidRequest;
import java.io.IOException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object in a request's body, read member by member. What is wrong is collected, so that a
 * caller learns of everything at once: a member that is missing or wrong yields a harmless value
 * (an empty text, nothing, false) and an issue, and {@link #check()} throws if there are issues.
 * Members that are null count as absent.
 *
 * <p>The usual way is {@link #read}, which cannot forget to check.
 */
public final class JsonBody {
  /** The usual longest text of a member. */
  public static final int TEXT_LENGTH_MAX = 1_024;

  private final String path;
  private final ObjectNode tree;
  private final List<Issue> issues;

  private JsonBody(String path, ObjectNode tree, List<Issue> issues) {
    this.path = path;
    this.tree = tree;
    this.issues = issues;
  }

  /**
   * Reads a request's body.
   *
   * @throws InvalidRequest if it is empty, no JSON, nests too deep, or no object
   */
  public static JsonBody of(ApiRequest request) {
    return of(request.body());
  }

  static JsonBody of(byte[] body) {
    JsonNode tree;
    try {
      tree = Json.parse(body);
    } catch (StreamConstraintsException e) {
      throw malformed(
          "the body nests deeper than "
              + Json.NESTING_DEPTH_MAX
              + " levels, or has a number or text beyond all measure, near "
              + place(e));
    } catch (JsonProcessingException e) {
      // The parser's own message quotes the body, which may hold secrets.
      String original = e.getOriginalMessage();
      throw malformed(
          original != null && original.startsWith("Duplicate field")
              ? "the body has the same member twice, at " + place(e)
              : "the body is not JSON, near " + place(e));
    } catch (IOException e) {
      throw malformed("the body is not JSON in UTF-8");
    }
    return switch (tree) {
      case ObjectNode object -> new JsonBody("", object, new ArrayList<>());
      case JsonNode missing when missing.isMissingNode() ->
          throw malformed("the body is empty, but a JSON object is needed");
      default -> throw malformed("the body is " + kind(tree) + ", but a JSON object is needed");
    };
  }

  /**
   * Reads a request's body with a function and returns its result, unless there are issues.
   *
   * @throws InvalidRequest with all issues, also where the function failed because of them
   */
  public static <T> T read(ApiRequest request, Function<JsonBody, T> reader) {
    JsonBody body = of(request);
    T result;
    try {
      result = reader.apply(body);
    } catch (IllegalArgumentException e) {
      // A record may refuse the harmless value that stands for a wrong one.
      body.check();
      throw e;
    }
    body.check();
    return result;
  }

  /** Returns a text that must be there and not be blank. */
  public String requireText(String name) {
    return requireText(name, TEXT_LENGTH_MAX);
  }

  /** Returns a text that must be there, not be blank, and have at most this many characters. */
  public String requireText(String name, int lengthMax) {
    if (absent(name)) {
      return missing(name, "");
    }
    String text = text(name, lengthMax).orElse("");
    // Not of the text that came out: one that is too long comes out empty.
    if (tree.path(name).isTextual() && tree.path(name).textValue().isBlank()) {
      issue(name, null, "must not be empty");
    }
    return text;
  }

  /** Returns a text, if there is one. */
  public Optional<String> text(String name) {
    return text(name, TEXT_LENGTH_MAX);
  }

  /** Returns a text of at most this many characters, if there is one. */
  public Optional<String> text(String name, int lengthMax) {
    if (absent(name)) {
      return Optional.empty();
    }
    JsonNode value = tree.path(name);
    if (!value.isTextual()) {
      return wrongKind(name, "a text");
    }
    if (value.textValue().length() > lengthMax) {
      issue(
          name,
          null,
          "has "
              + value.textValue().length()
              + " characters, at most "
              + lengthMax
              + " are allowed");
      return Optional.empty();
    }
    return Optional.of(value.textValue());
  }

  /** Returns one of some words, if there is one. */
  public Optional<String> choice(String name, List<String> allowed) {
    Optional<String> text = text(name);
    if (text.isPresent() && !allowed.contains(text.get())) {
      issue(
          name,
          text.get(),
          "must be one of " + String.join(", ", allowed) + Nearest.hint(text.get(), allowed));
      return Optional.empty();
    }
    return text;
  }

  /** Returns one of some words, the first of them if it is missing or wrong. */
  public String requireChoice(String name, List<String> allowed) {
    return absent(name)
        ? missing(name, allowed.getFirst())
        : choice(name, allowed).orElse(allowed.getFirst());
  }

  /** Returns a boolean, or another value if it is absent. */
  public boolean flag(String name, boolean absent) {
    if (absent(name)) {
      return absent;
    }
    JsonNode value = tree.path(name);
    return value.isBoolean()
        ? value.booleanValue()
        : this.<Boolean>wrongKind(name, "true or false").orElse(absent);
  }

  /** Returns a whole number from min to max, if there is one. */
  public Optional<Integer> number(String name, int min, int max) {
    if (absent(name)) {
      return Optional.empty();
    }
    JsonNode value = tree.path(name);
    if (!value.isIntegralNumber()) {
      return wrongKind(name, "a whole number");
    }
    if (!value.canConvertToInt() || value.intValue() < min || value.intValue() > max) {
      issue(name, clipped(value.asText()), "must be from " + min + " to " + max);
      return Optional.empty();
    }
    return Optional.of(value.intValue());
  }

  /** Returns a time, if there is one: RFC 3339, with {@code Z} or an offset. */
  public Optional<Instant> instant(String name) {
    Optional<String> text = text(name, 64);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(OffsetDateTime.parse(text.get()).toInstant());
    } catch (DateTimeParseException e) {
      issue(name, text.get(), "must be a time like 2026-09-01T08:00:00Z");
      return Optional.empty();
    }
  }

  /** Returns a list of texts; empty if it is absent. */
  public List<String> texts(String name, int countMax) {
    List<String> texts = new ArrayList<>();
    if (absent(name)) {
      return texts;
    }
    JsonNode value = tree.path(name);
    if (!value.isArray()) {
      wrongKind(name, "a list");
      return texts;
    }
    if (value.size() > countMax) {
      issue(name, null, "has " + value.size() + " entries, at most " + countMax + " are allowed");
      return texts;
    }
    for (int i = 0; i < value.size(); i++) {
      JsonNode entry = value.path(i);
      if (entry.isTextual() && entry.textValue().length() <= TEXT_LENGTH_MAX) {
        texts.add(entry.textValue());
      } else {
        issue(
            name + "[" + i + "]",
            null,
            "must be a text of at most " + TEXT_LENGTH_MAX + " characters");
      }
    }
    return texts;
  }

  /** Returns an object, if there is one; its issues are this body's issues. */
  public Optional<JsonBody> object(String name) {
    if (absent(name)) {
      return Optional.empty();
    }
    return tree.path(name) instanceof ObjectNode object
        ? Optional.of(new JsonBody(path + name + ".", object, issues))
        : wrongKind(name, "an object");
  }

  /** Returns an object that must be there, an empty one if it is missing or wrong. */
  public JsonBody requireObject(String name) {
    if (absent(name)) {
      missing(name, "");
    }
    // An empty stand-in reports to nobody: its missing members are no issues of their own.
    return object(name).orElseGet(() -> new JsonBody("", Json.object(), new ArrayList<>()));
  }

  /** Returns a member of any kind as a tree, if it is there. */
  public Optional<JsonNode> tree(String name) {
    return absent(name) ? Optional.empty() : Optional.of(tree.path(name));
  }

  /** Returns the whole object; not to be changed. */
  public ObjectNode tree() {
    return tree;
  }

  /** Refuses members other than these. */
  public void allowOnly(String... names) {
    List<String> allowed = List.of(names);
    for (Iterator<String> present = tree.fieldNames(); present.hasNext(); ) {
      String name = present.next();
      if (!allowed.contains(name)) {
        issue(clipped(name), null, "is not a known member" + Nearest.hint(name, allowed));
      }
    }
  }

  /** Adds an issue of a member of this object. */
  public void issue(String name, @Nullable String value, String detail) {
    issues.add(Issue.body(path + name, value, detail));
  }

  /** Adds issues that were found elsewhere, with complete names. */
  public void issues(List<Issue> found) {
    issues.addAll(found);
  }

  /**
   * Throws if there are issues.
   *
   * @throws InvalidRequest with all of them
   */
  public void check() {
    if (issues.isEmpty()) {
      return;
    }
    if (issues.size() == 1) {
      throw InvalidRequest.malformed(issues.getFirst());
    }
    throw new InvalidRequest(
        InvalidRequest.Kind.MALFORMED, "the body has " + issues.size() + " problems", null, issues);
  }

  private boolean absent(String name) {
    return !tree.hasNonNull(name);
  }

  private <T> T missing(String name, T standIn) {
    issue(name, null, "is missing");
    return standIn;
  }

  private <T> Optional<T> wrongKind(String name, String wanted) {
    issue(name, null, "is " + kind(tree.path(name)) + ", but " + wanted + " is needed");
    return Optional.empty();
  }

  private static String kind(JsonNode value) {
    return switch (value.getNodeType()) {
      case ARRAY -> "a list";
      case OBJECT, POJO -> "an object";
      case STRING, BINARY -> "a text";
      case NUMBER -> "a number";
      case BOOLEAN, NULL, MISSING -> value.asText().toLowerCase(Locale.ROOT);
    };
  }

  private static InvalidRequest malformed(String message) {
    return new InvalidRequest(InvalidRequest.Kind.MALFORMED, message, null, List.of());
  }

  private static String place(JsonProcessingException e) {
    JsonLocation location = e.getLocation();
    return location == null
        ? "an unknown place"
        : "line " + location.getLineNr() + ", column " + location.getColumnNr();
  }
}
