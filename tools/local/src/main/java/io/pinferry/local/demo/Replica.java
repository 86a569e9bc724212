package io.pinferry.local.demo;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.base.Json;
import io.pinferry.pinterest.ReadCatalogue;
import io.pinferry.pinterest.ReadableObject;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A product's copy of an account, which is made from messages only: docs/changes.md has the rules.
 * Safe for many threads.
 */
final class Replica {
  private final Map<String, Map<String, Entry>> byObject = new HashMap<>();
  private final Map<String, Messages> byOperation = new HashMap<>();
  private final Set<String> messageIds = new HashSet<>();

  /**
   * The newest news about a record.
   *
   * @param content null if the record is deleted
   */
  private record Entry(Instant time, @Nullable String content) {}

  /**
   * The messages of an operation.
   *
   * @param records the records in them, without deleted ones
   * @param distinct how many of these are different records
   * @param deletions the records that they tell as deleted
   */
  record Delivery(long records, long distinct, long deletions, long bytes) {
    static final Delivery NONE = new Delivery(0, 0, 0, 0);
  }

  /** The messages of an operation, as they come. */
  private static final class Messages {
    private final Set<String> keys = new HashSet<>();
    private long records;
    private long deletions;
    private long bytes;

    Delivery delivery() {
      return new Delivery(records, keys.size(), deletions, bytes);
    }
  }

  /** Takes a message that was verified. A message that came before, told by its id, counts once. */
  synchronized void take(String messageId, JsonNode message) {
    if (!messageIds.add(messageId)) {
      return;
    }
    ReadableObject object = ReadCatalogue.get(message.path("rawObjectName").asText());
    Instant time = Instant.parse(message.path("operationTime").asText());
    Map<String, Entry> entries = byObject.computeIfAbsent(object.name(), _ -> new HashMap<>());
    Messages messages =
        byOperation.computeIfAbsent(message.path("operationId").asText(), _ -> new Messages());
    messages.bytes += Json.bytes(message).length;
    for (JsonNode entry : message.path("result")) {
      boolean deleted = entry.path("subscribeEventType").asText().equals("delete");
      RecordFingerprint record = RecordFingerprint.withoutCounters(object, entry.path("raw"));
      Entry known = entries.get(record.key());
      if (known == null || !time.isBefore(known.time())) {
        entries.put(record.key(), new Entry(time, deleted ? null : record.content()));
      }
      if (deleted) {
        messages.deletions++;
      } else {
        messages.records++;
        messages.keys.add(record.key());
      }
    }
  }

  synchronized Delivery of(String operation) {
    Messages messages = byOperation.get(operation);
    return messages == null ? Delivery.NONE : messages.delivery();
  }

  /** Returns the records of an object: contents by key. */
  synchronized Map<String, String> records(String object) {
    Map<String, String> records = new HashMap<>();
    byObject
        .getOrDefault(object, Map.of())
        .forEach(
            (key, entry) -> {
              if (entry.content() != null) {
                records.put(key, entry.content());
              }
            });
    return records;
  }
}
