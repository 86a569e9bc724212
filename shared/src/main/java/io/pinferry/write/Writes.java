package io.pinferry.write;

import static io.pinferry.base.Field.field;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Issue;
import io.pinferry.base.Json;
import io.pinferry.base.Nearest;
import io.pinferry.base.PinferryException;
import io.pinferry.base.PinferryException.Conflict;
import io.pinferry.base.PinferryException.InvalidRequest;
import io.pinferry.base.PinferryException.ProviderUnavailable;
import io.pinferry.base.Tasks;
import io.pinferry.directory.AccountId;
import io.pinferry.directory.DirectoryWrite;
import io.pinferry.directory.Installation;
import io.pinferry.directory.InstallationRepository;
import io.pinferry.directory.Integration;
import io.pinferry.directory.Snapshot;
import io.pinferry.http.ApiResponse;
import io.pinferry.manifest.EffectiveConfig;
import io.pinferry.manifest.EffectiveRead;
import io.pinferry.operation.Operation;
import io.pinferry.operation.OperationId;
import io.pinferry.operation.Work;
import io.pinferry.write.Preparation.WritePlan;
import io.pinferry.write.RecordResult.Failure;
import io.pinferry.write.RecordResult.FailureKind;
import io.pinferry.write.RecordResult.Progress;
import io.pinferry.write.RecordResult.Success;
import io.pinferry.write.WriteCalls.Deadlines;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Writes one record or a batch. Answers when it is done, or when an asynchronous one is stored. */
public final class Writes {
  /** An HTTP API gives up after 30 s; after this time no further record is begun. */
  static final Duration BEGIN_TIME = Duration.ofSeconds(20);

  /** When the last request must have been answered. */
  static final Duration TIME_MAX = Duration.ofSeconds(27);

  /** How often a record tries to join a batch that others join at the same time. */
  private static final int JOIN_ROUNDS_MAX = 40;

  private static final Duration JOIN_PAUSE = Duration.ofMillis(10);

  /** Tells that an answer is that of an earlier request with the same Idempotency-Key. */
  private static final String REPLAYED = "idempotent-replayed";

  private static final String IN_PROGRESS =
      "not finished, and not failed: the video is not ready yet. Pinferry goes on by itself. The"
          + " operation and the notification write.async.done tell its end; do not repeat it";

  private final WriteParts parts;
  private final InstallationRepository installations;
  private final AutoBatches batches;
  private final WriteOperations operations;
  private final WriteStore records;
  private final WriteQueue queue;
  private final Tasks tasks;

  public Writes(WriteParts parts, WriteQueue queue) {
    this.parts = parts;
    this.installations = new InstallationRepository(parts.directory());
    this.batches = new AutoBatches(parts.directory());
    this.operations = parts.operations();
    this.records = parts.records();
    this.queue = queue;
    this.tasks = parts.tasks();
  }

  /**
   * Writes, and answers in the contract's form: 200 if at least one record was written or is still
   * tried, else 422.
   *
   * @param nameOrMappedName the object's name at Pinterest or in deliveries
   * @param idempotency the caller's key; null for none
   * @throws InvalidRequest if the group has not installed the integration, or does not write the
   *     object
   * @throws Conflict if the first request with the key has not ended
   * @throws PinferryException if there is no token for the account, or nothing can be stored;
   *     nothing was sent then
   */
  ApiResponse write(
      Integration integration,
      String nameOrMappedName,
      WriteRequest request,
      @Nullable IdempotencyKey idempotency) {
    Installation installation =
        installations
            .findOfGroup(integration.project(), integration.id(), request.groupRef())
            .map(Snapshot::value)
            .orElseThrow(
                () ->
                    Issue.body("groupRef", "has not installed integration " + integration.name())
                        .malformed());
    String objectName = writtenObject(installation, nameOrMappedName);
    var id = new OperationId(parts.ids().uuid());
    Optional<Operation> first = findFirst(installation, idempotency);
    if (first.isPresent()) {
      return repeatAnswer(first.get(), request);
    }
    WritePlan plan = parts.preparation().plan(installation, objectName, request);
    boolean sendable =
        plan instanceof WritePlan.Requests requests
            && requests.records().stream().anyMatch(record -> record.issues().isEmpty());
    AccountId account = sendable ? parts.account(installation) : null;
    // If nothing can be sent, an asynchronous request gets its results at once, too.
    WriteRequest now = sendable ? request : request.synchronous();
    if (now.batchDelay() != null && account != null) {
      return writeInBatch(installation, objectName, now, account, idempotency);
    }
    if (now.deadline() != null) {
      records.put(id, tasks.now(), inputs(now));
    }
    Operation operation =
        operations
            .start(id, installation, objectName, now, account, claim(installation, id, idempotency))
            .orElseThrow(Writes::inProgress);
    if (now.deadline() != null) {
      return accept(operation);
    }
    List<RecordResult> results =
        switch (plan) {
          case WritePlan.Refusal(String reason) ->
              Collections.nCopies(request.records().size(), RecordResult.refusal(reason));
          case WritePlan.Requests requests -> send(installation, request, requests, operation);
        };
    if (results.stream().noneMatch(Progress.class::isInstance)) {
      if (idempotency != null) {
        keepAll(operation, results);
      }
      operations.end(operation, results, false);
    }
    return answer(operation.id(), request, results);
  }

  /** Returns the object's name at Pinterest. */
  private static String writtenObject(Installation installation, String name) {
    EffectiveConfig config = installation.config().effective();
    ObjectNode written = config.write();
    if (written.has(name)) {
      return name;
    }
    Optional<String> mapped =
        config.findRead(name).map(EffectiveRead::objectName).filter(written::has);
    if (mapped.isPresent()) {
      return mapped.get();
    }
    List<String> known = new ArrayList<>();
    written.fieldNames().forEachRemaining(known::add);
    throw Issue.path(
            "objectName",
            "is not written for this group"
                + (known.isEmpty()
                    ? "; choose it under config.content.write.objects of the installation"
                    : "; written are " + String.join(", ", known))
                + Nearest.hint(name, known))
        .malformed();
  }

  private List<DirectoryWrite> claim(
      Installation installation, OperationId id, @Nullable IdempotencyKey idempotency) {
    return idempotency == null
        ? List.of()
        : List.of(idempotency.claim(installation.id(), id, tasks.now()));
  }

  /** Puts a record into the open batch of its kind, or begins a batch with it. */
  private ApiResponse writeInBatch(
      Installation installation,
      String objectName,
      WriteRequest request,
      AccountId account,
      @Nullable IdempotencyKey idempotency) {
    var kind = new AutoBatches.Kind(installation.id(), objectName, request.verb(), account);
    // The input is stored before the record joins, or the batch could be sent without it.
    var record = new OperationId(parts.ids().uuid());
    records.put(record, tasks.now(), inputs(request));
    for (int round = 1; round <= JOIN_ROUNDS_MAX; round++) {
      AutoBatches.LatestBatch latest = batches.find(kind);
      AutoBatches.OpenBatch batch = latest.batch();
      if (batch == null) {
        var id = new OperationId(parts.ids().uuid());
        Instant now = tasks.now().truncatedTo(ChronoUnit.MILLIS);
        Instant due = now.plus(Objects.requireNonNull(request.batchDelay()));
        List<DirectoryWrite> with = new ArrayList<>(claim(installation, id, idempotency));
        with.addAll(batches.opening(kind, latest, id, record, now, due));
        if (operations.start(id, installation, objectName, request, account, with).isPresent()) {
          return accepted(id);
        }
      } else if (batches
          .join(batch, record, claim(installation, batch.operation(), idempotency))
          .isEmpty()) {
        if (batch.recordCount() + 1 == AutoBatches.RECORDS_MAX) {
          operations.find(batch.operation()).ifPresent(operations::sendSoon);
        }
        return accepted(batch.operation());
      }
      Optional<Operation> first = findFirst(installation, idempotency);
      if (first.isPresent()) {
        return repeatAnswer(first.get(), request);
      }
      tasks.sleepUntil(tasks.now().plus(JOIN_PAUSE.multipliedBy(round)));
    }
    throw new ProviderUnavailable(
        "too many records join the batch of " + objectName + " just now; this one did not",
        tasks.now().plusSeconds(1),
        null);
  }

  private static Conflict inProgress() {
    return new Conflict(
        "the first request with this Idempotency-Key is still being worked on",
        "repeat this in some seconds, with the same key");
  }

  /** Returns the operation of the first request with a key; empty if this is the first. */
  private Optional<Operation> findFirst(
      Installation installation, @Nullable IdempotencyKey idempotency) {
    if (idempotency == null) {
      return Optional.empty();
    }
    return parts
        .directory()
        .find(idempotency.document(installation.id()))
        .map(document -> idempotency.operationOf(document.json()))
        .map(
            id ->
                operations
                    .find(id)
                    .orElseThrow(
                        () -> new IllegalStateException(id + " was claimed, but is not stored")));
  }

  /** Repeats the answer to the first request. */
  private ApiResponse repeatAnswer(Operation first, WriteRequest request) {
    Work.Timing timing = first.write().timing();
    if (timing.asynchronous() || (timing.deadline() != null && !first.ended())) {
      return accepted(first.id()).withHeader(REPLAYED, "true");
    }
    if (!first.ended()) {
      throw inProgress();
    }
    return answer(first.id(), request, operations.results(first)).withHeader(REPLAYED, "true");
  }

  private ApiResponse accept(Operation operation) {
    try {
      queue.send(operation);
    } catch (PinferryException e) {
      // Its timer sends it within a minute.
      parts.log().warn("write not sent to its queue", e, field("operation", operation.id()));
    }
    return accepted(operation.id());
  }

  private static ApiResponse accepted(OperationId operation) {
    return ApiResponse.json(200, Json.object().put("operationId", operation.value()));
  }

  private static List<String> inputs(WriteRequest request) {
    List<String> inputs = request.records().stream().map(Json::text).toList();
    for (int i = 0; i < inputs.size(); i++) {
      if (WriteStore.isTooLong(inputs.get(i))) {
        throw Issue.body(
                request.place(i),
                "is longer than 300 kB, the limit of an asynchronous write: give a URL in place of"
                    + " the data, or write synchronously")
            .malformed();
      }
    }
    return inputs;
  }

  /** Stores all results, so that a repeated request gets the same answer. */
  private void keepAll(Operation operation, List<RecordResult> results) {
    List<Callable<Boolean>> kept =
        IntStream.range(0, results.size())
            .filter(i -> !(results.get(i) instanceof Progress))
            .<Callable<Boolean>>mapToObj(
                i -> () -> operations.keep(operation.id(), i, results.get(i)))
            .toList();
    tasks.all(kept);
  }

  private List<RecordResult> send(
      Installation installation,
      WriteRequest request,
      WritePlan.Requests requests,
      Operation operation) {
    var sender =
        new RecordSender(
            parts,
            new RecordSender.Target(
                operation.id(), installation, requests.object(), request.verb()),
            new Deadlines(
                operation.startedAt().plus(BEGIN_TIME), operation.startedAt().plus(TIME_MAX)),
            parts.ids().uuid(),
            false,
            Set.of());
    List<RecordResult> results =
        sender.sendAll(
            request, requests.records(), Collections.nCopies(request.records().size(), null));
    return results.stream().noneMatch(Progress.class::isInstance)
            || handOver(operation, request, results)
        ? results
        : results.stream().map(Writes::withoutHandover).toList();
  }

  /** Hands the records over to the queue that Pinterest still works on; returns whether it did. */
  private boolean handOver(Operation operation, WriteRequest request, List<RecordResult> results) {
    List<String> inputs = new ArrayList<>();
    for (int i = 0; i < results.size(); i++) {
      ObjectNode input = Json.object();
      if (results.get(i) instanceof Progress(_, ObjectNode state)) {
        ObjectNode record = request.records().get(i);
        input = VideoUpload.isUploading(state) ? record : RecordRequest.withoutVideo(record);
      }
      inputs.add(Json.text(input));
    }
    if (inputs.stream().anyMatch(WriteStore::isTooLong)) {
      return false;
    }
    keepAll(operation, results);
    return operations.handOver(operation, inputs);
  }

  private static RecordResult withoutHandover(RecordResult result) {
    return result instanceof Progress(Success record, ObjectNode state)
        ? record == null ? RecordResults.unfinished(state) : record
        : result;
  }

  private static ApiResponse answer(
      OperationId operation, WriteRequest request, List<RecordResult> results) {
    int failures = 0;
    int successes = 0;
    ObjectNode json = Json.object().put("operationId", operation.value());
    ArrayNode each = json.arrayNode();
    List<RecordResult> told = new ArrayList<>();
    for (int i = 0; i < results.size(); i++) {
      RecordResult result = results.get(i);
      if (result instanceof Progress(Success record, _)) {
        if (record == null && !request.batch()) {
          // As for an asynchronous write: only the operation's id is known yet.
          return accepted(operation);
        }
        result = record == null ? new Failure(FailureKind.UNKNOWN, IN_PROGRESS) : record;
      } else if (result instanceof Failure) {
        failures++;
      }
      told.add(result);
      ObjectNode one = each.addObject().put("success", result instanceof Success);
      switch (result) {
        case Success(String recordId, ObjectNode data) -> {
          successes++;
          if (recordId != null) {
            one.put("recordId", recordId);
          }
          if (data != null) {
            one.set("data", data);
          }
        }
        case Failure _ -> {}
        case Progress _ -> throw new IllegalStateException("replaced above");
      }
    }
    if (request.batch()) {
      json.put("successCount", successes);
      json.put("failureCount", failures);
      json.set("results", each);
    } else {
      json.set("result", each.path(0));
    }
    List<Cause> causes = Cause.of(told);
    if (!causes.isEmpty()) {
      ArrayNode errors = json.putArray("errors");
      for (Cause cause : causes) {
        ObjectNode error =
            errors
                .addObject()
                .put("message", cause.text(request.batch(), Integer.MAX_VALUE))
                .put("outcome", cause.first().kind().text());
        if (request.batch()) {
          cause.indexes().forEach(error.putArray("records")::add);
        }
      }
    }
    return ApiResponse.json(failures == results.size() ? 422 : 200, json);
  }
}
