package io.pinferry.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pinferry.base.Codec;
import io.pinferry.base.Issue;
import io.pinferry.base.Json;
import io.pinferry.base.PinferryException.InvalidRequest;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigMergeTest {
  private static final IntegrationRevision REVISION =
      new ManifestParser(Set.of("pins", "boards", "feeds"), Set.of(), Set.of("pins", "boards"))
          .parse(
              """
              specVersion: 1.0.0
              integrations:
                - name: sync
                  provider: pinterest
                  read:
                    objects:
                      - objectName: pins
                        destination: hook
                        schedule: "0 3 * * *"
                        mapToName: pin
                        x-pinferry-plan: boards
                        x-pinferry-changes: changed
                        requiredFields:
                          - fieldName: id
                          - fieldName: link
                            mapToName: $['target']['url']
                          - mapToName: pinTitle
                            default: title
                          - mapToName: pinText
                        optionalFields:
                          - fieldName: alt_text
                          - fieldName: dominant_color
                            mapToName: color
                          - mapToName: kind
                            default: creative_type
                        backfill: {defaultPeriod: {days: 30}}
                      - objectName: boards
                        destination: hook
                        requiredFields: [{fieldName: id}]
                        optionalFieldsAuto: all
                      - objectName: feeds
                        destination: feedHook
                        enabled: always
                        backfill: {defaultPeriod: {fullHistory: true}}
                  write:
                    objects:
                      - objectName: pins
                  proxy: {enabled: true}
              """)
          .integrations()
          .getFirst();

  @Test
  void theManifestFillsInWhatThePageDoesNotSend() {
    EffectiveConfig config =
        merge(
            """
            {"provider":"pinterest","read":{"objects":{"pins":{"objectName":"pins",
             "selectedFields":{"alt_text":true},"selectedFieldMappings":{"pinText":"description"},
             "dynamicMappingsInput":[],"selectedValueMappings":{}}}}}
            """);
    assertThat(config.proxyEnabled()).isTrue();
    assertThat(config.read())
        .containsExactly(
            new EffectiveRead(
                "pins",
                "pin",
                Cron.parse("0 3 * * *"),
                "hook",
                false,
                null,
                new FieldSelection(
                    List.of(FieldPath.of("id"), FieldPath.of("alt_text")),
                    Map.of(
                        FieldPath.of("target", "url"), FieldPath.of("link"),
                        FieldPath.of("pinTitle"), FieldPath.of("title"),
                        FieldPath.of("pinText"), FieldPath.of("description")),
                    Map.of(),
                    false),
                new Backfill.Days(30),
                Plan.BOARDS,
                DeliveryMode.CHANGED),
            new EffectiveRead(
                "feeds",
                "feeds",
                null,
                "feedHook",
                false,
                null,
                new FieldSelection(List.of(), Map.of(), Map.of(), false),
                new Backfill.FullHistory(),
                null,
                null));
    assertThat(config.findRead("pin")).isEqualTo(config.findRead("pins")).isPresent();
    assertThat(config.findRead("boards")).isEmpty();
  }

  @Test
  void anInstallationMayOverrideTheManifest() {
    EffectiveRead pins =
        merge(
                """
                {"provider":"pinterest","read":{"objects":{"pins":{"objectName":"pins",
                 "schedule":"0 */6 * * *","destination":"mine","disabled":true,
                 "selectedFieldMappings":{"pinTitle":"alt_text","pinText":"note","kind":"creative_type"},
                 "selectedFields":{"dominant_color":true,"alt_text":false},
                 "backfill":{"defaultPeriod":{"days":0}}}}}}
                """)
            .findRead("pins")
            .orElseThrow();
    assertThat(pins.schedule()).isEqualTo(Cron.parse("0 */6 * * *"));
    assertThat(pins.destination()).isEqualTo("mine");
    assertThat(pins.disabled()).isTrue();
    assertThat(pins.backfill()).isEqualTo(new Backfill.NoHistory());
    assertThat(pins.selection().fields()).containsExactly(FieldPath.of("id"));
    assertThat(pins.selection().mappings())
        .containsEntry(FieldPath.of("pinTitle"), FieldPath.of("alt_text"))
        .containsEntry(FieldPath.of("color"), FieldPath.of("dominant_color"))
        .containsEntry(FieldPath.of("kind"), FieldPath.of("creative_type"));
  }

  @Test
  void anOptionalSlotThatWasLeftEmptyIsNotMapped() {
    EffectiveRead pins =
        merge(pins("\"selectedFieldMappings\":{\"pinText\":\"note\",\"kind\":\"\"}"))
            .findRead("pins")
            .orElseThrow();
    assertThat(pins.selection().mappings()).doesNotContainKey(FieldPath.of("kind"));
  }

  @Test
  void aFieldMayBeSelectedByItsMappedName() {
    EffectiveConfig config =
        merge(
            pins(
                """
                "selectedFields": {"color": true, "pinTitle": true, "alt_text": true},
                "selectedFieldMappings": {"pinText": "description"}
                """));

    FieldSelection selection = config.findRead("pins").orElseThrow().selection();
    assertThat(selection.fields()).containsExactly(FieldPath.of("id"), FieldPath.of("alt_text"));
    assertThat(selection.mappings())
        .containsEntry(FieldPath.of("color"), FieldPath.of("dominant_color"))
        .containsEntry(FieldPath.of("pinTitle"), FieldPath.of("title"));
  }

  @Test
  void whereAllFieldsAreOfferedAnyMayBeChosen() {
    EffectiveRead boards =
        merge(
                """
                {"provider":"pinterest","read":{"objects":{"boards":{"objectName":"boards",
                 "selectedFieldsAuto":"all","selectedFields":{"name":true,"$['owner']['username']":true,
                 "privacy":false}}}}}
                """)
            .findRead("boards")
            .orElseThrow();
    assertThat(boards.selection().all()).isTrue();
    assertThat(boards.selection().fields())
        .containsExactly(
            FieldPath.of("id"), FieldPath.of("owner", "username"), FieldPath.of("name"));
  }

  @Test
  void aMappedFieldIsNotDeliveredTwice() {
    EffectiveRead pins =
        merge(
                pins(
                    """
                    "selectedFields":{"alt_text":true,"note":true},
                    "selectedFieldMappings":{"pinText":"note","pinTitle":"alt_text"}
                    """))
            .findRead("pins")
            .orElseThrow();
    assertThat(pins.selection().fields()).containsExactly(FieldPath.of("id"));
  }

  @Test
  void thePageMayOfferSlotsOfItsOwn() {
    EffectiveRead pins =
        merge(
                pins(
                    """
                    "dynamicMappingsInput":[{"mapToName":"mood","prompt":"Mood?"},
                      {"fieldName":"creative_type","mappedValues":[]}],
                    "selectedFields":{"creative_type":true},
                    "selectedFieldMappings":{"pinText":"note","mood":"dominant_color"},
                    "selectedValueMappings":{"creative_type":{"movie":"VIDEO","photo":"REGULAR"}}
                    """))
            .findRead("pins")
            .orElseThrow();
    assertThat(pins.selection().mappings())
        .containsEntry(FieldPath.of("mood"), FieldPath.of("dominant_color"));
    assertThat(pins.selection().fields()).contains(FieldPath.of("creative_type"));
    assertThat(pins.selection().valueMappings())
        .isEqualTo(
            Map.of(FieldPath.of("creative_type"), Map.of("VIDEO", "movie", "REGULAR", "photo")));
  }

  @Test
  void valuesAreMappedWhereTheirFieldIsDelivered() {
    EffectiveRead pins =
        merge(
                pins(
                    """
                    "selectedFieldMappings":{"pinText":"note","kind":"creative_type"},
                    "selectedValueMappings":{"creative_type":{"movie":"VIDEO"},
                      "pinTitle":{"nothing":"-"},"alt_text":{"unselected":"x"}}
                    """))
            .findRead("pins")
            .orElseThrow();
    assertThat(pins.selection().valueMappings())
        .isEqualTo(
            Map.of(
                FieldPath.of("kind"), Map.of("VIDEO", "movie"),
                FieldPath.of("pinTitle"), Map.of("-", "nothing")));
  }

  @Test
  void everythingThatDoesNotFitTheManifestIsNamed() {
    var failure =
        catchThrowableOfType(
            InvalidRequest.class,
            () ->
                merge(
                    """
                    {"provider":"hubspot","read":{"objects":{"pin":{"objectName":"pin"},
                      "pins":{"objectName":"pins","selectedFieldsAuto":"all",
                        "selectedFields":{"alt_tekst":true,"other":false},
                        "selectedFieldMappings":{"pinTitel":"title","color":"link"}}}},
                     "write":{"objects":{"board":{"objectName":"board"}}}}
                    """));
    assertThat(failure.kind()).isEqualTo(InvalidRequest.Kind.UNPROCESSABLE);
    assertThat(failure.issues())
        .extracting(Issue::name, Issue::detail)
        .containsExactlyInAnyOrder(
            Tuple.tuple("config.content.provider", "must be pinterest"),
            Tuple.tuple(
                "config.content.read.objects.pin",
                "is not among the objects that the integration sync reads, did you mean pins?"),
            Tuple.tuple(
                "config.content.read.objects.pins.selectedFieldMappings.pinText",
                "is missing: the integration needs a field for it"),
            Tuple.tuple(
                "config.content.read.objects.pins.selectedFieldMappings.color",
                "must be dominant_color, as the integration says"),
            Tuple.tuple(
                "config.content.read.objects.pins.selectedFields.alt_tekst",
                "is not offered by the integration, did you mean alt_text?"),
            Tuple.tuple(
                "config.content.read.objects.pins.selectedFieldMappings.pinTitel",
                "is not offered by the integration, did you mean pinTitle?"),
            Tuple.tuple(
                "config.content.read.objects.pins.selectedFieldsAuto",
                "is not offered: the integration does not offer all fields of this object"),
            Tuple.tuple(
                "config.content.write.objects.board",
                "is not among the objects that the integration sync writes"));
  }

  @Test
  void mappingsThatLieInsideEachOtherAreRefused() {
    assertThatThrownBy(
            () ->
                merge(
                    pins(
                        """
                        "dynamicMappingsInput":[{"mapToName":"target"}],
                        "selectedFieldMappings":{"pinText":"note","target":"id"}
                        """)))
        .hasMessageContaining("lies inside target");
  }

  @Test
  void anInstallationMaySwitchTheProxyOffButNotOn() {
    assertThat(merge("{\"provider\":\"pinterest\",\"proxy\":{\"enabled\":false}}").proxyEnabled())
        .isFalse();
    IntegrationRevision closed =
        new IntegrationRevision(
            REVISION.name(),
            REVISION.provider(),
            REVISION.read(),
            REVISION.write(),
            false,
            REVISION.content());
    assertThatThrownBy(
            () ->
                ConfigMerge.merge(
                    "c",
                    closed,
                    parse("{\"provider\":\"pinterest\",\"proxy\":{\"enabled\":true}}")))
        .hasMessageContaining("c.proxy.enabled: is not offered");
  }

  @Test
  void theEffectiveConfigSurvivesItsStorage() {
    EffectiveConfig config =
        merge(
            """
            {"provider":"pinterest","read":{"objects":{"pins":{"objectName":"pins",
             "selectedFields":{"alt_text":true},"selectedFieldMappings":{"pinText":"description"},
             "selectedValueMappings":{"pinText":{"b":"a","d":"c"}},"disabled":true},
             "boards":{"objectName":"boards","selectedFieldsAuto":"all"}}},
             "write":{"objects":{"pins":{"objectName":"pins","deletionSettings":{"enabled":true}}}}}
            """);
    assertThat(Codec.stored(EffectiveConfig.class, Codec.text(config))).isEqualTo(config);
  }

  @Test
  void aShownConfigIsCompleteAndCanBeSentBack() {
    InstallationConfig chosen =
        parse(
            pins(
                "\"selectedFields\":{\"alt_text\":true},\"selectedFieldMappings\":{\"pinText\":\"note\"}"));
    EffectiveConfig effective = ConfigMerge.merge("c", REVISION, chosen);
    var shown = ConfigMerge.shown(chosen, effective);
    assertThat(shown.path("read").path("objects").path("pins").toString())
        .isEqualTo(
            "{\"objectName\":\"pins\",\"schedule\":\"0 3 * * *\",\"destination\":\"hook\","
                + "\"disabled\":false,\"selectedFields\":{\"id\":true,\"alt_text\":true},"
                + "\"selectedFieldMappings\":{\"$['target']['url']\":\"link\",\"pinTitle\":\"title\","
                + "\"pinText\":\"note\"},\"backfill\":{\"defaultPeriod\":{\"days\":30}},"
                + "\"x-pinferry-changes\":\"changed\"}");
    assertThat(shown.path("read").path("objects").has("feeds")).isTrue();
    assertThat(shown.path("proxy").path("enabled").asBoolean()).isTrue();
    assertThat(ConfigMerge.merge("c", REVISION, InstallationConfig.parse("c", shown)))
        .isEqualTo(effective);
  }

  @Test
  void aConfigSurvivesItsStorage() {
    InstallationConfig config =
        parse(
            """
            {"provider":"pinterest","read":{"objects":{"pins":{"objectName":"pins",
             "schedule":"0 3 * * *","destination":"d","disabled":false,
             "selectedFields":{"b":true,"a":false},"selectedFieldMappings":{"$['x']['y']":"z"},
             "selectedFieldsAuto":"all","selectedValueMappings":{"a":{"b":"c"}},
             "dynamicMappingsInput":[{"mapToName":"m"}],
             "backfill":{"defaultPeriod":{"fullHistory":true}}}}},
             "write":{"objects":{}},"proxy":{"enabled":false}}
            """);
    assertThat(Codec.stored(InstallationConfig.class, Codec.text(config))).isEqualTo(config);
    InstallationConfig empty = parse("{\"provider\":\"pinterest\"}");
    assertThat(Codec.stored(InstallationConfig.class, Codec.text(empty))).isEqualTo(empty);
  }

  @Test
  void aChangeKeepsOtherParts() {
    ReadObjectConfig stored =
        parse(
                pins(
                    """
                    "schedule":"0 5 * * *","destination":"mine","disabled":true,
                    "x-pinferry-changes":"changedAndDeleted",
                    "selectedFields":{"alt_text":true},"selectedFieldMappings":{"pinText":"note"}
                    """))
            .findRead("pins")
            .orElseThrow();
    ReadObjectConfig sent =
        InstallationConfig.parsePatch(
                "c", Json.trusted("{\"read\":{\"objects\":{\"pins\":{\"selectedFields\":{}}}}}"))
            .findRead("pins")
            .orElseThrow();
    assertThat(sent.inPlaceOf(stored))
        .isEqualTo(
            new ReadObjectConfig(
                "pins",
                Cron.parse("0 5 * * *"),
                "mine",
                true,
                Map.of(),
                null,
                null,
                null,
                null,
                null,
                DeliveryMode.CHANGED_AND_DELETED));
    assertThat(sent.inPlaceOf(stored).withDisabled(false).disabled()).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{}|c.provider|is missing",
        "{\"provider\":\"pinterest\",\"reed\":{}}|c.reed|did you mean read?",
        "{\"provider\":1}|c.provider|is a number, but a text",
        "{\"provider\":\"p\",\"read\":{\"objects\":[]}}|c.read.objects|is a list, but an object",
        "{\"provider\":\"p\",\"read\":{\"objects\":{\"pins\":{}}}}|c.read.objects.pins.objectName|missing",
        "{\"provider\":\"p\",\"read\":{\"objects\":{\"pins\":{\"objectName\":\"pin\"}}}}"
            + "|c.read.objects.pins.objectName|must be pins",
        "{\"provider\":\"p\",\"subscribe\":{\"objects\":{\"pins\":{}}}}|c.subscribe|not possible",
        "{\"provider\":\"p\",\"write\":{\"objects\":{\"pins\":{\"objectName\":\"pins\","
            + "\"deletionSettings\":{}}}}}|c.write.objects.pins.deletionSettings.enabled|missing",
        "{\"provider\":\"p\",\"write\":{\"objects\":{\"pins\":{\"objectName\":\"pins\","
            + "\"selectedValueDefaults\":{\"link\":{\"value\":1.5}}}}}}"
            + "|c.write.objects.pins.selectedValueDefaults.link.value|must be a text",
        "{\"provider\":\"p\",\"write\":{\"objects\":{\"pins\":{\"objectName\":\"pins\","
            + "\"selectedFieldSettings\":{\"a.b\":{}}}}}}"
            + "|c.write.objects.pins.selectedFieldSettings.a.b|is not a field name",
        "{\"provider\":\"p\",\"proxy\":{\"enabled\":\"yes\"}}|c.proxy.enabled|true or false",
        "[]|c|is a list, but an object is needed",
      })
  void aMalformedConfigNamesItsPlace(String json, String name, String detail) {
    var failure = catchThrowableOfType(InvalidRequest.class, () -> parse(json));
    assertThat(failure.issues())
        .anySatisfy(
            issue -> {
              assertThat(issue.name()).isEqualTo(name);
              assertThat(issue.detail()).contains(detail);
            });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"schedule\":\"*/1 * * * *\"|schedule|fires 1 min apart",
        "\"schedule\":\"daily\"|schedule|has 1 field",
        "\"selectedFields\":{\"a\":1}|selectedFields.a|true or false",
        "\"selectedFields\":{\"$x\":true}|selectedFields.$x|is not a field path",
        "\"selectedFieldMappings\":{\"a\":\"$\"}|selectedFieldMappings.a|is not a field path",
        "\"selectedFieldMappings\":{\"a\":7}|selectedFieldMappings.a|but a text",
        "\"selectedFieldsAuto\":\"some\"|selectedFieldsAuto|must be all",
        "\"selectedValueMappings\":{\"a\":{\"x\":\"1\",\"y\":\"1\"}}|selectedValueMappings.a.y"
            + "|is mapped to x already",
        "\"dynamicMappingsInput\":[{}]|dynamicMappingsInput[0]|needs a mapToName",
        "\"backfill\":{\"defaultPeriod\":{}}|backfill.defaultPeriod|needs days",
        "\"fieldFilters\":[{\"fieldName\":\"a\"}]|fieldFilters|not possible for Pinterest",
        "\"disabeld\":true|disabeld|did you mean disabled?",
      })
  void aMalformedObjectNamesItsPlace(String member, String name, String detail) {
    var failure = catchThrowableOfType(InvalidRequest.class, () -> parse(pins(member)));
    assertThat(failure.issues())
        .singleElement()
        .satisfies(
            issue -> {
              assertThat(issue.name()).isEqualTo("c.read.objects.pins." + name);
              assertThat(issue.detail()).contains(detail);
            });
  }

  @Test
  void nullsCountAsAbsent() {
    assertThat(parse(pins("\"schedule\":null,\"selectedFields\":null")))
        .isEqualTo(parse(pins("\"fieldFilters\":[]")));
  }

  private static String pins(String members) {
    return "{\"provider\":\"pinterest\",\"read\":{\"objects\":{\"pins\":{\"objectName\":\"pins\","
        + members
        + "}}}}";
  }

  private static InstallationConfig parse(String json) {
    return InstallationConfig.parse("c", Json.trusted(json));
  }

  private static EffectiveConfig merge(String json) {
    return ConfigMerge.merge(
        "config.content", REVISION, InstallationConfig.parse("config.content", Json.trusted(json)));
  }
}
