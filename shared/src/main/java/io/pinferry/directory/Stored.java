package io.pinferry.directory;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import io.pinferry.base.PinferryException.Conflict;
import io.pinferry.base.PinferryException.NotFound;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes and reads the members of stored documents. A member that must be there and is not is a bug
 * (or a foreign hand in the table), so it is an {@link IllegalStateException}.
 */
final class Stored {
  /** One page of a listing; DynamoDB reads no more at once either. */
  private static final int PAGE_SIZE = 1000;

  /** The most writes that take effect together. */
  private static final int WRITES_MAX = 100;

  private Stored() {}

  /** Returns every document of a partition whose sort key begins with the prefix. */
  static List<Document> listAll(DirectoryStore store, String partition, String sortPrefix) {
    var all = new ArrayList<Document>();
    String after = null;
    while (true) {
      List<Document> page = store.list(partition, sortPrefix, after, PAGE_SIZE);
      all.addAll(page);
      if (page.size() < PAGE_SIZE) {
        return all;
      }
      after = page.getLast().key().sort();
    }
  }

  /** Discards documents, as many at a time as take effect together. */
  static void discardAll(DirectoryStore store, List<DocumentKey> keys) {
    for (int from = 0; from < keys.size(); from += WRITES_MAX) {
      store.write(
          keys.subList(from, Math.min(keys.size(), from + WRITES_MAX)).stream()
              .map(key -> (DirectoryWrite) new DirectoryWrite.Discard(key))
              .toList());
    }
  }

  /**
   * Creates what belongs to a project, all or nothing.
   *
   * @return what was refused since it is there already; empty if all is created
   * @throws NotFound if there is no such project (any more)
   */
  static List<DirectoryWrite> createIn(
      DirectoryStore store, ProjectId project, List<DirectoryWrite> writes) {
    DocumentKey there = DirectoryKeys.project(project);
    List<DirectoryWrite> all = new ArrayList<>(writes);
    all.add(new DirectoryWrite.Require(there));
    List<DirectoryWrite> refused = store.write(all);
    if (refused.stream().anyMatch(write -> write.key().equals(there))) {
      throw new NotFound("there is no project " + project);
    }
    return refused;
  }

  /** Says that a condition on a version did not hold. */
  static Conflict changedMeanwhile(String what) {
    return new Conflict(
        what + " was changed or removed by another request meanwhile",
        "Read it again and repeat the request.");
  }

  static JsonNode json(Document document) {
    return Json.trusted(document.json());
  }

  static String text(JsonNode json, String name) {
    JsonNode member = json.path(name);
    if (!member.isTextual()) {
      throw new IllegalStateException("a stored document has no text member " + name);
    }
    return member.textValue();
  }

  static @Nullable String textOrNull(JsonNode json, String name) {
    JsonNode member = json.path(name);
    return member.isTextual() ? member.textValue() : null;
  }

  static Instant instant(JsonNode json, String name) {
    return Instant.parse(text(json, name));
  }

  static @Nullable Instant instantOrNull(JsonNode json, String name) {
    String text = textOrNull(json, name);
    return text == null ? null : Instant.parse(text);
  }

  static boolean bool(JsonNode json, String name) {
    JsonNode member = json.path(name);
    if (!member.isBoolean()) {
      throw new IllegalStateException("a stored document has no boolean member " + name);
    }
    return member.booleanValue();
  }

  static List<String> texts(JsonNode json, String name) {
    var texts = new ArrayList<String>();
    json.path(name).forEach(element -> texts.add(element.textValue()));
    return List.copyOf(texts);
  }

  /** Adds a member, or nothing if there is no value: absent values are left out everywhere. */
  static void putIfPresent(ObjectNode json, String name, @Nullable Object value) {
    if (value != null) {
      json.put(name, value.toString());
    }
  }

  static ObjectNode group(Group group) {
    ObjectNode json = Json.object();
    json.put("ref", group.ref());
    json.put("name", group.name());
    json.put("createTime", group.createTime().toString());
    putIfPresent(json, "updateTime", group.updateTime());
    return json;
  }

  static Group group(JsonNode json) {
    return new Group(
        text(json, "ref"),
        text(json, "name"),
        instant(json, "createTime"),
        instantOrNull(json, "updateTime"));
  }

  static ObjectNode consumer(Consumer consumer) {
    ObjectNode json = Json.object();
    json.put("ref", consumer.ref());
    json.put("name", consumer.name());
    json.put("createTime", consumer.createTime().toString());
    putIfPresent(json, "updateTime", consumer.updateTime());
    return json;
  }

  static Consumer consumer(JsonNode json) {
    return new Consumer(
        text(json, "ref"),
        text(json, "name"),
        instant(json, "createTime"),
        instantOrNull(json, "updateTime"));
  }

  static ObjectNode notes(ConnectionNotes notes) {
    ObjectNode json = Json.object();
    putIfPresent(json, "workspaceRef", notes.workspaceRef());
    json.set("metadata", metadata(notes.metadata()));
    return json;
  }

  /** Returns metadata of a connection as they are stored and shown. */
  static ObjectNode metadata(Map<String, ConnectionNotes.Entry> metadata) {
    ObjectNode json = Json.object();
    metadata.forEach(
        (name, entry) -> {
          ObjectNode one = json.putObject(name);
          one.put("value", entry.value());
          one.put("source", entry.source());
          putIfPresent(one, "displayName", entry.displayName());
        });
    return json;
  }

  /** Returns no notes if the member is missing, as in connections of earlier versions. */
  static ConnectionNotes notes(JsonNode json) {
    if (json.isMissingNode()) {
      return ConnectionNotes.NONE;
    }
    var metadata = new LinkedHashMap<String, ConnectionNotes.Entry>();
    for (Map.Entry<String, JsonNode> entry : json.path("metadata").properties()) {
      metadata.put(
          entry.getKey(),
          new ConnectionNotes.Entry(
              text(entry.getValue(), "value"),
              text(entry.getValue(), "source"),
              textOrNull(entry.getValue(), "displayName")));
    }
    return new ConnectionNotes(textOrNull(json, "workspaceRef"), metadata);
  }
}
