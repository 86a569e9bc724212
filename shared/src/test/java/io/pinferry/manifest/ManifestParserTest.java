package io.pinferry.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pinferry.base.Issue;
import io.pinferry.base.Json;
import io.pinferry.base.PinferryException.InvalidRequest;
import io.pinferry.pinterest.ReadCatalogue;
import io.pinferry.pinterest.WriteObjects;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ManifestParserTest {
  private static final String VALID =
      """
      specVersion: 1.0.0
      integrations:
        - name: sync
          displayName: Sync
          provider: pinterest
          read:
            objects:
              - objectName: pins
                destination: hook
                schedule: "0 3 * * *"
                mapToName: pin
                mapToDisplayName: Pin
                x-pinferry-plan: boards
                x-pinferry-changes: changed
                x-note: [anything, {goes: here}]
                requiredFields:
                  - fieldName: id
                  - fieldName: link
                    mapToName: $['target']['url']
                  - mapToName: pinTitle
                    mapToDisplayName: Title
                    prompt: Which?
                    default: title
                optionalFields:
                  - fieldName: description
                optionalFieldsAuto: all
                backfill:
                  defaultPeriod:
                    days: 30
                delivery:
                  mode: auto
              - objectName: boards
                destination: other
                enabled: always
                backfill: {defaultPeriod: {fullHistory: true}}
          write:
            objects:
              - objectName: pins
                inheritMapping: true
                valueDefaults: {allowAnyFields: true}
          proxy: {enabled: true, useModule: false}
      """;

  private final ManifestParser parser =
      new ManifestParser(
          Set.of("pins", "boards", "product_groups"), Set.of("pins"), Set.of("pins", "feeds"));

  @Test
  void aValidManifestBecomesRevisions() {
    Manifest manifest = parser.parse(VALID);
    assertThat(manifest.integrations()).hasSize(1);
    IntegrationRevision revision = manifest.integrations().getFirst();
    assertThat(revision.name()).isEqualTo("sync");
    assertThat(revision.proxyEnabled()).isTrue();
    assertThat(revision.findRead("pins"))
        .contains(
            new ReadObject(
                "pins",
                "hook",
                Cron.parse("0 3 * * *"),
                null,
                "pin",
                List.of(
                    new ManifestField.PinterestField(FieldPath.of("id"), null),
                    new ManifestField.PinterestField(
                        FieldPath.of("link"), FieldPath.of("target", "url")),
                    new ManifestField.Slot(FieldPath.of("pinTitle"), FieldPath.of("title"))),
                List.of(new ManifestField.PinterestField(FieldPath.of("description"), null)),
                "all",
                new Backfill.Days(30),
                Plan.BOARDS,
                DeliveryMode.CHANGED));
    assertThat(revision.findRead("boards"))
        .hasValueSatisfying(
            boards -> {
              assertThat(boards.schedule()).isNull();
              assertThat(boards.always()).isTrue();
              assertThat(boards.deliveredName()).isEqualTo("boards");
              assertThat(boards.backfill()).isEqualTo(new Backfill.FullHistory());
              assertThat(boards.plan()).isNull();
            });
    assertThat(revision.findWrite("pins")).contains(new WriteObject("pins", true, true));
    assertThat(revision.findRead("feeds")).isEmpty();
  }

  @Test
  void storedContentGivesTheSameRevision() {
    IntegrationRevision revision = parser.parse(VALID).integrations().getFirst();
    String stored = Json.text(revision.content());
    assertThat(
            IntegrationRevision.fromContent(
                (com.fasterxml.jackson.databind.node.ObjectNode) Json.trusted(stored)))
        .isEqualTo(revision);
    assertThat(parser.parseContent("content", Json.trusted(stored)).integrations())
        .containsExactly(revision);
  }

  @Test
  void aliasesAreUnderstood() {
    Manifest manifest =
        parser.parse(
            """
            specVersion: 1.0.0
            integrations:
              - name: a
                provider: pinterest
                read:
                  objects:
                    - {objectName: pins, destination: h, requiredFields: &f [{fieldName: id}]}
                    - {objectName: boards, destination: h, requiredFields: *f}
            """);
    assertThat(manifest.integrations().getFirst().read())
        .extracting(ReadObject::requiredFields)
        .containsOnly(List.of(new ManifestField.PinterestField(FieldPath.of("id"), null)));
  }

  @Test
  void missingDestinationsAreNamedByTheirPlace() {
    assertThat(parser.parse(VALID).missingDestinations(Set.of("hook")::contains))
        .extracting(Issue::name, Issue::value)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(
                "integrations[0].read.objects[1].destination", "other"));
    assertThat(parser.parse(VALID).missingDestinations(name -> true)).isEmpty();
  }

  private static final String SMALL =
      """
      specVersion: 1.0.0
      integrations:
        - name: sync
          provider: pinterest
          read:
            objects:
              - objectName: pins
                destination: hook
                requiredFields: [{fieldName: id}]
          proxy: {enabled: true}
      """;

  /** Each is written otherwise and means the same, also to the contract's own validator. */
  static Stream<Arguments> wild() {
    String destination = "destination: hook\n";
    return Stream.of(
        Arguments.of(destination, destination + "          schedule: ''\n"),
        Arguments.of(destination, destination + "          schedule:\n"),
        Arguments.of(
            destination, destination + "          schedule: ~\n          backfill: null\n"),
        Arguments.of(destination, destination + "          optionalFields:\n"),
        Arguments.of(destination, destination + "          mapToName: ''\n"),
        Arguments.of(destination, destination + "          enabled: ''\n          delivery:\n"),
        Arguments.of(destination, destination + "          destination: hook\n"),
        Arguments.of(destination, "Destination: hook\n"),
        Arguments.of("objectName: pins", "OBJECTNAME: pins"),
        Arguments.of("specVersion", "specversion"),
        Arguments.of("integrations", "Integrations"),
        Arguments.of("[{fieldName: id}]", "[{fieldName: id}, {fieldName: id}]"),
        Arguments.of("[{fieldName: id}]", "[{fieldName: id, mapToName: }, ~, {FieldName: id}]"),
        Arguments.of("proxy: {enabled: true}", "proxy: {enabled: true}\n    write:\n    module:"),
        Arguments.of("proxy: {enabled: true}", "proxy: {enabled: true}\n    displayName: ''"),
        Arguments.of("proxy: {enabled: true}", "proxy: {enabled: true, enabled: true}"),
        Arguments.of(
            "proxy: {enabled: true}", "proxy: {enabled: true}\n    subscribe:\n    delete: null"));
  }

  @ParameterizedTest(name = "{1}")
  @MethodSource("wild")
  void whatMeansTheSameIsTakenAsTheSame(String usual, String written) {
    String yaml = SMALL.replace(usual, written);
    assertThat(yaml).isNotEqualTo(SMALL);

    Manifest manifest = parser.parse(yaml);

    assertThat(manifest).isEqualTo(parser.parse(SMALL));
    assertThat(
            parser.parseContent("content", Json.trusted(Json.text(content(yaml)))).integrations())
        .isEqualTo(parser.parse(SMALL).integrations());
  }

  private static com.fasterxml.jackson.databind.JsonNode content(String yaml) {
    com.fasterxml.jackson.databind.JsonNode tree = YamlTree.read(yaml);
    return tree.path(tree.has("Integrations") ? "Integrations" : "integrations").path(0);
  }

  @Test
  void aFieldThatIsRequiredIsNotOfferedToo() {
    ReadObject pins =
        parser
            .parse(
                SMALL.replace(
                    "requiredFields:",
                    "optionalFields: [{fieldName: id}]\n          requiredFields:"))
            .integrations()
            .getFirst()
            .read()
            .getFirst();

    assertThat(pins.requiredFields()).hasSize(1);
    assertThat(pins.optionalFields()).isEmpty();
  }

  static Stream<Arguments> unknown() {
    String object = "integrations[0].read.objects[0]";
    return Stream.of(
        Arguments.of("specVersion", "descrption: x\nspecVersion", "descrption", "no effect"),
        Arguments.of(
            "destination: hook",
            "destination: hook\n          scheduel: 0 3 * * *",
            object + ".scheduel",
            "is not a known key and has no effect, did you mean schedule?"),
        Arguments.of(
            "{fieldName: id}",
            "{fieldName: id, feildName: x}",
            object + ".requiredFields[0].feildName",
            "did you mean fieldName?"),
        Arguments.of(
            "proxy: {enabled: true}",
            "proxy: {enabled: true, mode: fast}",
            "integrations[0].proxy.mode",
            "has no effect"));
  }

  @ParameterizedTest(name = "{1}")
  @MethodSource("unknown")
  void anUnknownKeyIsIgnoredWithAWarning(String usual, String written, String place, String what) {
    Manifest manifest = parser.parse(SMALL.replace(usual, written));

    assertThat(manifest.integrations()).isEqualTo(parser.parse(SMALL).integrations());
    assertThat(manifest.warnings())
        .singleElement()
        .satisfies(
            warning -> {
              assertThat(warning.name()).isEqualTo(place);
              assertThat(warning.detail()).contains(what);
            });
  }

  @Test
  void warningsAreBounded() {
    var yaml = new StringBuilder(SMALL);
    for (int i = 0; i < 1_000; i++) {
      yaml.append("key").append(i).append(": x\n");
    }

    assertThat(parser.parse(yaml.toString()).warnings()).hasSize(50);
  }

  static Stream<Arguments> mistakes() {
    String object = "integrations[0].read.objects[0]";
    return Stream.of(
        mistake("specVersion: 1.0.0", "", "specVersion", "is missing"),
        mistake("specVersion: 1.0.0", "specVersion: 1.0", "specVersion", "is a number, but a text"),
        mistake("specVersion: 1.0.0", "specVersion: 2.0.0", "specVersion", "must be 1.0.0"),
        mistake("name: sync", "x-name: sync", "integrations[0].name", "is missing"),
        mistake("name: sync", "name: a b", "integrations[0].name", "letters, digits"),
        mistake("name: sync", "name: " + "a".repeat(65), "integrations[0].name", "at most 64"),
        mistake("name: sync", "name:", "integrations[0].name", "is missing"),
        mistake("name: sync", "name: ''", "integrations[0].name", "is missing"),
        mistake("name: sync", "name: yes", "integrations[0].name", "put it in quotes"),
        mistake(
            "displayName: Sync",
            "displayName: " + "a".repeat(101),
            "integrations[0].displayName",
            "at most 100"),
        mistake(
            "displayName: Sync",
            "displayName: " + "\ud83d\udca1".repeat(101),
            "integrations[0].displayName",
            "has 101 characters, at most 100"),
        mistake(
            "displayName: Sync",
            "displayName: \"\\ud83d Sync\"",
            "integrations[0].displayName",
            "half of a character"),
        mistake(
            "provider: pinterest",
            "provider: pintrest",
            "integrations[0].provider",
            "must be pinterest"),
        mistake(
            "provider: pinterest",
            "provider: pinterest\n    module: crm",
            "integrations[0].module",
            "no modules"),
        mistake(
            "objectName: boards",
            "objectName: bords",
            "integrations[0].read.objects[1].objectName",
            "did you mean boards?"),
        mistake(
            "objectName: boards",
            "objectName: campaigns",
            "integrations[0].read.objects[1].objectName",
            "there are boards, pins, product_groups"),
        mistake(
            "objectName: boards",
            "objectName: pins",
            "integrations[0].read.objects[1].objectName",
            "is the same as integrations[0].read.objects[0].objectName"),
        mistake(
            "mapToName: pin\n",
            "mapToName: boards\n",
            "integrations[0].read.objects[1].objectName",
            "is the same as integrations[0].read.objects[0].mapToName"),
        mistake("destination: hook", "x-d: hook", object + ".destination", "is missing"),
        mistake(
            "0 3 * * *",
            "*/5 * * * *",
            object + ".schedule",
            "fires 5 min apart, but at least 10 min"),
        mistake("0 3 * * *", "0 3 * *", object + ".schedule", "has 4 fields"),
        mistake("0 3 * * *", "0 0 31 2 *", object + ".schedule", "never fires"),
        mistake(
            "x-pinferry-plan: boards",
            "x-pinferry-plan: all",
            object + ".x-pinferry-plan",
            "must be one of owned, boards"),
        mistake(
            "x-pinferry-changes: changed",
            "x-pinferry-changes: deleted",
            object + ".x-pinferry-changes",
            "must be one of all, changed, changedAndDeleted"),
        mistake(
            "destination: other",
            "destination: other\n          x-pinferry-changes: changedAndDeleted",
            "integrations[0].read.objects[1].x-pinferry-changes",
            "is not possible for boards, whose records are never deleted: use changed"),
        mistake(
            "enabled: always",
            "enabled: sometimes",
            "integrations[0].read.objects[1].enabled",
            "must be always"),
        mistake(
            "- fieldName: id",
            "- fieldName: $['id'",
            object + ".requiredFields[0].fieldName",
            "is not a field path"),
        mistake(
            "- fieldName: id", "- field: id", object + ".requiredFields[0]", "needs a fieldName"),
        mistake("- fieldName: id", "- {}", object + ".requiredFields[0]", "needs a fieldName"),
        mistake(
            "- fieldName: id", "- id", object + ".requiredFields[0]", "is a text, but an object"),
        mistake(
            "- fieldName: id",
            "- {fieldName: id, prompt: x}",
            object + ".requiredFields[0].prompt",
            "is only possible without a fieldName"),
        mistake(
            "fieldName: description",
            "{fieldName: id, mapToName: key}",
            object + ".optionalFields[0].fieldName",
            "occurs twice, with different members"),
        mistake(
            "destination: hook",
            "destination: hook\n          Destination: other",
            "integrations[0].read.objects[0].Destination",
            "is given twice, with different values"),
        mistake(
            "objectName: boards\n          destination: other",
            "objectName: boards\n          requiredFields: [{mapToName: t}]\n"
                + "          destination: other",
            "integrations[0].read.objects[1].requiredFields[0]",
            "has to be chosen by each group, but enabled: always"),
        mistake(
            "fieldName: description",
            "mapToName: pinTitle",
            object + ".optionalFields[0].mapToName",
            "is the same as integrations[0].read.objects[0].requiredFields[2].mapToName"),
        mistake(
            "fieldName: description",
            "mapToName: target",
            object + ".optionalFields[0].mapToName",
            "overlaps"),
        mistake(
            "fieldName: description",
            "mapToName: $['target']['url']['x']",
            object + ".optionalFields[0].mapToName",
            "overlaps"),
        mistake(
            "default: title",
            "default: $['title'",
            object + ".requiredFields[2].default",
            "is not a field path"),
        mistake(
            "optionalFieldsAuto: all",
            "optionalFieldsAuto: none",
            object + ".optionalFieldsAuto",
            "must be all"),
        mistake("days: 30", "days: -1", object + ".backfill.defaultPeriod.days", "must be from 0"),
        mistake(
            "days: 30",
            "days: many",
            object + ".backfill.defaultPeriod.days",
            "a whole number is needed"),
        mistake("days: 30", "fullHistory: false", object + ".backfill.defaultPeriod", "needs days"),
        mistake("days: 30", "{}", object + ".backfill.defaultPeriod", "needs days"),
        mistake(
            "days: 30",
            "{days: 3, fullHistory: true}",
            object + ".backfill.defaultPeriod",
            "only one"),
        mistake(
            "defaultPeriod:\n              days: 30",
            "{}",
            object + ".backfill.defaultPeriod",
            "is missing"),
        mistake("mode: auto", "mode: onRequest", object + ".delivery.mode", "not possible"),
        mistake("mode: auto", "pageSize: 50", object + ".delivery.pageSize", "not possible"),
        mistake(
            "- objectName: pins\n          inheritMapping: true",
            "- objectName: boards\n          inheritMapping: true",
            "integrations[0].write.objects[0].objectName",
            "not an object that can be written"),
        mistake(
            "inheritMapping: true",
            "inheritMapping: 1",
            "integrations[0].write.objects[0].inheritMapping",
            "true or false"),
        mistake(
            "{enabled: true, useModule: false}",
            "{}",
            "integrations[0].proxy.enabled",
            "is missing"),
        mistake(
            "proxy: {enabled: true, useModule: false}",
            "subscribe: {objects: []}",
            "integrations[0].subscribe",
            "Pinterest announces no changes"),
        mistake(
            "useModule: false",
            "useModule: true",
            "integrations[0].proxy.useModule",
            "Pinterest has no modules"),
        mistake(
            "proxy: {enabled: true, useModule: false}",
            "watchSchema: {destination: hook, allObjects: {}}",
            "integrations[0].watchSchema",
            "change only with the version of Pinferry"),
        mistake(
            "proxy: {enabled: true, useModule: false}",
            "delete: {objects: [{objectName: pins}]}",
            "integrations[0].delete",
            "deletionSettings.enabled"));
  }

  private static Arguments mistake(String right, String wrong, String name, String detail) {
    return Arguments.of(right, wrong, name, detail);
  }

  @ParameterizedTest(name = "{1}")
  @MethodSource("mistakes")
  void aMistakeIsNamedByItsPlace(String right, String wrong, String name, String detail) {
    String yaml = VALID.replace(right, wrong);
    assertThat(yaml).isNotEqualTo(VALID);
    assertThat(issues(yaml))
        .anySatisfy(
            issue -> {
              assertThat(issue.name()).isEqualTo(name);
              assertThat(issue.detail()).contains(detail);
            });
  }

  @Test
  void allMistakesComeAtOnce() {
    assertThat(
            issues(
                """
                specVersion: 1.0.0
                integrations:
                  - name: a
                    provider: pinterest
                    read:
                      objects:
                        - {objectName: pins, schedule: "* * * * *"}
                        - {objectName: boards, destination: h, backfill: {}}
                  - name: a
                    provider: hubspot
                """))
        .extracting(Issue::name)
        .containsExactly(
            "integrations[0].read.objects[0].destination",
            "integrations[0].read.objects[0].schedule",
            "integrations[0].read.objects[1].backfill.defaultPeriod",
            "integrations[1].provider",
            "integrations[1]",
            "integrations[1].name");
  }

  static Stream<Arguments> unreadable() {
    return Stream.of(
        Arguments.of("", "is not a mapping"),
        Arguments.of("just a text", "is not a mapping"),
        Arguments.of("- a", "is not a mapping"),
        Arguments.of("a: [1", "at line 1, column"),
        Arguments.of("a: 1\na: 2", "has the key a twice, with different values, at line 2"),
        Arguments.of("a: [{b: [1], b: [2]}]", "has the key b twice, with different values"),
        Arguments.of("a: 1\n---\nb: 2", "at line 2"),
        Arguments.of("a: !!java.net.URL [http://x]", "is not readable YAML"),
        Arguments.of("on: 1", "has the key true"),
        Arguments.of("a: 2026-01-01", "is a date"),
        Arguments.of(
            "a: */10 * * * *", "at line 1, column 5: a text that begins with * needs quotes"),
        Arguments.of("a: &x [*x]", "nests deeper"),
        Arguments.of("a: " + "[".repeat(40) + "]".repeat(40), "is not readable YAML"),
        Arguments.of("# " + "x".repeat(ManifestParser.YAML_BYTES_MAX), "larger than 256 KiB"),
        Arguments.of("a: \u0007", "is not readable YAML"));
  }

  @ParameterizedTest
  @MethodSource("unreadable")
  void aTextThatIsNotAManifestIsRefused(String yaml, String detail) {
    assertThat(issues(yaml)).singleElement().extracting(Issue::detail).asString().contains(detail);
  }

  @Test
  void aSmallFileThatStandsForAnEndlessTreeIsRefused() {
    var yaml = new StringBuilder("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
    for (int i = 1; i < 8; i++) {
      yaml.append("a%d: &a%d [%s]\n".formatted(i, i, ("*a" + (i - 1) + ",").repeat(6)));
    }
    assertThat(issues(yaml.toString()))
        .singleElement()
        .extracting(Issue::detail)
        .asString()
        .contains("aliases");
  }

  @Test
  void onlyTheIntegrationsListIsMissing() {
    assertThat(issues("specVersion: 1.0.0"))
        .extracting(Issue::name, Issue::detail)
        .containsExactly(org.assertj.core.groups.Tuple.tuple("integrations", "is missing"));
    assertThat(issues("specVersion: 1.0.0\nintegrations: []"))
        .extracting(Issue::detail)
        .containsExactly("needs at least one entry");
    assertThat(issues("specVersion: 1.0.0\nintegrations: [1]"))
        .extracting(Issue::name, Issue::detail)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(
                "integrations[0]", "is a number, but an object is needed"));
  }

  @Test
  void theExampleIsValidAndReadsAllObjects() throws IOException {
    IntegrationRevision revision =
        new ManifestParser(
                ReadCatalogue.names(), ReadCatalogue.namesWithDeletions(), WriteObjects.names())
            .parse(Files.readString(Path.of("../examples/amp.yaml")))
            .integrations()
            .getFirst();
    assertThat(revision.name()).isEqualTo("pinterestSync");
    assertThat(revision.read())
        .extracting(ReadObject::objectName)
        .containsExactlyInAnyOrderElementsOf(ReadCatalogue.names());
    assertThat(revision.read()).extracting(ReadObject::schedule).doesNotHaveDuplicates();
    assertThat(revision.read())
        .allSatisfy(
            object -> {
              assertThat(object.destination()).isEqualTo("pinterestWebhook");
              assertThat(object.backfill()).isEqualTo(new Backfill.FullHistory());
            });
    assertThat(revision.proxyEnabled()).isTrue();
    assertThat(revision.write()).isNotEmpty();
  }

  private List<Issue> issues(String yaml) {
    var failure = catchThrowableOfType(InvalidRequest.class, () -> parser.parse(yaml));
    assertThat(failure.kind()).isEqualTo(InvalidRequest.Kind.UNPROCESSABLE);
    return failure.issues();
  }
}
