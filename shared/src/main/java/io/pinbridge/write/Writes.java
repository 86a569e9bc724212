package io.pinbridge.write;

import static io.pinbridge.base.Field.field;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinbridge.base.IdSource;
import io.pinbridge.base.Issue;
import io.pinbridge.base.Json;
import io.pinbridge.base.Log;
import io.pinbridge.base.Nearest;
import io.pinbridge.base.PinbridgeException;
import io.pinbridge.base.PinbridgeException.InvalidRequest;
import io.pinbridge.base.Tasks;
import io.pinbridge.connection.AccessTokens;
import io.pinbridge.directory.DirectoryStore;
import io.pinbridge.directory.Installation;
import io.pinbridge.directory.InstallationRepository;
import io.pinbridge.directory.Integration;
import io.pinbridge.directory.IntegrationRepository;
import io.pinbridge.directory.Versioned;
import io.pinbridge.http.ApiResponse;
import io.pinbridge.limit.Budgets;
import io.pinbridge.manifest.EffectiveConfig;
import io.pinbridge.manifest.EffectiveRead;
import io.pinbridge.manifest.FieldPath;
import io.pinbridge.manifest.IntegrationRevision;
import io.pinbridge.manifest.ManifestField;
import io.pinbridge.manifest.ReadObject;
import io.pinbridge.pinterest.PinterestWrites;
import io.pinbridge.pinterest.WritableObject;
import io.pinbridge.pinterest.WriteCall;
import io.pinbridge.pinterest.WriteCatalogue;
import io.pinbridge.pinterest.WriteVerb;
import io.pinbridge.read.Operation;
import io.pinbridge.read.OperationId;
import io.pinbridge.read.OperationStatus;
import io.pinbridge.read.ReadStore;
import io.pinbridge.read.ReadStore.LogLine;
import io.pinbridge.read.ReadTransaction;
import io.pinbridge.read.ReadType;
import io.pinbridge.write.RecordResult.Failed;
import io.pinbridge.write.RecordResult.Succeeded;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Writes one record or a batch, and answers when it is done. */
public final class Writes {
  private static final int ISSUES_SHOWN_MAX = 20;

  private final InstallationRepository installations;
  private final IntegrationRepository integrations;
  private final ReadStore operations;
  private final AccessTokens tokens;
  private final Budgets budgets;
  private final PinterestWrites pinterest;
  private final IdSource ids;
  private final Tasks tasks;
  private final Log log;

  public Writes(
      DirectoryStore directory,
      ReadStore operations,
      AccessTokens tokens,
      Budgets budgets,
      PinterestWrites pinterest,
      IdSource ids,
      Tasks tasks,
      Log log) {
    this.installations = new InstallationRepository(directory);
    this.integrations = new IntegrationRepository(directory);
    this.operations = operations;
    this.tokens = tokens;
    this.budgets = budgets;
    this.pinterest = pinterest;
    this.ids = ids;
    this.tasks = tasks;
    this.log = log;
  }

  /**
   * Writes, and answers in the contract's form: 200 if at least one record was written, else 422.
   *
   * @throws InvalidRequest if the group has not installed the integration, or does not write this
   * @throws PinbridgeException if the account's token cannot be had; nothing was sent then
   */
  ApiResponse write(Integration integration, String objectName, WriteRequest request) {
    Instant start = tasks.now();
    Installation installation =
        installations
            .findOfGroup(integration.project(), integration.id(), request.groupRef())
            .map(Versioned::value)
            .orElseThrow(
                () ->
                    InvalidRequest.malformed(
                        Issue.body(
                            "groupRef",
                            null,
                            "has not installed integration " + integration.name())));
    EffectiveConfig config =
        EffectiveConfig.fromJson(Json.trusted(installation.config().effective()));
    if (!config.write().has(objectName)) {
      List<String> known = new ArrayList<>();
      config.write().fieldNames().forEachRemaining(known::add);
      throw InvalidRequest.malformed(
          Issue.path(
              "objectName",
              null,
              "is not written for this group"
                  + (known.isEmpty()
                      ? "; choose it under config.content.write.objects of the installation"
                      : "; written are " + String.join(", ", known))
                  + Nearest.hint(objectName, known)));
    }
    List<RecordResult> results = results(installation, config, objectName, request, start);
    OperationId operation = keep(installation, objectName, request, results, start);
    return answer(operation, request, results);
  }

  private List<RecordResult> results(
      Installation installation,
      EffectiveConfig config,
      String objectName,
      WriteRequest request,
      Instant start) {
    WritableObject object = WriteCatalogue.find(objectName).orElse(null);
    if (object == null) {
      return all(
          request,
          objectName
              + " cannot be written yet; nothing was sent to Pinterest. Call POST /v5/"
              + objectName
              + " through the proxy instead");
    }
    WriteVerb verb = request.verb();
    WriteCall call = object.find(verb).orElse(null);
    if (call == null) {
      return all(
          request,
          "Pinterest has no "
              + verb.text()
              + " for "
              + objectName
              + ", only "
              + object.calls().keySet().stream()
                  .map(WriteVerb::text)
                  .collect(Collectors.joining(", "))
              + "; nothing was sent");
    }
    WriteSettings settings = settings(installation, config, objectName);
    if (verb == WriteVerb.DELETE && !settings.deletes()) {
      return all(
          request,
          "this group does not permit deletes of "
              + objectName
              + "; set deletionSettings.enabled of the object in the installation's config. Nothing"
              + " was sent to Pinterest");
    }
    List<PreparedRecord> prepared = new ArrayList<>();
    for (int i = 0; i < request.records().size(); i++) {
      prepared.add(
          PreparedRecord.of(
              object, verb, call, settings, request.records().get(i), request.place(i)));
    }
    return new Sending(
            object,
            request,
            prepared,
            new RecordSender(
                tokens, budgets, pinterest, tasks, installation, object, verb, call, start))
        .results();
  }

  private static List<RecordResult> all(WriteRequest request, String message) {
    return request.records().stream().<RecordResult>map(record -> new Failed(message)).toList();
  }

  /** Chooses which records are sent, and how. */
  private record Sending(
      WritableObject object,
      WriteRequest request,
      List<PreparedRecord> prepared,
      RecordSender sender) {
    List<RecordResult> results() {
      List<PreparedRecord> valid =
          prepared.stream().filter(record -> record.issues().isEmpty()).toList();
      boolean several = prepared.size() > 1;
      if (request.allOrNone() && several) {
        if (valid.size() < prepared.size()) {
          return merged(
              valid.stream()
                  .<RecordResult>map(
                      record ->
                          new Failed("not attempted: allOrNone is set and another record is wrong"))
                  .toList());
        }
        if (!together(valid)) {
          return all(
              request,
              "not attempted: Pinterest writes "
                  + object.name()
                  + " one by one, so allOrNone cannot be kept; send them without it, or one at a"
                  + " time");
        }
      }
      if (valid.isEmpty()) {
        return merged(List.of());
      }
      if (valid.size() > 1 && together(valid)) {
        RecordSender.Many many = sender.createTogether(createMany(), valid);
        if (many.refusal() == null) {
          return merged(many.results());
        }
        if (request.allOrNone()) {
          return all(request, many.refusal());
        }
        // Pinterest created none, perhaps because of one: each for itself tells which.
      }
      return merged(sender.send(valid));
    }

    private boolean together(List<PreparedRecord> records) {
      return object.createMany() != null
          && request.verb() == WriteVerb.CREATE
          && records.stream().map(PreparedRecord::parameters).distinct().count() == 1;
    }

    private WriteCall createMany() {
      WriteCall many = object.createMany();
      if (many == null) {
        throw new IllegalStateException(object.name() + " has no request for several");
      }
      return many;
    }

    /** Puts the results of what was sent between those of what is wrong. */
    private List<RecordResult> merged(List<RecordResult> sent) {
      var next = sent.iterator();
      return prepared.stream()
          .map(record -> record.issues().isEmpty() ? next.next() : invalid(record.issues()))
          .toList();
    }

    private static RecordResult invalid(List<Issue> issues) {
      return new Failed(
          issues.stream()
              .limit(ISSUES_SHOWN_MAX)
              .map(issue -> issue.name() + ": " + issue.detail())
              .collect(Collectors.joining("; ")));
    }
  }

  private WriteSettings settings(
      Installation installation, EffectiveConfig config, String objectName) {
    IntegrationRevision revision =
        integrations
            .findRevision(
                installation.project(),
                installation.integration(),
                installation.config().revision())
            .map(stored -> Json.trusted(stored.content()))
            .map(content -> content instanceof ObjectNode object ? object : Json.object())
            .map(IntegrationRevision::fromContent)
            .orElse(null);
    boolean inherits =
        revision != null
            && revision.findWrite(objectName).filter(write -> write.inheritMapping()).isPresent();
    EffectiveRead read = inherits ? config.findRead(objectName).orElse(null) : null;
    Set<FieldPath> leftBlank = new HashSet<>();
    if (revision != null && read != null) {
      revision.findRead(objectName).ifPresent(object -> slots(object).forEach(leftBlank::add));
      leftBlank.removeAll(read.mappings().keySet());
    }
    return new WriteSettings(config.write().path(objectName), read, leftBlank);
  }

  private static Stream<FieldPath> slots(ReadObject object) {
    return Stream.concat(object.requiredFields().stream(), object.optionalFields().stream())
        .filter(ManifestField.Slot.class::isInstance)
        .map(slot -> ((ManifestField.Slot) slot).mapTo());
  }

  /** Stores the operation after it, so that none is ever seen in progress that nobody works on. */
  private OperationId keep(
      Installation installation,
      String objectName,
      WriteRequest request,
      List<RecordResult> results,
      Instant start) {
    var id = new OperationId(ids.uuid());
    long failed = results.stream().filter(Failed.class::isInstance).count();
    String summary =
        "["
            + objectName
            + "] "
            + request.verb().text()
            + ": "
            + (results.size() - failed)
            + " of "
            + results.size()
            + " written";
    Instant end = tasks.now().truncatedTo(ChronoUnit.MILLIS);
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
            Json.text(Json.object().put("type", request.verb().text())),
            start.truncatedTo(ChronoUnit.MILLIS),
            failed == 0 ? OperationStatus.SUCCESS : OperationStatus.FAILURE,
            summary,
            end);
    try {
      operations.commit(
          new ReadTransaction(
              List.of(),
              List.of(),
              List.of(),
              List.of(new ReadTransaction.Start(operation, List.of()))));
      operations.log(
          id,
          new LogLine(end, "outcome", failed == 0 ? "INFO" : "ERROR", summary, details(results)));
    } catch (PinbridgeException e) {
      // The records are written; to say something else would make the caller write them again.
      log.error(
          "write not kept as an operation",
          e,
          field("operation", id),
          field("installation", installation.id()),
          field("object", objectName));
    }
    return id;
  }

  private static @Nullable String details(List<RecordResult> results) {
    ObjectNode details = Json.object();
    for (int i = 0; i < results.size() && details.size() < ISSUES_SHOWN_MAX; i++) {
      if (results.get(i) instanceof Failed failed) {
        details.put("record " + i, failed.message());
      }
    }
    return details.isEmpty() ? null : Json.text(details);
  }

  private static ApiResponse answer(
      OperationId operation, WriteRequest request, List<RecordResult> results) {
    ObjectNode json = Json.object().put("operationId", operation.value());
    int failures = 0;
    ArrayNode errors = json.arrayNode();
    ArrayNode each = json.arrayNode();
    for (int i = 0; i < results.size(); i++) {
      ObjectNode one = each.addObject();
      switch (results.get(i)) {
        case Succeeded(String recordId, ObjectNode data) -> {
          one.put("success", true);
          if (recordId != null) {
            one.put("recordId", recordId);
          }
          if (data != null) {
            one.set("data", data);
          }
        }
        case Failed(String message) -> {
          failures++;
          one.put("success", false);
          errors
              .addObject()
              .put(
                  "message",
                  request.batch() && !message.startsWith("batch[")
                      ? "batch[" + i + "]: " + message
                      : message);
        }
      }
    }
    if (request.batch()) {
      json.put("successCount", results.size() - failures);
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
}
