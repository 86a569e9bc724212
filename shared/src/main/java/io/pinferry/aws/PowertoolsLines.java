package io.pinferry.aws;

import io.pinferry.base.Codec;
import io.pinferry.base.Correlation;
import io.pinferry.base.Log;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.slf4j.event.Level;
import software.amazon.lambda.powertools.logging.argument.StructuredArguments;

/**
 * Writes lines through Powertools. Powertools keeps the ids of an invocation for the thread of the
 * handler; this class gives them to each thread that writes. An environment runs one invocation at
 * a time.
 */
final class PowertoolsLines implements Log.Lines {
  private static final Logger LOGGER = LoggerFactory.getLogger("io.pinferry");
  private static final String CORRELATION_ID = "correlation_id";

  private volatile Map<String, String> invocation = Map.of();

  /** Takes the ids that Powertools has set for the calling thread. */
  void begin() {
    Map<String, String> ids = MDC.getCopyOfContextMap();
    invocation = ids == null ? Map.of() : ids;
  }

  void end() {
    invocation = Map.of();
  }

  @Override
  public void write(
      Log.Level level, String message, Map<String, Object> members, @Nullable Throwable failure) {
    Map<String, String> before = MDC.getCopyOfContextMap();
    MDC.setContextMap(invocation);
    String correlation = Correlation.id();
    if (correlation != null) {
      MDC.put(CORRELATION_ID, correlation);
    }
    try {
      LOGGER
          .atLevel(Level.valueOf(level.name()))
          .setCause(failure)
          .log(message, members.entrySet().stream().map(PowertoolsLines::argument).toArray());
    } finally {
      MDC.setContextMap(before == null ? Map.of() : before);
    }
  }

  private static Object argument(Map.Entry<String, Object> member) {
    // JSON of our own, since the library leaves control characters in texts.
    return StructuredArguments.json(member.getKey(), Codec.text(member.getValue()));
  }
}
