package io.pinbridge.simulation;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinbridge.base.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A product's request to create records. Each record has a mark in a text, by which it is known
 * again at Pinterest.
 *
 * @param number tells it from all others of a world
 * @param key the Idempotency-Key; null for none
 */
record AskedWrite(
    int number,
    String object,
    boolean batch,
    boolean later,
    @Nullable String key,
    List<ObjectNode> records) {
  // Not the compact form: javac loses the parameters' nullness in it.
  AskedWrite(
      int number,
      String object,
      boolean batch,
      boolean later,
      @Nullable String key,
      List<ObjectNode> records) {
    this.number = number;
    this.object = object;
    this.batch = batch;
    this.later = later;
    this.key = key;
    this.records = List.copyOf(records);
  }

  /** Returns what marks a record. */
  static String mark(int number, int index) {
    return "<w" + number + "." + index + ">";
  }

  String mark(int index) {
    return mark(number, index);
  }

  /** Returns the body of the request. */
  String body() {
    ObjectNode body = Json.object().put("groupRef", "group").put("type", "create");
    if (later) {
      body.put("mode", "asynchronous");
    }
    if (batch) {
      ArrayNode entries = body.putArray("batch");
      records.forEach(record -> entries.addObject().set("record", record));
    } else {
      body.set("record", records.getFirst());
    }
    return Json.text(body);
  }
}
