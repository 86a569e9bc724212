package io.pinferry.management;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.management.ManagementWorld.Answer;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class IntegrationRoutesTest {
  private static final String INTEGRATIONS = "/v1/projects/shop/integrations";
  private static final String BOARDS =
      """
      specVersion: 1.0.0
      integrations:
        - name: sync
          provider: pinterest
          read:
            objects:
              - objectName: boards
                destination: hook
                schedule: "0 3 * * *"
                requiredFields:
                  - fieldName: id
      """;
  private static final String BOARDS_AND_PINS =
      BOARDS + "        - objectName: pins\n          destination: hook\n";

  private final ManagementWorld world = new ManagementWorld();

  @BeforeEach
  void aProjectWithADestination() {
    world.project("shop");
    world.destination("hook");
  }

  @Test
  void aManifestBecomesIntegrations() {
    Answer answer = world.deploy(BOARDS, "");

    assertThat(answer.status()).isEqualTo(200);
    JsonNode integration = answer.body().path(0);
    assertThat(integration.path("name").asText()).isEqualTo("sync");
    assertThat(integration.path("provider").asText()).isEqualTo("pinterest");
    assertThat(integration.path("createTime").asText()).isEqualTo("2026-09-01T08:00:00Z");
    assertThat(integration.has("updateTime")).isFalse();
    JsonNode revision = integration.path("latestRevision");
    assertThat(revision.path("specVersion").asText()).isEqualTo("1.0.0");
    assertThat(revision.at("/content/read/objects/0/objectName").asText()).isEqualTo("boards");
    String id = integration.path("id").asText();
    assertThat(world.get(INTEGRATIONS).body()).isEqualTo(answer.body());
    assertThat(world.get(INTEGRATIONS + "/" + id).body()).isEqualTo(integration);
    assertThat(world.get(INTEGRATIONS + "/sync").body()).isEqualTo(integration);
  }

  @Test
  void unchangedContentKeepsTheRevision() {
    Answer first = world.deploy(BOARDS, "");
    world.clock.advance(Duration.ofHours(1));

    Answer again = world.deploy("# only a comment\n" + BOARDS, "");

    assertThat(again.body()).isEqualTo(first.body());
  }

  @Test
  void changedContentIsANewRevisionOfTheSameIntegration() {
    JsonNode first = world.deploy(BOARDS, "").body().path(0);
    world.clock.advance(Duration.ofHours(1));

    JsonNode second = world.deploy(BOARDS_AND_PINS, "").body().path(0);

    assertThat(second.path("id")).isEqualTo(first.path("id"));
    assertThat(second.at("/latestRevision/id")).isNotEqualTo(first.at("/latestRevision/id"));
    assertThat(second.path("updateTime").asText()).isEqualTo("2026-09-01T09:00:00Z");
    assertThat(second.at("/latestRevision/content/read/objects")).hasSize(2);
  }

  @Test
  void aDestinationThatDoesNotExistIsNamedByItsPlaceInTheFile() {
    Answer answer = world.deploy(BOARDS.replace("destination: hook", "destination: nowhere"), "");

    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.issue())
        .startsWith("integrations[0].read.objects[0].destination: names a destination that");
    assertThat(world.get(INTEGRATIONS).body()).isEmpty();
  }

  @Test
  void aPlanThatTheObjectDoesNotHaveIsNamedByItsPlaceInTheFile() {
    Answer answer =
        world.deploy(
            BOARDS.replace(
                "destination: hook", "destination: hook\n          x-pinferry-plan: owned"),
            "");

    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.issue())
        .startsWith("integrations[0].read.objects[0].x-pinferry-plan: is no way to read boards");
  }

  @Test
  void aWrongManifestNamesThePlaceInTheFile() {
    Answer answer = world.deploy(BOARDS.replace("0 3 * * *", "*/5 * * * *"), "");

    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.issue()).startsWith("integrations[0].read.objects[0].schedule: ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{} | 400 | sourceYaml: is missing",
        "{'sourceYaml':7} | 400 | sourceYaml: is a number, but a text is needed",
        "{'sourceYml':'a'} | 400 | sourceYml: is not a known member, did you mean sourceYaml?"
      })
  void wrongBodiesAreRefusedByMember(String body, int status, String issue) {
    Answer answer = world.put(INTEGRATIONS + ":batch", body);

    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.body().path("causes").toString()).contains(issue);
  }

  @Test
  void anIntegrationIsCreatedFromJson() {
    String content =
        "{'name':'sync','provider':'pinterest','read':{'objects':[{'objectName':'boards',"
            + "'destination':'hook'}]}}";
    String body =
        "{'name':'sync','provider':'pinterest','latestRevision':{'specVersion':'1.0.0','content':"
            + content
            + "}}";

    Answer answer = world.post(INTEGRATIONS, body);

    assertThat(answer.status()).isEqualTo(201);
    assertThat(world.get(INTEGRATIONS + "/sync").status()).isEqualTo(200);
    assertThat(world.post(INTEGRATIONS, body).status()).isEqualTo(409);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'name':'a','provider':'pinterest','latestRevision':{'specVersion':'1.0.0','content':"
            + "{'name':'b','provider':'pinterest','proxy':{'enabled':true}}}} | 400"
            + " | latestRevision.content.name: must be the same as name",
        "{'name':'a','provider':'pinterest','latestRevision':{'specVersion':'2.0.0','content':"
            + "{'name':'a','provider':'pinterest','proxy':{'enabled':true}}}} | 400"
            + " | latestRevision.specVersion: must be 1.0.0",
        "{'name':'a','provider':'pinterest','latestRevision':{'specVersion':'1.0.0'}} | 400"
            + " | latestRevision.content: is missing",
        "{'name':'a','provider':'pinterest','latestRevision':{'specVersion':'1.0.0','content':"
            + "{'name':'a','provider':'pinterest','read':{'objects':[{'objectName':'boards',"
            + "'destination':'nowhere'}]}}}} | 422"
            + " | latestRevision.content.read.objects[0].destination: names a destination"
      })
  void wrongIntegrationsAreRefusedByMember(String body, int status, String issue) {
    Answer answer = world.post(INTEGRATIONS, body);

    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.issue()).startsWith(issue);
  }

  @Test
  void aSingleIntegrationIsRevised() {
    JsonNode first = world.deploy(BOARDS, "").body().path(0);

    Answer answer =
        world.post(
            INTEGRATIONS + "/sync/revisions",
            "{'sourceYaml':'"
                + BOARDS_AND_PINS
                    .replace("\"", "")
                    .replace("\n", "\\n")
                    .replace("0 3 * * *", "0 4 * * *")
                + "'}");

    assertThat(answer.status()).isEqualTo(201);
    JsonNode second = world.get(INTEGRATIONS + "/sync").body();
    assertThat(second.at("/latestRevision/id")).isNotEqualTo(first.at("/latestRevision/id"));
  }

  @Test
  void aRevisionOfAnotherIntegrationIsRefused() {
    world.deploy(BOARDS, "");

    Answer answer =
        world.post(
            INTEGRATIONS + "/sync/revisions",
            "{'sourceYaml':'"
                + BOARDS.replace("name: sync", "name: other").replace("\"", "").replace("\n", "\\n")
                + "'}");

    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.issue()).isEqualTo("integrations: has no integration named sync");
  }

  @Test
  void aDeletedIntegrationIsGoneAndItsNameIsFree() {
    String id = world.deploy(BOARDS, "").body().at("/0/id").asText();

    assertThat(world.delete(INTEGRATIONS + "/sync").status()).isEqualTo(204);

    assertThat(world.get(INTEGRATIONS).body()).isEmpty();
    Answer gone = world.delete(INTEGRATIONS + "/" + id);
    assertThat(gone.status()).isEqualTo(404);
    assertThat(gone.text("detail")).isEqualTo("there is no integration " + id);
    assertThat(world.deploy(BOARDS, "").body().at("/0/id").asText()).isNotEqualTo(id);
  }
}
