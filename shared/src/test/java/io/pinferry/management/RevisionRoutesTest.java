package io.pinferry.management;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.base.Json;
import io.pinferry.management.ManagementWorld.Answer;
import java.time.Duration;
import java.util.List;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class RevisionRoutesTest {
  private static final String MANIFEST =
      """
      specVersion: 1.0.0
      integrations:
        - name: sync
          displayName: Pinterest sync
          provider: pinterest
          read:
            objects:
              - objectName: boards
                mapToName: collections
                mapToDisplayName: Collections
                destination: hook
                schedule: "*/30 * * * *"
                requiredFields:
                  - fieldName: id
                  - mapToName: boardTitle
                    mapToDisplayName: Title
                    prompt: Which field is the title?
                    default: name
                optionalFields:
                  - fieldName: $['owner']['username']
                  - fieldName: description
                    mapToName: text
                optionalFieldsAuto: all
                backfill:
                  defaultPeriod:
                    fullHistory: true
              - objectName: pins
                destination: hook
                requiredFields:
                  - fieldName: of_tomorrow
          write:
            objects:
              - objectName: board_sections
                valueDefaults:
                  allowAnyFields: true
          proxy:
            enabled: true
      """;

  private final ManagementWorld world = new ManagementWorld();
  private String project = "";
  private String revision = "";

  @BeforeEach
  void aDeployedIntegration() {
    project = world.project("shop");
    world.destination("hook");
    revision = world.deploy(MANIFEST, "").body().at("/0/latestRevision/id").asText();
  }

  private static final String REVISIONS = "/v1/projects/shop/integrations/sync/revisions";

  /** Deploys another revision a minute later, and returns its id. */
  private String deployAgain(String yaml) {
    world.clock.advance(Duration.ofMinutes(1));
    return world.deploy(yaml, "").body().at("/0/latestRevision/id").asText();
  }

  @Test
  void revisionsAreListedNewestFirst() {
    String second = deployAgain(MANIFEST.replace("*/30", "*/20"));
    String third = deployAgain(MANIFEST.replace("*/30", "*/10"));

    JsonNode list = world.get(REVISIONS).body();

    assertThat(list.valueStream().map(one -> one.path("id").asText()))
        .containsExactly(third, second, revision);
    assertThat(list.path(2))
        .isEqualTo(
            Json.object()
                .put("id", revision)
                .put("specVersion", "1.0.0")
                .put("createTime", "2026-09-01T08:00:00Z"));
  }

  @Test
  void anyTwoRevisionsAreCompared() {
    deployAgain(MANIFEST.replace("Pinterest sync", "Sync"));
    String last =
        deployAgain(
            MANIFEST
                .replace("*/30", "*/10")
                .replace("- objectName: pins", "- objectName: ad_accounts"));

    Answer answer = world.get(REVISIONS + "/" + last + ":compare?before=" + revision);

    assertThat(answer.body())
        .isEqualTo(
            Json.trusted(
                """
                {"changes":[
                  {"kind":"added","part":"read","objectName":"ad_accounts","members":[]},
                  {"kind":"changed","part":"read","objectName":"boards","members":[
                    {"name":"schedule","before":"*/30 * * * *","after":"*/10 * * * *"}]},
                  {"kind":"removed","part":"read","objectName":"pins","members":[]}]}
                """));
  }

  @Test
  void aRevisionIsComparedWithNothing() {
    assertThat(
            world
                .get(REVISIONS + "/" + revision + ":compare")
                .body()
                .path("changes")
                .valueStream()
                .map(one -> one.path("kind").asText() + " " + one.path("part").asText()))
        .containsExactly(
            "added read", "added read", "added write", "added displayName", "added proxy");
  }

  @Test
  void anUnknownRevisionIsNotCompared() {
    String unknown = "11111111-1111-4111-8111-111111111111";

    assertThat(world.get(REVISIONS + "/" + unknown + ":compare").status()).isEqualTo(404);
    assertThat(world.get(REVISIONS + "/" + revision + ":compare?before=" + unknown).status())
        .isEqualTo(404);
  }

  @Test
  void anEmptyRevisionToCompareWithIsRefused() {
    Answer answer = world.get(REVISIONS + "/" + revision + ":compare?before=");

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.issue()).startsWith("before: is empty");
  }

  private Answer hydrate(String connection) {
    return world.get(
        "/v1/projects/shop/integrations/sync/revisions/"
            + revision
            + ":hydrate?connectionId="
            + connection);
  }

  private JsonNode content(String... scopes) {
    Answer answer = hydrate(world.connect(project, "org_7", scopes).id().value());
    assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
    assertThat(answer.text("id")).isEqualTo(revision);
    assertThat(answer.text("specVersion")).isEqualTo("1.0.0");
    return answer.body().path("content");
  }

  private static List<String> texts(JsonNode array, String member) {
    return StreamSupport.stream(
            Spliterators.spliteratorUnknownSize(array.elements(), Spliterator.ORDERED), false)
        .map(element -> element.path(member).asText())
        .toList();
  }

  @Test
  void whatAnIntegrationOffersIsShownWithNamesForPeople() {
    JsonNode content = content("boards:read", "pins:read");

    assertThat(content.path("name").asText()).isEqualTo("sync");
    assertThat(content.path("displayName").asText()).isEqualTo("Pinterest sync");
    assertThat(content.at("/proxy/enabled").booleanValue()).isTrue();
    assertThat(content.at("/write/objects/0").toString())
        .isEqualTo(
            "{\"objectName\":\"board_sections\",\"displayName\":\"Board sections\","
                + "\"valueDefaults\":{\"allowAnyFields\":true}}");
    JsonNode boards = content.at("/read/objects/0");
    assertThat(boards.path("displayName").asText()).isEqualTo("Boards");
    assertThat(boards.path("mapToName").asText()).isEqualTo("collections");
    assertThat(boards.path("mapToDisplayName").asText()).isEqualTo("Collections");
    assertThat(boards.path("schedule").asText()).isEqualTo("*/30 * * * *");
    assertThat(boards.at("/backfill/defaultPeriod/fullHistory").booleanValue()).isTrue();
    assertThat(boards.has("error")).isFalse();
    assertThat(boards.path("requiredFields").toString())
        .isEqualTo(
            "[{\"fieldName\":\"id\",\"displayName\":\"ID\"},{\"mapToName\":\"boardTitle\","
                + "\"mapToDisplayName\":\"Title\",\"default\":\"name\","
                + "\"prompt\":\"Which field is the title?\"}]");
    assertThat(boards.at("/optionalFields/0").toString())
        .isEqualTo(
            "{\"fieldName\":\"$['owner']['username']\",\"displayName\":\"Owner: Username\"}");
    assertThat(boards.at("/optionalFields/1").toString())
        .isEqualTo(
            "{\"fieldName\":\"description\",\"displayName\":\"Description\","
                + "\"mapToName\":\"text\"}");
  }

  @Test
  void everyOtherFieldBecomesOptionalOnce() {
    JsonNode boards = content("boards:read", "pins:read").at("/read/objects/0");

    assertThat(boards.path("optionalFieldsAuto").asText()).isEqualTo("all");
    assertThat(texts(boards.path("optionalFields"), "fieldName"))
        .doesNotHaveDuplicates()
        .doesNotContain("id")
        .contains("name", "privacy", "owner", "pin_count");
    assertThat(texts(boards.path("allFields"), "fieldName"))
        .contains("id", "description", "$['owner']['username']");
    assertThat(texts(boards.path("allFields"), "displayName"))
        .allSatisfy(name -> assertThat(name).isNotBlank());
    JsonNode privacy = boards.at("/allFieldsMetadata/privacy");
    assertThat(privacy.toString())
        .isEqualTo(
            "{\"fieldName\":\"privacy\",\"displayName\":\"Privacy\","
                + "\"valueType\":\"singleSelect\",\"providerType\":\"string\",\"readOnly\":false,"
                + "\"isCustom\":false,\"isRequired\":false,\"values\":["
                + "{\"value\":\"PUBLIC\",\"displayValue\":\"Public\"},"
                + "{\"value\":\"PROTECTED\",\"displayValue\":\"Protected\"},"
                + "{\"value\":\"SECRET\",\"displayValue\":\"Secret\"}]}");
    assertThat(boards.at("/allFieldsMetadata/name/isRequired").booleanValue()).isTrue();
    assertThat(boards.at("/allFieldsMetadata/pin_count/readOnly").booleanValue()).isTrue();
  }

  @Test
  void aFieldThatIsNotKnownIsOfferedAllTheSame() {
    JsonNode pins = content("boards:read", "pins:read").at("/read/objects/1");

    assertThat(pins.at("/requiredFields/0/displayName").asText()).isEqualTo("Of tomorrow");
    assertThat(pins.path("schedule").asText()).as("the contract demands one").isEmpty();
    assertThat(pins.path("optionalFields")).isEmpty();
    assertThat(pins.at("/allFieldsMetadata/of_tomorrow").isMissingNode()).isTrue();
  }

  @Test
  void anObjectThatWasNotGrantedKeepsItsPlaceWithAnError() {
    JsonNode objects = content("boards:read").at("/read/objects");

    assertThat(texts(objects, "objectName")).containsExactly("boards", "pins");
    assertThat(objects.at("/0/error").isMissingNode()).isTrue();
    assertThat(objects.at("/1/error").asText())
        .startsWith("needs the scope pins:read, which was not granted");
    assertThat(objects.at("/1/requiredFields")).hasSize(1);
  }

  @Test
  void anEarlierRevisionIsHydratedToo() {
    String connection = world.connect(project, "org_7", "boards:read").id().value();
    world.deploy(MANIFEST.replace("Pinterest sync", "Another name"), "");

    assertThat(hydrate(connection).body().at("/content/displayName").asText())
        .isEqualTo("Pinterest sync");
  }

  @Test
  void whatIsMissingIsTold() {
    String other = world.project("other");
    String foreign = world.connect(other, "org_7", "boards:read").id().value();

    assertThat(hydrate("").status()).isEqualTo(400);
    assertThat(hydrate("").issue()).isEqualTo("connectionId: is missing; name the connection");
    assertThat(hydrate("x").status()).isEqualTo(404);
    assertThat(hydrate(foreign).status()).as("of another project").isEqualTo(404);
    revision = "0b54b1f0-6c6e-4c0a-8f55-2d0c8b1f9e01";
    Answer answer = hydrate(world.connect(project, "org_7", "boards:read").id().value());
    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.text("detail")).startsWith("integration sync has no revision 0b54b1f0");
    assertThat(answer.text("remedy")).startsWith("The latest one is ");
  }
}
