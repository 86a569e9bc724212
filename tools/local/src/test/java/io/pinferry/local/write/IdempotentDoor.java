package io.pinferry.local.write;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import io.pinferry.local.api.Transport;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** A write door that answers a repeated key as the real one does, and loses what a test wants. */
final class IdempotentDoor implements Transport {
  /** The result of a record: written, or an outcome of the API. */
  interface Pinterest {
    String outcome(JsonNode record);
  }

  /** The way of a request and its answer. */
  enum Fate {
    ANSWERED,
    /** The request does not arrive. */
    LOST,
    /** The request takes effect, and its answer does not arrive. */
    ANSWER_LOST,
    /** The request takes effect, and the process of the command is killed. */
    KILLED
  }

  /** The process of the command was killed. */
  static final class Killed extends RuntimeException {}

  private record Stored(String body, Answer answer) {}

  private final Map<String, Stored> stored = new HashMap<>();
  private final List<JsonNode> written = new ArrayList<>();
  private final List<Call> calls = new ArrayList<>();
  private final Pinterest pinterest;
  private final Function<Call, Fate> fate;

  IdempotentDoor(Pinterest pinterest, Function<Call, Fate> fate) {
    this.pinterest = pinterest;
    this.fate = fate;
  }

  List<JsonNode> written() {
    return written;
  }

  List<Call> calls() {
    return calls;
  }

  @Override
  public Answer send(Call call) throws IOException {
    calls.add(call);
    Fate chosen = fate.apply(call);
    if (chosen == Fate.LOST) {
      throw new IOException("connection reset");
    }
    Answer answer = answer(String.valueOf(call.idempotencyKey()), String.valueOf(call.body()));
    return switch (chosen) {
      case ANSWERED -> answer;
      case ANSWER_LOST, LOST -> throw new IOException("connection reset");
      case KILLED -> throw new Killed();
    };
  }

  private Answer answer(String key, String body) {
    Stored before = stored.get(key);
    if (before != null) {
      return before.body().equals(body)
          ? new Answer(
              before.answer().status(),
              Map.of("idempotent-replayed", "true"),
              before.answer().body())
          : new Answer(
              400, Map.of("content-type", "text/plain"), "the key was used for another request");
    }
    Answer answer = carryOut(Json.trusted(body));
    stored.put(key, new Stored(body, answer));
    return answer;
  }

  private Answer carryOut(JsonNode request) {
    ObjectNode json = Json.object().put("operationId", "o" + stored.size());
    ArrayNode results = json.putArray("results");
    ArrayNode errors = json.putArray("errors");
    for (JsonNode entry : request.path("batch")) {
      JsonNode record = entry.path("record");
      String outcome = pinterest.outcome(record);
      boolean success = outcome.equals("written");
      if (success) {
        written.add(record);
        results.addObject().put("success", true).put("recordId", "id-" + record.path("n"));
      } else {
        errors
            .addObject()
            .put(
                "message", "batch[%s]: no; the same for 1 more: batch[7]".formatted(results.size()))
            .put("outcome", outcome)
            .putArray("records")
            .add(results.size());
        results.addObject().put("success", false);
      }
    }
    boolean none = errors.size() == results.size();
    return new Answer(none ? 422 : 200, Map.of(), Json.text(json));
  }
}
