package io.pinferry.write;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.directory.NotificationType;
import io.pinferry.notification.Notification;
import io.pinferry.read.Operation;
import io.pinferry.write.RecordResult.Failed;
import io.pinferry.write.RecordResult.Succeeded;
import io.pinferry.write.RecordResult.UnderWay;
import java.util.List;

/** Tells of the end of an asynchronous write. */
final class EndOfWrite {
  /** A message holds a hundred of them. */
  private static final int ERROR_LENGTH_MAX = 1_000;

  private EndOfWrite() {}

  /**
   * Returns the notification of a write's end. Beside the contract's members it has the operation's
   * id, by which its result and log are found.
   *
   * @param spec what the operation keeps of its request
   * @param results what became of each record, in their order
   */
  static Notification notification(
      Operation operation, WriteSpec spec, List<RecordResult> results) {
    ObjectNode data =
        Notification.installedData(
            operation.project(),
            operation.integration(),
            operation.installation(),
            operation.connection(),
            spec.group(),
            spec.consumer());
    data.put("objectName", operation.objectName());
    data.put("operationId", operation.id().value());
    data.put("success", results.stream().allMatch(Succeeded.class::isInstance));
    ArrayNode ids = data.putArray("successfulRecordIds");
    ArrayNode errors = data.putArray("errors");
    for (int i = 0; i < results.size(); i++) {
      switch (results.get(i)) {
        case Succeeded(String recordId, _) -> {
          if (recordId != null) {
            ids.add(recordId);
          }
        }
        case Failed failed -> errors.add(clipped(failed.in(i, spec.batch())));
        case UnderWay _ -> throw new IllegalStateException("a write has ended that is under way");
      }
    }
    return Notification.ofOperation(
        NotificationType.WRITE_ASYNC_DONE,
        operation.project(),
        new Notification.Subject(
            operation.integration(), operation.installation(), operation.id().value()),
        data);
  }

  private static String clipped(String error) {
    return error.length() <= ERROR_LENGTH_MAX
        ? error
        : error.substring(0, ERROR_LENGTH_MAX) + "...";
  }
}
