package io.pinferry.management;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import io.pinferry.base.PinferryException.InvalidRequest;
import io.pinferry.directory.Connection;
import io.pinferry.directory.Revision;
import io.pinferry.directory.RevisionId;
import io.pinferry.local.contract.AmpersandOracle;
import io.pinferry.manifest.IntegrationRevision;
import io.pinferry.manifest.ManifestParser;
import io.pinferry.pinterest.ReadCatalogue;
import io.pinferry.pinterest.WriteObjects;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.yaml.snakeyaml.Yaml;

/** Every key of the contract's manifest has an effect or is refused; none is taken silently. */
final class ManifestKeysTest {
  private static final String MANIFEST =
      """
      specVersion: 1.0.0
      integrations:
        - name: sync
          provider: pinterest
          read:
            objects:
              - objectName: pins
                destination: hook
                requiredFields: [{fieldName: id}, {mapToName: title}]
                optionalFields: [{fieldName: link}, {mapToName: text}]
                backfill: {defaultPeriod: {days: 3}}
                delivery: {}
          write:
            objects: [{objectName: pins, valueDefaults: {}}]
          proxy: {enabled: false}
      """;

  private static final String READ = "integrations[].read.objects[].";
  private static final String WRITE = "integrations[].write.objects[].";

  /** The value that shows the effect of a key, or the beginning of its refusal after an X. */
  private static final Map<String, String> KEYS = new TreeMap<>();

  static {
    // Their absence is refused, so each has an effect.
    for (String required :
        new String[] {
          "specVersion",
          "integrations",
          "integrations[].name",
          "integrations[].provider",
          "integrations[].read.objects",
          "integrations[].write.objects",
          "integrations[].proxy.enabled",
          READ + "objectName",
          READ + "destination",
          READ + "backfill.defaultPeriod",
          WRITE + "objectName"
        }) {
      KEYS.put(required, "required");
    }
    for (String whole : new String[] {"subscribe", "watchSchema"}) {
      KEYS.put("integrations[]." + whole, "{} X is not possible");
    }
    KEYS.put("integrations[].displayName", "Sync of pins");
    KEYS.put("integrations[].module", "crm X is not possible: Pinterest has no modules");
    KEYS.put("integrations[].read", "inner");
    KEYS.put("integrations[].write", "inner");
    KEYS.put("integrations[].proxy", "inner");
    KEYS.put("integrations[].proxy.useModule", "true X is not possible: Pinterest has no modules");
    KEYS.put(READ + "schedule", "0 3 * * *");
    KEYS.put(READ + "mapToName", "pin");
    KEYS.put(READ + "mapToDisplayName", "Pin");
    KEYS.put(READ + "requiredFields", "inner");
    KEYS.put(READ + "requiredFields[].fieldName", "note");
    KEYS.put(READ + "requiredFields[].mapToName", "key");
    KEYS.put(READ + "requiredFields[].mapToDisplayName", "Key");
    KEYS.put(READ + "requiredFields[].default", "title");
    KEYS.put(READ + "requiredFields[].prompt", "Which?");
    KEYS.put(READ + "optionalFields", "inner");
    KEYS.put(READ + "optionalFields[].fieldName", "note");
    KEYS.put(READ + "optionalFields[].mapToName", "address");
    KEYS.put(READ + "optionalFields[].mapToDisplayName", "Address");
    KEYS.put(READ + "optionalFields[].default", "title");
    KEYS.put(READ + "optionalFields[].prompt", "Which?");
    KEYS.put(READ + "optionalFieldsAuto", "all");
    KEYS.put(READ + "backfill", "inner");
    KEYS.put(READ + "backfill.defaultPeriod.days", "7");
    KEYS.put(READ + "backfill.defaultPeriod.fullHistory", "true");
    KEYS.put(READ + "delivery", "inner");
    KEYS.put(READ + "delivery.mode", "onRequest X onRequest is not possible");
    KEYS.put(READ + "delivery.pageSize", "50 X is not possible");
    KEYS.put(READ + "enabled", "always");
    KEYS.put(WRITE + "inheritMapping", "true");
    KEYS.put(WRITE + "valueDefaults", "inner");
    KEYS.put(WRITE + "valueDefaults.allowAnyFields", "true");
  }

  private final ManifestParser parser =
      new ManifestParser(
          ReadCatalogue.names(), ReadCatalogue.namesWithDeletions(), WriteObjects.names());

  @Test
  void theTableHasEveryKeyOfTheContractAndNoOther() {
    var keys = new TreeSet<String>();
    collect("", AmpersandOracle.orSkip("ampersand-manifest.json").schema("Manifest"), keys);

    assertThat(keys).isEqualTo(new TreeSet<>(KEYS.keySet()));
  }

  /** Adds the keys of a schema, except those inside a block that is refused as a whole. */
  private static void collect(String path, JsonNode schema, Set<String> keys) {
    schema.path("oneOf").forEach(variant -> collect(path, variant, keys));
    schema.path("anyOf").forEach(variant -> collect(path, variant, keys));
    if (schema.has("items")) {
      collect(path + "[]", schema.path("items"), keys);
    }
    for (Map.Entry<String, JsonNode> member : schema.path("properties").properties()) {
      String key = path.isEmpty() ? member.getKey() : path + "." + member.getKey();
      keys.add(key);
      if (!KEYS.getOrDefault(key, "").startsWith("{} X")) {
        collect(key, member.getValue(), keys);
      }
    }
  }

  @Test
  void everyKeyHasAnEffectOrIsRefused() {
    String before = effect(tree());
    KEYS.forEach(
        (path, value) -> {
          if (value.equals("inner")) {
            assertThat(KEYS.keySet())
                .anyMatch(other -> other.startsWith(path + ".") || other.startsWith(path + "[]"));
          } else if (value.equals("required")) {
            assertThat(refusal(changed(path, null))).as(path).contains("is missing");
          } else if (value.contains(" X ")) {
            String[] parts = value.split(" X ", 2);
            assertThat(refusal(changed(path, parts[0]))).as(path).contains(parts[1]);
          } else {
            assertThat(effect(changed(path, value))).as(path).isNotEqualTo(before);
          }
        });
  }

  @ParameterizedTest
  @CsvSource({"delivery.mode, auto", "proxy.useModule, false"})
  void aValueThatSaysTheDefaultIsTaken(String key, String value) {
    String path = key.startsWith("proxy") ? "integrations[]." + key : READ + key;

    assertThat(parser.parse(Json.text(changed(path, value))).warnings()).isEmpty();
  }

  private static JsonNode tree() {
    return new ObjectMapper().valueToTree(new Yaml().<Object>load(MANIFEST));
  }

  /** Returns the manifest with another value of a key, null to remove it. */
  private static JsonNode changed(String path, @Nullable String value) {
    JsonNode tree = tree();
    JsonNode place = tree;
    String[] steps = path.split("\\.", -1);
    for (int i = 0; i < steps.length - 1; i++) {
      String step = steps[i];
      place = place.path(step.replace("[]", ""));
      if (step.endsWith("[]")) {
        // The second field of a list is one that a group chooses.
        boolean slot =
            step.contains("Fields") && (path.endsWith("default") || path.endsWith("prompt"));
        place = place.path(slot ? 1 : 0);
      }
    }
    ObjectNode object = (ObjectNode) place;
    String key = steps[steps.length - 1];
    if (value == null) {
      object.remove(key);
    } else {
      object.set(
          key, Json.trusted(value.matches("true|false|[0-9]+|\\{}") ? value : '"' + value + '"'));
    }
    if (path.equals(READ + "enabled")) {
      // Nobody could choose it.
      ((ArrayNode) object.path("requiredFields")).remove(1);
    }
    if (key.equals("fullHistory")) {
      object.remove("days");
    }
    return tree;
  }

  private String refusal(JsonNode manifest) {
    InvalidRequest refused =
        catchThrowableOfType(InvalidRequest.class, () -> parser.parse(Json.text(manifest)));
    assertThat(refused).as(manifest.toString()).isNotNull();
    return refused.issues().toString();
  }

  /** Returns what a manifest brings about: the revision, and what a page shows of it. */
  private String effect(JsonNode manifest) {
    IntegrationRevision revision = parser.parse(Json.text(manifest)).integrations().getFirst();
    var world = new ManagementWorld();
    Connection connection = world.connect(world.project("shop"), "org_7");
    ObjectNode shown =
        HydratedRevision.of(
            new Revision(new RevisionId("r"), "1.0.0", Instant.EPOCH, revision.content()),
            connection);
    return revision.name() + revision.read() + revision.write() + revision.proxyEnabled() + shown;
  }
}
