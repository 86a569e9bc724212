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
    /** Only those after which a message is not sent any more. */
    OFF,
    /** Those that failed, and those that were accepted after that. */
    FAILURES,
    /** All, and with each delivered message what it takes to send it again. */
    ALL
  }
}
