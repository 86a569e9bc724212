package io.pinferry.management;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.management.ManagementWorld.Answer;
import io.pinferry.pinterest.ReadCatalogue;
import io.pinferry.pinterest.WriteObjects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class MetadataRoutesTest {
  private static final String INTEGRATION = "/v1/projects/shop/integrations/sync";
  private static final String PROVIDER = "/v1/projects/shop/providers/pinterest";
  private static final String MANIFEST =
      """
      specVersion: 1.0.0
      integrations:
        - name: sync
          provider: pinterest
          read:
            objects:
              - objectName: boards
                mapToName: collections
                destination: hook
                optionalFieldsAuto: all
      """;

  private final ManagementWorld world = new ManagementWorld();

  @BeforeEach
  void anInstallation() {
    String project = world.project("shop");
    world.destination("hook");
    world.deploy(MANIFEST, "");
    world.connect(project, "org_7", "boards:read");
    world.post(
        INTEGRATION + "/installations",
        "{'groupRef':'org_7','config':{'content':{'provider':'pinterest','read':{'objects':"
            + "{'boards':{'objectName':'boards','selectedFields':{},"
            + "'selectedFieldMappings':{}}}}}}}");
  }

  private static String metadata(String base, String object) {
    return base + "/objects/" + object + "/metadata?groupRef=org_7";
  }

  @Test
  void anObjectIsFoundByItsOwnAndByItsMappedName() {
    Answer mapped = world.get(metadata(INTEGRATION, "collections"));

    assertThat(mapped.status()).isEqualTo(200);
    assertThat(mapped.text("name")).isEqualTo("boards");
    assertThat(mapped.text("displayName")).isEqualTo("Boards");
    assertThat(mapped.text("mappedObjectName")).isEqualTo("collections");
    assertThat(world.get(metadata(INTEGRATION, "boards")).body()).isEqualTo(mapped.body());
    Answer plain = world.get(metadata(PROVIDER, "boards"));
    assertThat(plain.body().has("mappedObjectName")).isFalse();
    assertThat(plain.body().path("fields")).isEqualTo(mapped.body().path("fields"));
    assertThat(world.get(metadata(PROVIDER, "collections")).status()).isEqualTo(404);
  }

  @Test
  void fieldsTellWhatTheyAreAndWhatCanBeDoneWithThem() {
    JsonNode fields = world.get(metadata(PROVIDER, "pins")).body().path("fields");

    assertThat(fields.at("/board_id").toString())
        .isEqualTo(
            "{\"fieldName\":\"board_id\",\"displayName\":\"Board ID\",\"valueType\":\"reference\","
                + "\"providerType\":\"string\",\"readOnly\":false,\"isCustom\":false,"
                + "\"isRequired\":true,\"referenceTo\":[\"boards\"]}");
    assertThat(fields.at("/created_at/valueType").asText()).isEqualTo("datetime");
    assertThat(fields.at("/created_at/readOnly").booleanValue()).isTrue();
    assertThat(fields.at("/media_source/readOnly").asBoolean(true))
        .as("what can be written only is a field, too")
        .isFalse();
    assertThat(fields.at("/media_source/isRequired").asBoolean(true))
        .as("a pin that is saved has none")
        .isFalse();
    assertThat(fields.at("/save_pin_id/referenceTo/0").asText()).isEqualTo("pins");
    assertThat(fields.at("/save_pin_id/isRequired").asBoolean(true)).isFalse();
    assertThat(fields.at("/is_standard/valueType").asText()).isEqualTo("boolean");
    assertThat(fields.at("/title/readOnly").booleanValue()).isFalse();
    assertThat(fields.at("/title/isRequired").booleanValue()).isFalse();
  }

  @Test
  void whatARecordMayHaveBesideARequestsBodyIsAFieldToo() {
    JsonNode media = world.get(metadata(PROVIDER, "media")).body().path("fields");
    assertThat(media.at("/url/readOnly").booleanValue()).isFalse();
    assertThat(media.at("/data/isRequired").booleanValue()).isFalse();
    assertThat(media.has("ad_account_id")).isFalse();
    JsonNode sections = world.get(metadata(PROVIDER, "board_sections")).body().path("fields");
    assertThat(sections.at("/board_id/isRequired").booleanValue()).isTrue();
    assertThat(sections.at("/ad_account_id/referenceTo/0").asText()).isEqualTo("ad_accounts");
  }

  @Test
  void countriesHaveTheirNames() {
    JsonNode country = world.get(metadata(PROVIDER, "ad_accounts")).body().at("/fields/country");

    assertThat(country.path("values"))
        .anySatisfy(
            value -> {
              assertThat(value.path("value").asText()).isEqualTo("DE");
              assertThat(value.path("displayValue").asText()).isEqualTo("Germany");
            });
  }

  @Test
  void readOnlyFieldsCanBeLeftOut() {
    JsonNode all = world.get(metadata(INTEGRATION, "boards")).body().path("fields");
    JsonNode some =
        world.get(metadata(INTEGRATION, "boards") + "&excludeReadOnly=true").body().path("fields");

    assertThat(all.has("pin_count")).isTrue();
    assertThat(some.has("pin_count")).isFalse();
    assertThat(some)
        .isNotEmpty()
        .allSatisfy(field -> assertThat(field.path("readOnly").booleanValue()).isFalse());
  }

  @Test
  void everyObjectThatCanBeReadOrWrittenIsDescribed() {
    for (String object : ReadCatalogue.names()) {
      assertThat(world.get(metadata(PROVIDER, object)).body().path("fields"))
          .as(object)
          .isNotEmpty();
    }
    for (String object : WriteObjects.names()) {
      assertThat(world.get(metadata(PROVIDER, object)).body().path("fields"))
          .as(object)
          .anySatisfy(field -> assertThat(field.path("readOnly").booleanValue()).isFalse());
    }
  }

  @Test
  void whatIsMissingIsTold() {
    String noGroup = INTEGRATION + "/objects/boards/metadata";
    assertThat(world.get(noGroup).issue()).isEqualTo("groupRef: is missing; name the group");
    assertThat(world.get(noGroup + "?groupRef=org_8").text("detail"))
        .isEqualTo("group org_8 has not installed integration sync");
    assertThat(world.get(PROVIDER + "/objects/boards/metadata?groupRef=org_8").text("detail"))
        .isEqualTo("group org_8 has no connection to pinterest");
    Answer unknown = world.get(metadata(INTEGRATION, "bords"));
    assertThat(unknown.status()).isEqualTo(404);
    assertThat(unknown.text("detail")).isEqualTo("there is no object bords, did you mean boards?");
    assertThat(
            world
                .get("/v1/projects/shop/providers/hubspot/objects/boards/metadata?groupRef=org_7")
                .status())
        .isEqualTo(404);
  }

  @Test
  void customFieldsAreRefused() {
    for (String base : new String[] {INTEGRATION, PROVIDER}) {
      Answer answer =
          world.put(base + "/object-metadata", "{'groupRef':'org_7','fields':{'boards':[]}}");
      assertThat(answer.status()).isEqualTo(422);
      assertThat(answer.text("detail"))
          .isEqualTo("Pinterest has no custom fields, so none can be created or changed");
    }
  }
}
