package io.pinferry.directory;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A fault of a destination. A change of the URL clears it, and so does an accepted message if the
 * destination is not disabled.
 *
 * @param disabled whether sending has stopped; otherwise it goes on
 * @param reason of the first failure, or of the first message that was given up, or of the end of
 *     sending; in words for a person
 * @param since the time of its detection, to the millisecond
 * @param givenUpAt when the first message was given up; null if none was
 */
public record DestinationTrouble(
    boolean disabled, String reason, Instant since, @Nullable Instant givenUpAt) {
  public DestinationTrouble {
    since = inMillis(since);
    givenUpAt = givenUpAt == null ? null : inMillis(givenUpAt);
  }

  /** An attempt failed. Others follow. */
  public static DestinationTrouble failing(String reason, Instant at) {
    return new DestinationTrouble(false, reason, at, null);
  }

  /** A message was given up. Others are still sent. */
  public static DestinationTrouble givenUp(String reason, Instant at) {
    return new DestinationTrouble(false, reason, at, at);
  }

  /** Nothing more is sent. */
  public static DestinationTrouble disabled(String reason, Instant at) {
    return new DestinationTrouble(true, reason, at, null);
  }

  /** Returns whether this is graver than another trouble, so that somebody is notified. */
  public boolean graverThan(DestinationTrouble other) {
    return (disabled && !other.disabled)
        || (!other.disabled && givenUpAt != null && other.givenUpAt == null);
  }

  /** Returns whether messages are lost if nobody does anything. */
  public boolean isGrave() {
    return disabled || givenUpAt != null;
  }

  /** Returns the trouble since an earlier time, if sending goes on. */
  public DestinationTrouble after(DestinationTrouble earlier) {
    return disabled ? this : new DestinationTrouble(false, reason, earlier.since, givenUpAt);
  }

  private static Instant inMillis(Instant instant) {
    return Instant.ofEpochMilli(instant.toEpochMilli());
  }
}
