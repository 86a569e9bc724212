package io.pinferry.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.base.Json;
import io.pinferry.net.HttpCall;
import io.pinferry.operation.OperationId;
import io.pinferry.write.WriteStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
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

  /** Words of outcomes that Pinterest need not have refused, or refused in a step before. */
  private static final List<String> REASONS =
      List.of(
          "not attempted",
          "nothing was written",
          "deadline",
          "Pinterest says that it is",
          "Pinterest does not tell how it went",
          SimulatedPinterest.REFUSAL);

  private static final String GOES_ON = "not finished, and not failed";

  /** Words of outcomes of those who lost the right to write. */
  private static final List<String> NO_RIGHT =
      List.of("uninstalled", "another account", "the installation does not allow");

  private final Observer observer;
  private final Map<Integer, AskedWrite> asked = new HashMap<>();

  /** How many records have a trace. */
  private final Map<String, Integer> asks = new HashMap<>();

  /** The ids under which Pinterest did what was asked, by the record's trace. */
  private final Map<String, List<String>> done = new HashMap<>();

  /** The media that hold a record's video, by its mark. */
  private final Map<String, List<String>> uploaded = new HashMap<>();

  /** Traces of records that Pinterest refused at least once. */
  private final Set<String> refused = new HashSet<>();

  /** Traces of records of which an answer was lost. */
  private final Set<String> lost = new HashSet<>();

  /** Whose outcome may be unknown, since whoever worked on it was killed or could not keep it. */
  private final Set<Integer> interrupted = new HashSet<>();

  /** Which others go on with after the answer, so that a later answer knows more. */
  private final Set<Integer> handedOn = new HashSet<>();

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
    asked.put(write.number(), write);
    records += write.records().size();
    write.records().forEach(record -> asks.merge(record.trace(), 1, Integer::sum));
  }

  /** Returns the ids of what is gone from a path. */
  List<String> deleted(String path) {
    String trace = AskedWrite.deletion(path);
    return done.keySet().stream()
        .filter(each -> each.startsWith(trace))
        .map(each -> each.substring(trace.length()))
        .sorted()
        .toList();
  }

  /** Takes note of what Pinterest did of a request, whatever becomes of its answer. */
  void carriedOut(HttpCall call, int status, String answer) {
    if (call.method().equals("GET")) {
      if (status == 404) {
        gone(call.uri().getPath());
      }
      return;
    }
    List<String> traces = traces(call);
    boolean gone = status == 404 && call.method().equals("DELETE");
    if ((status >= 200 && status < 300) || gone) {
      JsonNode json = Json.trusted(answer.isEmpty() ? "{}" : answer);
      for (int i = 0; i < traces.size(); i++) {
        did(call, traces.get(i), json.isArray() ? json.path(i) : json);
      }
    } else if ((status >= 400 && status < 500) || status == 501) {
      refused.addAll(traces);
    }
  }

  private void did(HttpCall call, String trace, JsonNode answer) {
    String path = call.uri().getPath();
    String id =
        switch (call.method()) {
          case "DELETE" -> path.substring(path.lastIndexOf('/') + 1);
          default ->
              answer.isValueNode()
                  ? answer.asText()
                  : answer.path(answer.has("token") ? "token" : "id").asText();
        };
    List<String> ids = done.computeIfAbsent(trace, _ -> new ArrayList<>());
    ids.add(id);
    observer.event("Pinterest did " + call.method() + " " + trace + ", " + id);
    if (!asks.containsKey(trace)) {
      observer.violated("asked set", trace + " was done, but nobody asked for it");
    }
    boolean once = call.method().equals("POST") && MARK.matcher(trace).matches();
    if (once && ids.size() > 1) {
      observer.violated("at-most-once", trace + " was created as " + ids);
    }
    List<String> video = uploaded.get(trace);
    if (once
        && video != null
        && !video.contains(sent(call).at("/media_source/media_id").asText())) {
      observer.violated("media", trace + " was created with another video than " + video);
    }
  }

  /** A medium that its owner has deleted may come again. */
  private void gone(String path) {
    String medium = path.substring(path.lastIndexOf('/') + 1);
    uploaded.values().forEach(media -> media.remove(medium));
  }

  /**
   * Takes note of a video that came to the store behind Pinterest.
   *
   * @param content has the record's mark in it
   */
  void uploaded(String content, String media) {
    Matcher mark = MARK.matcher(content);
    if (!mark.find()) {
      observer.violated("media", "nobody asked for the video " + content);
      return;
    }
    List<String> all = uploaded.computeIfAbsent(mark.group(), _ -> new ArrayList<>());
    all.add(media);
    observer.event("the video of " + mark.group() + " came as media " + media);
    if (all.size() > 1) {
      observer.violated("media", "the video of " + mark.group() + " is there as " + all);
    }
  }

  /** Takes note that nobody learns what became of a request. */
  void lost(HttpCall call) {
    lost.addAll(traces(call));
  }

  private static List<String> traces(HttpCall call) {
    String path = call.uri().getPath();
    if (call.method().equals("DELETE")) {
      return List.of(AskedWrite.deletion(path));
    }
    if (call.method().equals("GET") || call.body() == null) {
      return List.of();
    }
    if (path.equals("/v5/catalogs/reports")) {
      return List.of(AskedWrite.report(sent(call).at("/report/feed_id").asText()));
    }
    return MARK.matcher(text(call)).results().map(MatchResult::group).toList();
  }

  private static String text(HttpCall call) {
    byte[] body = call.body();
    return body == null ? "" : new String(body, UTF_8);
  }

  private static JsonNode sent(HttpCall call) {
    return Json.trusted(text(call));
  }

  /**
   * Returns the store with this looking on.
   *
   * @param write whose records are kept there; null for the worker, which works on any
   * @param invocation who uses it
   */
  WriteStore store(WriteStore inner, @Nullable AskedWrite write, Invocation invocation) {
    if (write != null) {
      invocation.whenTroubled(() -> interrupted.add(write.number()));
    }
    return new WriteStore() {
      @Override
      public void put(OperationId operation, java.time.Instant at, List<String> inputs) {
        if (write != null && !write.later()) {
          handedOn.add(write.number());
        }
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
      public List<RecordState> recordsOf(OperationId operation) {
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
        if (write != null) {
          askedOf.put(operation, write);
        } else if (askedOf.containsKey(operation)) {
          int number = askedOf.get(operation).number();
          invocation.whenTroubled(() -> interrupted.add(number));
        }
      }
    };
  }

  /** Looks at an answer that says what became of each record. */
  void answered(AskedWrite write, JsonNode answer) {
    String key = write.key();
    JsonNode first = key == null ? null : answerOfKey.putIfAbsent(key, answer);
    boolean changes = interrupted.contains(write.number()) || handedOn.contains(write.number());
    if (first != null && !first.equals(answer) && !changes) {
      observer.violated("replays", "key " + key + " was answered " + first + ", then " + answer);
    }
    boolean goesOn = write.later() || handedOn.contains(write.number());
    if (goesOn && !answer.has("result") && !answer.has("results")) {
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

  /** Looks at the answer to another request with a key that was used. */
  void misused(int status, String body) {
    if (body.contains("operationId")) {
      observer.violated("replays", "another request with a used key is answered " + body);
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
    List<String> ids = new ArrayList<>();
    data.path("successfulRecordIds").forEach(id -> ids.add(id.asText()));
    if (ids.size() + errors.size() != write.records().size()) {
      observer.violated("truthful", ids + " and " + errors + " are not all records of " + write);
    }
    for (int i = 0; i < write.records().size(); i++) {
      String message = errors.get(i);
      if (message != null) {
        notWritten(write, i, message);
      } else {
        List<String> there = there(write, i);
        written(
            write, i, there.stream().filter(ids::contains).findFirst().orElse("none of " + ids));
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
    // What is kept beside the records comes after them.
    if (write == null || index >= write.records().size()) {
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

  /** Returns the ids of what Pinterest has of a record. */
  private List<String> there(AskedWrite write, int index) {
    return (write.media() ? uploaded : done).getOrDefault(write.trace(index), List.of());
  }

  private void written(AskedWrite write, int index, String id) {
    List<String> there = there(write, index);
    if (write.once() ? !there.equals(List.of(id)) : !there.contains(id)) {
      observer.violated(
          "truthful", write.trace(index) + " is said to be " + id + " but is " + there);
    }
  }

  private void notWritten(AskedWrite write, int index, String message) {
    String trace = write.trace(index);
    if (handedOn.contains(write.number()) && message.contains(GOES_ON)) {
      // The end is told, too.
      return;
    }
    boolean troubled = interrupted.contains(write.number());
    if (message.contains("outcome unknown")) {
      // Without the right to look for it, nobody can say more of what was tried before.
      boolean blind = NO_RIGHT.stream().anyMatch(message::contains);
      if (!lost.contains(trace) && !troubled && !blind) {
        observer.violated("truthful", trace + " is said to be unknown, but no answer was lost");
      }
      return;
    }
    List<String> there = there(write, index);
    // Who asked for the same may have got it. What bears no mark is done again by whoever goes on,
    // and told of by that alone.
    boolean own = asks.getOrDefault(trace, 0) == 1 && (write.once() || !troubled);
    if (write.media()) {
      // Nobody goes on with what was to be answered at once, or for whom there is no right any
      // more.
      boolean left = (troubled && !write.later()) || NO_RIGHT.stream().anyMatch(message::contains);
      if (!left && !there.stream().allMatch(message::contains)) {
        observer.violated("media", there + " has the video of " + trace + ", but: " + message);
      }
    } else if (own && !there.isEmpty()) {
      observer.violated(
          "truthful", trace + " is said not to be written but is " + there + ": " + message);
    }
    if (!refused.contains(trace) && REASONS.stream().noneMatch(message::contains)) {
      observer.violated("asked set", trace + " was not written, for no reason: " + message);
    }
  }
}
