package io.pinferry.directory;

import java.time.Instant;

/**
 * What is wrong with a destination. It goes when the destination's URL is changed, and a failing
 * one's also when a message is taken.
 *
 * @param disabled whether nothing is sent any more; otherwise sending goes on
 * @param reason in words for a person
 * @param since when it was found out, to the millisecond
 */
public record DestinationTrouble(boolean disabled, String reason, Instant since) {
  public DestinationTrouble {
    since = Instant.ofEpochMilli(since.toEpochMilli());
  }
}
