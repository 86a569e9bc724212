package io.pinferry.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Issue;
import io.pinferry.base.Json;
import io.pinferry.base.Nearest;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The keys of a manifest. It brings a tree into one form, as the contract's own validator does: the
 * case of a key does not matter, null and an empty text count as absent, and an unknown key is
 * ignored with a warning.
 */
final class ManifestForm {
  private static final String EXTENSION = "x-";
  private static final int WARNINGS_MAX = 50;

  /** A value without known keys. */
  private static final Form VALUE = new Form(Map.of(), null);

  private static final Form FIELDS =
      list(keys("fieldName", "mapToName", "mapToDisplayName", "default", "prompt"));

  private static final Form INTEGRATION =
      keys("name", "displayName", "provider", "module")
          .with(
              "read",
              Form.EMPTY.with(
                  "objects",
                  list(
                      keys(
                              "objectName",
                              "destination",
                              "schedule",
                              "enabled",
                              "mapToName",
                              "mapToDisplayName",
                              "optionalFieldsAuto")
                          .with("requiredFields", FIELDS)
                          .with("optionalFields", FIELDS)
                          .with(
                              "backfill",
                              Form.EMPTY.with("defaultPeriod", keys("days", "fullHistory")))
                          .with("delivery", keys("mode", "pageSize")))))
          .with(
              "write",
              Form.EMPTY.with(
                  "objects",
                  list(
                      keys("objectName", "inheritMapping")
                          .with("valueDefaults", keys("allowAnyFields")))))
          .with("proxy", keys("enabled", "useModule"))
          // These are refused as a whole.
          .with("delete", VALUE)
          .with("subscribe", VALUE)
          .with("watchSchema", VALUE);

  private static final Form MANIFEST = keys("specVersion").with("integrations", list(INTEGRATION));

  private final List<Issue> issues;
  private final List<Issue> warnings;

  /**
   * Makes a form.
   *
   * @param issues contradictions are added here
   * @param warnings unknown keys are added here
   */
  ManifestForm(List<Issue> issues, List<Issue> warnings) {
    this.issues = issues;
    this.warnings = warnings;
  }

  /**
   * The form of a value.
   *
   * @param keys the known keys of an object; empty if any are taken
   * @param entry the form of the entries of a list; null for no list
   */
  private record Form(Map<String, Form> keys, @Nullable Form entry) {
    static final Form EMPTY = new Form(Map.of(), null);

    Form with(String key, Form value) {
      Map<String, Form> more = new LinkedHashMap<>(keys);
      more.put(key, value);
      return new Form(more, null);
    }

    Optional<String> known(String key) {
      return keys.containsKey(key)
          ? Optional.of(key)
          : keys.keySet().stream().filter(key::equalsIgnoreCase).findFirst();
    }
  }

  private static Form keys(String... names) {
    Form form = Form.EMPTY;
    for (String name : names) {
      form = form.with(name, VALUE);
    }
    return form;
  }

  private static Form list(Form entry) {
    return new Form(Map.of(), entry);
  }

  JsonNode manifest(JsonNode tree) {
    return formed("", tree, MANIFEST);
  }

  JsonNode integration(String path, JsonNode tree) {
    return formed(path, tree, INTEGRATION);
  }

  private JsonNode formed(String path, JsonNode node, Form form) {
    if (node instanceof ArrayNode list && form.entry() != null) {
      ArrayNode entries = Json.object().arrayNode();
      for (JsonNode entry : list) {
        if (entry.isNull() && form.entry().keys().containsKey("fieldName")) {
          continue;
        }
        // An entry without a value has no member either.
        JsonNode given = entry.isNull() ? Json.object() : entry;
        entries.add(formed(path + "[" + entries.size() + "]", given, form.entry()));
      }
      return entries;
    }
    return node instanceof ObjectNode object && !form.keys().isEmpty()
        ? object(path, object, form)
        : node;
  }

  private ObjectNode object(String path, ObjectNode object, Form form) {
    ObjectNode formed = Json.object();
    for (Map.Entry<String, JsonNode> member : object.properties()) {
      String key = member.getKey();
      JsonNode value = member.getValue();
      boolean absent = value.isNull() || (value.isTextual() && value.textValue().isEmpty());
      String place = path.isEmpty() ? key : path + "." + key;
      Optional<String> known = form.known(key);
      if (known.isEmpty() && !key.startsWith(EXTENSION)) {
        warn(
            place,
            "is not a known key and has no effect" + Nearest.hint(key, form.keys().keySet()));
      } else if (!absent) {
        JsonNode present =
            known
                .map(name -> formed(place, value, form.keys().getOrDefault(name, VALUE)))
                .orElse(value);
        JsonNode other = formed.get(known.orElse(key));
        if (other == null) {
          formed.set(known.orElse(key), present);
        } else if (!other.equals(present)) {
          issues.add(Issue.body(Issue.clipped(place), "is given twice, with different values"));
        }
      }
    }
    return formed;
  }

  void warn(String path, String detail) {
    if (warnings.size() < WARNINGS_MAX) {
      warnings.add(Issue.body(Issue.clipped(path), detail));
    }
  }

  /**
   * Removes fields that an object of a checked integration asks for again, and empty entries. A
   * field that is required is not offered as optional, too.
   */
  static void removeRepeatedFields(ObjectNode integration) {
    for (JsonNode object : integration.path("read").path("objects")) {
      Set<JsonNode> fields = new LinkedHashSet<>();
      for (String list : List.of("requiredFields", "optionalFields")) {
        if (object.get(list) instanceof ArrayNode entries) {
          var kept = entries.deepCopy().removeAll();
          for (JsonNode entry : entries) {
            if (!entry.isEmpty() && fields.add(entry)) {
              kept.add(entry);
            }
          }
          ((ObjectNode) object).set(list, kept);
        }
      }
    }
  }
}
