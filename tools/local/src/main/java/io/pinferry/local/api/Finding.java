package io.pinferry.local.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The result of a check.
 *
 * @param subject what was checked, for example {@code key} or {@code destination myWebhook}
 * @param text the result in words
 * @param remedy what to do; null if nothing is to be done
 */
public record Finding(Level level, String subject, String text, @Nullable String remedy) {
  /** How bad it is. */
  public enum Level {
    OK,
    /** It works, but not for all, or not for long. */
    WARNING,
    /** Something does not work. */
    PROBLEM
  }

  static Finding ok(String subject, String text) {
    return new Finding(Level.OK, subject, text, null);
  }

  static Finding warning(String subject, String text, String remedy) {
    return new Finding(Level.WARNING, subject, text, remedy);
  }

  static Finding problem(String subject, String text, String remedy) {
    return new Finding(Level.PROBLEM, subject, text, remedy);
  }

  /** Returns the finding for a request that failed. */
  static Finding of(String subject, CommandFailure failure) {
    return problem(
        subject,
        String.valueOf(failure.getMessage()),
        failure.remedy().orElse("See docs/operations.md."));
  }

  /** Returns this as JSON. */
  public ObjectNode json() {
    ObjectNode json =
        Json.object()
            .put("level", level.name().toLowerCase(Locale.ROOT))
            .put("subject", subject)
            .put("text", text);
    return remedy == null ? json : json.put("remedy", remedy);
  }
}
