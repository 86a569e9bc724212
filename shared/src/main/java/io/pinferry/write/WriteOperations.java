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
import io.pinferry.write.RecordResult.Failure;
import io.pinferry.write.RecordResult.FailureKind;
import io.pinferry.write.RecordResult.Progress;
import io.pinferry.write.RecordResult.Success;
import io.pinferry.write.WriteStore.RecordState;
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
 * Starts and ends the operations of writes. An operation is stored before its first request and
 * ended after its last one. A timer ends it if the sender of the records dies in between.
 */
public final class WriteOperations {
  /** The kind of the timers. */
  public static final String KIND = "write";

  /** When the timer ends a synchronous write; by then its invocation is over. */
  static final Duration SYNCHRONOUS_MAX = Duration.ofMinutes(2);

  /** How often an asynchronous write is sent to its queue again while it has not ended. */
  static final Duration RESEND_INTERVAL = Duration.ofMinutes(1);

  /** How long after its deadline the timer ends an asynchronous write that no run has ended. */
  static final Duration OVERDUE = Duration.ofHours(1);

  /** How long the queue tries to finish a synchronous request. */
  static final Duration HANDOVER_TIME = Duration.ofHours(1);

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
   * Stores a write before anything is sent.
   *
   * @param account the account that is written to; null if nothing will be sent
   * @param with changes that take effect together with it
   * @return the operation; empty, with nothing stored, if these changes are refused
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
          throw new IllegalStateException("a new operation cannot exist yet: " + id);
    };
  }

  Optional<Operation> find(OperationId id) {
    return operations.find(id);
  }

  private static Timer timerOf(Operation operation) {
    Work.Timing timing = operation.write().timing();
    Instant due =
        timing.gatheredUntil() == null
            ? operation.startedAt().plus(timing.asynchronous() ? RESEND_INTERVAL : SYNCHRONOUS_MAX)
            : timing.gatheredUntil();
    return new Timer(due, KIND, operation.id().value(), Map.of());
  }

  /** Stores the result of a record; returns whether that succeeded. */
  boolean keep(OperationId id, int index, RecordResult result) {
    try {
      records.keep(id, index, tasks.now(), result.text());
      return true;
    } catch (PinferryException e) {
      log.warn("outcome of a record not kept", e, field("operation", id));
      return false;
    }
  }

  /**
   * Hands the write of a synchronous request over to the queue. Then the caller must not end it.
   *
   * @param inputs the input of each record that is not done, and an empty object for the others
   * @return whether the queue has it; if not, nobody continues it
   */
  boolean handOver(Operation operation, List<String> inputs) {
    try {
      records.put(operation.id(), tasks.now(), inputs);
      operations.changeWork(
          operation, operation.write().handedOver(operation.startedAt().plus(HANDOVER_TIME)));
    } catch (PinferryException e) {
      log.warn("write not handed over", e, field("operation", operation.id()));
      return false;
    }
    sendSoon(operation);
    return true;
  }

  /** Sends a write to its queue before its timer is due. If that fails, the timer does it. */
  void sendSoon(Operation operation) {
    try {
      Timer timer = timerOf(operation);
      timers.replace(timer, List.of(timer.at(tasks.now().plus(RESEND_INTERVAL))));
      queue.send(operation);
    } catch (PinferryException e) {
      log.warn("write not sent to its queue", e, field("operation", operation.id()));
    }
  }

  /**
   * Ends a write. If the end cannot be stored, the timer ends it.
   *
   * @param notify whether a notification tells the results, since no answer did
   */
  void end(Operation operation, List<RecordResult> results, boolean notify) {
    try {
      finish(operation, results, null, notify);
      timers.replace(timerOf(operation), List.of());
    } catch (PinferryException e) {
      // The records are written. An error would make the caller write them again.
      log.error(
          "write not ended as an operation",
          e,
          field("operation", operation.id()),
          field("installation", operation.installation()),
          field("object", operation.objectName()));
    }
  }

  /** Acts on a due timer: sends the write to its queue again, or ends it if nobody works on it. */
  public void fire(Timer timer) {
    Operation operation = operations.find(new OperationId(timer.id())).orElse(null);
    if (operation == null || operation.ended()) {
      timers.replace(timer, List.of());
      return;
    }
    Instant deadline = operation.write().timing().deadline();
    Instant now = tasks.now();
    if (deadline == null || now.isAfter(deadline.plus(OVERDUE))) {
      List<RecordState> states = records.recordsOf(operation.id());
      if (deadline != null || !lookFor(operation, states)) {
        String problem = isDone(states, operation.write().recordCount()) ? null : "interrupted";
        finish(operation, results(operation, states), problem, deadline != null);
        timers.replace(timer, List.of());
        return;
      }
    }
    if (timers.replace(timer, List.of(timer.at(now.plus(RESEND_INTERVAL))))) {
      queue.send(operation);
    }
  }

  /**
   * Hands the write of an interrupted sender over to the queue if it may have created records that
   * can be looked for. The records that were not sent are not sent later: their caller has given
   * up.
   *
   * @return whether the queue continues it
   */
  private boolean lookFor(Operation operation, List<RecordState> states) {
    if (states.stream().noneMatch(WriteOperations::canBeLookedFor)) {
      return false;
    }
    Map<Integer, RecordState> byIndex = byIndex(states);
    boolean marks = operation.write().marksRecords();
    for (int i = 0; i < operation.write().recordCount(); i++) {
      RecordState state = byIndex.get(i);
      if (state == null || !canBeLookedFor(state)) {
        records.keep(operation.id(), i, tasks.now(), lasting(result(marks, state)).text());
      }
    }
    operations.changeWork(operation, operation.write().handedOver(tasks.now().plus(HANDOVER_TIME)));
    return true;
  }

  /** Returns a result that no run tries to better. */
  private static RecordResult lasting(RecordResult result) {
    return result instanceof Failure(FailureKind _, String message) && result.isRetryable()
        ? RecordResult.refusal(message)
        : result;
  }

  private static boolean canBeLookedFor(RecordState state) {
    return state.mark() != null && state.outcome() == null && state.input() != null;
  }

  /**
   * Ends an asynchronous write if each of its records has an outcome.
   *
   * @param count the number of records
   */
  void endIfDone(Operation operation, int count) {
    List<RecordState> states = records.recordsOf(operation.id());
    if (isDone(states, count)) {
      end(operation, results(operation, states), true);
    }
  }

  private static boolean isDone(List<RecordState> states, int count) {
    return states.size() >= count && states.stream().allMatch(state -> state.outcome() != null);
  }

  private static Map<Integer, RecordState> byIndex(List<RecordState> states) {
    Map<Integer, RecordState> byIndex = new HashMap<>();
    states.forEach(state -> byIndex.put(state.index(), state));
    return byIndex;
  }

  /** Returns the results of a write that nobody works on any more. */
  List<RecordResult> results(Operation operation) {
    return results(operation, records.recordsOf(operation.id()));
  }

  private static List<RecordResult> results(Operation operation, List<RecordState> known) {
    Map<Integer, RecordState> states = byIndex(known);
    Work.Write write = operation.write();
    boolean marks = write.marksRecords();
    int count = write.timing().gatheredUntil() == null ? write.recordCount() : states.size();
    List<RecordResult> results = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      results.add(result(marks, states.get(i)));
    }
    return results;
  }

  /**
   * @param marks whether a record is marked before it is sent
   */
  private static RecordResult result(boolean marks, @Nullable RecordState record) {
    if (record != null && record.outcome() != null) {
      return RecordResult.of(record.outcome());
    }
    if (record != null && record.mark() != null) {
      return new Failure(
          FailureKind.UNKNOWN,
          "outcome unknown: it was about to be sent, or sent, when the write was interrupted. Look"
              + " for it at Pinterest before you repeat this");
    }
    return marks
        ? new Failure(
            FailureKind.NOT_DONE, "not attempted: the write was interrupted; a repeat is safe")
        : new Failure(
            FailureKind.UNKNOWN,
            "outcome unknown: the write was interrupted, perhaps after it was sent; a repeat is"
                + " safe");
  }

  private void finish(
      Operation operation, List<RecordResult> results, @Nullable String problem, boolean notify) {
    Work.Write write = operation.write();
    long failed = results.stream().filter(Failure.class::isInstance).count();
    long unknown = results.stream().filter(WriteOperations::isUnknown).count();
    String summary =
        "["
            + operation.objectName()
            + "] "
            + write.verb().text()
            + (problem == null ? "" : ", " + problem)
            + ": "
            + (results.size() - failed)
            + " of "
            + results.size()
            + " written"
            + (unknown == 0 ? "" : ", " + unknown + " with an unknown outcome");
    var end =
        new OperationEnd(
            failed == 0 && problem == null,
            summary,
            details(results),
            tasks.now().truncatedTo(ChronoUnit.MILLIS));
    finisher.finish(
        operation, end, notify ? notification(operation, write.batch(), results) : null);
  }

  private static boolean isUnknown(RecordResult result) {
    return result instanceof Failure(FailureKind kind, String _) && kind == FailureKind.UNKNOWN;
  }

  private static Notification notification(
      Operation operation, boolean batch, List<RecordResult> results) {
    List<String> ids = new ArrayList<>();
    for (RecordResult result : results) {
      switch (result) {
        case Success(String recordId, _) -> {
          if (recordId != null) {
            ids.add(recordId);
          }
        }
        case Failure _ -> {}
        case Progress _ -> throw new IllegalStateException("a write in progress cannot end");
      }
    }
    List<String> errors =
        Cause.of(results).stream().map(cause -> cause.text(batch, ERROR_LENGTH_MAX)).toList();
    return EndNotification.ofWrite(operation, ids, errors);
  }

  private static @Nullable String details(List<RecordResult> results) {
    ObjectNode details = Json.object();
    Cause.of(results).stream()
        .limit(DETAILS_MAX)
        .forEach(cause -> details.put(cause.records(), cause.first().message()));
    return details.isEmpty() ? null : Json.text(details);
  }
}
