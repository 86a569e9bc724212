package io.pinferry.operation;

import static io.pinferry.base.Field.field;

import io.pinferry.base.Log;
import io.pinferry.notification.Notification;
import io.pinferry.notification.Outbox;
import org.jspecify.annotations.Nullable;

/** Ends each operation exactly once, together with its notification. */
public final class OperationFinisher {
  private final OperationStore store;
  private final Log log;

  public OperationFinisher(OperationStore store, Log log) {
    this.store = store;
    this.log = log;
  }

  /**
   * Ends an operation if it is in progress.
   *
   * @param notification null if nobody is notified
   * @return whether this call ended it
   */
  public boolean finish(
      Operation operation, OperationEnd end, @Nullable Notification notification) {
    boolean ended =
        store.finish(
            operation, end, notification == null ? null : Outbox.put(notification, end.at()));
    if (ended) {
      log.info(
          "operation ended",
          field("operation", operation.id()),
          field("installation", operation.installation()),
          field("object", operation.objectName()),
          field("status", end.status().text()),
          field("result", end.result()));
    }
    return ended;
  }
}
