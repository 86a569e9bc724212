package io.pinferry.base;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Reads a function's environment variables, once when it starts. A missing, unreadable or unknown
 * setting is an {@link IllegalArgumentException} with the name of the variable, so a function does
 * not start with a wrong setting.
 */
public final class Environment {
  private static final String PREFIX = "PINFERRY_";

  private final Map<String, String> variables;
  private final Set<String> read = new TreeSet<>();

  private Environment(Map<String, String> variables) {
    this.variables = Map.copyOf(variables);
  }

  public static Environment of(Map<String, String> variables) {
    return new Environment(variables);
  }

  /**
   * Refuses variables with the prefix {@code PINFERRY_} that were not read. Their names are
   * mistakes.
   *
   * @throws IllegalArgumentException if there are any
   */
  public void requireNoOthers() {
    Set<String> unknown = new TreeSet<>(variables.keySet());
    unknown.removeIf(name -> !name.startsWith(PREFIX) || read.contains(name));
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException(
          "unknown settings %s; this function reads %s"
              .formatted(String.join(", ", unknown), String.join(", ", read)));
    }
  }

  /** Returns all variables, for code that reads names of others. */
  public Map<String, String> variables() {
    return variables;
  }

  /** Returns a setting that may be empty; empty if it is missing. */
  public String optionalText(String name) {
    read.add(name);
    return variables.getOrDefault(name, "");
  }

  public String text(String name) {
    String value = optionalText(name);
    if (value.isEmpty()) {
      throw new IllegalArgumentException("the setting " + name + " is missing");
    }
    return value;
  }

  /** Returns an ISO 8601 duration greater than zero. */
  public Duration duration(String name) {
    String value = text(name);
    try {
      Duration duration = Duration.parse(value);
      if (duration.isPositive()) {
        return duration;
      }
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(name + " '" + value + "' is no ISO 8601 duration", e);
    }
    throw new IllegalArgumentException(name + " must be longer than zero, not " + value);
  }

  /** Returns a whole number of at least 1. */
  public int count(String name) {
    String value = text(name);
    if (value.matches("[1-9][0-9]{0,8}")) {
      return Integer.parseInt(value);
    }
    throw new IllegalArgumentException(name + " '" + value + "' is no whole number above zero");
  }

  /** Returns an absolute http or https address. */
  public URI uri(String name) {
    String value = text(name);
    try {
      var uri = new URI(value);
      if (uri.getHost() != null
          && ("https".equals(uri.getScheme()) || "http".equals(uri.getScheme()))) {
        return uri;
      }
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(name + " '" + value + "' is no address", e);
    }
    throw new IllegalArgumentException(name + " '" + value + "' is no http address");
  }
}
