package io.pinferry.management;

import static org.assertj.core.api.Assertions.assertThat;

import io.pinferry.base.Json;
import io.pinferry.base.Secret;
import io.pinferry.directory.AccountId;
import io.pinferry.directory.Connection;
import io.pinferry.directory.ConnectionId;
import io.pinferry.directory.ConnectionNotes;
import io.pinferry.directory.ConnectionRepository;
import io.pinferry.directory.ConnectionStatus;
import io.pinferry.directory.Consumer;
import io.pinferry.directory.DirectoryWrite;
import io.pinferry.directory.DocumentKey;
import io.pinferry.directory.Group;
import io.pinferry.directory.Owner;
import io.pinferry.directory.ProjectId;
import io.pinferry.directory.ProviderApp;
import io.pinferry.directory.ProviderAppId;
import io.pinferry.directory.ProviderAppRepository;
import io.pinferry.management.ManagementWorld.Answer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ProviderAppRoutesTest {
  private static final String APPS = "/v1/projects/shop/provider-apps";
  private static final String APP =
      "{'provider':'pinterest','clientId':'1500000','clientSecret':'s3cret','externalRef':'e',"
          + "'scopes':['pins:read','boards:read'],"
          + "'metadata':{'authQueryParams':{'locale':['de','en']},'providerParams':{'a':'b'}}}";

  private final ManagementWorld world = new ManagementWorld();
  private String project = "";

  @BeforeEach
  void createProject() {
    project = world.project("shop");
  }

  @Test
  void aCreatedAppIsShownWithoutItsSecret() {
    Answer created = world.post(APPS, APP);

    assertThat(created.status()).isEqualTo(200);
    assertThat(created.body())
        .isEqualTo(
            Json.trusted(
                ("{'id':'"
                        + created.text("id")
                        + "','projectId':'"
                        + project
                        + "','externalRef':'e','provider':'pinterest','clientId':'1500000',"
                        + "'scopes':['pins:read','boards:read'],"
                        + "'metadata':{'authQueryParams':{'locale':['de','en']},"
                        + "'providerParams':{'a':'b'}},'createTime':'2026-09-01T08:00:00Z'}")
                    .replace('\'', '"')));
    assertThat(world.get(APPS).body()).containsExactly(created.body());
    assertThat(secretOf(created.text("id"))).isEqualTo(new Secret("s3cret"));
  }

  @Test
  void aWrongSecretIsRefusedWhenItIsSet() {
    String id = world.post(APPS, APP).text("id");
    world.tokenAnswer =
        ManagementWorld.tokenAnswer(401, "{'code':2,'message':'Authentication failed.'}");

    Answer created = world.post(APPS, APP);
    Answer changed =
        world.patch(
            APPS + "/" + id,
            "{'updateMask':['clientSecret'],'providerApp':{'clientSecret':'other'}}");
    Answer otherId =
        world.patch(
            APPS + "/" + id, "{'updateMask':['clientId'],'providerApp':{'clientId':'1500001'}}");

    for (Answer refused : List.of(created, changed, otherId)) {
      assertThat(refused.status()).isEqualTo(422);
      assertThat(refused.issue())
          .startsWith("clientSecret: is not accepted together with this clientId")
          .contains("Authentication failed");
    }
    assertThat(secretOf(id)).isEqualTo(new Secret("s3cret"));
    assertThat(
            world
                .patch(
                    APPS + "/" + id,
                    "{'updateMask':['externalRef'],'providerApp':{'externalRef':'x'}}")
                .status())
        .as("no credentials in it")
        .isEqualTo(200);
  }

  @Test
  void credentialsThatNobodyCouldCheckAreTaken() {
    world.tokenAnswer = ManagementWorld.tokenAnswer(401, "<html>");

    assertThat(world.post(APPS, APP).status()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "400 | {'error':'invalid_request'}",
        "403 | {'code':29,'message':'You are not permitted to access that resource.'}"
      })
  void credentialsThatPinterestDoesNotCallWrongAreTaken(int status, String answer) {
    world.tokenAnswer = ManagementWorld.tokenAnswer(status, answer);

    assertThat(world.post(APPS, APP).status()).isEqualTo(200);
  }

  @Test
  void absentMembersAreLeftOut() {
    Answer created = world.post(APPS, "{'provider':'pinterest','clientId':'1','clientSecret':'s'}");

    assertThat(created.status()).isEqualTo(200);
    assertThat(created.body().has("externalRef")).isFalse();
    assertThat(created.body().has("metadata")).isFalse();
    assertThat(created.body().has("updateTime")).isFalse();
  }

  @Test
  void onlyWhatTheMaskNamesIsChanged() {
    String id = world.post(APPS, APP).text("id");
    world.clock.advance(Duration.ofMinutes(1));

    Answer changed =
        world.patch(
            APPS + "/" + id,
            "{'updateMask':['scopes'],'providerApp':{'scopes':['ads:read'],'clientId':'2'}}");

    assertThat(changed.status()).isEqualTo(200);
    assertThat(changed.text("clientId")).isEqualTo("1500000");
    assertThat(changed.body().path("scopes").path(0).asText()).isEqualTo("ads:read");
    assertThat(changed.text("updateTime")).isEqualTo("2026-09-01T08:01:00Z");
    assertThat(secretOf(id)).isEqualTo(new Secret("s3cret"));
  }

  @Test
  void idAndSecretAreReplacedTogetherAndTheOldSecretIsGone() {
    String id = world.post(APPS, APP).text("id");

    world.patch(
        APPS + "/" + id,
        "{'updateMask':['clientId','clientSecret'],"
            + "'providerApp':{'clientId':'2','clientSecret':'other'}}");

    assertThat(app(id).clientId()).isEqualTo("2");
    assertThat(secretOf(id)).isEqualTo(new Secret("other"));
    assertThat(world.secrets.names()).hasSize(1);
  }

  @Test
  void aRemovedAppTakesItsSecretAlong() {
    String id = world.post(APPS, APP).text("id");

    assertThat(world.delete(APPS + "/" + id).status()).isEqualTo(204);

    assertThat(world.secrets.names()).isEmpty();
    assertThat(world.get(APPS).body()).isEmpty();
    assertThat(world.delete(APPS + "/" + id).status()).isEqualTo(404);
    assertThat(world.delete(APPS + "/nothing").status()).isEqualTo(404);
  }

  @Test
  void aRemovedAppTakesTheNoteOfItsRefusalAlong() {
    ProviderApp app = app(world.post(APPS, APP).text("id"));
    var apps = new ProviderAppRepository(world.cloud.directory());
    var along = DirectoryWrite.Create.of(new DocumentKey("TEST", "ALONG"), "x");
    assertThat(apps.noteRefusal(app, world.clock.instant(), along)).isTrue();

    world.delete(APPS + "/" + app.id());

    var further = DirectoryWrite.Create.of(new DocumentKey("TEST", "FURTHER"), "x");
    assertThat(apps.noteRefusal(app, world.clock.instant(), further)).isTrue();
  }

  @Test
  void anAppThatConnectionsNeedIsNotRemoved() {
    String id = world.post(APPS, APP).text("id");
    var now = world.clock.instant();
    new ConnectionRepository(world.cloud.directory())
        .create(
            new Connection(
                new ConnectionId(world.ids.uuid()),
                new ProjectId(project),
                "pinterest",
                new Owner(
                    new Group("org_7", "Blue Shop", now, null),
                    new Consumer("u_42", "Ana", now, null)),
                new Connection.Access(
                    new ProviderAppId(id),
                    ConnectionStatus.WORKING,
                    List.of(),
                    null,
                    null,
                    new AccountId("account-1"),
                    "connection/1"),
                now,
                null,
                ConnectionNotes.NONE));

    Answer refused = world.delete(APPS + "/" + id);

    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.text("detail")).contains("used by 1 connections");
    assertThat(secretOf(id)).isEqualTo(new Secret("s3cret"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'clientId':'1','clientSecret':'s'} | provider: is missing",
        "{'provider':'hubspot','clientId':'1','clientSecret':'s'} | provider: must be pinterest",
        "{'provider':'pinterest','clientSecret':'s'} | clientId: is missing",
        "{'provider':'pinterest','clientId':'1'} | clientSecret: is missing",
        "{'provider':'pinterest','clientId':'a:b','clientSecret':'s'} | clientId: holds a blank, a"
            + " colon",
        "{'provider':'pinterest','clientId':'1','clientSecret':'a b'} | clientSecret: holds a"
            + " blank",
        "{'provider':'pinterest','clientId':'1','clientSecret':'s','scopes':['pins:read,x:y']} |"
            + " scopes[0]: is no scope",
        "{'provider':'pinterest','clientId':'1','clientSecret':'s','metadata':{'authQueryParams':{'state':['x']}}}"
            + " | metadata.authQueryParams.state: is set by",
        "{'provider':'pinterest','clientId':'1','clientSecret':'s','secret':'x'} | secret: is not a"
            + " known member",
      })
  void aWrongAppNamesTheMember(String body, String issue) {
    Answer answer = world.post(APPS, body);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.issue()).startsWith(issue);
    assertThat(world.secrets.names()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'updateMask':['id'],'providerApp':{}} | updateMask[0]: cannot be changed",
        "{'updateMask':['scopes'],'providerApp':{}} | providerApp.scopes: is missing",
        "{'updateMask':['provider'],'providerApp':{'provider':'x'}} | providerApp.provider: must be"
            + " pinterest",
      })
  void aWrongChangeNamesTheMember(String body, String issue) {
    String id = world.post(APPS, APP).text("id");

    Answer answer = world.patch(APPS + "/" + id, body);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.issue()).startsWith(issue);
  }

  private ProviderApp app(String id) {
    return new ProviderAppRepository(world.cloud.directory())
        .find(new ProjectId(project), new ProviderAppId(id))
        .orElseThrow()
        .value();
  }

  private Secret secretOf(String id) {
    return world.secrets.find(app(id).secretName()).orElseThrow().value();
  }
}
