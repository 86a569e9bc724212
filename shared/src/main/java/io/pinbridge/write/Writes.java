package io.pinbridge.write;

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
import io.pinbridge.directory.DestinationRules;
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
import io.pinbridge.net.FileRelay;
import io.pinbridge.pinterest.PinterestWrites;
import io.pinbridge.pinterest.WritableObject;
import io.pinbridge.pinterest.WriteCall;
import io.pinbridge.pinterest.WriteCatalogue;
import io.pinbridge.pinterest.WriteVerb;
import io.pinbridge.read.Operation;
import io.pinbridge.read.OperationId;
import io.pinbridge.write.PinterestCalls.Limits;
import io.pinbridge.write.RecordResult.Failed;
import io.pinbridge.write.RecordResult.Succeeded;
import io.pinbridge.write.RecordSender.Numbered;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Writes one record or a batch, and answers when it is done. */
public final class Writes {
  /** An HTTP API gives up after 30 s; after this time no further record is begun. */
  static final Duration TAKING_TIME = Duration.ofSeconds(20);

  /** When the last request must have been answered. */
  static final Duration TIME_MAX = Duration.ofSeconds(27);

  private static final int ISSUES_SHOWN_MAX = 20;

  private final InstallationRepository installations;
  private final IntegrationRepository integrations;
  private final WriteOperations operations;
  private final WriteStore records;
  private final PinterestCalls pinterest;
  private final FileRelay files;
  private final DestinationRules rules;
  private final IdSource ids;
  private final Tasks tasks;
  private final Log log;

  /**
   * @param rules which addresses a video may be fetched from
   */
  public Writes(
      DirectoryStore directory,
      WriteOperations operations,
      WriteStore records,
      AccessTokens tokens,
      Budgets budgets,
      PinterestWrites pinterest,
      FileRelay files,
      DestinationRules rules,
      IdSource ids,
      Tasks tasks,
      Log log) {
    this.installations = new InstallationRepository(directory);
    this.integrations = new IntegrationRepository(directory);
    this.operations = operations;
    this.records = records;
    this.pinterest = new PinterestCalls(tokens, budgets, pinterest, tasks, log);
    this.files = files;
    this.rules = rules;
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
    Prepared prepared = prepared(installation, config, objectName, request);
    if (prepared instanceof Prepared.Sendable sendable
        && sendable.records().stream().anyMatch(record -> record.issues().isEmpty())) {
      // A token that cannot be had stops the request before anything is stored or sent.
      pinterest.requireToken(installation);
    }
    Operation operation =
        operations.start(new OperationId(ids.uuid()), installation, objectName, request);
    List<RecordResult> results =
        switch (prepared) {
          case Prepared.Refused(String why) -> all(request, why);
          case Prepared.Sendable sendable -> sent(installation, request, sendable, operation);
        };
    operations.end(operation, results);
    return answer(operation.id(), request, results);
  }

  /** A request that was looked at. */
  private sealed interface Prepared {
    /** None of it can be sent. */
    record Refused(String why) implements Prepared {}

    /**
     * It can be sent, as far as its records have no issues.
     *
     * @param call the object's request for the verb
     */
    record Sendable(WritableObject object, WriteCall call, List<PreparedRecord> records)
        implements Prepared {}
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
            new RecordSender.What(
                operation.id(), installation, sendable.object(), request.verb(), sendable.call()),
            new Limits(
                operation.startedAt().plus(TAKING_TIME), operation.startedAt().plus(TIME_MAX)),
            ids.uuid());
    return new Sending(sendable.object(), request, sendable.records(), sender).results();
  }

  private Prepared prepared(
      Installation installation, EffectiveConfig config, String objectName, WriteRequest request) {
    WritableObject object = WriteCatalogue.find(objectName).orElse(null);
    if (object == null) {
      return new Prepared.Refused(
          objectName
              + " cannot be written yet; nothing was sent to Pinterest. Call POST /v5/"
              + objectName
              + " through the proxy instead");
    }
    WriteVerb verb = request.verb();
    WriteCall call = object.find(verb).orElse(null);
    if (call == null) {
      return new Prepared.Refused(
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
      return new Prepared.Refused(
          "this group does not permit deletes of "
              + objectName
              + "; set deletionSettings.enabled of the object in the installation's config. Nothing"
              + " was sent to Pinterest");
    }
    List<PreparedRecord> prepared = new ArrayList<>();
    for (int i = 0; i < request.records().size(); i++) {
      prepared.add(
          PreparedRecord.of(
              object, verb, call, settings, request.records().get(i), request.place(i), rules));
    }
    return new Prepared.Sendable(object, call, prepared);
  }

  private static List<RecordResult> all(WriteRequest request, String message) {
    return request.records().stream().map(record -> RecordResult.refused(message)).toList();
  }

  /** Chooses which records are sent, and how. */
  private record Sending(
      WritableObject object,
      WriteRequest request,
      List<PreparedRecord> prepared,
      RecordSender sender) {
    List<RecordResult> results() {
      List<Numbered> valid =
          IntStream.range(0, prepared.size())
              .mapToObj(i -> new Numbered(i, prepared.get(i)))
              .filter(numbered -> numbered.record().issues().isEmpty())
              .toList();
      boolean several = prepared.size() > 1;
      if (request.allOrNone() && several) {
        if (valid.size() < prepared.size()) {
          return merged(
              valid.stream()
                  .map(
                      record ->
                          RecordResult.refused(
                              "not attempted: allOrNone is set and another record is wrong"))
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
        RecordSender.Together together = sender.createTogether(createMany(), valid);
        if (together.refusal() == null) {
          return merged(together.results());
        }
        if (request.allOrNone()) {
          return all(request, together.refusal());
        }
        // Pinterest created none, perhaps because of one: each for itself tells which.
      }
      return merged(sender.send(valid));
    }

    private boolean together(List<Numbered> records) {
      return object.createMany() != null
          && request.verb() == WriteVerb.CREATE
          && records.stream().map(numbered -> numbered.record().parameters()).distinct().count()
              == 1;
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
      return RecordResult.refused(
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
        case Failed(_, String message) -> {
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
