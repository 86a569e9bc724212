package io.pinferry.directory;

import java.time.Instant;

/**
 * A fault of a destination. A change of the URL clears it, and so does an accepted message if the
 * destination was failing.
 *
 * @param disabled whether sending has stopped; otherwise it goes on
 * @param reason in words for a person
 * @param since the time of its detection, to the millisecond
 */
public record DestinationTrouble(boolean disabled, String reason, Instant since) {
  public DestinationTrouble {
    since = Instant.ofEpochMilli(since.toEpochMilli());
  }
}
