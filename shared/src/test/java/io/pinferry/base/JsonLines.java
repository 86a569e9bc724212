package io.pinferry.base;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Makes each line of a log a JSON text, as the functions do. */
public final class JsonLines implements Log.Lines {
  private final Consumer<String> texts;
  private final InstantSource clock;

  private JsonLines(Consumer<String> texts, InstantSource clock) {
    this.texts = texts;
    this.clock = clock;
  }

  /** Returns a log whose lines are JSON texts. */
  public static Log log(Consumer<String> texts, InstantSource clock) {
    return Log.to(new JsonLines(texts, clock), (metric, value) -> {});
  }

  @Override
  public void write(
      Log.Level level, String message, Map<String, Object> members, @Nullable Throwable failure) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("timestamp", clock.instant().toString());
    line.put("level", level.name());
    line.put("message", message);
    String correlation = Correlation.id();
    if (correlation != null) {
      line.put("correlation_id", correlation);
    }
    line.putAll(members);
    if (failure != null) {
      var stack = new StringWriter();
      failure.printStackTrace(new PrintWriter(stack));
      line.put("error", Redaction.apply(stack.toString()));
    }
    texts.accept(Codec.text(line));
  }
}
