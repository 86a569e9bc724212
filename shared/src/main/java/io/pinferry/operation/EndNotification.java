package io.pinferry.operation;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.directory.NotificationType;
import io.pinferry.notification.Notification;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes notifications about the ends of operations. Besides the contract's members they have the id
 * of the operation, which leads to its result and log.
 */
public final class EndNotification {
  private EndNotification() {}

  public static Notification ofRead(Operation operation, OperationEnd end) {
    Work.Read read = operation.read();
    ObjectNode data = data(operation, read.envelope().objectName());
    if (read.type() == ReadType.TRIGGERED) {
      put(data, "fromTimestamp", read.period().since());
      put(data, "untilTimestamp", read.period().until());
    }
    if (!end.success()) {
      data.put("error", end.result());
    }
    return of(type(read.type(), end.success()), operation, data);
  }

  /**
   * Makes the notification about the end of an asynchronous write.
   *
   * @param recordIds the ids of the written records
   * @param errors one for each cause of failures, in words for a person
   */
  public static Notification ofWrite(
      Operation operation, List<String> recordIds, List<String> errors) {
    ObjectNode data = data(operation, operation.objectName());
    data.put("success", errors.isEmpty());
    recordIds.forEach(data.putArray("successfulRecordIds")::add);
    errors.forEach(data.putArray("errors")::add);
    return of(NotificationType.WRITE_ASYNC_DONE, operation, data);
  }

  private static ObjectNode data(Operation operation, String objectName) {
    Customer customer = operation.work().customer();
    return Notification.installedData(
            operation.project(),
            operation.integration(),
            operation.installation(),
            operation.connection(),
            customer.group(),
            customer.consumer())
        .put("objectName", objectName)
        .put("operationId", operation.id().value());
  }

  private static Notification of(NotificationType type, Operation operation, ObjectNode data) {
    return Notification.ofOperation(
        type,
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
    };
  }

  private static void put(ObjectNode data, String name, @Nullable Instant time) {
    if (time != null) {
      data.put(name, time.toString());
    }
  }
}
