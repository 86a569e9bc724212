package io.pinbridge.delivery;

import io.pinbridge.directory.ProjectId;
import java.time.Instant;

/** Is told what the owner of a destination should know. */
public interface DeliveryEvents {
  /**
   * A destination takes messages no longer: it answered 410, or a message was refused to the last
   * attempt. Told at least once; repetitions have the same instant, to the millisecond.
   *
   * @param destinationName the destination's name in the project
   * @param reason in words for a person
   * @param at when it was found out
   */
  void destinationDisabled(ProjectId project, String destinationName, String reason, Instant at);
}
