package io.pinferry.local.write;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The result of a record.
 *
 * @param row its number in the file, from 1
 * @param recordId its id; null if there is none or it is not told
 * @param message the reason if it is not written; null else
 * @param operationId the operation that has its log; null if it was not sent
 * @param earlier whether an earlier start of the command did it
 */
public record RowResult(
    int row,
    Outcome outcome,
    @Nullable String recordId,
    @Nullable String message,
    @Nullable String operationId,
    boolean earlier) {
  /** The end of a record. */
  public enum Outcome {
    WRITTEN("written"),
    /** Nothing was written, and a repeat fails, too. */
    REFUSED("not written"),
    /** Nothing was written, and a repeat may succeed. */
    NOT_DONE("not written"),
    /** Pinterest may or may not have written it. */
    UNKNOWN("unknown");

    private final String words;

    Outcome(String words) {
      this.words = words;
    }

    /** Returns the outcome with a name of the API; refused for other names. */
    static Outcome ofName(String name) {
      return switch (name) {
        case "not_done" -> NOT_DONE;
        case "unknown" -> UNKNOWN;
        default -> REFUSED;
      };
    }
  }

  /** Returns a line for a person. */
  public String text() {
    var line = new StringBuilder("row " + row + ": " + outcome.words);
    if (earlier && outcome == Outcome.WRITTEN) {
      line.append(" before");
    }
    if (recordId != null) {
      line.append(", id ").append(recordId);
    }
    if (message != null) {
      line.append(": ").append(message);
    }
    return line.toString();
  }

  /** Returns this for a program. */
  public ObjectNode json() {
    ObjectNode json =
        Json.object().put("row", row).put("outcome", outcome.name().toLowerCase(Locale.ROOT));
    if (recordId != null) {
      json.put("recordId", recordId);
    }
    if (message != null) {
      json.put("message", message);
    }
    if (operationId != null) {
      json.put("operationId", operationId);
    }
    return json.put("earlier", earlier);
  }
}
