package io.pinferry.local.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import io.pinferry.local.api.Transport.Answer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A deploy of a manifest, and what it changed.
 *
 * @param integrations the integrations of the manifest, as the API answers them
 * @param changes a line for each integration, and one for each of its changes
 * @param warnings the warnings of the API; empty if there are none
 */
public record Deployment(JsonNode integrations, List<String> changes, String warnings) {
  private static final String REMOVED = "  - ";

  public Deployment {
    changes = List.copyOf(changes);
  }

  /**
   * Deploys a manifest.
   *
   * @param destructive whether objects that it no longer has are paused in installations
   * @throws CommandFailure if it is refused
   */
  public static Deployment of(Doors doors, String manifest, boolean destructive) {
    Map<String, JsonNode> before = new HashMap<>();
    doors
        .get(doors.path("/integrations"))
        .forEach(one -> before.put(one.path("name").asText(), one.path("latestRevision")));
    Answer answer =
        doors.put(
            doors.path("/integrations:batch" + (destructive ? "?destructive=true" : "")),
            Json.object().put("sourceYaml", manifest));
    JsonNode deployed = Doors.json(answer);
    List<String> changes = new ArrayList<>();
    for (JsonNode one : deployed) {
      String name = one.path("name").asText();
      changes.addAll(changes(name, before.get(name), one.path("latestRevision")));
    }
    return new Deployment(deployed, changes, answer.header("x-pinferry-warnings").orElse(""));
  }

  private static List<String> changes(String name, @Nullable JsonNode before, JsonNode now) {
    String revision = now.path("id").asText();
    if (before == null) {
      List<String> lines = new ArrayList<>(List.of(name + ": new, revision " + revision));
      lines.addAll(differences(Json.object(), now.path("content")));
      return lines;
    }
    List<String> differences = differences(before.path("content"), now.path("content"));
    List<String> lines = new ArrayList<>();
    lines.add(
        before.path("id").asText().equals(revision)
            ? name + ": unchanged, revision " + revision
            : "%s: revision %s, before %s".formatted(name, revision, before.path("id").asText()));
    lines.addAll(differences);
    return lines;
  }

  private static List<String> differences(JsonNode before, JsonNode now) {
    List<String> lines = new ArrayList<>();
    for (String action : List.of("read", "write")) {
      Map<String, JsonNode> old = objects(before, action);
      Map<String, JsonNode> present = objects(now, action);
      var names = new TreeSet<>(old.keySet());
      names.addAll(present.keySet());
      for (String name : names) {
        JsonNode one = old.get(name);
        JsonNode other = present.get(name);
        if (one == null) {
          lines.add("  + %s %s".formatted(action, name));
        } else if (other == null) {
          lines.add(REMOVED + action + " " + name);
        } else if (!one.equals(other)) {
          lines.add("  ~ %s %s: %s".formatted(action, name, members(one, other)));
        }
      }
    }
    if (!before.path("proxy").equals(now.path("proxy"))) {
      lines.add("  ~ proxy");
    }
    return lines;
  }

  private static Map<String, JsonNode> objects(JsonNode content, String action) {
    Map<String, JsonNode> objects = new LinkedHashMap<>();
    content
        .path(action)
        .path("objects")
        .forEach(one -> objects.put(one.path("objectName").asText(), one));
    return objects;
  }

  /** Returns the names of the members that differ. */
  private static String members(JsonNode one, JsonNode other) {
    var names = new TreeSet<String>();
    one.fieldNames().forEachRemaining(names::add);
    other.fieldNames().forEachRemaining(names::add);
    names.removeIf(name -> one.path(name).equals(other.path(name)));
    return String.join(", ", names);
  }

  /** Returns whether the manifest no longer has an object that it had. */
  public boolean removes() {
    return changes.stream().anyMatch(line -> line.startsWith(REMOVED));
  }

  /** Returns this as JSON. */
  public ObjectNode json() {
    ObjectNode json = Json.object();
    json.set("integrations", integrations);
    changes.forEach(json.putArray("changes")::add);
    return json.put("warnings", warnings);
  }
}
