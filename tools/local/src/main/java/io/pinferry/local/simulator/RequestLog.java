package io.pinferry.local.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Remembers the latest requests with their queries and what they wrote, but no headers, since those
 * hold secrets; the secrets in bodies are masked. Not safe for concurrent use.
 */
final class RequestLog {
  private static final int ENTRIES_MAX = 20_000;

  private final ArrayDeque<Entry> entries = new ArrayDeque<>();
  private final Map<String, Map<String, Long>> counts = new TreeMap<>();
  private long total;

  /**
   * One answered request.
   *
   * @param query as it was sent, null without one
   * @param written the JSON of a write with its secrets masked; null for reads and long bodies
   * @param digest the SHA-256 of the body of a write, in hex; null for reads
   * @param outcome the status, or {@code dropped}
   * @param category {@code none} for what no rate limit covers
   */
  record Entry(
      Instant time,
      String method,
      String path,
      @Nullable String query,
      @Nullable JsonNode written,
      @Nullable String digest,
      String outcome,
      String category,
      @Nullable String app,
      @Nullable String user,
      String rid) {}

  void add(Entry entry) {
    if (entries.size() == ENTRIES_MAX) {
      entries.removeFirst();
    }
    entries.addLast(entry);
    total++;
    counts
        .computeIfAbsent(entry.category, absent -> new TreeMap<>())
        .merge(entry.outcome, 1L, Long::sum);
  }

  /** Returns the last {@code limit} requests, the oldest of them first, and the counts of all. */
  ObjectNode json(int limit) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("total", total);
    ObjectNode countsJson = json.putObject("counts");
    counts.forEach(
        (category, byOutcome) -> {
          ObjectNode categoryJson = countsJson.putObject(category);
          byOutcome.forEach(categoryJson::put);
        });
    ArrayNode list = json.putArray("requests");
    var newest = new ArrayDeque<Entry>();
    Iterator<Entry> backwards = entries.descendingIterator();
    while (backwards.hasNext() && newest.size() < limit) {
      newest.addFirst(backwards.next());
    }
    for (Entry entry : newest) {
      ObjectNode each = list.addObject();
      each.put("time", entry.time.toString());
      each.put("method", entry.method);
      each.put("path", entry.path);
      each.put("query", entry.query);
      if (entry.digest != null) {
        each.put("bodyDigest", entry.digest);
        each.set("body", entry.written == null ? each.nullNode() : entry.written);
      }
      each.put("outcome", entry.outcome);
      each.put("category", entry.category);
      each.put("app", entry.app);
      each.put("user", entry.user);
      each.put("rid", entry.rid);
    }
    return json;
  }
}
