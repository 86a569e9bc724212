package io.pinferry.read;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.directory.NotificationType;
import io.pinferry.notification.Notification;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Tells of the end of a read. */
final class EndOfRead {
  private EndOfRead() {}

  /**
   * Returns the notification of a read's end. Beside the contract's members it has the operation's
   * id, by which its result and log are found.
   *
   * @param result what a person reads about the outcome
   */
  static Notification notification(Operation operation, OperationStatus status, String result) {
    ReadSpec spec = ReadSpec.fromJson(operation.spec());
    ObjectNode data =
        Notification.installedData(
            operation.project(),
            operation.integration(),
            operation.installation(),
            operation.connection(),
            spec.group(),
            spec.consumer());
    data.put("objectName", spec.deliveredName());
    data.put("operationId", operation.id().value());
    if (operation.readType() == ReadType.TRIGGERED) {
      put(data, "fromTimestamp", spec.since());
      put(data, "untilTimestamp", spec.until());
    }
    if (status != OperationStatus.SUCCESS) {
      data.put("error", result);
    }
    return Notification.ofOperation(
        type(operation.readType(), status == OperationStatus.SUCCESS),
        operation.project(),
        new Notification.Subject(
            operation.integration(), operation.installation(), operation.id().value()),
        data);
  }

  private static NotificationType type(ReadType type, boolean success) {
    return switch (type) {
      case BACKFILL ->
          success ? NotificationType.READ_BACKFILL_DONE : NotificationType.READ_BACKFILL_ERROR;
      case SCHEDULED ->
          success ? NotificationType.READ_SCHEDULED_DONE : NotificationType.READ_SCHEDULED_ERROR;
      case TRIGGERED ->
          success ? NotificationType.READ_TRIGGERED_DONE : NotificationType.READ_TRIGGERED_ERROR;
      case WRITE -> throw new IllegalArgumentException("a write is no read");
    };
  }

  private static void put(ObjectNode data, String name, @Nullable Instant time) {
    if (time != null) {
      data.put(name, time.toString());
    }
  }
}
