package io.pinferry.write;

import static io.pinferry.base.Field.field;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.IdSource;
import io.pinferry.base.Issue;
import io.pinferry.base.Json;
import io.pinferry.base.Log;
import io.pinferry.base.Nearest;
import io.pinferry.base.PinferryException;
import io.pinferry.base.PinferryException.Conflict;
import io.pinferry.base.PinferryException.InvalidRequest;
import io.pinferry.base.PinferryException.ProviderUnavailable;
import io.pinferry.base.Tasks;
import io.pinferry.client.PinterestClient;
import io.pinferry.directory.AccountId;
import io.pinferry.directory.DirectoryStore;
import io.pinferry.directory.DirectoryWrite;
import io.pinferry.directory.Installation;
import io.pinferry.directory.InstallationRepository;
import io.pinferry.directory.Integration;
import io.pinferry.directory.Versioned;
import io.pinferry.http.ApiResponse;
import io.pinferry.manifest.EffectiveConfig;
import io.pinferry.net.FileRelay;
import io.pinferry.operation.Operation;
import io.pinferry.operation.OperationId;
import io.pinferry.operation.Work;
import io.pinferry.write.Preparation.Prepared;
import io.pinferry.write.RecordResult.Failed;
import io.pinferry.write.RecordResult.Failure;
import io.pinferry.write.RecordResult.Succeeded;
import io.pinferry.write.RecordResult.UnderWay;
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
import org.jspecify.annotations.Nullable;

/** Writes one record or a batch, and answers when it is done, or when it is taken in. */
public final class Writes {
  /** An HTTP API gives up after 30 s; after this time no further record is begun. */
  static final Duration TAKING_TIME = Duration.ofSeconds(20);

  /** When the last request must have been answered. */
  static final Duration TIME_MAX = Duration.ofSeconds(27);

  /** An item of DynamoDB holds 400 kB, with all that is known of the record. */
  private static final int INPUT_BYTES_MAX = 300_000;

  /** How often a record tries to join a batch that others join at the same time. */
  private static final int JOINING_ROUNDS_MAX = 40;

  private static final Duration JOINING_PAUSE = Duration.ofMillis(10);

  private static final String UNDER_WAY =
      "not finished, and not failed: Pinterest still processes its video, then it is created. The"
          + " end of this operation tells, and write.async.done; do not repeat it";

  private final InstallationRepository installations;
  private final DirectoryStore directory;
  private final GatheredBatches batches;
  private final Preparation preparation;
  private final WriteOperations operations;
  private final WriteStore records;
  private final WriteCalls pinterest;
  private final FileRelay files;
  private final WriteQueue queue;
  private final IdSource ids;
  private final Tasks tasks;
  private final Log log;

  public Writes(
      DirectoryStore directory,
      WriteOperations operations,
      WriteStore records,
      Preparation preparation,
      WriteQueue queue,
      PinterestClient client,
      FileRelay files,
      IdSource ids,
      Tasks tasks,
      Log log) {
    this.installations = new InstallationRepository(directory);
    this.directory = directory;
    this.batches = new GatheredBatches(directory);
    this.preparation = preparation;
    this.queue = queue;
    this.operations = operations;
    this.records = records;
    this.pinterest = new WriteCalls(client, tasks, log);
    this.files = files;
    this.ids = ids;
    this.tasks = tasks;
    this.log = log;
  }

  /**
   * Writes, and answers in the contract's form: 200 if at least one record was written, or will be
   * tried to be, else 422.
   *
   * @param idempotency the caller's key, with what it stands for; null for none
   * @throws InvalidRequest if the group has not installed the integration, or does not write this
   * @throws Conflict if the key's first request is being worked on
   * @throws PinferryException if the account's token cannot be had, or nothing can be stored;
   *     nothing was sent then
   */
  ApiResponse write(
      Integration integration,
      String objectName,
      WriteRequest request,
      @Nullable IdempotencyKey idempotency) {
    Installation installation =
        installations
            .findOfGroup(integration.project(), integration.id(), request.groupRef())
            .map(Versioned::value)
            .orElseThrow(
                () ->
                    Issue.body("groupRef", "has not installed integration " + integration.name())
                        .malformed());
    EffectiveConfig config = installation.config().effective();
    if (!config.write().has(objectName)) {
      List<String> known = new ArrayList<>();
      config.write().fieldNames().forEachRemaining(known::add);
      throw Issue.path(
              "objectName",
              "is not written for this group"
                  + (known.isEmpty()
                      ? "; choose it under config.content.write.objects of the installation"
                      : "; written are " + String.join(", ", known))
                  + Nearest.hint(objectName, known))
          .malformed();
    }
    var id = new OperationId(ids.uuid());
    if (idempotency != null) {
      Optional<Operation> first = first(installation, idempotency);
      if (first.isPresent()) {
        return again(first.get(), request);
      }
    }
    Prepared prepared = preparation.prepare(installation, config, objectName, request);
    boolean sendable =
        prepared instanceof Prepared.Sendable some
            && some.records().stream().anyMatch(record -> record.issues().isEmpty());
    AccountId account = sendable ? pinterest.account(installation) : null;
    // What cannot be sent at all is answered at once, also to who would wait.
    WriteRequest now = sendable ? request : request.synchronous();
    if (now.gathering() != null && account != null) {
      return gathered(installation, objectName, now, account, idempotency);
    }
    if (now.deadline() != null) {
      records.put(id, tasks.now(), inputs(now));
    }
    Optional<Operation> started =
        operations.start(
            id, installation, objectName, now, account, claim(installation, id, idempotency));
    if (started.isEmpty()) {
      throw busy();
    }
    Operation operation = started.get();
    if (now.deadline() != null) {
      return accepted(operation);
    }
    List<RecordResult> results =
        switch (prepared) {
          case Prepared.Refused(String why) -> Sending.all(request, why);
          case Prepared.Sendable some -> sent(installation, request, some, operation);
        };
    if (results.stream().noneMatch(UnderWay.class::isInstance)) {
      if (idempotency != null) {
        keepAll(operation, results);
      }
      operations.end(operation, results, false);
    }
    return answer(operation.id(), request, results);
  }

  private List<DirectoryWrite> claim(
      Installation installation, OperationId id, @Nullable IdempotencyKey idempotency) {
    return idempotency == null
        ? List.of()
        : List.of(idempotency.claim(installation.id(), id, tasks.now()));
  }

  /** Lets a record join the batch of its kind, or begins one with it. */
  private ApiResponse gathered(
      Installation installation,
      String objectName,
      WriteRequest request,
      AccountId account,
      @Nullable IdempotencyKey idempotency) {
    var kind = new GatheredBatches.Kind(installation.id(), objectName, request.verb(), account);
    // Before it is in a batch, or the batch could be sent without it.
    var record = new OperationId(ids.uuid());
    records.put(record, tasks.now(), inputs(request));
    for (int round = 1; round <= JOINING_ROUNDS_MAX; round++) {
      GatheredBatches.Latest latest = batches.find(kind);
      GatheredBatches.Batch batch = latest.batch();
      if (batch == null) {
        var id = new OperationId(ids.uuid());
        Instant now = tasks.now().truncatedTo(ChronoUnit.MILLIS);
        List<DirectoryWrite> with = new ArrayList<>(claim(installation, id, idempotency));
        with.addAll(
            batches.opening(
                kind,
                latest,
                id,
                record,
                now,
                now.plus(Objects.requireNonNull(request.gathering()))));
        if (operations.start(id, installation, objectName, request, account, with).isPresent()) {
          return accepted(id);
        }
      } else if (batches
          .join(batch, record, claim(installation, batch.operation(), idempotency))
          .isEmpty()) {
        if (batch.recordCount() + 1 == GatheredBatches.RECORDS_MAX) {
          operations.find(batch.operation()).ifPresent(operations::sendSoon);
        }
        return accepted(batch.operation());
      }
      Optional<Operation> first =
          idempotency == null ? Optional.empty() : first(installation, idempotency);
      if (first.isPresent()) {
        return again(first.get(), request);
      }
      tasks.sleepUntil(tasks.now().plus(JOINING_PAUSE.multipliedBy(round)));
    }
    throw new ProviderUnavailable(
        "too many records join the batch of " + objectName + " just now; this one did not",
        tasks.now().plusSeconds(1),
        null);
  }

  private static Conflict busy() {
    return new Conflict(
        "the first request with this Idempotency-Key is still being worked on",
        "repeat this in some seconds, with the same key");
  }

  /** Returns the operation that a key began, if it was used before. */
  private Optional<Operation> first(Installation installation, IdempotencyKey idempotency) {
    return directory
        .find(idempotency.place(installation.id()))
        .map(
            document -> {
              OperationId first = idempotency.operationOf(document.json());
              return operations
                  .find(first)
                  .orElseThrow(
                      () -> new IllegalStateException(first + " was claimed and is not there"));
            });
  }

  /** Answers as the first time. */
  private ApiResponse again(Operation first, WriteRequest request) {
    Work.Timing timing = first.write().timing();
    if (timing.asynchronous() || (timing.deadline() != null && !first.ended())) {
      return accepted(first.id());
    }
    if (!first.ended()) {
      throw busy();
    }
    return answer(first.id(), request, operations.results(first));
  }

  private ApiResponse accepted(Operation operation) {
    try {
      queue.send(operation.id());
    } catch (PinferryException e) {
      // Its timer sends it within a minute.
      log.warn("write not sent to its queue", e, field("operation", operation.id()));
    }
    return accepted(operation.id());
  }

  private static ApiResponse accepted(OperationId operation) {
    return ApiResponse.json(200, Json.object().put("operationId", operation.value()));
  }

  private static List<String> inputs(WriteRequest request) {
    List<String> inputs = new ArrayList<>();
    for (int i = 0; i < request.records().size(); i++) {
      String input = Json.text(request.records().get(i));
      if (tooLongToBeKept(input)) {
        throw Issue.body(
                request.place(i),
                "is longer than 300 kB, which an asynchronous write cannot be: give a URL in place"
                    + " of the data, or write synchronously")
            .malformed();
      }
      inputs.add(input);
    }
    return inputs;
  }

  /** Keeps what was not sent, too, so that it is answered the same later, and stays so. */
  private void keepAll(Operation operation, List<RecordResult> results) {
    List<Callable<Boolean>> kept = new ArrayList<>();
    for (int i = 0; i < results.size(); i++) {
      int index = i;
      if (results.get(i) instanceof UnderWay) {
        continue;
      }
      kept.add(
          () -> {
            operations.keep(operation.id(), index, results.get(index));
            return true;
          });
    }
    tasks.all(kept);
  }

  private List<RecordResult> sent(
      Installation installation,
      WriteRequest request,
      Prepared.Sendable sendable,
      Operation operation) {
    var sender =
        new RecordSender(
            pinterest,
            files,
            records,
            tasks,
            log,
            new RecordSender.What(operation.id(), installation, sendable.object(), request.verb()),
            new Deadlines(
                operation.startedAt().plus(TAKING_TIME), operation.startedAt().plus(TIME_MAX)),
            ids.uuid(),
            RecordSender.Rest.HANDED_ON,
            Set.of());
    List<RecordResult> results =
        new Sending(
                sendable.object(),
                request,
                sendable.records(),
                Collections.nCopies(request.records().size(), null),
                sender)
            .results();
    boolean done = results.stream().noneMatch(UnderWay.class::isInstance);
    return done || handedOver(operation, request, results)
        ? results
        : results.stream().map(Writes::asItIs).toList();
  }

  /** Lets others bring to its end what Pinterest is still at; returns whether they will. */
  private boolean handedOver(
      Operation operation, WriteRequest request, List<RecordResult> results) {
    List<String> inputs = new ArrayList<>();
    for (int i = 0; i < results.size(); i++) {
      ObjectNode input = Json.object();
      if (results.get(i) instanceof UnderWay(_, ObjectNode known)) {
        ObjectNode record = request.records().get(i);
        input = VideoUpload.uploading(known) ? record : PreparedRecord.withoutVideo(record);
      }
      inputs.add(Json.text(input));
    }
    if (inputs.stream().anyMatch(Writes::tooLongToBeKept)) {
      return false;
    }
    keepAll(operation, results);
    return operations.handOver(operation, inputs);
  }

  private static RecordResult asItIs(RecordResult result) {
    return result instanceof UnderWay(Succeeded begun, ObjectNode known)
        ? begun == null ? RecordSender.unfinished(known) : begun
        : result;
  }

  private static boolean tooLongToBeKept(String input) {
    return input.getBytes(UTF_8).length > INPUT_BYTES_MAX;
  }

  private static ApiResponse answer(
      OperationId operation, WriteRequest request, List<RecordResult> results) {
    int failures = 0;
    int successes = 0;
    ObjectNode json = Json.object().put("operationId", operation.value());
    ArrayNode errors = json.arrayNode();
    ArrayNode each = json.arrayNode();
    for (int i = 0; i < results.size(); i++) {
      ObjectNode one = each.addObject();
      switch (results.get(i)) {
        case Succeeded succeeded -> {
          successes++;
          tell(succeeded, one);
        }
        case UnderWay(Succeeded begun, _) when begun != null -> {
          successes++;
          tell(begun, one);
        }
        case UnderWay _ when request.batch() -> {
          one.put("success", false);
          errors.addObject().put("message", new Failed(Failure.UNKNOWN, UNDER_WAY).in(i, true));
        }
        // As of an asynchronous write: nothing but what it is found by can be said yet.
        case UnderWay _ -> {
          return accepted(operation);
        }
        case Failed failed -> {
          failures++;
          one.put("success", false);
          errors.addObject().put("message", failed.in(i, request.batch()));
        }
      }
    }
    if (request.batch()) {
      json.put("successCount", successes);
      json.put("failureCount", failures);
      json.set("results", each);
    } else {
      json.set("result", each.path(0));
    }
    if (!errors.isEmpty()) {
      json.set("errors", errors);
    }
    return ApiResponse.json(failures == results.size() ? 422 : 200, json);
  }

  private static void tell(Succeeded succeeded, ObjectNode one) {
    one.put("success", true);
    if (succeeded.recordId() != null) {
      one.put("recordId", succeeded.recordId());
    }
    if (succeeded.data() != null) {
      one.set("data", succeeded.data());
    }
  }
}
