package io.pinferry.simulation;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A product's request to write records.
 *
 * @param number tells it from all others of a world
 * @param verb {@code create}, {@code update} or {@code delete}
 * @param key the Idempotency-Key; null for none
 */
record AskedWrite(
    int number,
    String object,
    String verb,
    boolean batch,
    boolean later,
    @Nullable String key,
    List<Asked> records) {
  /** What is added to the number of a request that uses the key of another one. */
  private static final int MISUSE = 1_000;

  AskedWrite {
    records = List.copyOf(records);
  }

  /**
   * A record.
   *
   * @param trace by what it is known again at Pinterest: its own mark in a text, or for a delete
   *     and a report, which have no place for one, what they are about
   */
  record Asked(ObjectNode record, String trace) {}

  /** Returns what marks a record. */
  static String mark(int number, int index) {
    return "<w" + number + "." + index + ">";
  }

  /** Returns the trace of a delete. */
  static String deletion(String path) {
    return "DELETE " + path;
  }

  /** Returns the trace of a report about a feed. */
  static String report(String feed) {
    return "report of feed " + feed;
  }

  String trace(int index) {
    return records.get(index).trace();
  }

  /** Returns whether each of its records may be there once only. */
  boolean once() {
    return verb.equals("create") && trace(0).equals(mark(number, 0));
  }

  boolean media() {
    return object.equals("media");
  }

  /** Returns whether {@link #misuse} is another request than this. */
  boolean canBeMisused() {
    return key != null && body().contains(mark(number, 0));
  }

  /** Returns another request with the same key. */
  AskedWrite misuse() {
    String own = "<w" + number + ".";
    String other = "<w" + (number + MISUSE) + ".";
    return new AskedWrite(
        number + MISUSE,
        object,
        verb,
        batch,
        later,
        key,
        records.stream()
            .map(
                record ->
                    new Asked(
                        (ObjectNode) Json.trusted(Json.text(record.record()).replace(own, other)),
                        record.trace().replace(own, other)))
            .toList());
  }

  /** Returns the body of the request. */
  String body() {
    ObjectNode body = Json.object().put("groupRef", "group").put("type", verb);
    if (later) {
      body.put("mode", "asynchronous");
    }
    if (batch) {
      ArrayNode entries = body.putArray("batch");
      records.forEach(record -> entries.addObject().set("record", record.record()));
    } else {
      body.set("record", records.getFirst().record());
    }
    return Json.text(body);
  }
}
