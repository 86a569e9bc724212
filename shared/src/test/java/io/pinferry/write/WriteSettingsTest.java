package io.pinferry.write;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Issue;
import io.pinferry.base.Json;
import io.pinferry.manifest.Backfill;
import io.pinferry.manifest.DeliveryMode;
import io.pinferry.manifest.EffectiveRead;
import io.pinferry.manifest.FieldPath;
import io.pinferry.manifest.FieldSelection;
import io.pinferry.pinterest.WriteVerb;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The product's names and values are mapped back to Pinterest's. */
final class WriteSettingsTest {
  private final List<Issue> issues = new ArrayList<>();

  private static ObjectNode json(String text) {
    return (ObjectNode) Json.trusted(text.replace('\'', '"'));
  }

  private static EffectiveRead read(
      Map<FieldPath, FieldPath> mappings, Map<FieldPath, Map<String, String>> values) {
    return new EffectiveRead(
        "pins",
        "pins",
        null,
        "hook",
        false,
        null,
        new FieldSelection(List.of(), mappings, values, false),
        new Backfill.NoHistory(),
        null,
        DeliveryMode.ALL);
  }

  private JsonNode applied(WriteSettings settings, WriteVerb verb, String record) {
    return settings.apply(json(record), verb, field -> true, "record", issues);
  }

  private static WriteSettings inheriting(
      Map<FieldPath, FieldPath> mappings, Map<FieldPath, Map<String, String>> values) {
    return new WriteSettings(Json.object(), read(mappings, values), Set.of());
  }

  private static WriteSettings of(String fields) {
    ObjectNode settings = Json.object();
    settings.set("selectedFieldSettings", json(fields));
    return new WriteSettings(settings, null, Set.of());
  }

  @Test
  void aMappedNameBecomesPinterestsAgain() {
    WriteSettings settings =
        inheriting(
            Map.of(
                FieldPath.of("pinTitle"),
                FieldPath.of("title"),
                FieldPath.of("shop", "goal"),
                FieldPath.of("link")),
            Map.of());

    assertThat(
            applied(
                settings, WriteVerb.CREATE, "{'pinTitle':'A','shop':{'goal':'B'},'board_id':'1'}"))
        .isEqualTo(json("{'board_id':'1','title':'A','link':'B'}"));
    assertThat(issues).isEmpty();
  }

  @Test
  void namesThatChangePlacesDoNotOverwriteEachOther() {
    WriteSettings settings =
        inheriting(
            Map.of(
                FieldPath.of("title"),
                FieldPath.of("description"),
                FieldPath.of("description"),
                FieldPath.of("title")),
            Map.of());

    assertThat(applied(settings, WriteVerb.UPDATE, "{'title':'D','description':'T'}"))
        .isEqualTo(json("{'title':'T','description':'D'}"));
  }

  @Test
  void aMappedValueBecomesPinterestsAgain() {
    WriteSettings settings =
        inheriting(
            Map.of(FieldPath.of("visibility"), FieldPath.of("privacy")),
            Map.of(FieldPath.of("visibility"), Map.of("PUBLIC", "everybody", "SECRET", "nobody")));

    assertThat(applied(settings, WriteVerb.CREATE, "{'visibility':'nobody'}"))
        .isEqualTo(json("{'privacy':'SECRET'}"));
    assertThat(applied(settings, WriteVerb.CREATE, "{'visibility':'PROTECTED'}"))
        .as("a value without a mapping stays")
        .isEqualTo(json("{'privacy':'PROTECTED'}"));
    assertThat(issues).isEmpty();
  }

  @Test
  void aValueThatStandsForSeveralIsRefused() {
    WriteSettings settings =
        inheriting(
            Map.of(),
            Map.of(FieldPath.of("privacy"), Map.of("SECRET", "hidden", "PROTECTED", "hidden")));

    applied(settings, WriteVerb.CREATE, "{'privacy':'hidden'}");

    assertThat(issues).hasSize(1);
    assertThat(issues.getFirst().name()).isEqualTo("record.privacy");
    assertThat(issues.getFirst().detail()).contains("PROTECTED, SECRET");
  }

  @Test
  void aMappingThatTheGroupLeftBlankIsStripped() {
    var settings =
        new WriteSettings(
            Json.object(), read(Map.of(), Map.of()), Set.of(FieldPath.of("pinTitle")));

    assertThat(applied(settings, WriteVerb.CREATE, "{'pinTitle':'A','board_id':'1'}"))
        .isEqualTo(json("{'board_id':'1'}"));
  }

  @Test
  void withoutInheritanceNamesStay() {
    var settings = new WriteSettings(Json.object(), null, Set.of());

    assertThat(applied(settings, WriteVerb.CREATE, "{'pinTitle':'A'}"))
        .isEqualTo(json("{'pinTitle':'A'}"));
  }

  @Test
  void aDefaultFillsWhatIsMissing() {
    WriteSettings settings =
        of(
            "{'privacy':{'default':{'stringValue':'SECRET'}},"
                + "'is_ads_only':{'default':{'booleanValue':true},'writeOnUpdate':'always'}}");

    assertThat(applied(settings, WriteVerb.CREATE, "{'name':'A'}"))
        .isEqualTo(json("{'name':'A','privacy':'SECRET','is_ads_only':true}"));
    assertThat(applied(settings, WriteVerb.CREATE, "{'privacy':'PUBLIC','is_ads_only':false}"))
        .isEqualTo(json("{'privacy':'PUBLIC','is_ads_only':false}"));
    assertThat(applied(settings, WriteVerb.UPDATE, "{'id':'1'}"))
        .as("an update changes only what it says, or what is to be written always")
        .isEqualTo(json("{'id':'1','is_ads_only':true}"));
  }

  @Test
  void aFieldThatIsNeverWrittenIsLeftOut() {
    WriteSettings settings =
        of("{'description':{'writeOnUpdate':'never'},'privacy':{'writeOnCreate':'never'}}");

    assertThat(applied(settings, WriteVerb.UPDATE, "{'description':'A','privacy':'PUBLIC'}"))
        .isEqualTo(json("{'privacy':'PUBLIC'}"));
    assertThat(applied(settings, WriteVerb.CREATE, "{'description':'A','privacy':'PUBLIC'}"))
        .isEqualTo(json("{'description':'A'}"));
  }

  @Test
  void writingOnlyWhatIsEmptyIsRefused() {
    applied(of("{'title':{'writeOnUpdate':'ifEmpty'}}"), WriteVerb.UPDATE, "{'id':'1'}");

    assertThat(issues).hasSize(1);
    assertThat(issues.getFirst().detail()).contains("ifEmpty");
  }

  @Test
  void aDeleteIsLeftAsItIs() {
    assertThat(
            applied(
                of("{'privacy':{'default':{'stringValue':'SECRET'}}}"),
                WriteVerb.DELETE,
                "{'id':'1'}"))
        .isEqualTo(json("{'id':'1'}"));
  }

  private static WriteSettings inheritingWith(String settings) {
    return new WriteSettings(
        json(settings),
        read(
            Map.of(
                FieldPath.of("title"),
                FieldPath.of("name"),
                FieldPath.of("shop", "visibility"),
                FieldPath.of("privacy")),
            Map.of(FieldPath.of("shop", "visibility"), Map.of("PUBLIC", "everybody"))),
        Set.of(FieldPath.of("blank")));
  }

  @Test
  void aSettingMayBearTheMappedNameOfItsFieldOrPinterests() {
    for (String name : List.of("title", "name")) {
      WriteSettings never =
          inheritingWith(
              "{'selectedFieldSettings':{'%s':{'writeOnUpdate':'never'}}}".formatted(name));
      for (String sent : List.of("title", "name")) {
        assertThat(applied(never, WriteVerb.UPDATE, "{'id':'1','%s':'x'}".formatted(sent)))
            .as("%s is never written on update, and %s is sent", name, sent)
            .isEqualTo(json("{'id':'1'}"));
      }
    }
    assertThat(issues).isEmpty();
  }

  @Test
  void aDefaultOfAMappedNameIsWrittenToPinterestsField() {
    WriteSettings settings =
        inheritingWith(
            "{'selectedFieldSettings':{'title':{'default':{'stringValue':'A'}},"
                + "'$[\\u0027shop\\u0027][\\u0027visibility\\u0027]':"
                + "{'default':{'stringValue':'everybody'}},"
                + "'blank':{'default':{'stringValue':'B'}}}}");

    assertThat(applied(settings, WriteVerb.CREATE, "{}"))
        .isEqualTo(json("{'name':'A','privacy':'PUBLIC'}"));
    assertThat(applied(settings, WriteVerb.CREATE, "{'title':'Mine','privacy':'SECRET'}"))
        .isEqualTo(json("{'name':'Mine','privacy':'SECRET'}"));
    assertThat(issues).isEmpty();
  }

  @Test
  void aDefaultThatStandsForSeveralValuesIsRefused() {
    var settings =
        new WriteSettings(
            json("{'selectedFieldSettings':{'privacy':{'default':{'stringValue':'hidden'}}}}"),
            read(
                Map.of(),
                Map.of(FieldPath.of("privacy"), Map.of("SECRET", "hidden", "PROTECTED", "hidden"))),
            Set.of());

    applied(settings, WriteVerb.CREATE, "{'name':'A'}");

    assertThat(issues).singleElement().extracting(Issue::name).isEqualTo("record.privacy");
  }

  @Test
  void theOlderFormOfDefaultsHasTheSameEffect() {
    WriteSettings settings =
        inheritingWith(
            "{'selectedValueDefaults':{'title':{'value':'A','applyOnUpdate':'never'},"
                + "'is_ads_only':{'value':true,'applyOnUpdate':'always'}}}");

    assertThat(applied(settings, WriteVerb.CREATE, "{}"))
        .isEqualTo(json("{'name':'A','is_ads_only':true}"));
    assertThat(applied(settings, WriteVerb.UPDATE, "{'id':'1'}"))
        .isEqualTo(json("{'id':'1','is_ads_only':true}"));
  }
}
