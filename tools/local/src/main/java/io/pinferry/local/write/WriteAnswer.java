package io.pinferry.local.write;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.local.api.Doors;
import io.pinferry.local.api.Transport.Answer;
import io.pinferry.local.write.RowResult.Outcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * An answer of the write door.
 *
 * @param results a result for each row that was sent, in its order; empty if an asynchronous write
 *     was stored
 * @param replayed whether this is the stored answer to an earlier request
 */
record WriteAnswer(String operationId, List<RowResult> results, boolean replayed) {
  /** A message names places of the request, which nobody knows but this program. */
  private static final Pattern PLACE =
      Pattern.compile("batch\\[\\d+\\](?:\\.record\\.|: ?|\\.)?|^record\\.");

  private static final Pattern OTHERS =
      Pattern.compile("; the same for \\d+ more: batch\\[[0-9, -]+\\]$");

  /**
   * Reads an answer.
   *
   * @param rows the numbers of the rows that were sent
   */
  static WriteAnswer of(Answer answer, List<Integer> rows) {
    JsonNode json = Doors.json(answer);
    String operation = json.path("operationId").asText();
    boolean replayed = answer.header("idempotent-replayed").isPresent();
    Map<Integer, JsonNode> errors = errors(json);
    List<RowResult> results = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      JsonNode result = json.has("results") ? json.path("results").path(i) : json.path("result");
      JsonNode error = errors.get(i);
      if (result.path("success").asBoolean()) {
        results.add(
            new RowResult(
                rows.get(i),
                Outcome.WRITTEN,
                result.path("recordId").textValue(),
                null,
                operation,
                replayed));
      } else if (error != null) {
        results.add(
            new RowResult(
                rows.get(i),
                Outcome.ofName(error.path("outcome").asText()),
                null,
                message(error.path("message").asText()),
                operation,
                replayed));
      }
    }
    return new WriteAnswer(operation, results, replayed);
  }

  private static Map<Integer, JsonNode> errors(JsonNode json) {
    Map<Integer, JsonNode> errors = new HashMap<>();
    for (JsonNode error : json.path("errors")) {
      if (error.has("records")) {
        error.path("records").forEach(index -> errors.put(index.asInt(), error));
      } else {
        errors.put(0, error);
      }
    }
    return errors;
  }

  /** Returns a message without the places in the request. */
  static String message(String text) {
    return PLACE.matcher(OTHERS.matcher(text).replaceFirst("")).replaceAll("");
  }
}
