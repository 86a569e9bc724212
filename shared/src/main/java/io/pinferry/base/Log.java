package io.pinferry.base;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Writes one line per event: a constant message, and fields. Each text goes through {@link
 * Redaction}. It also takes the values of metrics. A log is passed on as a value, with the fields
 * of its scope ({@link #with}), so it also works in other threads.
 */
public final class Log {
  /** CloudWatch Logs cuts longer events. */
  private static final int TEXT_LENGTH_MAX = 20_000;

  private static final Set<String> RESERVED =
      Set.of("timestamp", "level", "message", "error", "correlation_id");

  /** The importance of a line. */
  public enum Level {
    DEBUG,
    INFO,
    WARN,
    ERROR
  }

  /** Takes the lines of a log. */
  @FunctionalInterface
  public interface Lines {
    /**
     * Takes a line.
     *
     * @param members numbers, booleans and texts by name, in the order of the line
     * @param failure the reason of the line; its text is not masked yet
     */
    void write(
        Level level, String message, Map<String, Object> members, @Nullable Throwable failure);
  }

  private final Lines lines;
  private final Metrics metrics;
  private final List<Field> scope;

  private Log(Lines lines, Metrics metrics, List<Field> scope) {
    this.lines = lines;
    this.metrics = metrics;
    this.scope = scope;
  }

  /** Makes a log without scope. */
  public static Log to(Lines lines, Metrics metrics) {
    return new Log(lines, metrics, List.of());
  }

  /** Returns a log that discards its lines and values. */
  public static Log none() {
    return to((level, message, members, failure) -> {}, (metric, value) -> {});
  }

  /** Returns a log with these fields in each line, too. */
  public Log with(Field... fields) {
    return new Log(lines, metrics, Stream.concat(scope.stream(), Stream.of(fields)).toList());
  }

  /** Counts one. */
  public void count(Metric metric) {
    add(metric, 1);
  }

  /** Adds a value to a metric, in its unit. */
  public void add(Metric metric, long value) {
    metrics.add(metric, value);
  }

  /** Logs a detail that only explains a failure. It is kept until the invocation fails. */
  public void debug(String message, Field... fields) {
    write(Level.DEBUG, message, null, fields);
  }

  /** Logs a step that a person wants to see. */
  public void info(String message, Field... fields) {
    write(Level.INFO, message, null, fields);
  }

  /** Logs a problem that Pinferry has handled, but that a person should look at. */
  public void warn(String message, Field... fields) {
    write(Level.WARN, message, null, fields);
  }

  public void warn(String message, Throwable failure, Field... fields) {
    write(Level.WARN, message, failure, fields);
  }

  /** Logs a failure that needs an action by a person. */
  public void error(String message, Throwable failure, Field... fields) {
    write(Level.ERROR, message, failure, fields);
  }

  private void write(Level level, String message, @Nullable Throwable failure, Field... fields) {
    // A name twice makes a line that strict parsers refuse.
    Map<String, Object> members = new LinkedHashMap<>();
    for (Field field : scope) {
      put(members, field);
    }
    for (Field field : fields) {
      put(members, field);
    }
    lines.write(level, text(message), members, failure);
  }

  /** Adds a field. It replaces one of the scope, but no part of the line itself. */
  private static void put(Map<String, Object> members, Field field) {
    String name = RESERVED.contains(field.name()) ? field.name() + "Value" : field.name();
    members.put(
        name,
        switch (field.value()) {
          case Integer number -> number;
          case Long number -> number;
          case Double number -> number;
          case Boolean bool -> bool;
          case Object other -> text(String.valueOf(other));
        });
  }

  private static String text(String text) {
    String clipped = CodePoints.clipped(text, TEXT_LENGTH_MAX);
    return Redaction.apply(
        clipped.equals(text) ? text : clipped + " (" + CodePoints.count(text) + " characters)");
  }
}
