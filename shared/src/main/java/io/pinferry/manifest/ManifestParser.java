package io.pinferry.manifest;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Issue;
import io.pinferry.base.JsonInput;
import io.pinferry.base.Nearest;
import io.pinferry.base.PinferryException.InvalidRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Reads amp.yaml (specVersion 1.0.0) and checks all of it. Keys that begin with {@code x-} are
 * extensions and stay in the content; of those only {@link Plan}'s is checked.
 */
public final class ManifestParser {
  /** The largest file. */
  public static final int YAML_BYTES_MAX = 256 * 1_024;

  private static final String PROVIDER = "pinterest";
  private static final int DISPLAY_NAME_LENGTH_MAX = 100;
  private static final int TEXT_LENGTH_MAX = 1_024;
  private static final Duration SCHEMA_GAP_MIN = Duration.ofHours(1);

  private final Set<String> readObjects;
  private final Set<String> writeObjects;

  /**
   * Makes a parser.
   *
   * @param readObjects the names of all objects that can be read
   * @param writeObjects the names of all objects that can be written
   */
  public ManifestParser(Set<String> readObjects, Set<String> writeObjects) {
    this.readObjects = new TreeSet<>(readObjects);
    this.writeObjects = new TreeSet<>(writeObjects);
  }

  /**
   * Reads a file.
   *
   * @throws InvalidRequest with everything that is wrong; each issue's name is a path in the file
   */
  public Manifest parse(String yaml) {
    if (yaml.length() > YAML_BYTES_MAX || yaml.getBytes(UTF_8).length > YAML_BYTES_MAX) {
      throw refused("amp.yaml", "is larger than " + YAML_BYTES_MAX / 1_024 + " KiB");
    }
    JsonNode tree = YamlTree.read(yaml);
    List<Issue> issues = new ArrayList<>();
    JsonInput root = JsonInput.root("", tree, issues);
    if (!tree.isObject()) {
      throw refused("amp.yaml", "is no mapping; it begins with specVersion: 1.0.0");
    }
    root.object("specVersion", "integrations");
    checkVersion(root.member("specVersion"));
    JsonInput integrations = root.member("integrations");
    integrations.required();
    Map<String, String> names = new HashMap<>();
    for (JsonInput integration : integrations.entries(1, Integer.MAX_VALUE)) {
      checkIntegration(integration);
      JsonInput name = integration.member("name");
      unique(name, names);
    }
    check("amp.yaml", issues);
    List<IntegrationRevision> revisions = new ArrayList<>();
    for (JsonNode content : tree.path("integrations")) {
      revisions.add(RevisionReader.revision((ObjectNode) content));
    }
    return new Manifest(revisions);
  }

  /**
   * Reads a revision's content that came as JSON.
   *
   * @param path where the content is in the request's body, {@code latestRevision.content}
   * @throws InvalidRequest with everything that is wrong
   */
  public IntegrationRevision parseContent(String path, JsonNode content) {
    List<Issue> issues = new ArrayList<>();
    checkIntegration(JsonInput.root(path, content, issues));
    check(path, issues);
    return RevisionReader.revision((ObjectNode) content);
  }

  private static void check(String what, List<Issue> issues) {
    if (!issues.isEmpty()) {
      throw InvalidRequest.unprocessable(what, issues);
    }
  }

  private static InvalidRequest refused(String name, String detail) {
    return Issue.body(name, detail).unprocessable();
  }

  private static void checkVersion(JsonInput version) {
    if (version.required()) {
      version.choice(List.of(Manifest.SPEC_VERSION));
    }
  }

  private void checkIntegration(JsonInput integration) {
    if (!integration.object(
        "name",
        "displayName",
        "provider",
        "module",
        "read",
        "write",
        "proxy",
        "subscribe",
        "watchSchema")) {
      return;
    }
    JsonInput name = integration.member("name");
    name.required();
    name.text(Parts.NAME_LENGTH_MAX)
        .filter(text -> !text.matches("[A-Za-z0-9_-]+"))
        .ifPresent(text -> name.issue("may hold letters, digits, - and _ only"));
    integration.member("displayName").text(DISPLAY_NAME_LENGTH_MAX);
    JsonInput provider = integration.member("provider");
    if (provider.required()) {
      provider.choice(List.of(PROVIDER));
    }
    JsonInput module = integration.member("module");
    if (module.present()) {
      module.issue("is not for Pinterest, which has no modules: leave it out");
    }
    JsonInput read = integration.member("read");
    JsonInput write = integration.member("write");
    JsonInput proxy = integration.member("proxy");
    JsonInput subscribe = integration.member("subscribe");
    if (!read.present() && !write.present() && !proxy.present() && !subscribe.present()) {
      integration.issue("does nothing: it needs at least one of read, write and proxy");
    }
    if (subscribe.present()) {
      subscribe.issue(
          "is not possible: Pinterest announces no changes; read the objects on a schedule");
    }
    if (read.present()) {
      checkRead(read);
    }
    if (write.present()) {
      checkWrite(write);
    }
    if (proxy.present() && proxy.object("enabled", "useModule")) {
      proxy.member("enabled").required();
      proxy.member("enabled").flag();
      proxy.member("useModule").flag();
    }
    JsonInput watch = integration.member("watchSchema");
    if (watch.present()) {
      checkWatch(watch);
    }
  }

  private void checkRead(JsonInput read) {
    if (!read.object("objects")) {
      return;
    }
    read.member("objects").required();
    Map<String, String> objectNames = new HashMap<>();
    Map<String, String> deliveredNames = new HashMap<>();
    for (JsonInput object : read.member("objects").entries(1, Integer.MAX_VALUE)) {
      if (!object.object(
          "objectName",
          "destination",
          "schedule",
          "enabled",
          "mapToName",
          "mapToDisplayName",
          "requiredFields",
          "optionalFields",
          "optionalFieldsAuto",
          "backfill",
          "delivery")) {
        continue;
      }
      JsonInput name = object.member("objectName");
      checkObjectName(name, readObjects, "read");
      boolean nameIsNew = unique(name, objectNames);
      JsonInput mapTo = object.member("mapToName");
      mapTo.text(Parts.NAME_LENGTH_MAX);
      if (mapTo.present() || nameIsNew) {
        unique(mapTo.present() ? mapTo : name, deliveredNames);
      }
      object.member("mapToDisplayName").text(DISPLAY_NAME_LENGTH_MAX);
      object.member("destination").required();
      object.member("destination").text(Parts.NAME_LENGTH_MAX);
      Parts.schedule(object.member("schedule"), Parts.READ_GAP_MIN);
      object.member("enabled").choice(List.of("always"));
      object.member("optionalFieldsAuto").choice(List.of("all"));
      object.member(Plan.KEY).choice(Plan.texts());
      Parts.backfill(object.member("backfill"));
      checkDelivery(object.member("delivery"));
      var fields = new FieldChecks();
      object.member("requiredFields").entries(0, Integer.MAX_VALUE).forEach(fields::check);
      object.member("optionalFields").entries(0, Integer.MAX_VALUE).forEach(fields::check);
    }
  }

  private static void checkObjectName(JsonInput name, Set<String> known, String verb) {
    if (!name.required()) {
      return;
    }
    name.text(Parts.NAME_LENGTH_MAX)
        .filter(text -> !known.contains(text))
        .ifPresent(
            text ->
                name.issue(
                    "is not an object that can be "
                        + (verb.equals("read") ? "read" : "written")
                        + Nearest.to(text, known)
                            .map(word -> ", did you mean " + word + "?")
                            .orElse(": there are " + String.join(", ", known))));
  }

  private static void checkDelivery(JsonInput delivery) {
    if (!delivery.present() || !delivery.object("mode", "pageSize")) {
      return;
    }
    delivery
        .member("mode")
        .choice(List.of("auto", "onRequest"))
        .filter("onRequest"::equals)
        .ifPresent(
            mode ->
                delivery
                    .member("mode")
                    .issue("onRequest is not possible: results are delivered as they are read"));
    delivery.member("pageSize").number(50, 500);
  }

  private void checkWrite(JsonInput write) {
    if (!write.object("objects")) {
      return;
    }
    write.member("objects").required();
    Map<String, String> objectNames = new HashMap<>();
    for (JsonInput object : write.member("objects").entries(1, Integer.MAX_VALUE)) {
      if (!object.object("objectName", "inheritMapping", "valueDefaults")) {
        continue;
      }
      JsonInput name = object.member("objectName");
      checkObjectName(name, writeObjects, "write");
      unique(name, objectNames);
      object.member("inheritMapping").flag();
      JsonInput defaults = object.member("valueDefaults");
      if (defaults.present() && defaults.object("allowAnyFields")) {
        defaults.member("allowAnyFields").flag();
      }
    }
  }

  private static void checkWatch(JsonInput watch) {
    if (!watch.object("destination", "schedule", "allObjects")) {
      return;
    }
    watch.member("destination").required();
    watch.member("destination").text(Parts.NAME_LENGTH_MAX);
    Parts.schedule(watch.member("schedule"), SCHEMA_GAP_MIN);
    JsonInput all = watch.member("allObjects");
    if (!all.required() || !all.object("fieldCreated", "fieldDeleted", "fieldChanged")) {
      return;
    }
    for (JsonInput event : all.members().values()) {
      if (event.object("enabled") && event.member("enabled").required()) {
        event.member("enabled").choice(List.of("always"));
      }
    }
  }

  /** Adds an issue if the place's text stands elsewhere too; tells whether it does not. */
  private static boolean unique(JsonInput place, Map<String, String> seen) {
    JsonNode name = place.node();
    String first = !name.isTextual() ? null : seen.putIfAbsent(name.textValue(), place.path());
    if (first != null) {
      place.issue("is the same as " + first);
    }
    return first == null;
  }

  /** Checks the fields of one object, required and optional together. */
  private static final class FieldChecks {
    private final Set<FieldPath> names = new HashSet<>();
    private final Map<FieldPath, String> targets = new LinkedHashMap<>();

    void check(JsonInput field) {
      boolean existing = field.member("fieldName").present();
      boolean wellFormed =
          existing
              ? field.object("fieldName", "mapToName", "mapToDisplayName")
              : field.object("mapToName", "mapToDisplayName", "default", "prompt");
      if (!wellFormed) {
        return;
      }
      JsonInput name = field.member("fieldName");
      JsonInput mapTo = field.member("mapToName");
      if (!existing && !mapTo.present()) {
        field.issue("needs a fieldName, or a mapToName for a field that the group chooses");
      }
      if (Parts.fieldPath(name).filter(path -> !names.add(path)).isPresent()) {
        name.issue("is asked for twice");
      }
      Parts.fieldPath(mapTo).ifPresent(target -> checkTarget(mapTo, target));
      field.member("mapToDisplayName").text(DISPLAY_NAME_LENGTH_MAX);
      if (!existing) {
        Parts.fieldPath(field.member("default"));
        field.member("prompt").text(TEXT_LENGTH_MAX);
      }
    }

    private void checkTarget(JsonInput mapTo, FieldPath target) {
      Optional<Map.Entry<FieldPath, String>> clash =
          targets.entrySet().stream()
              .filter(
                  other -> other.getKey().startsWith(target) || target.startsWith(other.getKey()))
              .findFirst();
      if (clash.isPresent()) {
        mapTo.issue(
            (clash.get().getKey().equals(target) ? "is the same as " : "overlaps ")
                + clash.get().getValue());
      } else {
        targets.put(target, mapTo.path());
      }
    }
  }
}
