package io.pinferry.write;

import static io.pinferry.base.Field.field;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.IdSource;
import io.pinferry.base.Json;
import io.pinferry.base.Log;
import io.pinferry.base.PinferryException;
import io.pinferry.base.Tasks;
import io.pinferry.client.PinterestClient;
import io.pinferry.directory.DirectoryStore;
import io.pinferry.directory.Installation;
import io.pinferry.directory.InstallationRepository;
import io.pinferry.directory.Versioned;
import io.pinferry.manifest.EffectiveConfig;
import io.pinferry.net.FileRelay;
import io.pinferry.operation.Operation;
import io.pinferry.operation.OperationId;
import io.pinferry.operation.Work;
import io.pinferry.write.Preparation.Prepared;
import io.pinferry.write.RecordResult.Failed;
import io.pinferry.write.RecordResult.Failure;
import io.pinferry.write.RecordResult.Succeeded;
import io.pinferry.write.RecordSender.Numbered;
import io.pinferry.write.WriteCalls.Deadlines;
import io.pinferry.write.WriteStore.KeptRecord;
import io.pinferry.write.WriteStore.Mark;
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
 * Carries out asynchronous writes, also those that were gathered from single records. Whoever has
 * the right to send an operation's records goes on where the one before stopped: what has an
 * outcome stays, what is marked without one is unknown and looked for, and only the rest is sent.
 * What is not done is tried again with growing pauses until the deadline.
 */
public final class AsyncWrites {
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(30);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(15);

  /** A run has ended by itself before another may begin. */
  private static final Duration LEASE_MARGIN = Duration.ofSeconds(30);

  private final InstallationRepository installations;
  private final WriteOperations operations;
  private final WriteStore records;
  private final Preparation preparation;
  private final GatheredBatches gathered;
  private final WriteCalls pinterest;
  private final FileRelay files;
  private final IdSource ids;
  private final Tasks tasks;
  private final Log log;

  public AsyncWrites(
      DirectoryStore directory,
      WriteOperations operations,
      WriteStore records,
      Preparation preparation,
      PinterestClient client,
      FileRelay files,
      IdSource ids,
      Tasks tasks,
      Log log) {
    this.installations = new InstallationRepository(directory);
    this.operations = operations;
    this.records = records;
    this.preparation = preparation;
    this.gathered = new GatheredBatches(directory);
    this.pinterest = new WriteCalls(client, tasks, log);
    this.files = files;
    this.ids = ids;
    this.tasks = tasks;
    this.log = log;
  }

  /**
   * Sends what can be sent of an operation; does nothing if it has ended, rests or is another's.
   *
   * @param takingUntil from then on no further record is begun
   * @param answeredUntil when the last request must have been answered
   */
  public void run(OperationId id, Instant takingUntil, Instant answeredUntil) {
    Operation operation = operations.find(id).orElse(null);
    if (operation == null
        || operation.ended()
        || !(operation.work() instanceof Work.Write write)
        || write.timing().deadline() == null) {
      return;
    }
    Instant deadline = write.timing().deadline();
    Instant gatheredUntil = write.timing().gatheredUntil();
    int count = write.recordCount();
    GatheredBatches.Closed batch = null;
    if (gatheredUntil != null) {
      batch = gathered.close(id, tasks.now()).orElse(null);
      if (batch == null) {
        return;
      }
      count = batch.records().size();
      // It may have been full before it was due.
      deadline = batch.at().plus(Duration.between(gatheredUntil, deadline));
    }
    String runner = ids.uuid();
    OptionalInt runs = records.tryLease(id, runner, tasks.now(), answeredUntil.plus(LEASE_MARGIN));
    if (runs.isEmpty()) {
      return;
    }
    if (batch != null) {
      take(id, batch.records());
    }
    Deadlines deadlines =
        new Deadlines(takingUntil.isBefore(deadline) ? takingUntil : deadline, answeredUntil);
    Map<Integer, RecordResult> results =
        new Run(operation, write, count, deadlines, runner, runs.getAsInt() == 0).results();
    Instant now = tasks.now();
    boolean late = !now.isBefore(deadline);
    long open = results.values().stream().filter(AsyncWrites::open).count();
    if (open > 0 && !late) {
      Instant next = now.plus(pause(runs.getAsInt()));
      records.release(id, runner, next);
      log.info(
          "write put off",
          field("operation", id),
          field("installation", operation.installation()),
          field("openCount", open),
          field("notBefore", next));
      return;
    }
    List<RecordResult> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      RecordResult result = results.getOrDefault(i, RecordResult.refused("it was not kept"));
      if (open(result)) {
        result = overdue(result);
        records.keep(id, i, now, result.text());
      }
      all.add(result);
    }
    operations.end(operation, all, true);
  }

  /** Puts the records that were gathered into their operation, unless they are there. */
  private void take(OperationId id, List<OperationId> gatheredRecords) {
    if (records.recordsOf(id).size() == gatheredRecords.size()) {
      return;
    }
    List<Callable<String>> inputs = new ArrayList<>();
    for (OperationId one : gatheredRecords) {
      inputs.add(
          () ->
              records.recordsOf(one).stream()
                  .map(KeptRecord::input)
                  .flatMap(Stream::ofNullable)
                  .findFirst()
                  .orElseThrow(() -> new IllegalStateException(one + " joined and is not there")));
    }
    records.put(id, tasks.now(), tasks.all(inputs));
  }

  private static boolean open(RecordResult result) {
    return result instanceof Failed failed && failed.failure() == Failure.NOT_DONE;
  }

  private static RecordResult overdue(RecordResult result) {
    return result instanceof Failed failed
        ? new Failed(failed.failure(), "the deadline has passed; last: " + failed.message())
        : result;
  }

  private static Duration pause(int runsBefore) {
    Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(runsBefore, 10));
    return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
  }

  /** One go at an operation's records. */
  private final class Run {
    private final Operation operation;
    private final Work.Write write;
    private final int count;
    private final Deadlines deadlines;
    private final String runner;
    private final boolean first;
    private final Map<Integer, RecordResult> results = new HashMap<>();

    /**
     * @param count how many records there are
     * @param first whether no worker has had a go at them before
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

    /** Returns what is known of each record now, by its index. */
    Map<Integer, RecordResult> results() {
      List<KeptRecord> kept =
          records.recordsOf(operation.id()).stream()
              .filter(record -> record.index() < count)
              .toList();
      List<KeptRecord> pending = new ArrayList<>();
      Set<String> created = new HashSet<>();
      for (KeptRecord record : kept) {
        if (record.outcome() == null) {
          pending.add(record);
          continue;
        }
        RecordResult result = RecordResult.of(record.outcome());
        results.put(record.index(), result);
        if (result instanceof Succeeded(String recordId, _) && recordId != null) {
          created.add(recordId);
        }
      }
      Installation installation =
          installations
              .find(operation.project(), operation.installation())
              .map(Versioned::value)
              .orElse(null);
      if (installation == null) {
        giveUp(pending, "not attempted: uninstalled");
        return results;
      }
      if (anotherAccount(installation)) {
        giveUp(pending, "not attempted: another account was connected since");
      } else if (!pending.isEmpty()) {
        send(installation, kept, pending, created);
      }
      return results;
    }

    /** Nothing more is sent. What an earlier run may have sent is not said to be untried. */
    private void giveUp(List<KeptRecord> pending, String why) {
      boolean marked = write.marksRecords();
      for (KeptRecord record : pending) {
        // What a synchronous request has handed on was begun by it.
        boolean begun = !first || record.progress() != null;
        boolean untried = record.mark() == null && (marked || !begun);
        conclude(
            record,
            untried
                ? RecordResult.refused(why)
                : new Failed(
                    Failure.UNKNOWN,
                    "outcome unknown: it was about to be sent, or sent, and the installation does"
                        + " not allow to find out any more. Look for it at Pinterest before you"
                        + " repeat this"));
      }
    }

    private boolean anotherAccount(Installation installation) {
      try {
        return !pinterest.account(installation).equals(write.account());
      } catch (PinferryException e) {
        // Without a token nothing is sent, and each record says so.
        return false;
      }
    }

    private void send(
        Installation installation,
        List<KeptRecord> kept,
        List<KeptRecord> pending,
        Set<String> created) {
      WriteRequest request = request(kept);
      EffectiveConfig config = installation.config().effective();
      switch (preparation.prepare(installation, config, operation.objectName(), request)) {
        case Prepared.Refused(String why) -> giveUp(pending, why);
        case Prepared.Sendable sendable -> {
          var sender =
              new RecordSender(
                  pinterest,
                  files,
                  records,
                  tasks,
                  log,
                  new RecordSender.What(
                      operation.id(), installation, sendable.object(), request.verb()),
                  deadlines,
                  runner,
                  RecordSender.Rest.TRIED_AGAIN,
                  created);
          if (pending.size() == count
              && pending.stream().allMatch(record -> record.mark() == null)) {
            whole(sender, request, sendable, pending);
          } else {
            rest(sender, sendable, pending);
          }
        }
      }
    }

    /** Sends a request of which nothing has been sent, as a synchronous one would be. */
    private void whole(
        RecordSender sender,
        WriteRequest request,
        Prepared.Sendable sendable,
        List<KeptRecord> pending) {
      List<@Nullable ObjectNode> progress = new ArrayList<>();
      pending.forEach(record -> progress.add(progress(record)));
      List<RecordResult> all =
          new Sending(sendable.object(), request, sendable.records(), progress, sender).results();
      for (KeptRecord record : pending) {
        conclude(record, all.get(record.index()));
      }
    }

    private void rest(RecordSender sender, Prepared.Sendable sendable, List<KeptRecord> pending) {
      List<Numbered> marked = new ArrayList<>();
      List<Mark> marks = new ArrayList<>();
      List<Numbered> unsent = new ArrayList<>();
      for (KeptRecord record : pending) {
        PreparedRecord prepared = sendable.records().get(record.index());
        var numbered = new Numbered(record.index(), prepared, progress(record));
        if (record.mark() != null) {
          marked.add(numbered);
          marks.add(record.mark());
        } else if (prepared.issues().isEmpty()) {
          unsent.add(numbered);
        } else {
          conclude(record, Sending.invalid(prepared.issues()));
        }
      }
      // First, while what the rest creates cannot be taken for it.
      take(marked, sender.findOut(marked, marks));
      if (write.allOrNone() && count > 1) {
        RecordResult held =
            RecordResult.refused(
                "not attempted: allOrNone is set, and the first try was interrupted");
        take(unsent, Collections.nCopies(unsent.size(), held));
        unsent.forEach(one -> operations.keep(operation.id(), one.index(), held));
      } else {
        take(unsent, sender.send(unsent));
      }
    }

    private void take(List<Numbered> sent, List<RecordResult> became) {
      for (int i = 0; i < sent.size(); i++) {
        results.put(sent.get(i).index(), became.get(i));
      }
    }

    /** Keeps the outcome of a record that was perhaps not sent, so that nobody has kept it yet. */
    private void conclude(KeptRecord record, RecordResult result) {
      results.put(record.index(), result);
      if (!open(result)) {
        operations.keep(operation.id(), record.index(), result);
      }
    }

    private @Nullable ObjectNode progress(KeptRecord record) {
      return record.progress() == null ? null : (ObjectNode) Json.trusted(record.progress());
    }

    private WriteRequest request(List<KeptRecord> kept) {
      List<ObjectNode> inputs = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        inputs.add(Json.object());
      }
      for (KeptRecord record : kept) {
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
