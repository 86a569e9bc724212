package io.pinferry.delivery;

import java.time.Duration;

/**
 * Which attempts are kept, and for how long.
 *
 * @param kept which ones
 * @param keptFor how long
 */
public record AttemptSettings(Kept kept, Duration keptFor) {
  /** Which attempts are kept. */
  public enum Kept {
    /** Only attempts that end a message without success. */
    OFF,
    /** Attempts that failed, and the accepted ones after them. */
    FAILURES,
    /** All attempts, and each delivered message, so that it can be sent again. */
    ALL
  }
}
