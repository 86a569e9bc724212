package io.pinferry.http;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Issue;
import io.pinferry.base.Json;
import io.pinferry.base.JsonInput;
import io.pinferry.base.PinferryException.InvalidRequest;
import java.io.IOException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object in the body of a request, read member by member. Issues are collected, so that one
 * answer can list all of them: a missing or wrong member gives a harmless value (an empty text,
 * nothing, false) and an issue, and {@link #check()} throws if there are issues. Null members count
 * as absent.
 *
 * <p>The usual way is {@link #read}, which always checks.
 */
public final class JsonBody {
  /** The usual limit for the text of a member. */
  public static final int TEXT_LENGTH_MAX = 1_024;

  /** The members of a new thing that only the server sets. */
  private static final List<String> SET_BY_SERVER =
      List.of("id", "projectId", "createTime", "updateTime");

  /** The zero time of Go, which stands for no time. */
  private static final Instant ZERO = Instant.parse("0001-01-01T00:00:00Z");

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
   * @throws InvalidRequest if it is empty, no JSON, nested too deeply, or no object
   */
  public static JsonBody of(ApiRequest request) {
    return of(request.body());
  }

  static JsonBody of(byte[] body) {
    // The parser would take UTF-16 and UTF-32, which it knows by their zero bytes and marks.
    for (int i = 0; i < Math.min(4, body.length); i++) {
      if (body[i] == 0 || body[i] == (byte) 0xfe || body[i] == (byte) 0xff) {
        throw malformed("the body is not JSON in UTF-8");
      }
    }
    JsonNode tree;
    try {
      tree = Json.parse(body);
    } catch (StreamConstraintsException e) {
      throw malformed(
          ("the body nests deeper than %s levels, or has a far too long number or text,"
                  + " near %s")
              .formatted(Json.NESTING_DEPTH_MAX, place(e)));
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
      case ObjectNode object -> {
        var read = new JsonBody("", object, new ArrayList<>());
        JsonInput.root("", object, read.issues).wholeCharacters();
        read.check();
        yield read;
      }
      case JsonNode missing when missing.isMissingNode() ->
          throw malformed("the body is empty, but a JSON object is needed");
      default ->
          throw malformed("the body is " + JsonInput.kind(tree) + ", but a JSON object is needed");
    };
  }

  /**
   * Reads a request's body with a function and returns its result, unless there are issues.
   *
   * @throws InvalidRequest with all issues, also if the function failed because of them
   */
  public static <T> T read(ApiRequest request, Function<JsonBody, T> reader) {
    JsonBody body = of(request);
    T result;
    try {
      result = reader.apply(body);
    } catch (IllegalArgumentException e) {
      // A record may refuse the harmless value of a wrong member.
      body.check();
      throw e;
    }
    body.check();
    return result;
  }

  /** Returns a required text that is not blank. */
  public String requireText(String name) {
    return requireText(name, TEXT_LENGTH_MAX);
  }

  /** Returns a required text that is not blank and has at most this many characters. */
  public String requireText(String name, int lengthMax) {
    JsonInput member = member(name);
    return member.required() ? member.text(lengthMax).orElse("") : "";
  }

  /** Adds an issue if a member is missing. */
  public void require(String name) {
    member(name).required();
  }

  /** Returns a text, if there is one. */
  public Optional<String> text(String name) {
    return text(name, TEXT_LENGTH_MAX);
  }

  /** Returns a text of at most this many characters, if there is one. */
  public Optional<String> text(String name, int lengthMax) {
    return member(name).textOrBlank(lengthMax);
  }

  /**
   * Returns a text, if there is one that is not blank. Clients whose language has no absent text
   * send an empty one.
   */
  public Optional<String> given(String name) {
    return text(name).filter(text -> !text.isBlank());
  }

  /** Returns a text, if there is one. A blank one is an issue. */
  public Optional<String> filled(String name, int lengthMax) {
    return member(name).text(lengthMax);
  }

  /** Returns one of some words, if there is one. */
  public Optional<String> choice(String name, List<String> allowed) {
    return member(name).choice(allowed);
  }

  /** Returns one of some words, which is required; the first of them if it is missing or wrong. */
  public String requireChoice(String name, List<String> allowed) {
    return member(name).required()
        ? choice(name, allowed).orElse(allowed.getFirst())
        : allowed.getFirst();
  }

  /** Returns a boolean, or a default if it is absent. */
  public boolean flag(String name, boolean absent) {
    return member(name).flag().orElse(absent);
  }

  /** Returns a whole number from min to max, if there is one. */
  public Optional<Integer> number(String name, int min, int max) {
    return member(name).number(min, max);
  }

  /**
   * Returns a time, if there is one: RFC 3339, with {@code Z} or an offset. An empty text and the
   * zero time of Go count as absent.
   */
  public Optional<Instant> instant(String name) {
    JsonInput member = member(name);
    return member
        .textOrBlank(64)
        .filter(text -> !text.isEmpty())
        .flatMap(
            text -> {
              try {
                return Optional.of(OffsetDateTime.parse(text).toInstant())
                    .filter(instant -> !instant.equals(ZERO));
              } catch (DateTimeParseException e) {
                member.issue("must be a time like 2026-09-01T08:00:00Z");
                return Optional.empty();
              }
            });
  }

  /** Returns a list of texts; empty if it is absent. */
  public List<String> texts(String name, int countMax) {
    List<String> texts = new ArrayList<>();
    for (JsonInput entry : member(name).entries(0, countMax)) {
      entry.textOrBlank(TEXT_LENGTH_MAX).ifPresent(texts::add);
    }
    return texts;
  }

  /** Returns an object, if there is one. Its issues are issues of this body. */
  public Optional<JsonBody> object(String name) {
    JsonInput member = member(name);
    return member.present() && member.isObject()
        ? Optional.of(new JsonBody(member.path(), (ObjectNode) member.node(), issues))
        : Optional.empty();
  }

  /** Returns a required object, an empty one if it is missing or wrong. */
  public JsonBody requireObject(String name) {
    member(name).required();
    // The issues of an empty object are dropped, since it is only a replacement.
    return object(name).orElseGet(() -> new JsonBody("", Json.object(), new ArrayList<>()));
  }

  /** Returns a member of any kind as a tree, if there is one. */
  public Optional<JsonNode> tree(String name) {
    JsonInput member = member(name);
    return member.present() ? Optional.of(member.node()) : Optional.empty();
  }

  /** Returns the whole object. It must not be changed. */
  public ObjectNode tree() {
    return tree;
  }

  /**
   * Makes issues of unknown members. What an answer about a thing has besides is taken and ignored,
   * since clients send a thing as they got it, or with zero values.
   */
  public void allowOnlyNew(String... names) {
    List<String> known = new ArrayList<>(List.of(names));
    known.addAll(SET_BY_SERVER);
    allowOnly(known.toArray(String[]::new));
  }

  /** Makes issues of unknown members. */
  public void allowOnly(String... names) {
    JsonInput.root(path, tree, issues).closedObject(List.of(names));
  }

  /** Adds an issue of a member of this object. */
  public void issue(String name, @Nullable String value, String detail) {
    issues.add(Issue.body(pathOf(name), value, detail));
  }

  /** Adds an issue of a member of this object, without its value. */
  public void issue(String name, String detail) {
    issue(name, null, detail);
  }

  /** Adds issues with complete names. */
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
      throw issues.getFirst().malformed();
    }
    throw new InvalidRequest(
        InvalidRequest.Kind.MALFORMED, "the body has " + issues.size() + " problems", null, issues);
  }

  /** Returns a member; absent if it is null. */
  private JsonInput member(String name) {
    return JsonInput.root(
        pathOf(name), tree.hasNonNull(name) ? tree.path(name) : MissingNode.getInstance(), issues);
  }

  private String pathOf(String name) {
    return path.isEmpty() ? name : path + "." + name;
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
