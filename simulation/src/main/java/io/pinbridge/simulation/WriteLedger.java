package io.pinbridge.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinbridge.base.Json;
import io.pinbridge.net.HttpCall;
import io.pinbridge.read.OperationId;
import io.pinbridge.write.WriteStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What products asked to be written, what Pinterest did of it, and what the products were told: two
 * creations for one record, or a word that is not so, are violations.
 */
final class WriteLedger {
  private static final Pattern MARK = Pattern.compile("<w\\d+\\.\\d+>");
  private static final Pattern PLACE = Pattern.compile("^batch\\[(\\d+)]");

  private final Observer observer;
  private final Map<Integer, AskedWrite> asked = new HashMap<>();

  /** The ids of what Pinterest created, by the record's mark. */
  private final Map<String, List<String>> created = new HashMap<>();

  /** Marks of records that Pinterest refused at least once. */
  private final Set<String> refused = new HashSet<>();

  /** Marks of records of which an answer was lost. */
  private final Set<String> lost = new HashSet<>();

  /** Whose outcome may be unknown, since whoever worked on it was killed or could not keep it. */
  private final Set<Integer> interrupted = new HashSet<>();

  private final Map<OperationId, AskedWrite> askedOf = new HashMap<>();

  /** The first answer to each key. */
  private final Map<String, JsonNode> answerOfKey = new HashMap<>();

  private int records;

  WriteLedger(Observer observer) {
    this.observer = observer;
  }

  /** Returns how many records were asked to be written. */
  int records() {
    return records;
  }

  boolean empty() {
    return asked.isEmpty();
  }

  /** Takes note of a request. */
  void asked(AskedWrite write) {
    if (asked.put(write.number(), write) == null) {
      records += write.records().size();
    }
  }

  /** Takes note of what Pinterest did of a request, whatever becomes of its answer. */
  void carriedOut(HttpCall call, int status, String answer) {
    if (!call.method().equals("POST")) {
      return;
    }
    List<String> marks = marks(call);
    if (status >= 200 && status < 300 && !marks.isEmpty()) {
      JsonNode json = Json.trusted(answer);
      for (int i = 0; i < marks.size(); i++) {
        String id = json.isArray() ? json.path(i).asText() : json.path("id").asText();
        List<String> ids = created.computeIfAbsent(marks.get(i), _ -> new ArrayList<>());
        ids.add(id);
        observer.event("Pinterest created " + marks.get(i) + " as " + id);
        if (ids.size() > 1) {
          observer.violated("at-most-once", marks.get(i) + " was created as " + ids);
        }
      }
    } else if ((status >= 400 && status < 500) || status == 501) {
      refused.addAll(marks);
    }
  }

  /** Takes note that nobody learns what became of a request. */
  void lost(HttpCall call) {
    lost.addAll(marks(call));
  }

  private static List<String> marks(HttpCall call) {
    byte[] body = call.body();
    return body == null || call.method().equals("GET")
        ? List.of()
        : MARK.matcher(new String(body, UTF_8)).results().map(found -> found.group()).toList();
  }

  /**
   * Returns the store with this looking on.
   *
   * @param write whose records are kept there; null for the worker, which works on any
   * @param invocation who uses it
   */
  WriteStore store(WriteStore inner, @Nullable AskedWrite write, Invocation invocation) {
    return new WriteStore() {
      @Override
      public void put(OperationId operation, java.time.Instant at, List<String> inputs) {
        if (write != null) {
          askedOf.put(operation, write);
        }
        inner.put(operation, at, inputs);
      }

      @Override
      public boolean mark(OperationId operation, int index, Mark mark) {
        workedOn(operation);
        return inner.mark(operation, index, mark);
      }

      @Override
      public void unmark(OperationId operation, int index, String by) {
        inner.unmark(operation, index, by);
      }

      @Override
      public void progress(
          OperationId operation, int index, java.time.Instant at, String progress) {
        inner.progress(operation, index, at, progress);
      }

      @Override
      public void keep(OperationId operation, int index, java.time.Instant at, String outcome) {
        workedOn(operation);
        inner.keep(operation, index, at, outcome);
      }

      @Override
      public List<KeptRecord> recordsOf(OperationId operation) {
        return inner.recordsOf(operation);
      }

      @Override
      public java.util.OptionalInt tryLease(
          OperationId operation, String by, java.time.Instant now, java.time.Instant until) {
        workedOn(operation);
        return inner.tryLease(operation, by, now, until);
      }

      @Override
      public void release(OperationId operation, String by, java.time.Instant notBefore) {
        inner.release(operation, by, notBefore);
      }

      private void workedOn(OperationId operation) {
        AskedWrite worked = write == null ? askedOf.get(operation) : write;
        if (worked != null) {
          askedOf.put(operation, worked);
          invocation.whenTroubled(() -> interrupted.add(worked.number()));
        }
      }
    };
  }

  /** Looks at an answer that says what became of each record. */
  void answered(AskedWrite write, JsonNode answer) {
    String key = write.key();
    JsonNode first = key == null ? null : answerOfKey.putIfAbsent(key, answer);
    if (first != null && !first.equals(answer) && !interrupted.contains(write.number())) {
      observer.violated("replays", "key " + key + " was answered " + first + ", then " + answer);
    }
    if (write.later() && !answer.has("result") && !answer.has("results")) {
      askedOf.put(new OperationId(answer.path("operationId").asText()), write);
      return;
    }
    JsonNode results =
        write.batch()
            ? answer.path("results")
            : Json.object().arrayNode().add(answer.path("result"));
    Map<Integer, String> errors = errors(write, answer.path("errors"));
    if (results.size() != write.records().size()) {
      observer.violated("truthful", "an answer of " + results.size() + " for " + write);
      return;
    }
    for (int i = 0; i < results.size(); i++) {
      if (results.path(i).path("success").asBoolean()) {
        written(write, i, results.path(i).path("recordId").asText());
      } else {
        notWritten(write, i, errors.getOrDefault(i, "nothing is said"));
      }
    }
  }

  /** Looks at the notification of a write's end. */
  void told(JsonNode data) {
    AskedWrite write = askedOf.get(new OperationId(data.path("operationId").asText()));
    if (write == null) {
      observer.violated("truthful", "told of a write that nobody asked for: " + data);
      return;
    }
    Map<Integer, String> errors = errors(write, Json.object().arrayNode());
    data.path("errors").forEach(error -> place(write, error.asText(), errors));
    Set<String> ids = new HashSet<>();
    data.path("successfulRecordIds").forEach(id -> ids.add(id.asText()));
    if (ids.size() + errors.size() != write.records().size()) {
      observer.violated("truthful", ids + " and " + errors + " are not all records of " + write);
    }
    for (int i = 0; i < write.records().size(); i++) {
      String message = errors.get(i);
      if (message != null) {
        notWritten(write, i, message);
      } else {
        List<String> there = created.getOrDefault(write.mark(i), List.of());
        if (there.size() != 1 || !ids.contains(there.getFirst())) {
          observer.violated(
              "truthful", write.mark(i) + " is told to be written in " + ids + " but is " + there);
        }
      }
    }
  }

  private static Map<Integer, String> errors(AskedWrite write, JsonNode errors) {
    Map<Integer, String> messages = new HashMap<>();
    errors.forEach(error -> place(write, error.path("message").asText(), messages));
    return messages;
  }

  private static void place(AskedWrite write, String message, Map<Integer, String> messages) {
    Matcher place = PLACE.matcher(message);
    messages.put(write.batch() && place.find() ? Integer.parseInt(place.group(1)) : 0, message);
  }

  /** Looks at an outcome as it is kept. */
  void kept(OperationId operation, int index, String outcome) {
    AskedWrite write = askedOf.get(operation);
    if (write == null) {
      return;
    }
    JsonNode json = Json.trusted(outcome);
    if (json.has("failure")) {
      boolean unknown = json.path("failure").asText().equals("UNKNOWN");
      notWritten(
          write, index, (unknown ? "outcome unknown: " : "") + json.path("message").asText());
    } else {
      written(write, index, json.path("recordId").asText());
    }
  }

  private void written(AskedWrite write, int index, String id) {
    List<String> there = created.getOrDefault(write.mark(index), List.of());
    if (!there.equals(List.of(id))) {
      observer.violated(
          "truthful", write.mark(index) + " is said to be " + id + " but is " + there);
    }
  }

  private void notWritten(AskedWrite write, int index, String message) {
    String mark = write.mark(index);
    if (message.contains("outcome unknown")) {
      if (!lost.contains(mark) && !interrupted.contains(write.number())) {
        observer.violated("truthful", mark + " is said to be unknown, but no answer was lost");
      }
      return;
    }
    if (created.containsKey(mark)) {
      observer.violated(
          "truthful",
          mark + " is said not to be written but is " + created.get(mark) + ": " + message);
    }
    boolean explained =
        refused.contains(mark)
            || message.contains("not attempted")
            || message.contains("nothing was written")
            || message.contains("deadline");
    if (!explained) {
      observer.violated("asked set", mark + " was not written, for no reason: " + message);
    }
  }
}
