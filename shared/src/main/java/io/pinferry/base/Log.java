package io.pinferry.base;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.InstantSource;
import java.util.List;
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
      json.writeStartObject();
      json.writeStringField("timestamp", clock.instant().toString());
      json.writeStringField("level", level);
      json.writeStringField("message", message);
      for (Field field : scope) {
        writeField(json, field);
      }
      for (Field field : fields) {
        writeField(json, field);
      }
      if (failure != null) {
        var stack = new StringWriter();
        failure.printStackTrace(new PrintWriter(stack));
        json.writeStringField("error", stack.toString());
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    }
    lines.accept(Redaction.apply(text.toString()));
  }

  private static void writeField(JsonGenerator json, Field field) throws IOException {
    json.writeFieldName(field.name());
    switch (field.value()) {
      case Integer number -> json.writeNumber(number);
      case Long number -> json.writeNumber(number);
      case Double number -> json.writeNumber(number);
      case Boolean bool -> json.writeBoolean(bool);
      case Object other -> json.writeString(String.valueOf(other));
    }
  }
}
