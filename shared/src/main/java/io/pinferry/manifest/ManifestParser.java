package io.pinferry.manifest;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Issue;
import io.pinferry.base.Json;
import io.pinferry.base.JsonInput;
import io.pinferry.base.Nearest;
import io.pinferry.base.PinferryException.InvalidRequest;
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
 * Reads and checks amp.yaml (specVersion 1.0.0). Keys that begin with {@code x-} are extensions.
 * They stay in the content, and only {@link Plan#KEY} is checked.
 */
public final class ManifestParser {
  public static final int YAML_BYTES_MAX = 256 * 1_024;

  /** A revision is stored in one item, which DynamoDB limits to 400 kB. */
  private static final int CONTENT_BYTES_MAX = 300_000;

  private static final String PROVIDER = "pinterest";
  private static final int DISPLAY_NAME_LENGTH_MAX = 100;
  private static final int TEXT_LENGTH_MAX = 1_024;

  private final Set<String> readObjects;
  private final Set<String> objectsWithDeletions;
  private final Set<String> writeObjects;

  /**
   * @param readObjects the names of all readable objects
   * @param objectsWithDeletions those whose records can be deleted
   * @param writeObjects the names of all writable objects
   */
  public ManifestParser(
      Set<String> readObjects, Set<String> objectsWithDeletions, Set<String> writeObjects) {
    this.readObjects = new TreeSet<>(readObjects);
    this.objectsWithDeletions = Set.copyOf(objectsWithDeletions);
    this.writeObjects = new TreeSet<>(writeObjects);
  }

  /**
   * Reads a file.
   *
   * @throws InvalidRequest with all issues; the name of an issue is a path in the file
   */
  public Manifest parse(String yaml) {
    if (yaml.length() > YAML_BYTES_MAX || yaml.getBytes(UTF_8).length > YAML_BYTES_MAX) {
      throw refused("amp.yaml", "is larger than " + YAML_BYTES_MAX / 1_024 + " KiB");
    }
    List<Issue> issues = new ArrayList<>();
    List<Issue> warnings = new ArrayList<>();
    JsonNode tree = new ManifestForm(issues, warnings).manifest(YamlTree.read(yaml));
    JsonInput root = JsonInput.root("", tree, issues);
    if (!tree.isObject()) {
      throw refused("amp.yaml", "is not a mapping; it must begin with specVersion: 1.0.0");
    }
    root.requiredMember("specVersion").choice(List.of(Manifest.SPEC_VERSION));
    JsonInput integrations = root.requiredMember("integrations");
    Map<String, String> names = new HashMap<>();
    for (JsonInput integration : integrations.entries(1, Integer.MAX_VALUE)) {
      checkIntegration(integration);
      unique(integration.member("name"), names);
    }
    check("amp.yaml", issues);
    List<IntegrationRevision> revisions = new ArrayList<>();
    for (JsonNode content : tree.path("integrations")) {
      revisions.add(revision((ObjectNode) content));
    }
    return new Manifest(revisions, warnings);
  }

  /**
   * Reads the content of a revision from JSON.
   *
   * @param path the path of the content in the body, {@code latestRevision.content}
   * @throws InvalidRequest with all issues
   */
  public Manifest parseContent(String path, JsonNode content) {
    List<Issue> issues = new ArrayList<>();
    List<Issue> warnings = new ArrayList<>();
    JsonNode formed = new ManifestForm(issues, warnings).integration(path, content);
    checkIntegration(JsonInput.root(path, formed, issues));
    check(path, issues);
    return new Manifest(List.of(revision((ObjectNode) formed)), warnings);
  }

  private static IntegrationRevision revision(ObjectNode checked) {
    int bytes = Json.text(checked).getBytes(UTF_8).length;
    if (bytes > CONTENT_BYTES_MAX) {
      throw refused(
          "integrations",
          "has an integration of %s bytes with aliases expanded, at most %s are allowed"
              .formatted(bytes, CONTENT_BYTES_MAX));
    }
    ManifestForm.removeRepeatedFields(checked);
    return RevisionReader.revision(checked);
  }

  private static void check(String what, List<Issue> issues) {
    if (!issues.isEmpty()) {
      throw InvalidRequest.unprocessable(what, issues);
    }
  }

  private static InvalidRequest refused(String name, String detail) {
    return Issue.body(name, detail).unprocessable();
  }

  private void checkIntegration(JsonInput integration) {
    if (!integration.isObject()) {
      return;
    }
    JsonInput name = integration.requiredMember("name");
    name.text(CommonChecks.NAME_LENGTH_MAX)
        .filter(text -> !text.matches("[A-Za-z0-9_-]+"))
        .ifPresent(text -> name.issue("may hold letters, digits, - and _ only"));
    integration.member("displayName").text(DISPLAY_NAME_LENGTH_MAX);
    integration.requiredMember("provider").choice(List.of(PROVIDER));
    JsonInput module = integration.member("module");
    if (module.present()) {
      module.issue("is not possible: Pinterest has no modules; leave it out");
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
    if (proxy.present() && proxy.isObject()) {
      proxy.requiredMember("enabled").flag();
      proxy
          .member("useModule")
          .flag()
          .filter(use -> use)
          .ifPresent(
              use ->
                  proxy
                      .member("useModule")
                      .issue("is not possible: Pinterest has no modules; leave it out"));
    }
    JsonInput watch = integration.member("watchSchema");
    if (watch.present()) {
      watch.issue(
          "is not possible: the fields of Pinterest's objects change only with the version of"
              + " Pinferry, and its changelog says so; leave it out");
    }
    JsonInput delete = integration.member("delete");
    if (delete.present()) {
      delete.issue(
          "is not possible: list the objects under write, and allow deletions for an installation"
              + " by deletionSettings.enabled of the object in its config");
    }
  }

  private void checkRead(JsonInput read) {
    if (!read.isObject()) {
      return;
    }
    Map<String, String> objectNames = new HashMap<>();
    Map<String, String> deliveredNames = new HashMap<>();
    for (JsonInput object : read.requiredMember("objects").entries(1, Integer.MAX_VALUE)) {
      if (!object.isObject()) {
        continue;
      }
      JsonInput name = object.requiredMember("objectName");
      checkObjectName(name, readObjects, "read");
      boolean nameIsNew = unique(name, objectNames);
      JsonInput mapTo = object.member("mapToName");
      mapTo.text(CommonChecks.NAME_LENGTH_MAX);
      if (mapTo.present() || nameIsNew) {
        unique(mapTo.present() ? mapTo : name, deliveredNames);
      }
      object.member("mapToDisplayName").text(DISPLAY_NAME_LENGTH_MAX);
      object.requiredMember("destination").text(CommonChecks.NAME_LENGTH_MAX);
      CommonChecks.schedule(object.member("schedule"), CommonChecks.READ_GAP_MIN);
      boolean always = object.member("enabled").choice(List.of("always")).isPresent();
      object.member("optionalFieldsAuto").choice(List.of("all"));
      object.member(Plan.KEY).choice(Plan.texts());
      checkMode(object.member(DeliveryMode.KEY), name);
      CommonChecks.backfill(object.member("backfill"), "defaultPeriod");
      checkDelivery(object.member("delivery"));
      var fields = new FieldChecks(always);
      object.member("requiredFields").entries(0, Integer.MAX_VALUE).forEach(fields::checkRequired);
      object.member("optionalFields").entries(0, Integer.MAX_VALUE).forEach(fields::check);
    }
  }

  private static void checkObjectName(JsonInput name, Set<String> known, String participle) {
    name.text(CommonChecks.NAME_LENGTH_MAX)
        .filter(text -> !known.contains(text))
        .ifPresent(
            text ->
                name.issue(
                    "is not an object that can be "
                        + participle
                        + Nearest.to(text, known)
                            .map(word -> ", did you mean " + word + "?")
                            .orElse(": there are " + String.join(", ", known))));
  }

  private void checkMode(JsonInput mode, JsonInput objectName) {
    boolean deletions =
        mode.choice(DeliveryMode.texts())
            .filter(DeliveryMode.CHANGED_AND_DELETED.text()::equals)
            .isPresent();
    Optional<String> name = objectName.text(CommonChecks.NAME_LENGTH_MAX);
    if (deletions
        && name.filter(readObjects::contains).isPresent()
        && name.filter(objectsWithDeletions::contains).isEmpty()) {
      mode.issue(
          "is not possible for "
              + name.get()
              + ", whose records are never deleted: use "
              + DeliveryMode.CHANGED.text());
    }
  }

  private static void checkDelivery(JsonInput delivery) {
    if (!delivery.present() || !delivery.isObject()) {
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
    JsonInput pageSize = delivery.member("pageSize");
    if (pageSize.present()) {
      pageSize.issue(
          "is not possible: a message has as many records of a page as fit into it; leave it out");
    }
  }

  private void checkWrite(JsonInput write) {
    if (!write.isObject()) {
      return;
    }
    Map<String, String> objectNames = new HashMap<>();
    for (JsonInput object : write.requiredMember("objects").entries(1, Integer.MAX_VALUE)) {
      if (!object.isObject()) {
        continue;
      }
      JsonInput name = object.requiredMember("objectName");
      checkObjectName(name, writeObjects, "written");
      unique(name, objectNames);
      object.member("inheritMapping").flag();
      JsonInput defaults = object.member("valueDefaults");
      if (defaults.present() && defaults.isObject()) {
        defaults.member("allowAnyFields").flag();
      }
    }
  }

  /** Adds an issue if an earlier place has the same text. Returns whether there was none. */
  private static boolean unique(JsonInput place, Map<String, String> seen) {
    JsonNode name = place.node();
    String first = !name.isTextual() ? null : seen.putIfAbsent(name.textValue(), place.path());
    if (first != null) {
      place.issue("is the same as " + first);
    }
    return first == null;
  }

  /** Checks the required and optional fields of one object together. */
  private static final class FieldChecks {
    private final boolean always;
    private final Set<JsonNode> seen = new HashSet<>();
    private final Set<FieldPath> names = new HashSet<>();
    private final Map<FieldPath, String> targets = new LinkedHashMap<>();

    /**
     * Makes the checks of an object.
     *
     * @param always whether it is read for every installation, so that no group may have to choose
     */
    FieldChecks(boolean always) {
      this.always = always;
    }

    void check(JsonInput field) {
      if (!field.isObject() || !seen.add(field.node())) {
        return;
      }
      boolean existing = field.member("fieldName").present();
      JsonInput name = field.member("fieldName");
      JsonInput mapTo = field.member("mapToName");
      if (!existing && !mapTo.present()) {
        field.issue("needs a fieldName, or a mapToName for a field that the group chooses");
      }
      if (CommonChecks.fieldPath(name).filter(path -> !names.add(path)).isPresent()) {
        name.issue("occurs twice, with different members");
      }
      CommonChecks.fieldPath(mapTo).ifPresent(target -> checkTarget(mapTo, target));
      field.member("mapToDisplayName").text(DISPLAY_NAME_LENGTH_MAX);
      for (String member : List.of("default", "prompt")) {
        if (existing && field.member(member).present()) {
          field.member(member).issue("is only possible without a fieldName");
        }
      }
      if (!existing) {
        CommonChecks.fieldPath(field.member("default"));
        field.member("prompt").text(TEXT_LENGTH_MAX);
      }
    }

    void checkRequired(JsonInput field) {
      check(field);
      boolean chosenByGroup =
          !field.member("fieldName").present() && !field.member("default").present();
      if (always && chosenByGroup && field.member("mapToName").present()) {
        field.issue(
            "has to be chosen by each group, but enabled: always reads the object without a choice;"
                + " give it a default or a fieldName");
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
