package io.pinferry.write;

import static io.pinferry.base.Field.field;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import io.pinferry.base.Log;
import io.pinferry.base.PinferryException;
import io.pinferry.base.Tasks;
import io.pinferry.directory.AccountId;
import io.pinferry.directory.DirectoryWrite;
import io.pinferry.directory.Installation;
import io.pinferry.notification.Notification;
import io.pinferry.operation.EndNotification;
import io.pinferry.operation.Operation;
import io.pinferry.operation.OperationEnd;
import io.pinferry.operation.OperationFinisher;
import io.pinferry.operation.OperationId;
import io.pinferry.operation.OperationStore;
import io.pinferry.operation.OperationTransaction;
import io.pinferry.operation.Origin;
import io.pinferry.operation.Work;
import io.pinferry.timer.Timer;
import io.pinferry.timer.TimerStore;
import io.pinferry.write.RecordResult.Failed;
import io.pinferry.write.RecordResult.Failure;
import io.pinferry.write.RecordResult.Succeeded;
import io.pinferry.write.RecordResult.UnderWay;
import io.pinferry.write.WriteStore.KeptRecord;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

  /** How often an asynchronous write is sent to its queue again while it has not ended. */
  static final Duration SENT_AGAIN_EVERY = Duration.ofMinutes(1);

  /** So long after its deadline an asynchronous write that nobody could end is ended. */
  static final Duration OVERDUE = Duration.ofHours(1);

  /** How long the queue tries to finish what a synchronous request has begun. */
  static final Duration HANDED_OVER_FOR = Duration.ofHours(1);

  private static final int DETAILS_MAX = 20;

  /** A notification holds a hundred errors. */
  private static final int ERROR_LENGTH_MAX = 1_000;

  private final OperationStore operations;
  private final OperationFinisher finisher;
  private final WriteStore records;
  private final TimerStore timers;
  private final WriteQueue queue;
  private final Tasks tasks;
  private final Log log;

  public WriteOperations(
      OperationStore operations,
      OperationFinisher finisher,
      WriteStore records,
      TimerStore timers,
      WriteQueue queue,
      Tasks tasks,
      Log log) {
    this.operations = operations;
    this.finisher = finisher;
    this.records = records;
    this.timers = timers;
    this.queue = queue;
    this.tasks = tasks;
    this.log = log;
  }

  /**
   * Stores a write of which nothing has been sent.
   *
   * @param account the account that is to be written to; null if nothing is to be sent
   * @param with takes effect with it
   * @return the operation; empty, with nothing stored, if that was refused
   * @throws PinferryException if it cannot be stored now; nothing may be sent then
   */
  Optional<Operation> start(
      OperationId id,
      Installation installation,
      String objectName,
      WriteRequest request,
      @Nullable AccountId account,
      List<DirectoryWrite> with) {
    Instant now = tasks.now().truncatedTo(ChronoUnit.MILLIS);
    Operation operation =
        Operation.started(
            id, Origin.of(installation), request.work(installation, objectName, now, account), now);
    return switch (operations.commit(
        new OperationTransaction(
            with,
            List.of(),
            List.of(timerOf(operation)),
            List.of(new OperationTransaction.Start(operation, List.of()))))) {
      case COMMITTED -> Optional.of(operation);
      case DIRECTORY_CHANGED -> Optional.empty();
      case TIMER_GONE, ALREADY_STARTED ->
          throw new IllegalStateException("a new operation cannot be there: " + id);
    };
  }

  Optional<Operation> find(OperationId id) {
    return operations.find(id);
  }

  private static Timer timerOf(Operation operation) {
    Work.Timing timing = operation.write().timing();
    Instant due =
        timing.gatheredUntil() == null
            ? operation.startedAt().plus(timing.asynchronous() ? SENT_AGAIN_EVERY : ENDED_AFTER)
            : timing.gatheredUntil();
    return new Timer(due, KIND, operation.id().value(), Map.of());
  }

  /** Keeps what became of a record; a failure to store that leaves it without an outcome. */
  void keep(OperationId id, int index, RecordResult result) {
    try {
      records.keep(id, index, tasks.now(), result.text());
    } catch (PinferryException e) {
      log.warn("outcome of a record not kept", e, field("operation", id));
    }
  }

  /**
   * Hands a write that a synchronous request has begun over to the queue. The caller must not end
   * it then.
   *
   * @param inputs for each record of the request what is still to be done; an empty object where
   *     there is an outcome
   * @return whether the queue has it; if not, nobody goes on with it
   */
  boolean handOver(Operation operation, List<String> inputs) {
    try {
      records.put(operation.id(), tasks.now(), inputs);
      operations.changeWork(
          operation, operation.write().handedOver(operation.startedAt().plus(HANDED_OVER_FOR)));
    } catch (PinferryException e) {
      log.warn("write not handed over", e, field("operation", operation.id()));
      return false;
    }
    sendSoon(operation);
    return true;
  }

  /** Sends a write to its queue before its timer is due; a failure of that is left to the timer. */
  void sendSoon(Operation operation) {
    try {
      Timer timer = timerOf(operation);
      timers.replace(timer, List.of(timer.at(tasks.now().plus(SENT_AGAIN_EVERY))));
      queue.send(operation.id());
    } catch (PinferryException e) {
      log.warn("write not sent to its queue", e, field("operation", operation.id()));
    }
  }

  /**
   * Ends a write; a failure to store that is left to the timer.
   *
   * @param tell whether nobody has its answer, so that a notification tells of it
   */
  void end(Operation operation, List<RecordResult> results, boolean tell) {
    try {
      finish(operation, results, null, tell);
      timers.replace(timerOf(operation), List.of());
    } catch (PinferryException e) {
      // The records are written; to say something else would make the caller write them again.
      log.error(
          "write not ended as an operation",
          e,
          field("operation", operation.id()),
          field("installation", operation.installation()),
          field("object", operation.objectName()));
    }
  }

  /** Acts on a due timer: ends what nobody works on any more, or sends it again. */
  public void fire(Timer timer) {
    Operation operation = operations.find(new OperationId(timer.id())).orElse(null);
    if (operation == null || operation.ended()) {
      timers.replace(timer, List.of());
      return;
    }
    Instant deadline = operation.write().timing().deadline();
    Instant now = tasks.now();
    if (deadline == null || now.isAfter(deadline.plus(OVERDUE))) {
      finish(operation, results(operation), "interrupted", deadline != null);
      timers.replace(timer, List.of());
    } else if (timers.replace(timer, List.of(timer.at(now.plus(SENT_AGAIN_EVERY))))) {
      queue.send(operation.id());
    }
  }

  /** Returns what is known of a write's records, if nobody works on it any more. */
  List<RecordResult> results(Operation operation) {
    Map<Integer, KeptRecord> kept = new HashMap<>();
    records.recordsOf(operation.id()).forEach(record -> kept.put(record.index(), record));
    Work.Write write = operation.write();
    boolean marked = write.marksRecords();
    int count = write.timing().gatheredUntil() == null ? write.recordCount() : kept.size();
    List<RecordResult> results = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      results.add(found(marked, kept.get(i)));
    }
    return results;
  }

  /**
   * @param marked whether a record that was sent bears a mark
   */
  private static RecordResult found(boolean marked, @Nullable KeptRecord record) {
    if (record != null && record.outcome() != null) {
      return RecordResult.of(record.outcome());
    }
    if (record != null && record.mark() != null) {
      return new Failed(
          Failure.UNKNOWN,
          "outcome unknown: it was about to be sent, or sent, when the write was interrupted. Look"
              + " for it at Pinterest before you repeat this");
    }
    return marked
        ? new Failed(Failure.NOT_DONE, "not attempted: the write was interrupted; a repeat is safe")
        : new Failed(
            Failure.UNKNOWN,
            "outcome unknown: the write was interrupted, perhaps after it was sent; a repeat is"
                + " safe");
  }

  private void finish(
      Operation operation, List<RecordResult> results, @Nullable String why, boolean tell) {
    Work.Write write = operation.write();
    long failed = results.stream().filter(Failed.class::isInstance).count();
    String summary =
        "["
            + operation.objectName()
            + "] "
            + write.verb().text()
            + (why == null ? "" : ", " + why)
            + ": "
            + (results.size() - failed)
            + " of "
            + results.size()
            + " written";
    var end =
        new OperationEnd(
            failed == 0 && why == null,
            summary,
            details(results),
            tasks.now().truncatedTo(ChronoUnit.MILLIS));
    finisher.finish(operation, end, tell ? notification(operation, write.batch(), results) : null);
  }

  private static Notification notification(
      Operation operation, boolean batch, List<RecordResult> results) {
    List<String> ids = new ArrayList<>();
    List<String> errors = new ArrayList<>();
    for (int i = 0; i < results.size(); i++) {
      switch (results.get(i)) {
        case Succeeded(String recordId, _) -> {
          if (recordId != null) {
            ids.add(recordId);
          }
        }
        case Failed failed -> errors.add(clipped(failed.in(i, batch)));
        case UnderWay _ -> throw new IllegalStateException("a write has ended that is under way");
      }
    }
    return EndNotification.ofWrite(operation, ids, errors);
  }

  private static String clipped(String error) {
    return error.length() <= ERROR_LENGTH_MAX
        ? error
        : error.substring(0, ERROR_LENGTH_MAX) + "...";
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
