package io.pinferry.management;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import io.pinferry.directory.Connection;
import io.pinferry.directory.Revision;
import io.pinferry.install.MissingScopes;
import io.pinferry.manifest.FieldPath;
import io.pinferry.manifest.IntegrationRevision;
import io.pinferry.manifest.ReadObject;
import io.pinferry.pinterest.DisplayNames;
import io.pinferry.pinterest.ObjectField;
import io.pinferry.pinterest.ObjectFields;
import io.pinferry.pinterest.ObjectFields.FieldUse;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A revision with everything that a page needs to let a group choose: every field of every object,
 * with its type and its name for people. It comes from the catalogue, so it is complete for an
 * account without records too. An object whose scopes are missing says so.
 */
final class HydratedRevision {
  private static final List<String> SAME =
      List.of("mapToName", "mapToDisplayName", "destination", "optionalFieldsAuto", "backfill");
  private static final List<String> SAME_IN_FIELDS =
      List.of("mapToName", "mapToDisplayName", "default", "prompt");

  private HydratedRevision() {}

  static ObjectNode of(Revision revision, Connection connection) {
    ObjectNode content = revision.content();
    IntegrationRevision read = IntegrationRevision.fromContent(content);
    ObjectNode json = Json.object();
    json.put("id", revision.id().value());
    json.put("specVersion", revision.specVersion());
    json.put("createTime", revision.createTime().toString());
    ObjectNode hydrated = json.putObject("content");
    copy(content, hydrated, List.of("name", "displayName", "provider"));
    if (content.has("read")) {
      ArrayNode objects = hydrated.putObject("read").putArray("objects");
      for (JsonNode object : content.path("read").path("objects")) {
        ReadObject parsed = read.findRead(object.path("objectName").asText()).orElseThrow();
        objects.add(readObject(object, parsed, connection));
      }
    }
    if (content.has("write")) {
      ArrayNode objects = hydrated.putObject("write").putArray("objects");
      for (JsonNode object : content.path("write").path("objects")) {
        objects.add(writeObject(object));
      }
    }
    copy(content, hydrated, List.of("proxy"));
    return json;
  }

  private static ObjectNode writeObject(JsonNode object) {
    String name = object.path("objectName").asText();
    ObjectNode json = Json.object();
    json.put("objectName", name);
    json.put(
        "displayName",
        ObjectFields.find(name)
            .map(ObjectFields::displayName)
            .orElseGet(() -> DisplayNames.of(name)));
    copy(object, json, List.of("valueDefaults"));
    return json;
  }

  private static ObjectNode readObject(JsonNode object, ReadObject parsed, Connection connection) {
    String name = parsed.objectName();
    ObjectNode json = Json.object();
    json.put("objectName", name);
    Optional<ObjectFields> known = ObjectFields.find(name);
    json.put(
        "displayName", known.map(ObjectFields::displayName).orElseGet(() -> DisplayNames.of(name)));
    copy(object, json, SAME);
    // The contract requires a schedule; an object without one is only read on demand.
    json.put("schedule", object.path("schedule").asText());
    if (known.isEmpty()) {
      json.put("error", name + " can no longer be read");
      return json;
    }
    MissingScopes.of(connection, parsed.objectName(), parsed.plan())
        .ifPresent(missing -> json.put("error", missing));
    Map<FieldPath, FieldUse> fields = readable(known.get());
    Set<FieldPath> listed = new HashSet<>();
    json.set("requiredFields", fields(object.path("requiredFields"), listed));
    ArrayNode optional = fields(object.path("optionalFields"), listed);
    if (parsed.allOptional()) {
      fields.keySet().stream()
          .filter(path -> path.names().size() == 1 && !listed.contains(path))
          .forEach(path -> optional.add(existing(path)));
    }
    json.set("optionalFields", optional);
    ArrayNode all = json.putArray("allFields");
    ObjectNode metadata = json.putObject("allFieldsMetadata");
    fields.forEach(
        (path, field) -> {
          all.add(existing(path));
          metadata.set(
              path.toString(),
              FieldViews.metadata(
                  path.toString(),
                  DisplayNames.of(path.names()),
                  field.field(),
                  field.readOnly(),
                  field.required()));
        });
    return json;
  }

  /** Returns a list of the manifest with names for people, and notes its fields. */
  private static ArrayNode fields(JsonNode list, Set<FieldPath> listed) {
    ArrayNode fields = Json.object().arrayNode();
    for (JsonNode field : list) {
      ObjectNode json = Json.object();
      if (field.has("fieldName")) {
        FieldPath path = FieldPath.parse(field.path("fieldName").asText());
        listed.add(path);
        json = existing(path);
      }
      copy(field, json, SAME_IN_FIELDS);
      fields.add(json);
    }
    return fields;
  }

  private static ObjectNode existing(FieldPath path) {
    return Json.object()
        .put("fieldName", path.toString())
        .put("displayName", DisplayNames.of(path.names()));
  }

  /** Returns the fields of records. The fields inside a field follow it. */
  private static Map<FieldPath, FieldUse> readable(ObjectFields known) {
    Map<FieldPath, FieldUse> fields = new LinkedHashMap<>();
    known.fields().values().stream()
        .filter(FieldUse::readable)
        .forEach(described -> add(List.of(), described, fields));
    return fields;
  }

  private static void add(List<String> outer, FieldUse described, Map<FieldPath, FieldUse> fields) {
    List<String> names = new ArrayList<>(outer);
    names.add(described.field().name());
    fields.put(new FieldPath(names), described);
    for (ObjectField member : described.field().members()) {
      add(names, new FieldUse(member, true, described.readOnly(), false), fields);
    }
  }

  private static void copy(JsonNode from, ObjectNode to, List<String> members) {
    for (String member : members) {
      JsonNode value = from.get(member);
      if (value != null) {
        to.set(member, value);
      }
    }
  }
}
