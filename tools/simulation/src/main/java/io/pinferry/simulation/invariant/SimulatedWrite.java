package io.pinferry.simulation.invariant;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A product's request to write records.
 *
 * @param number unique among the writes of a world
 * @param verb {@code create}, {@code update} or {@code delete}
 * @param key the Idempotency-Key; null for none
 */
public record SimulatedWrite(
    int number,
    String object,
    String verb,
    boolean batch,
    boolean asynchronous,
    @Nullable String key,
    List<Item> records) {
  /** The distance between the numbers of a write and of another one with the same key. */
  private static final int SAME_KEY = 1_000;

  public SimulatedWrite {
    records = List.copyOf(records);
  }

  /**
   * A record.
   *
   * @param trace how the record is recognized at Pinterest: by a mark in one of its texts, or, for
   *     deletes and reports, which have no text, by the object they are about
   */
  public record Item(ObjectNode record, String trace) {}

  /** Returns the mark of a record. */
  public static String mark(int number, int index) {
    return "<w" + number + "." + index + ">";
  }

  /** Returns the trace of a delete. */
  public static String deletion(String path) {
    return "DELETE " + path;
  }

  /** Returns the trace of a report about a feed. */
  public static String report(String feed) {
    return "report of feed " + feed;
  }

  public String trace(int index) {
    return records.get(index).trace();
  }

  /** Returns whether Pinterest may have each of the records only once. */
  public boolean isMarkedCreate() {
    return verb.equals("create") && trace(0).equals(mark(number, 0));
  }

  public boolean isMedia() {
    return object.equals("media");
  }

  /** Returns whether {@link #withSameKey} differs from this request. */
  public boolean hasOtherWithSameKey() {
    return key != null && body().contains(mark(number, 0));
  }

  /** Returns another request with the same key. */
  public SimulatedWrite withSameKey() {
    String ownMark = "<w" + number + ".";
    String otherMark = "<w" + (number + SAME_KEY) + ".";
    return new SimulatedWrite(
        number + SAME_KEY,
        object,
        verb,
        batch,
        asynchronous,
        key,
        records.stream()
            .map(
                item ->
                    new Item(
                        (ObjectNode)
                            Json.trusted(Json.text(item.record()).replace(ownMark, otherMark)),
                        item.trace().replace(ownMark, otherMark)))
            .toList());
  }

  /** Returns the body of the request. */
  public String body() {
    ObjectNode body = Json.object().put("groupRef", "group").put("type", verb);
    if (asynchronous) {
      body.put("mode", "asynchronous");
    }
    if (batch) {
      ArrayNode entries = body.putArray("batch");
      records.forEach(item -> entries.addObject().set("record", item.record()));
    } else {
      body.set("record", records.getFirst().record());
    }
    return Json.text(body);
  }
}
