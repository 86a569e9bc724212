package io.pinferry.management;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.management.ManagementWorld.Answer;
import io.pinferry.timer.Timer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Changes of single places of an object's config. */
final class ObjectConfigChangeTest {
  private static final String INTEGRATION = "/v1/projects/shop/integrations/sync";
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
                schedule: "*/30 * * * *"
                requiredFields:
                  - fieldName: id
                optionalFields:
                  - fieldName: description
                  - fieldName: privacy
              - objectName: media
                destination: hook
                enabled: always
                optionalFieldsAuto: all
              - objectName: pins
                destination: hook
          write:
            objects:
              - objectName: pins
              - objectName: boards
      """;

  private final ManagementWorld world = new ManagementWorld();
  private String installation = "";

  @BeforeEach
  void anInstallationOfBoards() {
    String project = world.project("shop");
    world.destination("hook");
    world.deploy(MANIFEST, "");
    world.connect(project, "org_7", "boards:read", "pins:read");
    installation =
        world
            .post(
                INTEGRATION + "/installations",
                "{'groupRef':'org_7','config':{'content':{'provider':'pinterest','read':"
                    + "{'objects':{'boards':{'objectName':'boards','selectedFields':"
                    + "{'description':true},'selectedFieldMappings':{},'dynamicMappingsInput':"
                    + "[{'fieldName':'name'}]}}},'write':{'objects':{'pins':"
                    + "{'objectName':'pins'}}}}}}")
            .text("id");
  }

  private Answer change(String object, String action, String... changes) {
    return world.patch(
        INTEGRATION + "/objects/" + object + "/config-content",
        "{'groupRef':'org_7','action':'"
            + action
            + "','changes':["
            + String.join(",", changes)
            + "]}");
  }

  private JsonNode changed(String object, String action, String... changes) {
    Answer answer = change(object, action, changes);
    assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
    return answer.body().path("config").path("content").path(action).path("objects");
  }

  private JsonNode stored() {
    return world.get(INTEGRATION + "/installations/" + installation).body();
  }

  @Test
  void placesAreAddedReplacedAndRemoved() {
    JsonNode boards =
        changed(
                "boards",
                "read",
                "{'op':'replace','path':'/schedule','value':'0 5 * * *'}",
                "{'op':'add','path':'/selectedFields/privacy','value':true}",
                "{'op':'remove','path':'/selectedFields/description'}",
                "{'op':'add','path':'/selectedValueMappings/privacy/open','value':'PUBLIC'}")
            .path("boards");

    assertThat(boards.path("schedule").asText()).isEqualTo("0 5 * * *");
    assertThat(boards.path("selectedFields").toString())
        .isEqualTo("{\"id\":true,\"privacy\":true}");
    assertThat(boards.at("/selectedValueMappings/privacy/open").asText()).isEqualTo("PUBLIC");
    assertThat(world.timers("schedule"))
        .extracting(Timer::dueAt)
        .extracting(Object::toString)
        .containsExactly("2026-09-02T05:00:00Z");
  }

  @Test
  void anInstallationChoosesWhichRecordsAreDelivered() {
    String mode = "{'op':'%s','path':'/x-pinferry-changes'%s}";
    JsonNode boards =
        changed("boards", "read", mode.formatted("add", ",'value':'changed'")).path("boards");

    assertThat(boards.path("x-pinferry-changes").asText()).isEqualTo("changed");
    world.deploy(MANIFEST.replace("mapToName", "x-pinferry-changes: all\n          mapToName"), "");
    boards =
        changed("boards", "read", "{'op':'add','path':'/disabled','value':true}").path("boards");
    assertThat(boards.path("x-pinferry-changes").asText()).as("a choice").isEqualTo("changed");
    boards = changed("boards", "read", mode.formatted("remove", "")).path("boards");
    assertThat(boards.path("x-pinferry-changes").asText()).isEqualTo("all");
    Answer wrong = change("boards", "read", mode.formatted("add", ",'value':'some'"));
    assertThat(wrong.status()).isEqualTo(422);
    assertThat(wrong.toString()).contains("must be one of all, changed, changedAndDeleted");
  }

  @Test
  void whatTheManifestSaysStaysItsOwn() {
    changed("boards", "read", "{'op':'replace','path':'/schedule','value':'0 5 * * *'}");

    JsonNode boards =
        changed("boards", "read", "{'op':'remove','path':'/schedule'}").path("boards");

    assertThat(boards.path("schedule").asText()).isEqualTo("*/30 * * * *");
    world.deploy(MANIFEST.replace("*/30", "*/20"), "");
    boards =
        changed("boards", "read", "{'op':'add','path':'/disabled','value':true}").path("boards");
    assertThat(boards.path("schedule").asText()).as("it is no choice").isEqualTo("*/20 * * * *");
    assertThat(boards.path("disabled").booleanValue()).isTrue();
  }

  @Test
  void listsAreChangedByIndex() {
    JsonNode boards =
        changed(
                "boards",
                "read",
                "{'op':'add','path':'/dynamicMappingsInput/-','value':{'mapToName':'c'}}",
                "{'op':'add','path':'/dynamicMappingsInput/0','value':{'mapToName':'a'}}",
                "{'op':'replace','path':'/dynamicMappingsInput/1','value':{'mapToName':'b'}}")
            .path("boards");
    assertThat(boards.path("dynamicMappingsInput").toString())
        .isEqualTo("[{\"mapToName\":\"a\"},{\"mapToName\":\"b\"},{\"mapToName\":\"c\"}]");

    boards =
        changed("boards", "read", "{'op':'remove','path':'/dynamicMappingsInput/1'}")
            .path("boards");
    assertThat(boards.path("dynamicMappingsInput").toString())
        .isEqualTo("[{\"mapToName\":\"a\"},{\"mapToName\":\"c\"}]");
  }

  @Test
  void anObjectIsFoundByItsMappedNameAndWithoutAChoice() {
    assertThat(
            changed(
                    "collections",
                    "read",
                    "{'op':'add','path':'/selectedFields/privacy','value':true}")
                .at("/boards/selectedFields/privacy")
                .booleanValue())
        .isTrue();
    assertThat(
            changed("media", "read", "{'op':'add','path':'/disabled','value':true}")
                .at("/media/disabled")
                .booleanValue())
        .isTrue();
  }

  @Test
  void writeSettingsAreChanged() {
    JsonNode objects =
        changed(
            "pins", "write", "{'op':'add','path':'/deletionSettings','value':{'enabled':true}}");

    assertThat(objects.at("/pins/deletionSettings/enabled").booleanValue()).isTrue();
    assertThat(change("boards", "write", "{'op':'remove','path':'/deletionSettings'}").issue())
        .startsWith("objectName: is not written by this installation; choose it");
  }

  @Test
  void anInstallationIsNamedByGroupOrId() {
    String changes = "'action':'read','changes':[{'op':'add','path':'/disabled','value':true}]}";
    String path = INTEGRATION + "/objects/boards/config-content";

    assertThat(world.patch(path, "{'installationId':'" + installation + "'," + changes).status())
        .isEqualTo(200);
    assertThat(world.patch(path, "{'installationId':'x'," + changes).status()).isEqualTo(404);
    Answer other = world.patch(path, "{'groupRef':'org_8'," + changes);
    assertThat(other.status()).isEqualTo(404);
    assertThat(other.text("detail")).isEqualTo("group org_8 has not installed integration sync");
    assertThat(
            world
                .patch(
                    path, "{'groupRef':'org_8','installationId':'" + installation + "'," + changes)
                .status())
        .isEqualTo(404);
    assertThat(world.patch(path, "{" + changes).issue())
        .isEqualTo("groupRef: is missing; give it or an installationId");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'op':'move','path':'/schedule'}|400|changes[0].op: must be one of add, remove, replace",
        "{'op':'add','path':'schedule','value':1}|400|changes[0].path: must be a JSON Pointer",
        "{'op':'add','path':'/schedule'}|400|changes[0].value: is missing",
        "{'op':'remove','path':'/selectedFields/privacy'}|422"
            + "|changes[0].path: there is nothing at this place",
        "{'op':'replace','path':'/backfill/defaultPeriod/hours','value':1}|422"
            + "|changes[0].path: there is nothing at this place",
        "{'op':'add','path':'/schedule/x','value':1}|422|changes[0].path: leads through something",
        "{'op':'add','path':'/dynamicMappingsInput/7','value':{}}|422"
            + "|changes[0].path: leads through something",
        "{'op':'replace','path':'/schedule','value':'* * * * *'}|422"
            + "|config.content.read.objects.boards.schedule: fires 1 min apart",
        "{'op':'add','path':'/sedule','value':'0 5 * * *'}|422"
            + "|config.content.read.objects.boards.sedule: is not a known member, did you mean",
        "{'op':'replace','path':'/objectName','value':'pins'}|422"
            + "|config.content.read.objects.boards.objectName: must be boards",
        "{'op':'add','path':'/selectedFields/owner','value':true}|422"
            + "|config.content.read.objects.boards.selectedFields.owner: is not offered"
      })
  void wrongChangesAreRefusedByPlace(String change, int status, String issue) {
    JsonNode before = stored();

    Answer answer = change("boards", "read", change);

    assertThat(answer.status()).as(answer.toString()).isEqualTo(status);
    assertThat(answer.issue()).startsWith(issue);
    assertThat(stored()).isEqualTo(before);
  }

  @Test
  void aChangeIsAllOrNothing() {
    JsonNode before = stored();

    Answer answer =
        change(
            "boards",
            "read",
            "{'op':'add','path':'/disabled','value':true}",
            "{'op':'remove','path':'/selectedFields/title'}");

    assertThat(answer.issue()).startsWith("changes[1].path: there is nothing at this place");
    assertThat(stored()).isEqualTo(before);
  }

  @Test
  void aConfigDoesNotGrowWithoutEnd() {
    JsonNode before = stored();
    var fields = new StringBuilder();
    for (int i = 0; i < 1_000; i++) {
      fields.append(i == 0 ? "" : ",").append("'" + "f".repeat(200) + i + "':false");
    }
    String change = "{'op':'add','path':'/selectedFields','value':{" + fields + "}}";
    assertThat(change("boards", "read", change).status()).isEqualTo(200);

    Answer answer = change("media", "read", change);

    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.issue())
        .startsWith("config.content: is too large: with its effective config");
    assertThat(stored().at("/config/content/read/objects/media"))
        .isEqualTo(before.at("/config/content/read/objects/media"));
  }

  @Test
  void whatCannotBeChangedIsTold() {
    String any = "{'op':'add','path':'/disabled','value':true}";
    assertThat(change("pins", "read", any).issue())
        .startsWith("objectName: is not read by this installation; choose it");
    assertThat(change("boards", "subscribe", any).issue())
        .isEqualTo("action: is not possible: Pinterest announces no changes");
    assertThat(change("boards", "read").issue())
        .isEqualTo("changes: must be a list of 1 to 100 changes");
  }
}
