package io.pinferry.local.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The result of the demonstration of writes.
 *
 * @param verbs in the order in which they were written
 * @param effects what the read after them has found
 */
public record WriteReport(List<Verb> verbs, List<Effect> effects) implements Report {
  public WriteReport {
    verbs = List.copyOf(verbs);
    effects = List.copyOf(effects);
  }

  /**
   * One write.
   *
   * @param recordId empty where there is none
   * @param detail what more the answer shows, or why it is not as it should be; may be empty
   */
  public record Verb(String object, String verb, boolean ok, String recordId, String detail) {}

  /**
   * The effect that a write must have had.
   *
   * @param field the field that must have the value; empty for a record that must be gone
   * @param ok whether the read has found it so
   */
  public record Effect(String object, String recordId, String field, String value, boolean ok) {
    static Effect there(String object, String recordId, String field, String value) {
      return new Effect(object, recordId, field, value, false);
    }

    static Effect gone(String object, String recordId) {
      return new Effect(object, recordId, "", "", false);
    }

    /** Returns this with what the delivered records of its object show. */
    Effect seenIn(Map<String, JsonNode> records) {
      @Nullable JsonNode record = records.get(recordId);
      boolean is =
          field.isEmpty()
              ? record == null && !recordId.isEmpty() && !records.isEmpty()
              : record != null && record.path(field).asText().equals(value);
      return new Effect(object, recordId, field, value, is);
    }
  }

  /** Returns whether every write was done and its effect found. */
  @Override
  public boolean ok() {
    return verbs.stream().allMatch(Verb::ok) && effects.stream().allMatch(Effect::ok);
  }

  @Override
  public String toJson() {
    ObjectNode json = Json.object().put("ok", ok());
    ArrayNode written = json.putArray("verbs");
    for (Verb verb : verbs) {
      written
          .addObject()
          .put("object", verb.object())
          .put("verb", verb.verb())
          .put("ok", verb.ok())
          .put("recordId", verb.recordId())
          .put("detail", verb.detail());
    }
    ArrayNode found = json.putArray("effects");
    for (Effect effect : effects) {
      found
          .addObject()
          .put("object", effect.object())
          .put("recordId", effect.recordId())
          .put("expected", effect.field().isEmpty() ? "gone" : effect.field())
          .put("ok", effect.ok());
    }
    return Json.text(json);
  }

  @Override
  public void print(PrintStream out) {
    out.println();
    out.printf("  %-15s %-7s %-22s %s%n", "object", "verb", "record", "");
    for (Verb verb : verbs) {
      out.printf(
          "  %-15s %-7s %-22s %s%s%n",
          verb.object(),
          verb.verb(),
          verb.recordId().length() > 22
              ? verb.recordId().substring(0, 19) + "..."
              : verb.recordId(),
          verb.ok() ? "ok" : "NOT DONE",
          verb.detail().isEmpty() ? "" : " " + verb.detail());
    }
    out.println();
    out.printf("  %-15s %-22s %-32s %s%n", "then read", "record", "is", "");
    for (Effect effect : effects) {
      out.printf(
          "  %-15s %-22s %-32s %s%n",
          effect.object(),
          effect.recordId(),
          effect.field().isEmpty() ? "gone" : effect.field() + " " + effect.value(),
          effect.ok() ? "ok" : "NOT SO");
    }
  }
}
