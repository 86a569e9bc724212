package io.pinferry.local.demo;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.pinterest.ReadCatalogue;
import io.pinferry.pinterest.ReadableObject;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** The records that have arrived at the webhook, per object. Safe for many threads. */
final class DeliveredRecords {
  private final Map<String, Of> byObject = new HashMap<>();
  private final Set<String> messageIds = new HashSet<>();

  /** The records of one object. */
  private static final class Of {
    /** Contents by key; more than one if a record came with different contents. */
    private final Map<String, Set<String>> contents = new HashMap<>();

    private long records;
  }

  /**
   * Takes a message that was verified. A message that came before, told by its id, counts once.
   *
   * @throws IllegalArgumentException if it does not have the shape that the contract promises
   */
  synchronized void take(String messageId, JsonNode message) {
    checkShape(message);
    if (!messageIds.add(messageId)) {
      return;
    }
    ReadableObject object = ReadCatalogue.get(message.path("rawObjectName").asText());
    Of of = byObject.computeIfAbsent(object.name(), _ -> new Of());
    for (JsonNode entry : message.path("result")) {
      RecordFingerprint record = RecordFingerprint.of(object, entry.path("raw"));
      of.contents.computeIfAbsent(record.key(), _ -> new HashSet<>()).add(record.content());
      of.records++;
    }
  }

  /** Returns how many different records of an object have arrived. */
  synchronized long records(String object) {
    Of of = byObject.get(object);
    return of == null ? 0 : of.contents.size();
  }

  /** Compares what has arrived of an object with what it should be. */
  synchronized Comparison compare(String object, Map<String, String> truth) {
    Of of = byObject.getOrDefault(object, new Of());
    long missing =
        truth.entrySet().stream()
            .filter(
                record ->
                    !of.contents
                        .getOrDefault(record.getKey(), Set.of())
                        .contains(record.getValue()))
            .count();
    long unexpected =
        of.contents.entrySet().stream()
            .filter(
                record -> {
                  String content = truth.get(record.getKey());
                  return content == null || !record.getValue().equals(Set.of(content));
                })
            .count();
    return new Comparison(
        truth.size(), of.contents.size(), of.records - of.contents.size(), missing, unexpected);
  }

  /**
   * Truth against delivery, in distinct keys.
   *
   * @param duplicates records that came again in another message
   * @param missing records that did not come, or not with this content
   * @param unexpected records that came and are not there, or not with this content
   */
  record Comparison(
      long onPinterest, long delivered, long duplicates, long missing, long unexpected) {
    boolean complete() {
      return missing == 0 && unexpected == 0;
    }
  }

  private static void checkShape(JsonNode message) {
    for (String name :
        new String[] {
          "action",
          "projectId",
          "provider",
          "groupRef",
          "groupName",
          "consumerRef",
          "consumerName",
          "installationId",
          "installationUpdateTime",
          "objectName",
          "operationId"
        }) {
      require(message.path(name).isTextual(), "no " + name);
    }
    require(message.path("action").asText().equals("read"), "an action other than read");
    JsonNode info = message.path("resultInfo");
    require(info.path("type").asText().equals("inline"), "a result that is not inline");
    require(
        info.path("numRecords").isInt()
            && info.path("numRecords").asInt() == message.path("result").size(),
        "another number of records than resultInfo says");
    for (JsonNode entry : message.path("result")) {
      require(
          entry.path("fields").isObject() && entry.path("raw").isObject(),
          "a record without fields or raw");
    }
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException("the message has " + otherwise);
    }
  }
}
