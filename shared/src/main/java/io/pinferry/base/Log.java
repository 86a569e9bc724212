package io.pinferry.base;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Writes one JSON line per event: a constant message, and fields. Every line goes through {@link
 * Redaction}. A log is passed on as a value, with the fields of its scope ({@link #with}), so it
 * also works in other threads. The reason for a class of our own is in
 * docs/decisions/0002-cold-start.md.
 */
public final class Log {
  /** CloudWatch Logs cuts longer events. */
  private static final int TEXT_LENGTH_MAX = 20_000;

  private static final Set<String> RESERVED = Set.of("timestamp", "level", "message", "error");

  private final Consumer<String> lines;
  private final InstantSource clock;
  private final List<Field> scope;

  private Log(Consumer<String> lines, InstantSource clock, List<Field> scope) {
    this.lines = lines;
    this.clock = clock;
    this.scope = scope;
  }

  /**
   * Makes a log without scope.
   *
   * @param lines receives each line, without its line end
   */
  public static Log to(Consumer<String> lines, InstantSource clock) {
    return new Log(lines, clock, List.of());
  }

  /** Returns a log that discards its lines. */
  public static Log none() {
    return new Log(line -> {}, InstantSource.system(), List.of());
  }

  /** Returns a log with these fields in each line, too. */
  public Log with(Field... fields) {
    return new Log(lines, clock, Stream.concat(scope.stream(), Stream.of(fields)).toList());
  }

  /** Logs a step that a person wants to see. */
  public void info(String message, Field... fields) {
    write("INFO", message, null, fields);
  }

  /** Logs a problem that Pinferry has handled, but that a person should look at. */
  public void warn(String message, Field... fields) {
    write("WARN", message, null, fields);
  }

  public void warn(String message, Throwable failure, Field... fields) {
    write("WARN", message, failure, fields);
  }

  /** Logs a failure that needs an action by a person. */
  public void error(String message, Throwable failure, Field... fields) {
    write("ERROR", message, failure, fields);
  }

  private void write(String level, String message, @Nullable Throwable failure, Field... fields) {
    var text = new StringWriter(256);
    try (JsonGenerator json = Json.streams().createGenerator(text)) {
      // A name twice makes a line that strict parsers refuse.
      Map<String, Object> members = new LinkedHashMap<>();
      members.put("timestamp", clock.instant().toString());
      members.put("level", level);
      members.put("message", message);
      for (Field field : scope) {
        put(members, field);
      }
      for (Field field : fields) {
        put(members, field);
      }
      if (failure != null) {
        var stack = new StringWriter();
        failure.printStackTrace(new PrintWriter(stack));
        members.put("error", stack.toString());
      }
      json.writeStartObject();
      for (Map.Entry<String, Object> member : members.entrySet()) {
        writeMember(json, member.getKey(), member.getValue());
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    }
    lines.accept(Redaction.apply(text.toString()));
  }

  /** Adds a field. It replaces one of the scope, but no part of the line itself. */
  private static void put(Map<String, Object> members, Field field) {
    String name = RESERVED.contains(field.name()) ? field.name() + "Value" : field.name();
    members.put(name, field.value());
  }

  private static void writeMember(JsonGenerator json, String name, Object value)
      throws IOException {
    json.writeFieldName(name);
    switch (value) {
      case Integer number -> json.writeNumber(number);
      case Long number -> json.writeNumber(number);
      case Double number -> json.writeNumber(number);
      case Boolean bool -> json.writeBoolean(bool);
      case Object other -> json.writeString(bounded(String.valueOf(other)));
    }
  }

  private static String bounded(String text) {
    String clipped = CodePoints.clipped(text, TEXT_LENGTH_MAX);
    return clipped.equals(text) ? text : clipped + " (" + CodePoints.count(text) + " characters)";
  }
}
