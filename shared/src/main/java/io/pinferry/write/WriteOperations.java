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
import io.pinferry.notification.Outbox;
import io.pinferry.read.Operation;
import io.pinferry.read.OperationId;
import io.pinferry.read.OperationStatus;
import io.pinferry.read.ReadStore;
import io.pinferry.read.ReadStore.LogLine;
import io.pinferry.read.ReadTransaction;
import io.pinferry.read.ReadType;
import io.pinferry.timer.Timer;
import io.pinferry.timer.TimerStore;
import io.pinferry.write.RecordResult.Failed;
import io.pinferry.write.RecordResult.Failure;
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

  /** How long what a synchronous request has begun is tried to be brought to its end. */
  static final Duration HANDED_ON_FOR = Duration.ofHours(1);

  private static final int DETAILS_MAX = 20;

  private final ReadStore operations;
  private final WriteStore records;
  private final TimerStore timers;
  private final WriteQueue queue;
  private final Tasks tasks;
  private final Log log;

  public WriteOperations(
      ReadStore operations,
      WriteStore records,
      TimerStore timers,
      WriteQueue queue,
      Tasks tasks,
      Log log) {
    this.operations = operations;
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
            WriteSpec.of(request, installation, now, account).text(),
            now,
            OperationStatus.IN_PROGRESS,
            "",
            null);
    return switch (operations.commit(
        new ReadTransaction(
            with,
            List.of(),
            List.of(timerOf(operation)),
            List.of(new ReadTransaction.Start(operation, List.of()))))) {
      case COMMITTED -> Optional.of(operation);
      case DIRECTORY_CHANGED -> Optional.empty();
      case TIMER_GONE, ALREADY_STARTED ->
          throw new IllegalStateException("a new operation cannot be there: " + id);
    };
  }

  Optional<Operation> find(OperationId id) {
    return operations.findOperation(id);
  }

  private static Timer timerOf(Operation operation) {
    WriteSpec spec = WriteSpec.fromText(operation.spec());
    Instant soon =
        operation.startedAt().plus(spec.deadline() == null ? ENDED_AFTER : SENT_AGAIN_EVERY);
    return new Timer(
        spec.gatheredUntil() == null ? soon : spec.gatheredUntil(),
        KIND,
        operation.id().value(),
        Map.of());
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
   * Hands on to the queue what a synchronous request has begun; it is not to be ended by its caller
   * then.
   *
   * @param inputs for each record of the request what is to be done; an empty object where there is
   *     an outcome
   * @return whether it is; else nobody goes on with it
   */
  boolean handOn(Operation operation, List<String> inputs) {
    Instant now = tasks.now();
    try {
      records.put(operation.id(), now, inputs);
      // Behind the last record it says that all before is there.
      records.keep(operation.id(), inputs.size(), now, "{}");
    } catch (PinferryException e) {
      log.warn("write not handed on", e, field("operation", operation.id()));
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

  /** Returns until when a write is tried; empty if only the caller's own request does it. */
  Optional<Instant> deadlineOf(Operation operation) {
    WriteSpec spec = WriteSpec.fromText(operation.spec());
    if (spec.deadline() != null) {
      return Optional.of(spec.deadline());
    }
    return records.recordsOf(operation.id()).stream()
        .filter(record -> record.index() == spec.recordCount())
        .map(record -> operation.startedAt().plus(HANDED_ON_FOR))
        .findFirst();
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
    Operation operation = operations.findOperation(new OperationId(timer.id())).orElse(null);
    if (operation == null || operation.ended()) {
      timers.replace(timer, List.of());
      return;
    }
    Instant deadline = deadlineOf(operation).orElse(null);
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
    WriteSpec spec = WriteSpec.fromText(operation.spec());
    boolean marked = spec.marks(operation.objectName());
    int count = spec.gatheredUntil() == null ? spec.recordCount() : kept.size();
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
    WriteSpec spec = WriteSpec.fromText(operation.spec());
    long failed = results.stream().filter(Failed.class::isInstance).count();
    String summary =
        "["
            + operation.objectName()
            + "] "
            + spec.verb().text()
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
        operation,
        good ? OperationStatus.SUCCESS : OperationStatus.FAILURE,
        summary,
        end,
        tell ? Outbox.put(EndOfWrite.notification(operation, spec, results), end) : null);
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
