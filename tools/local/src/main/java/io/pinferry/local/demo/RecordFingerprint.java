package io.pinferry.local.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Digest;
import io.pinferry.base.Json;
import io.pinferry.pinterest.ReadableObject;
import java.util.Iterator;
import java.util.List;
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
    return new RecordFingerprint(key, Digest.of(canonical(content)).hex(12));
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

  /** The same text for the same content, whatever the order of members. */
  private static String canonical(JsonNode node) {
    if (node.isObject()) {
      return node.properties().stream()
          .sorted(java.util.Map.Entry.comparingByKey())
          .map(
              member ->
                  Json.text(Json.object().textNode(member.getKey()))
                      + ":"
                      + canonical(member.getValue()))
          .collect(Collectors.joining(",", "{", "}"));
    }
    if (node.isArray()) {
      StringBuilder text = new StringBuilder("[");
      for (Iterator<JsonNode> elements = node.elements(); elements.hasNext(); ) {
        text.append(canonical(elements.next())).append(',');
      }
      return text.append(']').toString();
    }
    return Json.text(node);
  }
}
