package io.pinferry.write;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Issue;
import io.pinferry.base.Json;
import io.pinferry.manifest.EffectiveRead;
import io.pinferry.manifest.FieldPath;
import io.pinferry.pinterest.WriteVerb;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A group's settings for writing an object.
 *
 * @param settings the object's settings in the installation's config
 * @param inherited the read whose mappings apply in reverse; null for none
 * @param unmapped mapped names of the manifest that the group maps to no field
 */
record WriteSettings(
    JsonNode settings, @Nullable EffectiveRead inherited, Set<FieldPath> unmapped) {
  WriteSettings {
    unmapped = Set.copyOf(unmapped);
  }

  boolean deletes() {
    return settings.path("deletionSettings").path("enabled").asBoolean();
  }

  /**
   * Returns a record with Pinterest's field names and with defaults.
   *
   * @param takes tells whether a field may get its default
   */
  ObjectNode apply(
      ObjectNode record,
      WriteVerb verb,
      Predicate<String> takes,
      String place,
      List<Issue> issues) {
    ObjectNode written = record.deepCopy();
    if (verb == WriteVerb.DELETE) {
      return written;
    }
    unmap(written, place, issues);
    for (Map.Entry<String, JsonNode> entry : settings.path("selectedFieldSettings").properties()) {
      String name = entry.getKey();
      JsonNode setting = entry.getValue();
      String when =
          setting.path(verb == WriteVerb.CREATE ? "writeOnCreate" : "writeOnUpdate").asText();
      switch (when) {
        case "never" -> take(written, fieldOf(name));
        case "ifEmpty" ->
            issues.add(
                Issue.body(
                    place + "." + name,
                    "is set to writeOnUpdate ifEmpty in the installation's config, which is not"
                        + " possible for Pinterest: set always or never"));
        default -> {
          if (verb == WriteVerb.CREATE || when.equals("always")) {
            setting
                .path("default")
                .elements()
                .forEachRemaining(value -> fill(written, name, value, takes, place, issues));
          }
        }
      }
    }
    for (Map.Entry<String, JsonNode> entry : settings.path("selectedValueDefaults").properties()) {
      JsonNode preset = entry.getValue();
      if (verb == WriteVerb.CREATE || preset.path("applyOnUpdate").asText().equals("always")) {
        fill(written, entry.getKey(), preset.path("value"), takes, place, issues);
      }
    }
    return written;
  }

  /** Sets a default if the field is absent. Its name and its value may be mapped ones. */
  private void fill(
      ObjectNode written,
      String name,
      JsonNode value,
      Predicate<String> takes,
      String place,
      List<Issue> issues) {
    FieldPath field = fieldOf(name);
    if (unmapped.contains(field)
        || !takes.test(field.names().getFirst())
        || at(written, field) != null) {
      return;
    }
    ObjectNode preset = Json.object();
    put(preset, FieldPath.parse(name), value);
    unmap(preset, place, issues);
    put(written, field, Objects.requireNonNullElse(at(preset, field), value));
  }

  /** Returns Pinterest's field of a name in the config, which may be a mapped one. */
  private FieldPath fieldOf(String name) {
    FieldPath path = FieldPath.parse(name);
    return inherited == null ? path : inherited.selection().mappings().getOrDefault(path, path);
  }

  private void unmap(ObjectNode written, String place, List<Issue> issues) {
    EffectiveRead read = inherited;
    if (read == null) {
      return;
    }
    read.selection()
        .valueMappings()
        .forEach(
            (field, values) -> {
              JsonNode value = at(written, field);
              if (value == null || !value.isTextual()) {
                return;
              }
              List<String> provided =
                  values.entrySet().stream()
                      .filter(entry -> entry.getValue().equals(value.textValue()))
                      .map(Map.Entry::getKey)
                      .sorted()
                      .toList();
              if (provided.size() == 1) {
                put(written, field, written.textNode(provided.getFirst()));
              } else if (provided.size() > 1) {
                issues.add(
                    Issue.body(
                        place + "." + String.join(".", field.names()),
                        "is mapped from several values of Pinterest ("
                            + String.join(", ", provided)
                            + "): send one of those"));
              }
            });
    Map<FieldPath, JsonNode> moved =
        read.selection().mappings().keySet().stream()
            .filter(target -> at(written, target) != null)
            .collect(Collectors.toMap(target -> target, target -> take(written, target)));
    moved.forEach((target, value) -> put(written, read.selection().mappings().get(target), value));
    unmapped.forEach(name -> take(written, name));
  }

  private static @Nullable JsonNode at(ObjectNode record, FieldPath path) {
    JsonNode node = record;
    for (String name : path.names()) {
      node = node.path(name);
    }
    return node.isMissingNode() ? null : node;
  }

  /** Removes and returns a value. Objects around it that become empty are removed, too. */
  private static JsonNode take(ObjectNode record, FieldPath path) {
    List<String> names = path.names();
    List<ObjectNode> parents = new ArrayList<>(List.of(record));
    for (String name : names.subList(0, names.size() - 1)) {
      if (!(parents.getLast().path(name) instanceof ObjectNode inner)) {
        return record.missingNode();
      }
      parents.add(inner);
    }
    JsonNode taken = parents.getLast().remove(names.getLast());
    for (int depth = parents.size() - 1; depth > 0 && parents.get(depth).isEmpty(); depth--) {
      parents.get(depth - 1).remove(names.get(depth - 1));
    }
    return taken == null ? record.missingNode() : taken;
  }

  private static void put(ObjectNode record, @Nullable FieldPath path, JsonNode value) {
    if (path == null) {
      return;
    }
    ObjectNode parent = record;
    for (String name : path.names().subList(0, path.names().size() - 1)) {
      parent = parent.path(name) instanceof ObjectNode object ? object : parent.putObject(name);
    }
    parent.set(path.names().getLast(), value);
  }
}
