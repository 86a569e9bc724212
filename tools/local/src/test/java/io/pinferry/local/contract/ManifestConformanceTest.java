package io.pinferry.local.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import io.pinferry.local.RepositoryRoot;
import io.pinferry.manifest.ConfigMerge;
import io.pinferry.manifest.EffectiveConfig;
import io.pinferry.manifest.InstallationConfig;
import io.pinferry.manifest.IntegrationRevision;
import io.pinferry.manifest.Manifest;
import io.pinferry.manifest.ManifestParser;
import io.pinferry.manifest.ReadObject;
import io.pinferry.pinterest.ReadCatalogue;
import io.pinferry.pinterest.WriteObjects;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

/** Revisions and configs in answers have the contract's form. */
final class ManifestConformanceTest {
  @Test
  void theExamplesContentConforms() throws IOException {
    var oracle = AmpersandOracle.orSkip("ampersand-manifest.json");
    IntegrationRevision revision = example();
    assertThat(oracle.validate("Integration", revision.content())).isEmpty();
    ObjectNode manifest = Json.object();
    manifest.put("specVersion", Manifest.SPEC_VERSION);
    manifest.putArray("integrations").add(revision.content());
    assertThat(oracle.validate("Manifest", manifest)).isEmpty();
  }

  @Test
  void everythingAManifestMayHoldConforms() {
    var oracle = AmpersandOracle.orSkip("ampersand-manifest.json");
    IntegrationRevision revision =
        new ManifestParser(
                ReadCatalogue.names(), ReadCatalogue.namesWithDeletions(), ReadCatalogue.names())
            .parse(
                """
                specVersion: 1.0.0
                integrations:
                  - name: all
                    displayName: All of it
                    provider: pinterest
                    read:
                      objects:
                        - objectName: pins
                          destination: hook
                          schedule: 0 3 * * *
                          enabled: always
                          mapToName: pin
                          mapToDisplayName: Pin
                          requiredFields:
                            - {fieldName: id, mapToName: "$['a']['b']", mapToDisplayName: B}
                            - {mapToName: t, mapToDisplayName: T, default: title, prompt: "Which?"}
                          optionalFields: [{fieldName: link}]
                          optionalFieldsAuto: all
                          backfill: {defaultPeriod: {days: 3}}
                          delivery: {mode: auto}
                    write:
                      objects:
                        - objectName: pins
                          inheritMapping: true
                          valueDefaults: {allowAnyFields: true}
                    proxy: {enabled: true, useModule: false}
                """)
            .integrations()
            .getFirst();
    assertThat(oracle.validate("Integration", revision.content())).isEmpty();
  }

  @Test
  void theConfigOfAnInstallationConforms() throws IOException {
    var oracle = AmpersandOracle.orSkip("ampersand-config.json");
    IntegrationRevision revision = example();
    ObjectNode sent = Json.object().put("provider", "pinterest");
    ObjectNode objects = sent.putObject("read").putObject("objects");
    for (ReadObject object : revision.read()) {
      objects.putObject(object.objectName()).put("objectName", object.objectName());
    }
    objects
        .withObject("/pins")
        .putObject("selectedValueMappings")
        .putObject("pinTitle")
        .put("Nameless", "Untitled");
    objects.withObject("/pins").putArray("dynamicMappingsInput");
    InstallationConfig config = InstallationConfig.parse("config.content", sent);
    EffectiveConfig effective = ConfigMerge.merge("config.content", revision, config);
    assertThat(oracle.validate("ConfigContent", ConfigMerge.shown(config, effective))).isEmpty();
    assertThat(effective.read()).hasSameSizeAs(ReadCatalogue.names());
  }

  @Test
  void theComparisonNoticesWhatDoesNotConform() throws IOException {
    var oracle = AmpersandOracle.orSkip("ampersand-manifest.json");
    ObjectNode content = example().content().deepCopy();
    content.remove("name");
    content.put("read", "text");
    assertThat(oracle.validate("Integration", content)).hasSize(2);
  }

  private static IntegrationRevision example() throws IOException {
    return new ManifestParser(
            ReadCatalogue.names(), ReadCatalogue.namesWithDeletions(), WriteObjects.names())
        .parse(Files.readString(RepositoryRoot.file("examples/amp.yaml")))
        .integrations()
        .getFirst();
  }
}
