package io.pinferry.local.api;

import static java.util.stream.Collectors.joining;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import io.pinferry.local.api.Transport.Answer;
import io.pinferry.manifest.RevisionChange;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A deploy of a manifest, and what it changed.
 *
 * @param integrations the integrations of the manifest, as the API answers them
 * @param changes a line for each integration, and one for each of its changes
 * @param warnings the warnings of the API; empty if there are none
 */
public record Deployment(JsonNode integrations, List<String> changes, String warnings) {
  private static final String REMOVED = "  - read ";

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
    return RevisionChange.between(before, now).stream().map(Deployment::line).toList();
  }

  private static String line(RevisionChange change) {
    String sign =
        switch (change.kind()) {
          case ADDED -> "+";
          case REMOVED -> "-";
          case CHANGED -> "~";
        };
    if (change.objectName() == null) {
      return "  " + sign + " " + change.part();
    }
    String members =
        change.members().stream().map(RevisionChange.Member::name).collect(joining(", "));
    return "  %s %s %s%s"
        .formatted(
            sign, change.part(), change.objectName(), members.isEmpty() ? "" : ": " + members);
  }

  /** Returns whether the manifest no longer reads an object that it read. */
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
