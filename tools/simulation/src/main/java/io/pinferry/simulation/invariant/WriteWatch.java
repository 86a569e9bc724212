package io.pinferry.simulation.invariant;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.base.Json;
import io.pinferry.net.HttpAnswer;
import io.pinferry.net.HttpCall;
import io.pinferry.net.HttpTransport;
import io.pinferry.operation.OperationId;
import io.pinferry.simulation.kernel.Journal;
import io.pinferry.simulation.kernel.SimulatedProcess;
import io.pinferry.write.WriteStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Turns work on writes, and reports about it, into events: requests to Pinterest, calls of the
 * store, answers, notifications and stored outcomes.
 */
public final class WriteWatch implements Listener {
  /** The header that each answer of Pinterest has, and none of an edge. */
  public static final String REQUEST_ID = "x-pinterest-rid";

  private static final Pattern PLACE = Pattern.compile("^batch\\[(\\d+)]");

  /** Further records with the same cause, as numbers and ranges. */
  private static final Pattern OTHERS =
      Pattern.compile("; the same for \\d+ more: batch\\[([0-9, -]+)]$");

  private final Journal journal;
  private final Observer observer;
  private final WriteLedger ledger;

  /** The numbers of the writes that a process works on. */
  private final Map<SimulatedProcess, Set<Integer>> work = new HashMap<>();

  public WriteWatch(Journal journal, Observer observer, WriteLedger ledger) {
    this.journal = journal;
    this.observer = observer;
    this.ledger = ledger;
  }

  @Override
  public void on(Event event) {
    if (event instanceof Event.MessageReceipt receipt
        && receipt.notificationType().equals("write.async.done")) {
      var operation = new OperationId(receipt.data().path("operationId").asText());
      ledger.find(operation).ifPresent(write -> reportNotification(write, receipt.data()));
    }
  }

  // ------------------------------------------------------------------------------ Pinterest

  /** Notes how Pinterest handled a request, even if the answer is lost. */
  public void handled(HttpCall call, int status, String answer) {
    boolean gone = status == 404;
    if (call.method().equals("GET")) {
      if (gone) {
        observer.on(new Event.MediumLoss(lastSegment(call)));
      }
      return;
    }
    List<String> traces = WriteTraces.of(call);
    if ((status >= 200 && status < 300) || (gone && call.method().equals("DELETE"))) {
      JsonNode json = Json.trusted(answer.isEmpty() ? "{}" : answer);
      for (int i = 0; i < traces.size(); i++) {
        String trace = traces.get(i);
        String id = idOf(call, json.isArray() ? json.path(i) : json);
        journal.note("Pinterest did " + call.method() + " " + trace + ", " + id);
        observer.on(new Event.WriteEffect(trace, id, call));
      }
    } else if (isRefusal(status)) {
      traces.forEach(trace -> observer.on(new Event.WriteRefusal(trace)));
    }
  }

  /** Notes that an edge answered a request in place of Pinterest. */
  public void refusedByEdge(HttpCall call) {
    if (!call.method().equals("GET")) {
      WriteTraces.of(call).forEach(trace -> observer.on(new Event.WriteRefusal(trace)));
    }
  }

  /** Returns the way of a process, watched for registrations of media that are refused. */
  public HttpTransport way(HttpTransport inner, SimulatedProcess process) {
    return call -> {
      HttpAnswer answer = inner.send(call);
      boolean registers = call.method().equals("POST") && call.uri().getPath().equals("/v5/media");
      if (registers && (isRefusal(answer.status()) || !answer.headers().containsKey(REQUEST_ID))) {
        observer.on(new Event.RegistrationRefusal(work.getOrDefault(process, Set.of())));
      }
      return answer;
    };
  }

  private static boolean isRefusal(int status) {
    return (status >= 400 && status < 500) || status == 501;
  }

  private static String idOf(HttpCall call, JsonNode answer) {
    if (call.method().equals("DELETE")) {
      return lastSegment(call);
    }
    return answer.isValueNode()
        ? answer.asText()
        : answer.path(answer.has("token") ? "token" : "id").asText();
  }

  private static String lastSegment(HttpCall call) {
    String path = call.uri().getPath();
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /** Notes that the answer to a request is lost. */
  public void lost(HttpCall call) {
    WriteTraces.of(call).forEach(trace -> observer.on(new Event.WriteLoss(trace)));
  }

  // ------------------------------------------------------------------------------ the store

  /**
   * Returns the store, watched.
   *
   * @param write the request that the process serves; null for the worker, which serves any
   */
  public WriteStore store(
      WriteStore inner, @Nullable SimulatedWrite write, SimulatedProcess process) {
    if (write != null) {
      noteWork(process, write);
      process.onDisturbance(() -> observer.on(new Event.WriteDisturbance(write.number())));
    }
    return new WriteStore() {
      @Override
      public void put(OperationId operation, Instant at, List<String> inputs) {
        if (write != null) {
          observer.on(new Event.WriteOperation(operation, write));
        }
        inner.put(operation, at, inputs);
      }

      @Override
      public boolean mark(OperationId operation, int index, Mark mark, @Nullable String input) {
        noteWorkOn(operation);
        return inner.mark(operation, index, mark, input);
      }

      @Override
      public void unmark(OperationId operation, int index, String by) {
        inner.unmark(operation, index, by);
      }

      @Override
      public void progress(OperationId operation, int index, Instant at, String progress) {
        inner.progress(operation, index, at, progress);
      }

      @Override
      public void keep(OperationId operation, int index, Instant at, String outcome) {
        noteWorkOn(operation);
        inner.keep(operation, index, at, outcome);
      }

      @Override
      public List<RecordState> recordsOf(OperationId operation) {
        return inner.recordsOf(operation);
      }

      @Override
      public OptionalInt tryLease(OperationId operation, String by, Instant now, Instant until) {
        noteWorkOn(operation);
        return inner.tryLease(operation, by, now, until);
      }

      @Override
      public boolean isLeased(OperationId operation, Instant now) {
        return inner.isLeased(operation, now);
      }

      @Override
      public void release(OperationId operation, String by, Instant notBefore) {
        inner.release(operation, by, notBefore);
      }

      @Override
      public void remove(OperationId operation) {
        inner.remove(operation);
      }

      private void noteWorkOn(OperationId operation) {
        if (write != null) {
          observer.on(new Event.WriteOperation(operation, write));
          return;
        }
        ledger
            .find(operation)
            .ifPresent(
                found -> {
                  noteWork(process, found);
                  process.onDisturbance(
                      () -> observer.on(new Event.WriteDisturbance(found.number())));
                });
      }
    };
  }

  private void noteWork(SimulatedProcess process, SimulatedWrite write) {
    work.computeIfAbsent(process, _ -> new HashSet<>()).add(write.number());
  }

  // ------------------------------------------------------------------------------ reports

  /** Notes the answer to a write. */
  public void answered(SimulatedWrite write, JsonNode answer) {
    observer.on(new Event.WriteAnswer(write, answer));
    boolean goesOn = write.asynchronous() || ledger.wasHandedOver(write);
    if (goesOn && !answer.has("result") && !answer.has("results")) {
      var operation = new OperationId(answer.path("operationId").asText());
      observer.on(new Event.WriteOperation(operation, write));
      return;
    }
    JsonNode results =
        write.batch()
            ? answer.path("results")
            : Json.object().arrayNode().add(answer.path("result"));
    Map<Integer, String> errors = new HashMap<>();
    answer.path("errors").forEach(error -> add(write, error.path("message").asText(), errors));
    List<RecordOutcome> outcomes = new ArrayList<>();
    for (int i = 0; i < results.size() && results.size() == write.records().size(); i++) {
      outcomes.add(
          results.path(i).path("success").asBoolean()
              ? new RecordOutcome.Success(i, results.path(i).path("recordId").asText())
              : new RecordOutcome.Failure(i, errors.getOrDefault(i, "no message")));
    }
    report(write, results.size(), outcomes);
  }

  private void reportNotification(SimulatedWrite write, JsonNode data) {
    Map<Integer, String> errors = new HashMap<>();
    data.path("errors").forEach(error -> add(write, error.asText(), errors));
    List<String> ids = new ArrayList<>();
    data.path("successfulRecordIds").forEach(id -> ids.add(id.asText()));
    List<RecordOutcome> outcomes = new ArrayList<>();
    for (int i = 0; i < write.records().size(); i++) {
      String error = errors.get(i);
      if (error != null) {
        outcomes.add(new RecordOutcome.Failure(i, error));
      } else {
        Optional<String> id = ledger.present(write, i).stream().filter(ids::contains).findFirst();
        outcomes.add(new RecordOutcome.Success(i, id.orElse("none of " + ids)));
      }
    }
    report(write, ids.size() + errors.size(), outcomes);
  }

  private void report(SimulatedWrite write, int count, List<RecordOutcome> outcomes) {
    List<RecordOutcome> finalOutcomes =
        outcomes.stream().filter(outcome -> !isPreliminary(write, outcome)).toList();
    observer.on(new Event.WriteReport(write, count, finalOutcomes));
  }

  /** A later report tells the final outcome. */
  private boolean isPreliminary(SimulatedWrite write, RecordOutcome outcome) {
    return ledger.wasHandedOver(write)
        && outcome instanceof RecordOutcome.Failure failure
        && failure.isPreliminary();
  }

  /** Adds an error message under the indexes of its records. */
  private static void add(SimulatedWrite write, String message, Map<Integer, String> errors) {
    Matcher place = PLACE.matcher(message);
    errors.put(write.batch() && place.find() ? Integer.parseInt(place.group(1)) : 0, message);
    Matcher others = OTHERS.matcher(message);
    if (others.find()) {
      for (String range : others.group(1).split(", ", -1)) {
        String[] ends = range.split("-", -1);
        int last = Integer.parseInt(ends[ends.length - 1]);
        for (int i = Integer.parseInt(ends[0]); i <= last; i++) {
          errors.put(i, message);
        }
      }
    }
  }

  /** Reports the outcomes as they are stored at the end of a run. */
  public void reportStored(WriteStore store) {
    ledger.writes().forEach((operation, write) -> reportStored(store, operation, write));
  }

  private void reportStored(WriteStore store, OperationId operation, SimulatedWrite write) {
    List<RecordOutcome> outcomes =
        store.recordsOf(operation).stream()
            // Behind the records other things may be stored.
            .filter(record -> record.index() < write.records().size())
            .filter(record -> record.outcome() != null)
            .map(record -> outcome(record.index(), String.valueOf(record.outcome())))
            .toList();
    report(write, write.records().size(), outcomes);
  }

  private static RecordOutcome outcome(int index, String stored) {
    JsonNode json = Json.trusted(stored);
    if (!json.has("failure")) {
      return new RecordOutcome.Success(index, json.path("recordId").asText());
    }
    boolean unknown = json.path("failure").asText().equals("UNKNOWN");
    return new RecordOutcome.Failure(
        index, (unknown ? "outcome unknown: " : "") + json.path("message").asText());
  }
}
