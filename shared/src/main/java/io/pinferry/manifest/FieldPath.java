package io.pinferry.manifest;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.pinferry.base.CodePoints;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The place of a value in a record: a plain name ({@code title}), or names from the outside in
 * ({@code $['media']['images']}).
 *
 * @param names at least one
 */
public record FieldPath(List<String> names) implements Comparable<FieldPath> {
  private static final int LENGTH_MAX = 256;
  private static final int DEPTH_MAX = 16;
  private static final Pattern STEP = Pattern.compile("\\['([^'\\[\\]\\p{Cntrl}]+)'\\]");
  private static final Pattern PLAIN =
      Pattern.compile("[^$.'\\[\\]\\p{Cntrl}][^.'\\[\\]\\p{Cntrl}]*");

  public FieldPath {
    names = List.copyOf(names);
    if (names.isEmpty()) {
      throw new IllegalArgumentException("a field path has at least one name");
    }
  }

  public static FieldPath of(String... names) {
    return new FieldPath(List.of(names));
  }

  /**
   * Reads a path in the form of manifests and configs.
   *
   * @throws IllegalArgumentException if it is malformed; the message is for users
   */
  @JsonCreator
  public static FieldPath parse(String text) {
    if (CodePoints.count(text) > LENGTH_MAX) {
      throw new IllegalArgumentException("is longer than " + LENGTH_MAX + " characters");
    }
    if (text.isBlank()) {
      throw new IllegalArgumentException("must not be empty");
    }
    if (!text.startsWith("$")) {
      if (PLAIN.matcher(text).matches()) {
        return of(text);
      }
      throw new IllegalArgumentException(
          "is not a field name: use a plain name, or $['outer']['inner'] for a nested field");
    }
    List<String> names = new ArrayList<>();
    Matcher step = STEP.matcher(text).region(1, text.length());
    while (step.lookingAt()) {
      names.add(step.group(1));
      step.region(step.end(), text.length());
    }
    if (names.isEmpty() || step.regionStart() != text.length()) {
      throw new IllegalArgumentException(
          "is not a field path: write nested fields as $['outer']['inner']");
    }
    if (names.size() > DEPTH_MAX) {
      throw new IllegalArgumentException("nests deeper than " + DEPTH_MAX + " names");
    }
    return new FieldPath(names);
  }

  /** Returns whether this path is the other one or lies inside it. */
  public boolean startsWith(FieldPath other) {
    return names.size() >= other.names.size()
        && names.subList(0, other.names.size()).equals(other.names);
  }

  @Override
  public int compareTo(FieldPath other) {
    return toString().compareTo(other.toString());
  }

  /** Returns the path in the form of manifests and configs. */
  @Override
  @JsonValue
  public String toString() {
    if (names.size() == 1 && PLAIN.matcher(names.getFirst()).matches()) {
      return names.getFirst();
    }
    var text = new StringBuilder("$");
    for (String name : names) {
      text.append("['").append(name).append("']");
    }
    return text.toString();
  }
}
