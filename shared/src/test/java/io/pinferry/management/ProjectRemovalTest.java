package io.pinferry.management;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pinferry.base.Deadline;
import io.pinferry.base.Json;
import io.pinferry.base.Log;
import io.pinferry.base.PinferryException.NotFound;
import io.pinferry.base.VirtualThreadTasks;
import io.pinferry.directory.Destination;
import io.pinferry.directory.DestinationId;
import io.pinferry.directory.DestinationRepository;
import io.pinferry.directory.InstallationId;
import io.pinferry.directory.ProjectId;
import io.pinferry.directory.Topic;
import io.pinferry.directory.TopicId;
import io.pinferry.directory.TopicRepository;
import io.pinferry.http.TestJwts;
import io.pinferry.install.ProjectRemoval;
import io.pinferry.install.Uninstall;
import io.pinferry.management.ManagementWorld.Answer;
import io.pinferry.operation.OperationStatus;
import io.pinferry.read.RunningReads;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class ProjectRemovalTest {
  private static final String SHOP = "/v1/projects/shop";
  private static final String NEW_ID = "5b0b6c1e-8f3a-4a51-9d43-000000000000";

  private final ManagementWorld world = new ManagementWorld();
  private final RunningReads running =
      new RunningReads(
          world.cloud.operations(), world.cloud.settlement(new VirtualThreadTasks(world.clock)));
  private final ProjectRemoval removal =
      new ProjectRemoval(
          world.cloud.directory(),
          world.secrets,
          new Uninstall(world.cloud.directory(), world.secrets, running, world.clock, Log.none()),
          world.clock,
          Log.none());
  private String id = "";
  private String key = "";
  private String kid = "";
  private InstallationId installation = new InstallationId("none");

  @BeforeEach
  void aProjectWithOneOfEach() {
    id = world.project("shop");
    key = world.post(SHOP + "/api-keys", "{'label':'k'}").text("key");
    kid =
        world
            .post(
                SHOP + "/jwt-keys",
                Json.text(
                    Json.object()
                        .put("label", "k")
                        .put("algorithm", "RS256")
                        .put("publicKeyPem", TestJwts.pem(TestJwts.pair()))))
            .text("kid");
    world.destination("hook");
    done(
        world.post(
            SHOP + "/provider-apps",
            "{'provider':'pinterest','clientId':'1','clientSecret':'s','scopes':['boards:read']}"));
    String topic = world.post(SHOP + "/topics", "{'name':'alerts'}").text("id");
    done(
        world.post(
            SHOP + "/notification-event-topic-routes",
            "{'eventType':'read.backfill.done','topicId':'" + topic + "'}"));
    done(
        world.deploy(
            """
            specVersion: 1.0.0
            integrations:
              - name: sync
                provider: pinterest
                read:
                  objects:
                    - objectName: boards
                      destination: hook
                      optionalFieldsAuto: all
                      backfill: {defaultPeriod: {fullHistory: true}}
            """,
            ""));
    world.connect(id, "org_7", "boards:read");
    world.connect(id, "org_8", "boards:read");
    Answer installed =
        world.post(
            SHOP + "/integrations/sync/installations",
            "{'groupRef':'org_7','config':{'content':{'provider':'pinterest','read':{'objects':{"
                + "'boards':{'objectName':'boards','selectedFields':{},"
                + "'selectedFieldMappings':{}}}}}}}");
    done(installed);
    installation = new InstallationId(installed.text("id"));
  }

  private static void done(Answer answer) {
    assertThat(answer.status()).as(answer.body().toString()).isBetween(200, 299);
  }

  @Test
  void allThatBelongsToAProjectGoesWithIt() {
    assertThat(running.of(installation)).hasSize(1);

    Answer answer = world.delete(SHOP);

    assertThat(answer.status()).as(answer.body().toString()).isEqualTo(204);
    assertThat(world.secrets.names()).isEmpty();
    assertThat(world.cloud.directory().list("PROJECT#" + id, "", null, 1000)).isEmpty();
    assertThat(running.of(installation)).isEmpty();
    assertThat(world.cloud.operations().ofInstallation(installation, 10, null).operations())
        .singleElement()
        .satisfies(read -> assertThat(read.status()).isEqualTo(OperationStatus.FAILURE));
    assertThat(world.cloud.directory().list("JWT-KEY#" + kid, "", null, 1000)).isEmpty();
    assertThat(world.send(key, "GET", SHOP, null).status()).isEqualTo(401);
    String jwt = TestJwts.of(kid, "org_7", "u_42", world.clock.instant());
    assertThat(world.bearer(jwt, "GET", SHOP, null).status()).isEqualTo(401);
    assertThat(world.get(SHOP).status()).isEqualTo(404);
    assertThat(world.get("/v1/projects").body()).isEmpty();
    assertThat(world.delete(SHOP).status()).isEqualTo(404);
    assertThat(world.project("shop")).isNotEqualTo(id);
  }

  @Test
  void otherProjectsStay() {
    String other = world.project("other");
    String otherKey = world.post("/v1/projects/other/api-keys", "{'label':'k'}").text("key");
    world.connect(other, "org_7", "boards:read");

    world.delete(SHOP);

    assertThat(world.send(otherKey, "GET", "/v1/projects/other/api-keys", null).body()).hasSize(1);
    assertThat(world.secrets.names()).hasSize(1).allMatch(name -> name.startsWith("connection/"));
  }

  @Test
  void whatTakesLongerThanARequestIsGoneOnWithByTheNext() {
    assertThat(removal.remove("shop", new Deadline(world.clock.instant()))).isFalse();

    assertThat(world.get(SHOP).status()).isEqualTo(404);
    assertThat(world.send(key, "GET", SHOP, null).status()).isEqualTo(401);
    assertThat(world.post("/v1/projects", "{'name':'shop','appName':'A','orgId':'o'}").status())
        .isEqualTo(409);
    assertThat(world.secrets.names()).isNotEmpty();

    Deadline later = new Deadline(world.clock.instant().plus(Duration.ofSeconds(1)));
    assertThat(removal.remove(id, later)).isTrue();
    assertThat(world.secrets.names()).isEmpty();
    assertThatThrownBy(() -> removal.remove(id, later)).isInstanceOf(NotFound.class);
  }

  /** As for a request that found the project a moment before its removal began. */
  @Test
  void nothingNewIsMadeInAProjectThatIsBeingRemoved() {
    Instant now = world.clock.instant();
    ProjectId project = new ProjectId(id);
    removal.remove("shop", new Deadline(now));
    var destination =
        new Destination(
            new DestinationId(NEW_ID),
            project,
            "late",
            new Destination.Webhook("https://hooks.example.com/"),
            "destination/late",
            now,
            null,
            null);
    var topic = new Topic(new TopicId(NEW_ID), project, "late", now, null);

    assertThatThrownBy(() -> new DestinationRepository(world.cloud.directory()).create(destination))
        .isInstanceOf(NotFound.class);
    assertThatThrownBy(() -> new TopicRepository(world.cloud.directory()).create(topic))
        .isInstanceOf(NotFound.class);
  }

  @Test
  void onlyTheOperatorRemovesAProject() {
    assertThat(world.send(key, "DELETE", SHOP, null).status()).isEqualTo(403);
    assertThat(world.get(SHOP).status()).isEqualTo(200);
  }
}
