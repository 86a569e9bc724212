package io.pinferry.management;

import static org.assertj.core.api.Assertions.assertThat;

import io.pinferry.directory.Connection;
import io.pinferry.directory.ConnectionRepository;
import io.pinferry.directory.ConnectionStatus;
import io.pinferry.directory.NotificationType;
import io.pinferry.directory.ProjectId;
import io.pinferry.directory.Snapshot;
import io.pinferry.management.ManagementWorld.Answer;
import io.pinferry.notification.Notification;
import io.pinferry.notification.Outbox;
import io.pinferry.operation.Operation;
import io.pinferry.operation.OperationId;
import io.pinferry.operation.OperationStatus;
import io.pinferry.operation.Work;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ReadRoutesTest {
  private static final String OBJECTS = "/v1/projects/shop/integrations/sync/objects/";
  private static final String NOW = "{'groupRef':'org_7','mode':'async'}";

  private static final String BOARDS_DISABLED = "/content/read/objects/boards/disabled";

  private final ManagementWorld world = new ManagementWorld();
  private String project = "";

  @BeforeEach
  void anInstallation() {
    project = world.project("shop");
    world.destination("hook");
    world.deploy(
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
                - objectName: pins
                  destination: hook
                  optionalFieldsAuto: all
                - objectName: media
                  destination: hook
                  optionalFieldsAuto: all
                  enabled: always
                  x-pinferry-changes: changedAndDeleted
        """,
        "");
    world.connect(project, "org_7", "boards:read", "pins:read");
    Answer answer =
        world.post(
            "/v1/projects/shop/integrations/sync/installations",
            "{'groupRef':'org_7','config':{'content':{'provider':'pinterest','read':{'objects':{"
                + "'boards':{'objectName':'boards','selectedFields':{'id':true},"
                + "'selectedFieldMappings':{}},"
                + "'pins':{'objectName':'pins','disabled':true,'selectedFields':{'id':true},"
                + "'selectedFieldMappings':{}}}}}}}");
    assertThat(answer.status()).isEqualTo(201);
    assertThat(world.cloud.readQueue().receive()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"boards", "collections"})
  void aReadStartsByEitherName(String name) {
    Answer answer = world.trigger(OBJECTS + name, NOW);

    assertThat(answer.status()).isEqualTo(201);
    Operation operation =
        world.cloud.operations().find(new OperationId(answer.text("operationId"))).orElseThrow();
    assertThat(answer.body()).hasSize(1);
    assertThat(operation.objectName()).isEqualTo("boards");
    assertThat(operation.read().type().text()).isEqualTo("triggered");
    Work.Read spec = operation.read();
    assertThat(spec.envelope().objectName()).isEqualTo("collections");
    assertThat(spec.period().since()).isNull();
    assertThat(spec.period().until()).isNull();
    assertThat(world.timers("watchdog")).hasSize(1);
    assertThat(world.cloud.readQueue().receive())
        .extracting(key -> key.operation())
        .containsOnly(operation.id());
  }

  @Test
  void aReadStartsAtTheApiDoorToo() {
    Answer answer = world.post(installation() + "/objects/boards:read", "");

    assertThat(answer.status()).isEqualTo(201);
    Operation operation =
        world.cloud.operations().find(new OperationId(answer.text("operationId"))).orElseThrow();
    assertThat(operation.objectName()).isEqualTo("boards");
    assertThat(operation.read().period()).isEqualTo(Work.Period.ALL);
    assertThat(world.trigger(OBJECTS + "boards", NOW).text("operationId"))
        .as("the same read that runs already")
        .isEqualTo(operation.id().value());
  }

  @Test
  void aPausedObjectIsNotReadAtTheApiDoor() {
    Answer answer = world.post(installation() + "/objects/pins:read", "");

    assertThat(answer.status()).isEqualTo(409);
    assertThat(answer.text("detail")).contains("pins is disabled");
  }

  @Test
  void timesBoundTheRead() {
    Answer answer =
        world.trigger(
            OBJECTS + "boards",
            "{'groupRef':'org_7','mode':'async','sinceTimestamp':'2026-08-01T00:00:00Z',"
                + "'untilTimestamp':'2026-08-02T02:00:00+02:00'}");

    Operation operation =
        world.cloud.operations().find(new OperationId(answer.text("operationId"))).orElseThrow();
    Work.Read spec = operation.read();
    assertThat(spec.period().since()).isEqualTo(Instant.parse("2026-08-01T00:00:00Z"));
    assertThat(spec.period().until()).isEqualTo(Instant.parse("2026-08-02T00:00:00Z"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "boards | {'mode':'async'} | groupRef: is missing",
        "boards | {'groupRef':'org_7'} | mode: is missing",
        "boards | {'groupRef':'org_7','mode':'sync'} | mode: must be async",
        "boards | {'groupRef':'org_9','mode':'async'} | groupRef: has not installed integration",
        "boards | {'groupRef':'org_7','mode':'async','type':'create'} | type: is not a known",
        "boards | {'groupRef':'org_7','mode':'async','sinceTimestamp':'yesterday'}"
            + " | sinceTimestamp: must be a time like",
        "boards | {'groupRef':'org_7','mode':'async','sinceTimestamp':'2026-08-02T00:00:00Z',"
            + "'untilTimestamp':'2026-08-01T00:00:00Z'} | untilTimestamp: must be after",
        "boards | {'groupRef':'org_7','mode':'async','deliver':'some'} | deliver: must be one of",
        "media | {'groupRef':'org_7','mode':'async','deliver':'changes',"
            + "'sinceTimestamp':'2026-08-02T00:00:00Z'} | deliver: is not possible for a period",
        "bords | {'groupRef':'org_7','mode':'async'} | objectName: is not read for this group; read"
            + " are boards, pins, media, did you mean",
        "feeds | {'groupRef':'org_7','mode':'async'} | objectName: is not read for this group"
      })
  void wrongTriggersAreRefusedByMember(String object, String body, String issue) {
    Answer answer = world.trigger(OBJECTS + object, body);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.issue()).startsWith(issue);
    assertThat(world.timers("watchdog")).isEmpty();
  }

  @Test
  void aDisabledObjectIsNotRead() {
    Answer answer = world.trigger(OBJECTS + "pins", NOW);

    assertThat(answer.status()).isEqualTo(409);
    assertThat(answer.text("detail")).isEqualTo("object pins is disabled for this group");
  }

  @Test
  void nothingIsReadWithBadCredentials() {
    var connections = new ConnectionRepository(world.cloud.directory());
    Snapshot<Connection> before =
        connections.findOfGroup(new ProjectId(project), "pinterest", "org_7").orElseThrow();
    Connection connection = before.value();
    connections.replace(
        before,
        connection.with(
            ConnectionStatus.BAD_CREDENTIALS, connection.access().scopes(), world.clock.instant()));

    Answer answer = world.trigger(OBJECTS + "boards", NOW);

    assertThat(answer.status()).isEqualTo(409);
    assertThat(answer.text("detail")).contains("has to be connected again");
  }

  @Test
  void anUnknownIntegrationIsNotFound() {
    Answer answer = world.trigger("/v1/projects/shop/integrations/nope/objects/boards", NOW);

    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.text("detail")).isEqualTo("there is no integration nope");
  }

  @Test
  void aPausedObjectIsNotReadUntilItIsUnpaused() {
    String installation = installation();
    Operation running = triggered("boards");

    Answer paused =
        world.trigger(installation + ":pause", "{'objects':['collections'],'note':'stock-taking'}");

    assertThat(paused.status()).isEqualTo(204);
    Operation ended = world.cloud.operations().find(running.id()).orElseThrow();
    assertThat(ended.status()).isEqualTo(OperationStatus.FAILURE);
    assertThat(ended.result()).isEqualTo("[boards] paused while it was read: stock-taking");
    Answer refused = world.trigger(OBJECTS + "boards", NOW);
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.text("detail"))
        .isEqualTo("object boards is disabled for this group: stock-taking");

    assertThat(world.trigger(installation + ":unpause", "{}").status()).isEqualTo(204);
    assertThat(triggered("boards").ended()).isFalse();
    assertThat(triggered("pins").ended()).isFalse();
  }

  @Test
  void aPauseIsToldOfOnce() {
    String installation = installation();
    var outbox = new Outbox(world.cloud.directory());
    outbox.pending(100).forEach(outbox::remove);
    String pause = "{'objects':['boards'],'note':'stock-taking'}";
    world.trigger(installation + ":pause", pause);
    world.trigger(installation + ":pause", pause);

    List<Notification> told =
        outbox.pending(100).stream().sorted(Comparator.comparing(Notification::type)).toList();
    assertThat(told)
        .extracting(Notification::type)
        .containsExactly(
            NotificationType.INSTALLATION_UPDATED, NotificationType.READ_SCHEDULE_PAUSED);
    assertThat(told.getFirst().data().at("/config" + BOARDS_DISABLED).asBoolean()).isTrue();
    assertThat(told.getFirst().data().at("/lastConfig" + BOARDS_DISABLED).asBoolean()).isFalse();
    assertThat(told.getLast().data().path("error").asText()).isEqualTo("stock-taking");
    assertThat(told.getLast().data().at("/config" + BOARDS_DISABLED).asBoolean()).isTrue();
  }

  @Test
  void pausingAllAgainChangesNothing() {
    String installation = installation();
    assertThat(world.trigger(installation + ":pause", "").status()).isEqualTo(204);
    String config = configOf(installation);

    assertThat(world.trigger(installation + ":pause", "{'note':'again'}").status()).isEqualTo(204);

    assertThat(configOf(installation)).isEqualTo(config).contains("\"disabled\":true");
  }

  @ParameterizedTest
  @CsvSource({"pause, boards", "unpause, boards", "unpause, pins"})
  void anEmptyListOfObjectsIsNone(String verb, String object) {
    world.trigger(installation() + ":pause", "{'objects':['pins']}");
    String before = configOf(installation());

    Answer answer = world.trigger(installation() + ":" + verb, "{'objects':[]}");

    assertThat(answer.status()).isEqualTo(204);
    assertThat(configOf(installation())).isEqualTo(before).contains(object);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'objects':['bords']} | 422 | objects: is not read by this installation; read are boards",
        "{'objects':'boards'} | 400 | objects: ",
        "{'note':7} | 400 | note: ",
        "{'objetcs':[]} | 400 | objetcs: is not a known"
      })
  void aWrongPauseIsRefusedByMember(String body, int status, String issue) {
    Answer answer = world.trigger(installation() + ":pause", body);

    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.issue()).startsWith(issue);
  }

  @Test
  void anUnknownInstallationCannotBePaused() {
    String unknown = "/v1/projects/shop/integrations/sync/installations/" + world.ids.uuid();

    assertThat(world.trigger(unknown + ":pause", "{}").status()).isEqualTo(404);
  }

  @Test
  void whatIsTriggeredAgainForTheSamePeriodWhileItRunsIsTheSameRead() {
    Operation first = triggered("boards");
    Operation again = triggered("boards");

    assertThat(again.id()).isEqualTo(first.id());
    Answer since =
        world.trigger(
            OBJECTS + "boards",
            "{'groupRef':'org_7','mode':'async','sinceTimestamp':'2026-01-01T00:00:00Z'}");
    assertThat(since.body().path("operationId").textValue())
        .isNotNull()
        .isNotEqualTo(first.id().value());

    world
        .cloud
        .operations()
        .finish(first.id(), OperationStatus.SUCCESS, "done", world.clock.instant());
    assertThat(triggered("boards").id()).isNotEqualTo(first.id());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "boards | 'deliver':'changes' | all records of this object are delivered",
        "boards | 'releaseHeldDeletions':true | only a whole read of an object",
        "media | 'releaseHeldDeletions':true,'sinceTimestamp':'2026-08-02T00:00:00Z'"
            + " | only a whole read of an object",
      })
  void theModeOfAnObjectPermitsARequest(String object, String members, String detail) {
    Answer answer = world.trigger(OBJECTS + object, request(members));

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.issue()).contains(detail);
  }

  @Test
  void aReadOfChangesIsNotTakenForOneOfEverything() {
    ended(triggered("media"));
    Operation changes = asked("'deliver':'changes'");

    assertThat(changes.read().isCompared()).isTrue();
    Operation all = triggered("media");
    assertThat(all.id()).isNotEqualTo(changes.id());
    assertThat(all.read().isCompared()).isFalse();
    ended(changes);
    assertThat(asked("'deliver':'changes'").id())
        .as("one of everything delivers the changes too")
        .isEqualTo(all.id());
    assertThat(asked("'deliver':'changes','releaseHeldDeletions':true").read().releasesHeld())
        .isTrue();
  }

  private void ended(Operation operation) {
    world
        .cloud
        .operations()
        .finish(operation.id(), OperationStatus.SUCCESS, "done", world.clock.instant());
  }

  private Operation asked(String members) {
    Answer answer = world.trigger(OBJECTS + "media", request(members));
    assertThat(answer.status()).as(answer.toString()).isEqualTo(201);
    return world.cloud.operations().find(new OperationId(answer.text("operationId"))).orElseThrow();
  }

  private static String request(String members) {
    return NOW.replace("}", "," + members + "}");
  }

  private Operation triggered(String object) {
    Answer answer = world.trigger(OBJECTS + object, NOW);
    assertThat(answer.status()).isEqualTo(201);
    return world.cloud.operations().find(new OperationId(answer.text("operationId"))).orElseThrow();
  }

  private String installation() {
    return "/v1/projects/shop/integrations/sync/installations/"
        + world
            .get("/v1/projects/shop/integrations/sync/installations")
            .body()
            .path(0)
            .path("id")
            .asText();
  }

  private String configOf(String installation) {
    return world.get(installation).body().path("config").toString();
  }
}
