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
 * Writes one JSON line per thing that happened: a constant message, and fields. Every line goes
 * through {@link Redaction}. A log is passed on explicitly, with the fields of its scope ({@link
 * #with}), so it follows work into other threads. See docs/decisions/0002-cold-start.md for why
 * this is not a logging library.
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
   * @param lines takes each finished line, without its line end
   */
  public static Log to(Consumer<String> lines, InstantSource clock) {
    return new Log(lines, clock, List.of());
  }

  /** Returns a log that discards everything, for code whose log nobody reads. */
  public static Log none() {
    return new Log(line -> {}, InstantSource.system(), List.of());
  }

  /** Returns a log whose lines carry these fields too. */
  public Log with(Field... fields) {
    return new Log(lines, clock, Stream.concat(scope.stream(), Stream.of(fields)).toList());
  }

  /** A step a person wants to see. */
  public void info(String message, Field... fields) {
    write("INFO", message, null, fields);
  }

  /** We coped, but look. */
  public void warn(String message, Field... fields) {
    write("WARN", message, null, fields);
  }

  /** We coped with this failure, but look. */
  public void warn(String message, Throwable failure, Field... fields) {
    write("WARN", message, failure, fields);
  }

  /** Someone must act. */
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
