package io.pinferry.operation;

import io.pinferry.delivery.NotificationNotes;
import java.time.InstantSource;

/** Notes in the log of an operation which notifications about it were sent. */
public final class OperationNotificationNotes implements NotificationNotes {
  private final OperationStore store;
  private final InstantSource clock;

  public OperationNotificationNotes(OperationStore store, InstantSource clock) {
    this.store = store;
    this.clock = clock;
  }

  @Override
  public void sent(String operation, String notification, String text) {
    store.log(
        new OperationId(operation),
        new LogLine(
            clock.instant(), "notification-" + notification, LogLine.Severity.INFO, text, null));
  }
}
