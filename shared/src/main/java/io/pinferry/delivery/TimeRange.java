package io.pinferry.delivery;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A range of time.
 *
 * @param since its first instant; null for any
 * @param until the first instant after it; null for any
 */
public record TimeRange(@Nullable Instant since, @Nullable Instant until) {
  public static final TimeRange ALL = new TimeRange(null, null);

  public boolean has(Instant instant) {
    return (since == null || !instant.isBefore(since))
        && (until == null || instant.isBefore(until));
  }
}
