package io.pinferry.write;

import static io.pinferry.base.Field.field;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import io.pinferry.base.PinferryException;
import io.pinferry.base.Tasks;
import io.pinferry.directory.Installation;
import io.pinferry.directory.InstallationRepository;
import io.pinferry.directory.Snapshot;
import io.pinferry.operation.Operation;
import io.pinferry.operation.OperationId;
import io.pinferry.operation.Work;
import io.pinferry.write.Preparation.WritePlan;
import io.pinferry.write.RecordResult.Failure;
import io.pinferry.write.RecordResult.FailureKind;
import io.pinferry.write.RecordResult.Success;
import io.pinferry.write.RecordSender.Entry;
import io.pinferry.write.WriteCalls.Deadlines;
import io.pinferry.write.WriteStore.Mark;
import io.pinferry.write.WriteStore.RecordState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Carries out asynchronous writes, also the batches that Pinferry makes of single records. Each run
 * holds a lease on the operation and continues where the run before it stopped: a record with an
 * outcome keeps it, a marked record without one is looked for, and only the others are sent. What
 * is not done, or not found out, is tried again with growing pauses until the deadline.
 */
public final class AsyncWrites {
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(30);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(15);

  /** The last run begins before the deadline, so that the result tells what Pinterest said. */
  private static final Duration LAST_RUN_TIME = Duration.ofMinutes(2);

  /** A run ends well before its lease does. */
  private static final Duration LEASE_MARGIN = Duration.ofSeconds(30);

  private final WriteParts parts;
  private final WriteOperations operations;
  private final WriteStore records;
  private final AutoBatches batches;
  private final Tasks tasks;

  public AsyncWrites(WriteParts parts) {
    this.parts = parts;
    this.operations = parts.operations();
    this.records = parts.records();
    this.batches = new AutoBatches(parts.directory());
    this.tasks = parts.tasks();
  }

  /**
   * Sends the records of an operation. Does nothing if it has ended, has to wait, or is leased.
   *
   * @param beginUntil from then on no further record is begun
   * @param answeredUntil when the last request must have been answered
   */
  public void run(OperationId id, Instant beginUntil, Instant answeredUntil) {
    Operation operation = operations.find(id).orElse(null);
    if (operation == null
        || operation.ended()
        || !(operation.work() instanceof Work.Write write)
        || write.timing().deadline() == null) {
      return;
    }
    Instant deadline = write.timing().deadline();
    Instant batchDue = write.timing().gatheredUntil();
    int count = write.recordCount();
    AutoBatches.ClosedBatch batch = null;
    if (batchDue != null) {
      batch = batches.close(id, tasks.now()).orElse(null);
      if (batch == null) {
        return;
      }
      count = batch.records().size();
      // It may have been full before it was due.
      deadline = batch.at().plus(Duration.between(batchDue, deadline));
    }
    String runner = parts.ids().uuid();
    OptionalInt runs = records.tryLease(id, runner, tasks.now(), answeredUntil.plus(LEASE_MARGIN));
    if (runs.isEmpty()) {
      // If another runner is alive, it ends the operation in the same way. If it is dead, nobody
      // has to wait for the end of its lease.
      if (records.isLeased(id, tasks.now())) {
        operations.endIfDone(operation, count);
      }
      return;
    }
    if (batch != null) {
      copyInputs(id, batch.records());
    }
    Deadlines deadlines =
        new Deadlines(beginUntil.isBefore(deadline) ? beginUntil : deadline, answeredUntil);
    Map<Integer, RecordResult> results =
        new Run(operation, write, count, deadlines, runner, runs.getAsInt() == 0).results();
    Instant now = tasks.now();
    long open = results.values().stream().filter(RecordResult::isOpen).count();
    Instant lastRun = deadline.minus(LAST_RUN_TIME);
    if (open > 0 && now.isBefore(lastRun)) {
      Instant pauseEnd = now.plus(pause(runs.getAsInt()));
      Instant next = pauseEnd.isBefore(lastRun) ? pauseEnd : lastRun;
      records.release(id, runner, next);
      parts
          .log()
          .info(
              "write put off",
              field("operation", id),
              field("installation", operation.installation()),
              field("openCount", open),
              field("notBefore", next));
      return;
    }
    List<RecordResult> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      RecordResult result = results.getOrDefault(i, RecordResult.refusal("it was not stored"));
      if (result instanceof Failure(FailureKind kind, String message) && result.isOpen()) {
        result =
            kind == FailureKind.UNSETTLED
                ? new Failure(FailureKind.UNKNOWN, message)
                : new Failure(kind, "not done by the deadline; last: " + message);
        records.keep(id, i, now, result.text());
      }
      all.add(result);
    }
    operations.end(operation, all, true);
  }

  /** Copies the inputs of a batch from its records to its operation, unless they are there. */
  private void copyInputs(OperationId id, List<OperationId> batchRecords) {
    if (records.recordsOf(id).size() == batchRecords.size()) {
      return;
    }
    List<Callable<String>> inputs =
        batchRecords.stream().map(record -> (Callable<String>) () -> input(record)).toList();
    records.put(id, tasks.now(), tasks.all(inputs));
  }

  private String input(OperationId batchRecord) {
    return records.recordsOf(batchRecord).stream()
        .map(RecordState::input)
        .flatMap(Stream::ofNullable)
        .findFirst()
        .orElseThrow(() -> new IllegalStateException(batchRecord + " joined, but is not stored"));
  }

  private static Duration pause(int runsBefore) {
    Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(runsBefore, 10));
    return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
  }

  /** One run over an operation's records. */
  private final class Run {
    private final Operation operation;
    private final Work.Write write;
    private final int count;
    private final Deadlines deadlines;
    private final String runner;
    private final boolean first;
    private final Map<Integer, RecordResult> results = new HashMap<>();

    /**
     * Makes a run.
     *
     * @param count the number of records
     * @param first whether there was no run before this one
     */
    Run(
        Operation operation,
        Work.Write write,
        int count,
        Deadlines deadlines,
        String runner,
        boolean first) {
      this.operation = operation;
      this.write = write;
      this.count = count;
      this.deadlines = deadlines;
      this.runner = runner;
      this.first = first;
    }

    /** Sends what can be sent, and returns what is known of each record by its index. */
    Map<Integer, RecordResult> results() {
      List<RecordState> states =
          records.recordsOf(operation.id()).stream()
              .filter(record -> record.index() < count)
              .toList();
      List<RecordState> pending = new ArrayList<>();
      Set<String> created = new HashSet<>();
      for (RecordState record : states) {
        if (record.outcome() == null) {
          pending.add(record);
          continue;
        }
        RecordResult result = RecordResult.of(record.outcome());
        results.put(record.index(), result);
        if (result instanceof Success(String recordId, _) && recordId != null) {
          created.add(recordId);
        }
      }
      Installation installation =
          new InstallationRepository(parts.directory())
              .find(operation.project(), operation.installation())
              .map(Snapshot::value)
              .orElse(null);
      if (installation == null) {
        giveUp(pending, "not attempted: uninstalled");
      } else if (isOtherAccount(installation)) {
        giveUp(pending, "not attempted: another account was connected since");
      } else if (!pending.isEmpty()) {
        send(installation, states, pending, created);
      }
      return results;
    }

    /** Ends the pending records. One that an earlier run may have sent stays unknown. */
    private void giveUp(List<RecordState> pending, String reason) {
      boolean marks = write.marksRecords();
      for (RecordState record : pending) {
        // A record with progress was begun by a synchronous request before the first run.
        boolean begun = !first || record.progress() != null;
        boolean untried = record.mark() == null && (marks || !begun);
        conclude(
            record,
            untried
                ? RecordResult.refusal(reason)
                : new Failure(
                    FailureKind.UNKNOWN,
                    "outcome unknown: it was about to be sent, or sent, and the installation does"
                        + " not allow a look. Look for it at Pinterest before you repeat this"));
      }
    }

    private boolean isOtherAccount(Installation installation) {
      try {
        return !parts.account(installation).equals(write.account());
      } catch (PinferryException e) {
        // Without a token nothing is sent, and the result of each record tells it.
        return false;
      }
    }

    private void send(
        Installation installation,
        List<RecordState> states,
        List<RecordState> pending,
        Set<String> created) {
      WriteRequest request = request(states);
      switch (parts.preparation().plan(installation, operation.objectName(), request)) {
        case WritePlan.Refusal(String reason) -> giveUp(pending, reason);
        case WritePlan.Requests plan -> {
          var target =
              new RecordSender.Target(operation.id(), installation, plan.object(), request.verb());
          var sender = new RecordSender(parts, target, deadlines, runner, true, created);
          if (pending.size() == count
              && pending.stream().allMatch(record -> record.mark() == null)) {
            sendAll(sender, request, plan.records(), pending);
          } else {
            sendRest(sender, plan.records(), pending);
          }
        }
      }
    }

    /** Sends a request for the first time, as a synchronous write does. */
    private void sendAll(
        RecordSender sender,
        WriteRequest request,
        List<RecordRequest> requests,
        List<RecordState> pending) {
      List<@Nullable ObjectNode> progress = new ArrayList<>();
      pending.forEach(record -> progress.add(progress(record)));
      List<RecordResult> all = sender.sendAll(request, requests, progress);
      pending.forEach(record -> conclude(record, all.get(record.index())));
    }

    private void sendRest(
        RecordSender sender, List<RecordRequest> requests, List<RecordState> pending) {
      List<Entry> marked = new ArrayList<>();
      List<Mark> marks = new ArrayList<>();
      List<Entry> unsent = new ArrayList<>();
      for (RecordState record : pending) {
        RecordRequest request = requests.get(record.index());
        var entry = new Entry(record.index(), request, progress(record), null);
        if (record.mark() != null) {
          marked.add(entry);
          marks.add(record.mark());
        } else if (request.issues().isEmpty()) {
          unsent.add(entry);
        } else {
          conclude(record, RecordResult.refusal(request.issues()));
        }
      }
      // First, so that no record that is created below is taken for a marked one.
      put(marked, sender.findOut(marked, marks));
      if (write.allOrNone() && count > 1) {
        RecordResult refusal =
            RecordResult.refusal(
                "not attempted: allOrNone is set, and the first try was interrupted");
        put(unsent, Collections.nCopies(unsent.size(), refusal));
        unsent.forEach(entry -> operations.keep(operation.id(), entry.index(), refusal));
      } else {
        put(unsent, sender.send(unsent));
      }
    }

    private void put(List<Entry> entries, List<RecordResult> entryResults) {
      for (int i = 0; i < entries.size(); i++) {
        results.put(entries.get(i).index(), entryResults.get(i));
      }
    }

    /** Stores the outcome of a record that the sender may not have stored. */
    private void conclude(RecordState record, RecordResult result) {
      results.put(record.index(), result);
      if (!result.isOpen()) {
        operations.keep(operation.id(), record.index(), result);
      }
    }

    private @Nullable ObjectNode progress(RecordState record) {
      return record.progress() == null ? null : (ObjectNode) Json.trusted(record.progress());
    }

    private WriteRequest request(List<RecordState> states) {
      List<ObjectNode> inputs = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        inputs.add(Json.object());
      }
      for (RecordState record : states) {
        if (record.input() != null && Json.trusted(record.input()) instanceof ObjectNode input) {
          inputs.set(record.index(), input);
        }
      }
      return new WriteRequest(
          write.customer().group().ref(),
          write.verb(),
          inputs,
          write.batch(),
          write.allOrNone(),
          null,
          null);
    }
  }
}
