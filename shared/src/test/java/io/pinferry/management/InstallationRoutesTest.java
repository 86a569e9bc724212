package io.pinferry.management;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import io.pinferry.directory.Connection;
import io.pinferry.directory.ConnectionRepository;
import io.pinferry.directory.ConnectionStatus;
import io.pinferry.directory.InstallationId;
import io.pinferry.directory.ProjectId;
import io.pinferry.directory.Snapshot;
import io.pinferry.management.ManagementWorld.Answer;
import io.pinferry.operation.LogLine;
import io.pinferry.operation.Operation;
import io.pinferry.operation.OperationFixtures;
import io.pinferry.operation.OperationId;
import io.pinferry.operation.OperationTransaction;
import io.pinferry.operation.Work;
import io.pinferry.pinterest.PinterestFailure;
import io.pinferry.timer.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class InstallationRoutesTest {
  private static final String INTEGRATION = "/v1/projects/shop/integrations/sync";
  private static final String INSTALLATIONS = INTEGRATION + "/installations";
  private static final String MANIFEST =
      """
      specVersion: 1.0.0
      integrations:
        - name: sync
          provider: pinterest
          read:
            objects:
              - objectName: boards
                destination: hook
                schedule: "*/30 * * * *"
                requiredFields:
                  - fieldName: id
                optionalFields:
                  - fieldName: description
                  - mapToName: boardTitle
                    default: name
                backfill:
                  defaultPeriod:
                    fullHistory: true
              - objectName: pins
                destination: hook
                optionalFieldsAuto: all
                backfill:
                  defaultPeriod:
                    days: 30
              - objectName: catalogs
                destination: hook
                optionalFieldsAuto: all
                schedule: "0 3 * * *"
        - name: more
          provider: pinterest
          proxy:
            enabled: true
      """;

  /** The body that the component sends for one object. */
  private static final String BOARDS =
      "{'groupRef':'org_7','config':{'content':{'provider':'pinterest','read':{'objects':"
          + "{'boards':{'objectName':'boards','selectedFields':{'description':true},"
          + "'selectedFieldMappings':{'boardTitle':'name'},'dynamicMappingsInput':[],"
          + "'selectedValueMappings':{}}}}}}}";

  private final ManagementWorld world = new ManagementWorld();
  private String project = "";
  private String integration = "";

  @BeforeEach
  void aDeployedIntegration() {
    project = world.project("shop");
    world.destination("hook");
    integration = world.deploy(MANIFEST, "").body().at("/0/id").asText();
  }

  private static String choice(String group, String... objects) {
    var chosen = new StringBuilder();
    for (String object : objects) {
      chosen
          .append(chosen.isEmpty() ? "" : ",")
          .append("'" + object + "':{'objectName':'" + object + "','selectedFields':{'id':true},")
          .append("'selectedFieldMappings':{}}");
    }
    return "{'groupRef':'"
        + group
        + "','config':{'content':{'provider':'pinterest','read':{'objects':{"
        + chosen
        + "}}}}}";
  }

  private List<Operation> operations(String installation) {
    return world
        .cloud
        .operations()
        .ofInstallation(new InstallationId(installation), 100, null)
        .operations();
  }

  @Test
  void anInstallationIsAnsweredWithItsConfigCompletedFromTheManifest() {
    Connection connection = world.connect(project, "org_7", "boards:read", "boards:read_secret");

    Answer answer = world.post(INSTALLATIONS, BOARDS);

    assertThat(answer.status()).isEqualTo(201);
    JsonNode body = answer.body();
    assertThat(body.path("projectId").asText()).isEqualTo(project);
    assertThat(body.path("integrationId").asText()).isEqualTo(integration);
    assertThat(body.path("healthStatus").asText()).isEqualTo("healthy");
    assertThat(body.path("lastOperationStatus").asText()).isEqualTo("in_progress");
    assertThat(body.path("createdBy").asText()).isEqualTo("consumer:u_42");
    assertThat(body.path("createTime").asText()).isEqualTo("2026-09-01T08:00:00Z");
    assertThat(body.has("updateTime")).isFalse();
    assertThat(body.at("/group/groupRef").asText()).isEqualTo("org_7");
    assertThat(body.at("/group/projectId").asText()).isEqualTo(project);
    assertThat(body.at("/connection/id").asText()).isEqualTo(connection.id().value());
    assertThat(body.at("/connection/consumer/consumerRef").asText()).isEqualTo("u_42");
    JsonNode config = body.path("config");
    assertThat(config.path("createdBy").asText()).isEqualTo("api:create-installation");
    assertThat(config.path("revisionId"))
        .isEqualTo(world.get(INTEGRATION).body().at("/latestRevision/id"));
    JsonNode boards = config.at("/content/read/objects/boards");
    assertThat(boards.path("schedule").asText()).isEqualTo("*/30 * * * *");
    assertThat(boards.path("destination").asText()).isEqualTo("hook");
    assertThat(boards.at("/backfill/defaultPeriod/fullHistory").booleanValue()).isTrue();
    assertThat(boards.at("/selectedFields/id").booleanValue()).isTrue();
    assertThat(boards.at("/selectedFields/description").booleanValue()).isTrue();
    assertThat(boards.at("/selectedFieldMappings/boardTitle").asText()).isEqualTo("name");
    assertThat(body.toString()).doesNotContain("null");
    assertThat(world.get(INSTALLATIONS + "/" + body.path("id").asText()).body()).isEqualTo(body);
    assertThat(world.get(INSTALLATIONS + "?groupRef=org_7").body()).hasSize(1);
    assertThat(world.get(INSTALLATIONS + "?groupRef=org_7").body().path(0)).isEqualTo(body);
  }

  @Test
  void allInstallationsAreListedPageByPage() {
    List<String> ids = new ArrayList<>();
    for (String group : List.of("org_1", "org_2", "org_3", "org_4")) {
      world.connect(project, group, "boards:read");
      ids.add(world.post(INSTALLATIONS, choice(group, "boards")).text("id"));
      world.clock.advance(Duration.ofMinutes(1));
    }
    String all = "/v1/projects/shop/installations";

    String second = world.nextPage(all + "?pageSize=2");
    assertThat(idsOf(all + "?pageSize=2")).containsExactlyElementsOf(ids.subList(0, 2));
    world.delete(INSTALLATIONS + "/" + ids.get(1));

    assertThat(idsOf(all + "?pageSize=2&pageToken=" + second))
        .as("after the last installation of the first page is gone")
        .containsExactlyElementsOf(ids.subList(2, 4));
    assertThat(world.nextPage(all + "?pageSize=2&pageToken=" + second)).isEmpty();
    assertThat(idsOf(all)).hasSize(3);
    assertThat(world.nextPage(all)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "pageSize=0, pageSize: must be a whole number",
    "pageSize=1001, pageSize: must be a whole number",
    "pageToken=made-up, pageToken: is not a pageToken",
    "pageToken=MjAyNg, pageToken: is not a pageToken"
  })
  void aPageThatThereCannotBeIsRefused(String query, String issue) {
    assertThat(world.get("/v1/projects/shop/installations?" + query).issue()).startsWith(issue);
  }

  private List<String> idsOf(String path) {
    return world.get(path).body().valueStream().map(one -> one.path("id").asText()).toList();
  }

  @Test
  void anInstallationShowsTheGrantedScopes() {
    world.connect(project, "org_7", "boards:read", "pins:read");

    assertThat(world.post(INSTALLATIONS, BOARDS).body().at("/connection/grantedScopes"))
        .extracting(JsonNode::asText)
        .containsExactly("boards:read", "pins:read");
  }

  @Test
  void firstReadsAndTimersBeginWithTheInstallation() {
    world.connect(project, "org_7", "boards:read", "pins:read", "catalogs:read");

    String id = world.post(INSTALLATIONS, choice("org_7", "boards", "pins", "catalogs")).text("id");

    List<Operation> started = operations(id);
    assertThat(started)
        .extracting(Operation::objectName)
        .containsExactlyInAnyOrder("boards", "pins");
    assertThat(started).extracting(one -> one.read().type().text()).containsOnly("backfill");
    for (Operation operation : started) {
      Work.Read spec = operation.read();
      assertThat(spec.period().since())
          .isEqualTo(
              operation.objectName().equals("pins") ? Instant.parse("2026-08-02T08:00:00Z") : null);
      assertThat(spec.envelope().destination()).isEqualTo("hook");
      assertThat(spec.customer().group().ref()).isEqualTo("org_7");
    }
    assertThat(world.timers("watchdog")).hasSize(2);
    assertThat(world.timers("schedule"))
        .extracting(Timer::dueAt, Timer::id)
        .containsExactly(
            tuple(Instant.parse("2026-09-01T08:30:00Z"), id + "/boards"),
            tuple(Instant.parse("2026-09-02T03:00:00Z"), id + "/catalogs"));
    assertThat(world.cloud.readQueue().receive())
        .extracting(key -> key.operation().value())
        .containsAll(started.stream().map(one -> one.id().value()).toList());
  }

  @Test
  void aDisabledObjectIsNotReadButKeepsItsPlace() {
    world.connect(project, "org_7", "boards:read");

    Answer answer =
        world.post(
            INSTALLATIONS,
            BOARDS.replace("'objectName':'boards',", "'objectName':'boards','disabled':true,"));

    assertThat(answer.status()).isEqualTo(201);
    assertThat(operations(answer.text("id"))).isEmpty();
    assertThat(answer.body().at("/config/content/read/objects/boards/disabled").booleanValue())
        .isTrue();
    assertThat(answer.body().has("lastOperationStatus")).isFalse();
    assertThat(world.sampling.asked()).isEmpty();
  }

  @Test
  void whoCreatedItIsKept() {
    world.connect(project, "org_7", "boards:read");

    Answer answer =
        world.post(
            INSTALLATIONS, BOARDS.replace("'config':{", "'config':{'createdBy':'builder:b_1',"));

    assertThat(answer.body().at("/config/createdBy").asText()).isEqualTo("builder:b_1");
    assertThat(answer.text("createdBy")).isEqualTo("consumer:u_42");
  }

  @Test
  void aPageInstallsInItsConsumersName() {
    world.connect(project, "org_7", "boards:read");
    String key =
        world
            .post("/v1/projects/shop/api-keys", "{'label':'page','scopes':['frontend']}")
            .text("key");

    Answer answer = world.send(key, "POST", INSTALLATIONS, BOARDS);

    assertThat(answer.status()).isEqualTo(201);
    assertThat(answer.body().at("/config/createdBy").asText()).isEqualTo("consumer:u_42");
    assertThat(world.send(key, "GET", INSTALLATIONS + "?groupRef=org_7", null).status())
        .isEqualTo(200);
    assertThat(world.send(key, "GET", INSTALLATIONS, null).status()).isEqualTo(403);
  }

  @Test
  void aGroupInstallsAnIntegrationOnce() {
    world.connect(project, "org_7", "boards:read");
    world.post(INSTALLATIONS, BOARDS);

    Answer second = world.post(INSTALLATIONS, BOARDS);

    assertThat(second.status()).isEqualTo(409);
    assertThat(second.text("detail"))
        .isEqualTo("group org_7 has integration sync installed already");
    assertThat(world.get(INSTALLATIONS).body()).hasSize(1);
  }

  /** Sends an answer about an installation as the body of an import. */
  private static Answer importInto(ManagementWorld stack, JsonNode installation) {
    return stack.post(INSTALLATIONS + ":import", Json.text(installation).replace('"', '\''));
  }

  private JsonNode exported() {
    world.connect(project, "org_7", "boards:read");
    String id = world.post(INSTALLATIONS, BOARDS).text("id");
    Answer changed =
        world.patch(
            INTEGRATION + "/objects/boards/config-content",
            "{'groupRef':'org_7','action':'read','changes':["
                + "{'op':'replace','path':'/schedule','value':'0 5 * * *'}]}");
    assertThat(changed.status()).as(changed.body().toString()).isEqualTo(200);
    return world.get(INSTALLATIONS + "/" + id).body();
  }

  @Test
  void anInstallationMovesToAnotherStack() {
    JsonNode exported = exported();
    var stack = new ManagementWorld();
    stack.project("another");
    String other = stack.project("shop");
    stack.destination("hook");
    stack.deploy(MANIFEST, "");
    stack.connect(other, "org_7", "boards:read");

    Answer imported = importInto(stack, exported);

    assertThat(imported.status()).as(imported.body().toString()).isEqualTo(201);
    assertThat(imported.text("id")).isNotEqualTo(exported.path("id").asText());
    assertThat(imported.text("projectId")).isEqualTo(other);
    for (String same : List.of("/config/content", "/config/createdBy", "/group/groupRef")) {
      assertThat(imported.body().at(same)).as(same).isEqualTo(exported.at(same));
    }
    assertThat(stack.timers("schedule"))
        .singleElement()
        .satisfies(timer -> assertThat(timer.require("schedule")).isEqualTo("0 5 * * *"));
    assertThat(stack.cloud.readQueue().sent()).isNotEmpty();
  }

  @Test
  void aDeletedInstallationIsRestoredOnceTheAccountIsConnected() {
    JsonNode exported = exported();
    assertThat(importInto(world, exported).status()).isEqualTo(409);
    world.delete(INSTALLATIONS + "/" + exported.path("id").asText());

    Answer early = importInto(world, exported);
    world.connect(project, "org_7", "boards:read");
    Answer restored = importInto(world, exported);

    assertThat(early.status()).isEqualTo(422);
    assertThat(early.issue()).startsWith("groupRef: has no connection to pinterest");
    assertThat(restored.status()).isEqualTo(201);
    assertThat(restored.body().at("/config/content")).isEqualTo(exported.at("/config/content"));
  }

  @Test
  void anImportRefusesWhatItCannotRestore() {
    var exported = (ObjectNode) exported();
    world.delete(INSTALLATIONS + "/" + exported.path("id").asText());
    world.connect(project, "org_7", "boards:read");

    ObjectNode ofAnother = exported.deepCopy();
    ofAnother.withObject("/connection").put("providerConsumerRef", "1");
    Answer account = importInto(world, ofAnother);
    assertThat(account.status()).isEqualTo(409);
    assertThat(account.text("detail"))
        .isEqualTo("group org_7 has not connected the Pinterest account 1");
    ObjectNode elsewhere = exported.deepCopy();
    elsewhere.withObject("/config/content/read/objects/boards").put("destination", "gone");
    assertThat(importInto(world, elsewhere).status()).isEqualTo(422);
    assertThat(importInto(world, exported.deepCopy().without("group")).status()).isEqualTo(400);
    assertThat(importInto(world, exported.deepCopy().without("connection")).status())
        .isEqualTo(400);
    assertThat(world.get(INSTALLATIONS).body()).isEmpty();
  }

  @Test
  void aConnectionIsNeeded() {
    Answer answer = world.post(INSTALLATIONS, BOARDS);

    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.issue())
        .isEqualTo("groupRef: has no connection to pinterest; its account must be connected first");
  }

  @Test
  void theConnectionMustBeTheGroups() {
    Connection other = world.connect(project, "org_8", "boards:read");
    Connection own = world.connect(project, "org_7", "boards:read");

    for (String id : List.of(other.id().value(), "0b54b1f0-6c6e-4c0a-8f55-2d0c8b1f9e01", "x")) {
      Answer answer =
          world.post(
              INSTALLATIONS,
              BOARDS.replace("{'groupRef'", "{'connectionId':'" + id + "','groupRef'"));
      assertThat(answer.status()).isEqualTo(422);
      assertThat(answer.issue()).startsWith("connectionId: is no connection of this group");
    }
    Answer answer =
        world.post(
            INSTALLATIONS,
            BOARDS.replace("{'groupRef'", "{'connectionId':'" + own.id() + "','groupRef'"));
    assertThat(answer.status()).isEqualTo(201);
  }

  @Test
  void aMissingScopeIsNamedAtItsObject() {
    world.connect(project, "org_7", "boards:read");

    Answer answer = world.post(INSTALLATIONS, choice("org_7", "boards", "pins"));

    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.issue())
        .startsWith(
            "config.content.read.objects.pins: needs the scope pins:read, which was not granted");
    assertThat(world.get(INSTALLATIONS).body()).isEmpty();
    assertThat(world.timers("schedule")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'config':{'content':{'provider':'pinterest'}}} | 400 | groupRef: is missing",
        "{'groupRef':'org_7'} | 400 | config: is missing",
        "{'groupRef':'org_7','config':{}} | 400 | config.content: is missing",
        "{'groupRef':'org_7','config':{'content':[]}} | 400 | config.content: is a list, but",
        "{'groupRef':'org_7','config':{'content':{'provider':'hubspot'}}} | 422"
            + " | config.content.provider: must be pinterest",
        "{'groupRef':'org_7','config':{'content':{'provider':'pinterest','read':{'objects':"
            + "{'bords':{'objectName':'bords','selectedFields':{},'selectedFieldMappings':{}}}}}}}"
            + " | 422 | config.content.read.objects.bords: ",
        "{'groupRef':'org_7','config':{'content':{'provider':'pinterest','read':{'objects':"
            + "{'boards':{'objectName':'boards','selectedFields':{},'selectedFieldMappings':{},"
            + "'schedule':'* * * * *'}}}}}} | 422"
            + " | config.content.read.objects.boards.schedule: ",
        "{'groupRef':'org_7','config':{'content':{'provider':'pinterest','read':{'objects':"
            + "{'boards':{'objectName':'boards','selectedFields':{},'selectedFieldMappings':{},"
            + "'destination':'nowhere'}}}}}} | 422"
            + " | config.content.read.objects.boards.destination: names a destination that",
        "{'groupRef':'org_7','config':{'createdBy':'me','content':{'provider':'pinterest'}}}"
            + " | 422 | config.createdBy: must be consumer:, builder: or api:"
      })
  void wrongInstallationsAreRefusedByMember(String body, int status, String issue) {
    world.connect(project, "org_7", "boards:read");

    Answer answer = world.post(INSTALLATIONS, body);

    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.issue()).startsWith(issue);
    assertThat(world.get(INSTALLATIONS).body()).isEmpty();
  }

  @Test
  void unknownIntegrationsAndInstallationsAreNotFound() {
    assertThat(world.post("/v1/projects/shop/integrations/nope/installations", BOARDS).status())
        .isEqualTo(404);
    Answer answer = world.get(INSTALLATIONS + "/nope");
    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.text("detail")).isEqualTo("there is no installation nope");
  }

  @Test
  void whatPinterestRefusesIsNotInstalledAndSaidToCustomersAndDevelopers() {
    world.connect(project, "org_7", "boards:read", "pins:read");
    world.sampling.refuse(
        "boards",
        new PinterestFailure(
            PinterestFailure.Kind.REFUSED, 400, 1, "Invalid request.", "rid-1", null));

    Answer answer = world.post(INSTALLATIONS, choice("org_7", "boards", "pins"));

    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.text("detail"))
        .isEqualTo(
            "nothing was saved, since a first look was refused. Boards: Pinterest 400 code 1,"
                + " Invalid request. (request rid-1)");
    assertThat(answer.text("remedy"))
        .isEqualTo("Set right at Pinterest what it says, and save again.");
    // The component shows causes in place of the detail.
    assertThat(answer.body().has("causes")).isFalse();
    assertThat(answer.body().path("issues"))
        .extracting(issue -> issue.path("name").asText() + ": " + issue.path("detail").asText())
        .containsExactly(
            "config.content.read.objects.boards: Pinterest 400 code 1, Invalid request."
                + " (request rid-1)",
            "skipSampling: true saves without a first look");
    assertThat(world.sampling.asked()).containsExactly("boards", "pins");
    assertThat(world.get(INSTALLATIONS).body()).isEmpty();
  }

  @Test
  void samplingCanBeSkipped() {
    world.connect(project, "org_7", "boards:read");
    world.sampling.refuse(
        "boards", new PinterestFailure(PinterestFailure.Kind.REFUSED, 400, 1, "No.", null, null));

    Answer answer = world.post(INSTALLATIONS + "?skipSampling=true", BOARDS);

    assertThat(answer.status()).isEqualTo(201);
    assertThat(world.sampling.asked()).isEmpty();
  }

  @Test
  void uninstallingEndsReadsAndTakesTheUnusedConnectionAlong() {
    Connection connection = world.connect(project, "org_7", "boards:read");
    String id = world.post(INSTALLATIONS, BOARDS).text("id");

    assertThat(world.delete(INSTALLATIONS + "/" + id).status()).isEqualTo(204);

    assertThat(world.get(INSTALLATIONS + "?groupRef=org_7").body()).isEmpty();
    assertThat(world.get(INSTALLATIONS + "/" + id).status()).isEqualTo(404);
    Operation operation = operations(id).getFirst();
    assertThat(operation.status().text()).isEqualTo("failure");
    assertThat(operation.result()).isEqualTo("[boards] uninstalled while it was read");
    assertThat(connections().find(new ProjectId(project), connection.id())).isEmpty();
    assertThat(connections().findOfGroup(new ProjectId(project), "pinterest", "org_7")).isEmpty();
    assertThat(world.secrets.names()).doesNotContain(connection.access().secretName());
    assertThat(world.delete(INSTALLATIONS + "/" + id).status()).isEqualTo(404);
  }

  @Test
  void aConnectionThatAnotherInstallationUsesStays() {
    Connection connection = world.connect(project, "org_7", "boards:read");
    String id = world.post(INSTALLATIONS, BOARDS).text("id");
    world.post("/v1/projects/shop/integrations/more/installations", choice("org_7"));
    assertThat(world.get("/v1/projects/shop/installations?groupRef=org_7").body()).hasSize(2);

    world.delete(INSTALLATIONS + "/" + id);

    assertThat(connections().find(new ProjectId(project), connection.id())).isPresent();
    assertThat(world.secrets.names()).contains(connection.access().secretName());
    assertThat(world.get("/v1/projects/shop/installations?groupRef=org_7").body()).hasSize(1);
  }

  @Test
  void removingAnIntegrationRemovesItsInstallations() {
    world.connect(project, "org_7", "boards:read");
    world.connect(project, "org_8", "boards:read");
    String first = world.post(INSTALLATIONS, BOARDS).text("id");
    world.post(INSTALLATIONS, choice("org_8", "boards"));
    world.post("/v1/projects/shop/integrations/more/installations", choice("org_8"));

    assertThat(world.delete(INTEGRATION).status()).isEqualTo(204);

    JsonNode left = world.get("/v1/projects/shop/installations").body();
    assertThat(left).hasSize(1);
    assertThat(left.at("/0/group/groupRef").asText()).isEqualTo("org_8");
    assertThat(operations(first).getFirst().ended()).isTrue();
  }

  @Test
  void badCredentialsMakeAnInstallationUnhealthy() {
    Connection connection = world.connect(project, "org_7", "boards:read");
    String id = world.post(INSTALLATIONS, BOARDS).text("id");
    Snapshot<Connection> read =
        connections().find(new ProjectId(project), connection.id()).orElseThrow();
    connections()
        .replace(
            read,
            connection.with(
                ConnectionStatus.BAD_CREDENTIALS,
                connection.access().scopes(),
                world.clock.instant()));

    Answer answer = world.get(INSTALLATIONS + "/" + id);

    assertThat(answer.text("healthStatus")).isEqualTo("unhealthy");
    assertThat(answer.body().has("nextReads")).as("reads are left out").isFalse();
    assertThat(answer.body().at("/connection/status").asText()).isEqualTo("bad_credentials");
  }

  @Test
  void anOrdinaryDeployLeavesInstallationsAlone() {
    world.connect(project, "org_7", "boards:read", "pins:read");
    String id = world.post(INSTALLATIONS, choice("org_7", "boards", "pins")).text("id");
    JsonNode before = world.get(INSTALLATIONS + "/" + id).body();

    world.deploy(withoutBoards(), "");

    assertThat(world.get(INSTALLATIONS + "/" + id).body()).isEqualTo(before);
  }

  @Test
  void aDestructiveDeployPausesDroppedObjects() {
    world.connect(project, "org_7", "boards:read", "pins:read");
    String id = world.post(INSTALLATIONS, choice("org_7", "boards", "pins")).text("id");
    world.clock.advance(Duration.ofMinutes(5));

    assertThat(world.deploy(withoutBoards(), "?destructive=true").status()).isEqualTo(200);

    Answer answer = world.get(INSTALLATIONS + "/" + id);
    assertThat(answer.body().at("/config/content/read/objects/boards/disabled").booleanValue())
        .isTrue();
    assertThat(answer.body().at("/config/content/read/objects/pins/disabled").booleanValue())
        .isFalse();
    assertThat(answer.text("updateTime")).isEqualTo("2026-09-01T08:05:00Z");
    JsonNode paused = answer.body();
    world.clock.advance(Duration.ofMinutes(5));
    world.deploy(withoutBoards(), "?destructive=true");
    assertThat(world.get(INSTALLATIONS + "/" + id).body()).isEqualTo(paused);
  }

  private static String withoutBoards() {
    int from = MANIFEST.indexOf("        - objectName: boards");
    int to = MANIFEST.indexOf("        - objectName: pins");
    return MANIFEST.substring(0, from) + MANIFEST.substring(to);
  }

  @Test
  void operationsAreListedNewestFirstInPages() {
    world.connect(project, "org_7", "boards:read", "pins:read");
    String id = world.post(INSTALLATIONS, choice("org_7", "boards", "pins")).text("id");
    String list = INSTALLATIONS + "/" + id + "/operations";

    Answer first = world.get(list + "?pageSize=1");
    String token = first.body().at("/pagination/nextPageToken").asText();
    Answer second = world.get(list + "?pageSize=1&pageToken=" + token);

    assertThat(first.body().path("results")).hasSize(1);
    assertThat(first.body().at("/pagination/done").booleanValue()).isFalse();
    assertThat(second.body().path("results")).hasSize(1);
    assertThat(world.get(list).body().path("results")).hasSize(2);
    assertThat(world.get(list).body().at("/pagination").toString()).isEqualTo("{\"done\":true}");
    JsonNode operation = first.body().at("/results/0");
    assertThat(operation.path("actionType").asText()).isEqualTo("read");
    assertThat(operation.path("status").asText()).isEqualTo("in_progress");
    assertThat(operation.has("result")).isFalse();
    assertThat(operation.at("/metadata/progress/recordsProcessed").intValue()).isZero();
  }

  @Test
  void aWriteIsShownWithoutAReadsProgress() {
    world.connect(project, "org_7", "boards:read", "pins:read");
    String id = world.post(INSTALLATIONS, choice("org_7", "boards")).text("id");
    Operation read = operations(id).getFirst();
    Operation write =
        Operation.started(
            new OperationId("5b1d6d2e-1c0c-4a56-9d35-0a6a8a1f8f01"),
            read.origin(),
            OperationFixtures.write("boards", 1),
            read.startedAt().plusSeconds(1));
    world
        .cloud
        .operations()
        .commit(
            new OperationTransaction(
                List.of(),
                List.of(),
                List.of(),
                List.of(new OperationTransaction.Start(write, List.of()))));

    JsonNode listed =
        world.get(INSTALLATIONS + "/" + id + "/operations").body().path("results").path(0);
    Answer one = world.get("/v1/projects/shop/operations/" + write.id());

    assertThat(listed.path("actionType").asText()).isEqualTo("write");
    assertThat(one.status()).isEqualTo(200);
    assertThat(one.body()).isEqualTo(listed);
    assertThat(one.body().at("/metadata/progress").isMissingNode()).isTrue();
  }

  @Test
  void aBackfillTellsHowFarItIs() {
    world.connect(project, "org_7", "boards:read", "pins:read", "catalogs:read");
    String id = world.post(INSTALLATIONS, choice("org_7", "boards", "catalogs")).text("id");
    Operation backfill = operations(id).getFirst();
    world.clock.advance(Duration.ofMinutes(2));
    String objects = INSTALLATIONS + "/" + id + "/objects/";

    assertThat(world.get(objects + "boards/backfill-progress").body().toString())
        .isEqualTo(
            "{\"installationId\":\""
                + id
                + "\",\"objectName\":\"boards\",\"operationId\":\""
                + backfill.id()
                + "\",\"recordsProcessed\":0,\"createTime\":\"2026-09-01T08:00:00Z\","
                + "\"updateTime\":\"2026-09-01T08:02:00Z\"}");
    Answer none = world.get(objects + "catalogs/backfill-progress");
    assertThat(none.status()).isEqualTo(404);
    assertThat(none.text("detail")).startsWith("there is no backfill of catalogs");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "pageSize=0 | pageSize: must be a whole number from 1 to 1000",
        "pageSize=1001 | pageSize: must be a whole number from 1 to 1000",
        "pageSize=x | pageSize: must be a whole number from 1 to 1000",
        "pageToken=nonsense | pageToken: is not a pageToken returned by this list"
      })
  void wrongPagesAreRefused(String query, String issue) {
    world.connect(project, "org_7", "boards:read");
    String id = world.post(INSTALLATIONS, BOARDS).text("id");

    Answer answer = world.get(INSTALLATIONS + "/" + id + "/operations?" + query);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.issue()).isEqualTo(issue);
  }

  @Test
  void anOperationAndItsLogAreSeenInItsProjectOnly() {
    world.connect(project, "org_7", "boards:read");
    String id = world.post(INSTALLATIONS, BOARDS).text("id");
    String operation = operations(id).getFirst().id().value();
    world
        .cloud
        .operations()
        .log(
            new OperationId(operation),
            new LogLine(
                world.clock.instant(),
                "1",
                LogLine.Severity.WARNING,
                "page skipped",
                "{\"page\":7,\"why\":\"x\"}"));
    world.project("other");

    Answer one = world.get("/v1/projects/shop/operations/" + operation);
    assertThat(one.body().at("/metadata/objects/0").asText()).isEqualTo("boards");
    assertThat(one.body().at("/metadata/progress/objectName").asText()).isEqualTo("boards");
    assertThat(one.text("createTime")).isEqualTo("2026-09-01T08:00:00Z");
    assertThat(world.get("/v1/projects/shop/operations/" + operation + "/logs").body().toString())
        .isEqualTo(
            "[{\"timestamp\":\"2026-09-01T08:00:00Z\",\"severity\":\"WARNING\",\"message\":"
                + "{\"msg\":\"page skipped\",\"operation_id\":\""
                + operation
                + "\",\"details\":{\"page\":\"7\",\"why\":\"x\"}}}]");
    assertThat(world.get("/v1/projects/other/operations/" + operation).status()).isEqualTo(404);
    assertThat(world.get("/v1/projects/other/operations/" + operation + "/logs").status())
        .isEqualTo(404);
    assertThat(world.get("/v1/projects/shop/operations/x").text("detail"))
        .isEqualTo("there is no operation x");
  }

  private ConnectionRepository connections() {
    return new ConnectionRepository(world.cloud.directory());
  }
}
