package io.pinferry.local.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.CanonicalJson;
import io.pinferry.base.Digest;
import io.pinferry.pinterest.ReadableObject;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The identity and content of a record: two records with equal fingerprints are the same record
 * with the same content.
 *
 * @param key the values of the object's key
 * @param content digest of everything in it but where it was found; secret values count as masked
 */
public record RecordFingerprint(String key, String content) {
  private static final String SOURCE = "_source";
  private static final String REDACTED = "[redacted]";

  public static RecordFingerprint of(ReadableObject object, JsonNode record) {
    String key =
        object.key().stream()
            .map(path -> at(record, path).asText())
            .collect(Collectors.joining("|"));
    ObjectNode content = record.deepCopy();
    content.remove(SOURCE);
    object.secretFields().forEach(path -> mask(content, List.of(path.split("\\.", -1))));
    return new RecordFingerprint(key, Digest.of(CanonicalJson.of(content, Set.of())).hex(12));
  }

  /** Makes the fingerprint of a record without the members whose changes do not count. */
  public static RecordFingerprint withoutCounters(ReadableObject object, JsonNode record) {
    ObjectNode content = record.deepCopy();
    content.remove(object.volatileMembers());
    return of(object, content);
  }

  private static JsonNode at(JsonNode record, String path) {
    JsonNode node = record;
    for (String name : path.split("\\.", -1)) {
      node = node.path(name);
    }
    return node;
  }

  private static void mask(ObjectNode record, List<String> path) {
    JsonNode node = record;
    for (String name : path.subList(0, path.size() - 1)) {
      node = node.path(name);
    }
    if (node instanceof ObjectNode parent && parent.hasNonNull(path.getLast())) {
      parent.put(path.getLast(), REDACTED);
    }
  }
}
