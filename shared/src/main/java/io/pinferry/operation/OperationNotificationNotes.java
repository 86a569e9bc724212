package io.pinferry.operation;

import io.pinferry.delivery.NotificationNotes;
import java.time.InstantSource;

/** Notes in the log of an operation what happened to the notifications about it. */
public final class OperationNotificationNotes implements NotificationNotes {
  private final OperationStore store;
  private final InstantSource clock;

  public OperationNotificationNotes(OperationStore store, InstantSource clock) {
    this.store = store;
    this.clock = clock;
  }

  @Override
  public void note(String operation, String id, Severity severity, String text) {
    var of = new OperationId(operation);
    // The log of an operation that was removed must not come back.
    if (store.find(of).isPresent()) {
      store.log(
          of,
          new LogLine(
              clock.instant(),
              "notification-" + id,
              LogLine.Severity.valueOf(severity.name()),
              text,
              null));
    }
  }
}
