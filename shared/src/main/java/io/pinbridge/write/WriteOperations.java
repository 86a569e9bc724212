package io.pinbridge.write;

import static io.pinbridge.base.Field.field;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinbridge.base.Json;
import io.pinbridge.base.Log;
import io.pinbridge.base.PinbridgeException;
import io.pinbridge.base.Tasks;
import io.pinbridge.directory.Installation;
import io.pinbridge.read.Operation;
import io.pinbridge.read.OperationId;
import io.pinbridge.read.OperationStatus;
import io.pinbridge.read.ReadStore;
import io.pinbridge.read.ReadStore.LogLine;
import io.pinbridge.read.ReadTransaction;
import io.pinbridge.read.ReadType;
import io.pinbridge.timer.Timer;
import io.pinbridge.timer.TimerStore;
import io.pinbridge.write.RecordResult.Failed;
import io.pinbridge.write.RecordResult.Failure;
import io.pinbridge.write.WriteStore.KeptRecord;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Every write is an operation: stored before the first request, ended after the last one, and by a
 * timer if whoever sends the records dies in between.
 */
public final class WriteOperations {
  /** The timers' kind. */
  public static final String KIND = "write";

  /** Longer than whoever writes synchronously may live. */
  static final Duration ENDED_AFTER = Duration.ofMinutes(2);

  private static final int DETAILS_MAX = 20;

  private final ReadStore operations;
  private final WriteStore records;
  private final TimerStore timers;
  private final Tasks tasks;
  private final Log log;

  public WriteOperations(
      ReadStore operations, WriteStore records, TimerStore timers, Tasks tasks, Log log) {
    this.operations = operations;
    this.records = records;
    this.timers = timers;
    this.tasks = tasks;
    this.log = log;
  }

  /**
   * Stores a write of which nothing has been sent.
   *
   * @throws PinbridgeException if it cannot be stored now; nothing may be sent then
   */
  Operation start(
      OperationId id, Installation installation, String objectName, WriteRequest request) {
    Instant now = tasks.now().truncatedTo(ChronoUnit.MILLIS);
    var operation =
        new Operation(
            id,
            installation.project(),
            installation.integration(),
            installation.id(),
            installation.connection(),
            installation.config().id(),
            objectName,
            ReadType.WRITE,
            Json.text(
                Json.object()
                    .put("type", request.verb().text())
                    .put("recordCount", request.records().size())),
            now,
            OperationStatus.IN_PROGRESS,
            "",
            null);
    operations.commit(
        new ReadTransaction(
            List.of(),
            List.of(),
            List.of(timerOf(operation)),
            List.of(new ReadTransaction.Start(operation, List.of()))));
    return operation;
  }

  private static Timer timerOf(Operation operation) {
    return new Timer(
        operation.startedAt().plus(ENDED_AFTER), KIND, operation.id().value(), Map.of());
  }

  /** Ends a write; a failure to store that is left to the timer. */
  void end(Operation operation, List<RecordResult> results) {
    try {
      finish(operation, results, null);
      timers.replace(timerOf(operation), List.of());
    } catch (PinbridgeException e) {
      // The records are written; to say something else would make the caller write them again.
      log.error(
          "write not ended as an operation",
          e,
          field("operation", operation.id()),
          field("installation", operation.installation()),
          field("object", operation.objectName()));
    }
  }

  /** Acts on a due timer: ends what nobody works on any more. */
  public void fire(Timer timer) {
    Operation operation = operations.findOperation(new OperationId(timer.id())).orElse(null);
    if (operation != null && !operation.ended()) {
      finish(operation, found(operation), "interrupted");
    }
    timers.replace(timer, List.of());
  }

  /** Returns what is known of an interrupted write's records. */
  private List<RecordResult> found(Operation operation) {
    Map<Integer, KeptRecord> kept = new HashMap<>();
    records.recordsOf(operation.id()).forEach(record -> kept.put(record.index(), record));
    int count = Json.trusted(operation.spec()).path("recordCount").asInt();
    List<RecordResult> results = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      results.add(found(kept.get(i)));
    }
    return results;
  }

  private static RecordResult found(@Nullable KeptRecord record) {
    if (record == null) {
      return new Failed(
          Failure.UNKNOWN,
          "no outcome was kept; an update or delete may have been sent and can be repeated safely");
    }
    if (record.outcome() != null) {
      return RecordResult.of(record.outcome());
    }
    return new Failed(
        Failure.UNKNOWN,
        "outcome unknown: it was about to be sent, or sent, when the write was interrupted. Look"
            + " for it at Pinterest before you repeat this");
  }

  private void finish(Operation operation, List<RecordResult> results, @Nullable String why) {
    long failed = results.stream().filter(Failed.class::isInstance).count();
    String summary =
        "["
            + operation.objectName()
            + "] "
            + Json.trusted(operation.spec()).path("type").asText()
            + (why == null ? "" : ", " + why)
            + ": "
            + (results.size() - failed)
            + " of "
            + results.size()
            + " written";
    boolean good = failed == 0 && why == null;
    Instant end = tasks.now().truncatedTo(ChronoUnit.MILLIS);
    operations.log(
        operation.id(),
        new LogLine(end, "outcome", good ? "INFO" : "ERROR", summary, details(results)));
    operations.finish(
        operation.id(),
        good ? OperationStatus.SUCCESS : OperationStatus.FAILURE,
        summary,
        end,
        // Whoever wrote has the answer.
        null);
  }

  private static @Nullable String details(List<RecordResult> results) {
    ObjectNode details = Json.object();
    for (int i = 0; i < results.size() && details.size() < DETAILS_MAX; i++) {
      if (results.get(i) instanceof Failed failed) {
        details.put("record " + i, failed.message());
      }
    }
    return details.isEmpty() ? null : Json.text(details);
  }
}
