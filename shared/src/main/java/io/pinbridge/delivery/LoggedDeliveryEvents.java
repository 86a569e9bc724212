package io.pinbridge.delivery;

import static io.pinbridge.base.Field.field;

import io.pinbridge.base.Log;
import io.pinbridge.directory.ProjectId;
import java.time.Instant;

/** Writes what the owner of a destination should know to the log. */
public final class LoggedDeliveryEvents implements DeliveryEvents {
  private final Log log;

  public LoggedDeliveryEvents(Log log) {
    this.log = log;
  }

  @Override
  public void destinationDisabled(
      ProjectId project, String destinationName, String reason, Instant at) {
    log.warn(
        "destination does not take messages",
        field("project", project),
        field("destination", destinationName),
        field("reason", reason),
        field("since", at));
  }
}
