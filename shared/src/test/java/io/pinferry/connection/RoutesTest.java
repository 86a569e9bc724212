package io.pinferry.connection;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.base.Digest;
import io.pinferry.base.Json;
import io.pinferry.directory.Connection;
import io.pinferry.directory.ConnectionStatus;
import io.pinferry.directory.DirectoryFixtures;
import io.pinferry.http.Caller;
import io.pinferry.http.Credentials;
import io.pinferry.http.Door;
import io.pinferry.http.Endpoint;
import io.pinferry.http.Guard;
import io.pinferry.http.HttpEvents;
import io.pinferry.http.Router;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The routes of connecting and of connections, behind the guard. */
final class RoutesTest {
  private static final String CONNECTIONS = "/v1/projects/shop-prod/connections";
  private static final String FRONTEND = "frontend-key";
  private static final String FULL = "full-key";
  private static final String OTHER = "key-of-another-project";

  private final ConnectionWorld world = new ConnectionWorld();

  private final Endpoint endpoint = endpoint("https://amp.example.com");

  private Endpoint endpoint(String publicUrl) {
    Map<String, Caller> callers =
        Map.of(
            Digest.sha256Hex(FULL),
            Caller.full(DirectoryFixtures.PROJECT.value(), "shop-prod", "k1"),
            Digest.sha256Hex(FRONTEND),
            Caller.frontend(DirectoryFixtures.PROJECT.value(), "shop-prod", "k2"),
            Digest.sha256Hex(OTHER),
            Caller.full(DirectoryFixtures.OTHER_PROJECT.value(), "other", "k3"));
    Credentials keys = hash -> Optional.ofNullable(callers.get(hash));
    var routes =
        Stream.concat(
                OauthRoutes.of(
                    world.store,
                    world.secrets,
                    world.timers,
                    world.pinterest.client(),
                    publicUrl,
                    world.ids,
                    world.clock)
                    .stream(),
                ConnectionRoutes.of(
                    new ConnectionRoutes.Parts(
                        world.store,
                        world.secrets,
                        world.timers,
                        world.accessTokens(),
                        world.pinterest.client(),
                        publicUrl,
                        world.ids,
                        world.clock))
                    .stream())
            .toList();
    return new Endpoint(
        Door.API,
        new Router(routes),
        new Guard(keys, null, Duration.ZERO, world.clock),
        world.log,
        world.clock);
  }

  @Test
  void connectingAnswersTheUrlAsText() {
    JsonNode answer = connect(FRONTEND, connectBody("projectIdOrName", "shop-prod"));

    assertThat(answer.path("statusCode").asInt()).isEqualTo(200);
    assertThat(answer.at("/headers/content-type").asText()).isEqualTo("text/plain; charset=utf-8");
    assertThat(answer.path("body").asText())
        .startsWith(
            "https://pinterest.test/oauth/?client_id=1500000&redirect_uri=https%3A%2F%2F"
                + "amp.example.com%2Fcallbacks%2Fv1%2Foauth&");
  }

  @Test
  void anOldClientNamesTheProjectById() {
    JsonNode answer = connect(FULL, connectBody("projectId", DirectoryFixtures.PROJECT.value()));

    assertThat(answer.path("statusCode").asInt()).isEqualTo(200);
  }

  @Test
  void withoutAPublicAddressTheOneOfTheRequestIsUsed() {
    JsonNode answer =
        HttpEvents.request("POST", "/v1/oauth-connect")
            .key(FULL)
            .header("host", "forged.example.com")
            .body(connectBody("projectIdOrName", "shop-prod"))
            .sendTo(endpoint(""));

    assertThat(answer.path("body").asText())
        .contains("redirect_uri=https%3A%2F%2Fapi.example.com%2Fcallbacks%2Fv1%2Foauth&");
  }

  @Test
  void nobodyConnectsForAnotherProject() {
    JsonNode answer = connect(OTHER, connectBody("projectIdOrName", "shop-prod"));

    assertThat(answer.path("statusCode").asInt()).isEqualTo(404);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'provider':'pinterest','groupRef':'g','consumerRef':'c'} | projectIdOrName",
        "{'projectIdOrName':'shop-prod','groupRef':'g','consumerRef':'c'} | provider",
        "{'projectIdOrName':'shop-prod','provider':'salesforce','groupRef':'g','consumerRef':'c'} |"
            + " provider",
        "{'projectIdOrName':'shop-prod','provider':'pinterest','consumerRef':'c'} | groupRef",
        "{'projectIdOrName':'shop-prod','provider':'pinterest','groupRef':' ','consumerRef':'c'} |"
            + " groupRef",
        "{'projectIdOrName':'shop-prod','provider':'pinterest','groupRef':7,'consumerRef':'c'} |"
            + " groupRef",
        "{'projectIdOrName':'shop-prod','provider':'pinterest','groupRef':'g'} | consumerRef",
        "{'projectIdOrName':'shop-prod','provider':'pinterest','groupRef':'g','consumerRef':'c','providerAppId':'x'}"
            + " | providerAppId",
        "{'projectIdOrName':'shop-prod','provider':'pinterest','groupRef':'g','consumerRef':'c','enableCSRFProtection':'yes'}"
            + " | enableCSRFProtection",
        "{'projectIdOrName':'shop-prod','provider':'pinterest','groupRef':'g','consumerRef':'c','connectPage':'yes'}"
            + " | connectPage",
      })
  void aWrongConnectRequestNamesTheMember(String body, String member) {
    JsonNode answer = connect(FULL, body.replace('\'', '"'));

    assertThat(answer.path("statusCode").asInt()).isEqualTo(400);
    assertThat(HttpEvents.bodyOf(answer).at("/issues/0/name").asText()).isEqualTo(member);
  }

  @Test
  void theWayToPinterestAndBackEndsInAPageForThePopup() {
    JsonNode page = comeBack(connectUrl(), world.pinterest.codeOf("42"));

    assertThat(page.path("statusCode").asInt()).isEqualTo(200);
    assertThat(page.at("/headers/content-type").asText()).isEqualTo("text/html; charset=utf-8");
    assertThat(page.at("/headers/cache-control").asText()).isEqualTo("no-store");
    String id = json(get(FRONTEND, CONNECTIONS + "?groupRef=org_7")).at("/0/id").asText();
    assertThat(page.path("body").asText())
        .contains("AUTHORIZATION_SUCCEEDED")
        .contains("{&quot;connection&quot;:&quot;" + id + "&quot;}");
  }

  @Test
  void aLinkWithAPageSaysWhatIsConnectedToWhomBeforePinterest() {
    String body =
        """
        {"projectIdOrName":"shop-prod","provider":"pinterest","groupRef":"org_7","consumerRef":"c",
         "groupName":"Blue <b>Ltd</b>","connectPage":true}\
        """;
    URI link = URI.create(connect(FULL, body).path("body").asText());

    JsonNode page = get(null, link.getPath() + "?" + link.getQuery());

    assertThat(link.getPath()).isEqualTo("/v1/oauth-connect");
    assertThat(page.path("statusCode").asInt()).isEqualTo(200);
    assertThat(page.at("/headers/referrer-policy").asText()).isEqualTo("no-referrer");
    String text = page.path("body").asText();
    assertThat(text)
        .contains("Shop shop-prod asks for access to your Pinterest account, for Blue &lt;b&gt;Ltd")
        .doesNotContain("<script");
    Matcher onward = Pattern.compile("href=\"([^\"]*)\"").matcher(text);
    assertThat(onward.find()).isTrue();
    URI pinterest = URI.create(onward.group(1).replace("&amp;", "&"));
    assertThat(comeBack(pinterest, world.pinterest.codeOf("42")).path("body").asText())
        .contains("AUTHORIZATION_SUCCEEDED");
    assertThat(get(null, link.getPath() + "?" + link.getQuery()).path("body").asText())
        .contains("expired or was used before");
  }

  @Test
  void aLinkIsGoodForAsLongAsItsState() {
    String body =
        """
        {"projectIdOrName":"shop-prod","provider":"pinterest","groupRef":"org_7","consumerRef":"c",
         "connectPage":true}\
        """;
    URI link = URI.create(connect(FULL, body).path("body").asText());

    world.clock.advance(OauthConnect.STATE_TTL.plusSeconds(1));

    assertThat(get(null, link.getPath() + "?" + link.getQuery()).path("statusCode").asInt())
        .isEqualTo(400);
    assertThat(get(null, "/v1/oauth-connect").path("statusCode").asInt()).isEqualTo(400);
  }

  @Test
  void everyPageHasANonceOfItsOwn() {
    JsonNode first = get(null, "/callbacks/v1/oauth");
    JsonNode second = get(null, "/callbacks/v1/oauth");

    assertThat(first.at("/headers/content-security-policy"))
        .isNotEqualTo(second.at("/headers/content-security-policy"));
  }

  @Test
  void aReplayedReturnIsAPageToo() {
    URI url = connectUrl();
    String code = world.pinterest.codeOf("42");
    JsonNode first = comeBack(url, code);
    JsonNode again = comeBack(url, code);
    world.clock.advance(Duration.ofMinutes(10));
    JsonNode late = comeBack(url, code);

    assertThat(first.path("body").asText()).contains("AUTHORIZATION_SUCCEEDED");
    assertThat(again.path("statusCode").asInt()).isEqualTo(200);
    assertThat(again.path("body").asText()).contains("AUTHORIZATION_SUCCEEDED");
    assertThat(late.path("statusCode").asInt()).isEqualTo(400);
    assertThat(late.path("body").asText())
        .contains("AUTHORIZATION_FAILED")
        .contains("expired or was completed before");
  }

  @Test
  void evenABugIsAPageThatTellsThePopup() {
    world.pinterest.meanwhile(
        () -> {
          throw new IllegalStateException("a bug");
        });

    JsonNode page = comeBack(connectUrl(), "any");

    assertThat(page.path("statusCode").asInt()).isEqualTo(500);
    assertThat(page.path("body").asText()).contains("AUTHORIZATION_FAILED").doesNotContain("a bug");
    assertThat(world.logged).anyMatch(line -> line.contains("return from Pinterest failed"));
  }

  @Test
  void aConnectionIsShownAsTheContractSays() {
    Connection connection = world.connected("org_7", "42");

    JsonNode shown = json(get(FULL, CONNECTIONS)).path(0);

    String project = DirectoryFixtures.PROJECT.value();
    assertThat(shown)
        .isEqualTo(
            Json.trusted(
                ("{'id':'"
                        + connection.id()
                        + "','projectId':'"
                        + project
                        + "','provider':'pinterest','providerApp':{'id':'"
                        + world.app.id()
                        + "','projectId':'"
                        + project
                        + "','provider':'pinterest','clientId':'1500000','scopes':"
                        + "['boards:read','pins:read','user_accounts:read'],"
                        + "'createTime':'2026-09-01T12:00:00Z'},"
                        + "'group':{'groupRef':'org_7','groupName':'Blue Shop','projectId':'"
                        + project
                        + "','createTime':'2026-09-01T12:00:00Z'},"
                        + "'consumer':{'consumerRef':'u_42','consumerName':'Ana','projectId':'"
                        + project
                        + "','createTime':'2026-09-01T12:00:00Z'},"
                        + "'providerWorkspaceRef':'u42','providerConsumerRef':'42','createTime':'2026-09-01T12:00:00Z',"
                        + "'authScheme':'oauth2/authorizationCode','status':'created',"
                        + "'grantedScopes':['boards:read','pins:read','user_accounts:read']}")
                    .replace('\'', '"')));
    assertThat(json(get(FULL, CONNECTIONS + "/" + connection.id()))).isEqualTo(shown);
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "-, 3",
        "groupRef=org_7, 1",
        "groupRef=org_7&provider=pinterest, 1",
        "groupRef=org_7&provider=salesforce, 0",
        "provider=pinterest, 3",
        "consumerRef=u_42, 3",
        "consumerRef=u_42&groupRef=org_8&provider=pinterest, 1",
        "consumerRef=u_43&groupRef=org_8&provider=pinterest, 0",
      })
  void filtersOfTheListCombine(@Nullable String query, int count) {
    world.connected("org_7", "1");
    world.connected("org_8", "2");
    world.connected("org_9", "3");

    JsonNode list = json(get(FULL, CONNECTIONS + (query == null ? "" : "?" + query)));

    assertThat(list.isArray()).isTrue();
    assertThat(list).hasSize(count);
  }

  @Test
  void credentialsAreShownOnlyWhenAskedFor() {
    Connection connection = world.connected("org_7", "42");
    String one = CONNECTIONS + "/" + connection.id();

    assertThat(json(get(FULL, one)).has("oauth2AuthorizationCode")).isFalse();
    JsonNode creds = json(get(FULL, one + "?includeCreds=true")).path("oauth2AuthorizationCode");
    assertThat(creds.at("/accessToken/token").asText()).isEqualTo("pina_first-42");
    assertThat(creds.at("/accessToken/expiresAt").asText()).isEqualTo("2026-10-01T12:00:00Z");
    assertThat(creds.has("refreshToken")).isFalse();
    assertThat(creds.path("scopes")).hasSize(3);
    assertThat(
            json(get(FULL, one + "?includeRefreshToken=true"))
                .at("/oauth2AuthorizationCode/refreshToken/token")
                .asText())
        .startsWith("pinr_");
    assertThat(get(FRONTEND, one + "?includeCreds=true").path("statusCode").asInt()).isEqualTo(403);
    assertThat(get(OTHER, one).path("statusCode").asInt()).isEqualTo(404);
  }

  @Test
  void aRefreshIsForcedOrOnlyIfExpired() {
    Connection connection = world.connected("org_7", "42");
    String one = CONNECTIONS + "/" + connection.id() + "?includeCreds=true&refresh=";

    assertThat(accessToken(get(FULL, one + "ifExpired"))).isEqualTo("pina_first-42");
    assertThat(accessToken(get(FULL, one + "force"))).startsWith("pina_access");
    world.clock.advance(Duration.ofDays(31));
    String before = world.tokens(connection).accessToken().value();
    assertThat(accessToken(get(FULL, one + "ifExpired")))
        .isNotEqualTo(before)
        .startsWith("pina_access");
    assertThat(get(FULL, one + "maybe").path("statusCode").asInt()).isEqualTo(400);
  }

  @Test
  void aConnectionInUseIsNotRemoved() {
    Connection connection = world.connected("org_7", "42");
    world.install(connection);

    JsonNode refused = send(FRONTEND, "DELETE", CONNECTIONS + "/" + connection.id(), null);

    assertThat(refused.path("statusCode").asInt()).isEqualTo(409);
    assertThat(json(refused).path("detail").asText()).contains("used by an installation");
    assertThat(world.read(connection)).isEqualTo(connection);
    assertThat(world.tokens(connection).accessToken().value()).isEqualTo("pina_first-42");
  }

  @Test
  void aRemovedConnectionTakesItsTokensAlongAndMakesRoom() {
    Connection connection = world.connected("org_7", "42");

    JsonNode answer = send(FRONTEND, "DELETE", CONNECTIONS + "/" + connection.id(), null);

    assertThat(answer.path("statusCode").asInt()).isEqualTo(204);
    assertThat(world.secrets.names()).containsExactly("app/1");
    assertThat(json(get(FULL, CONNECTIONS))).isEmpty();
    assertThat(world.connected("org_7", "42").id()).isNotEqualTo(connection.id());
    assertThat(
            send(FULL, "DELETE", CONNECTIONS + "/" + connection.id(), null)
                .path("statusCode")
                .asInt())
        .isEqualTo(404);
  }

  @Test
  void reconnectingAnswersTheUrlAsText() {
    Connection connection = world.connected("org_7", "42");

    JsonNode answer =
        send(FRONTEND, "PATCH", CONNECTIONS + "/" + connection.id() + ":oauth-update", null);

    assertThat(answer.path("statusCode").asInt()).isEqualTo(200);
    assertThat(answer.at("/headers/content-type").asText()).isEqualTo("text/plain; charset=utf-8");
    comeBack(URI.create(answer.path("body").asText()), world.pinterest.codeOf("42"));
    assertThat(world.tokens(connection).accessToken().value()).startsWith("pina_access");
  }

  @Test
  void existingTokensAreImported() {
    JsonNode answer =
        generate(
            "'oauth2AuthorizationCode':{'accessToken':{'token':'pina_imported1',"
                + "'issuedAt':'2026-08-20T00:00:00+02:00','expiresAt':'2026-09-19T00:00:00Z'},"
                + "'refreshToken':{'token':'pinr_imported1','expiresAt':'2026-10-19T00:00:00Z'},"
                + "'scopes':['pins:read']}");

    assertThat(answer.path("statusCode").asInt()).isEqualTo(201);
    assertThat(json(answer).path("status").asText()).isEqualTo("created");
    assertThat(json(answer).has("oauth2AuthorizationCode")).isFalse();
    var connection =
        world.connections.get(DirectoryFixtures.PROJECT, json(answer).path("id").asText()).value();
    assertThat(connection.access().scopes()).containsExactly("pins:read");
    assertThat(connection.access().app()).isEqualTo(world.app.id());
    TokenPair pair = world.tokens(connection);
    assertThat(pair.accessToken().value()).isEqualTo("pina_imported1");
    assertThat(pair.obtainedAt()).hasToString("2026-08-19T22:00:00Z");
    assertThat(pair.refreshExpiresAt()).hasToString("2026-10-19T00:00:00Z");
  }

  @Test
  void anAccessTokenAloneIsEnoughToImport() {
    JsonNode answer =
        generate("'oauth2AuthorizationCode':{'accessToken':{'token':'pina_imported1'}}");

    assertThat(answer.path("statusCode").asInt()).isEqualTo(201);
    JsonNode creds =
        json(get(FULL, CONNECTIONS + "/" + json(answer).path("id").asText() + "?includeCreds=1"))
            .path("oauth2AuthorizationCode");
    assertThat(creds.at("/accessToken/token").asText()).isEqualTo("pina_imported1");
    assertThat(creds.at("/accessToken").has("expiresAt")).isFalse();
  }

  @Test
  void aTokenThatPinterestRejectsIsNotImported() {
    JsonNode answer =
        generate("'oauth2AuthorizationCode':{'accessToken':{'token':'pina_mistyped'}}");

    assertThat(answer.path("statusCode").asInt()).isEqualTo(422);
    assertThat(json(answer).path("detail").asText())
        .startsWith("oauth2AuthorizationCode.accessToken.token: Pinterest does not accept")
        .doesNotContain("pina_mistyped");
    assertThat(json(get(FULL, CONNECTIONS))).isEmpty();
  }

  @Test
  void anImportWithZeroValuesIsTaken() {
    JsonNode answer =
        generate(
            "'oauth2AuthorizationCode':{'accessToken':{'token':'pina_imported1',"
                + "'expiresAt':'0001-01-01T00:00:00Z','issuedAt':''}},'apiKey':'',"
                + "'basicAuth':{'username':'','password':''},'groupName':''");

    assertThat(answer.path("statusCode").asInt()).isEqualTo(201);
    assertThat(json(answer).at("/group/groupName").asText()).isEqualTo("org_7");
    var connection =
        world.connections.get(DirectoryFixtures.PROJECT, json(answer).path("id").asText()).value();
    assertThat(world.tokens(connection).accessExpiresAt()).isNull();
  }

  @Test
  void anImportKeepsWhatIsSaidOfTheAccount() {
    JsonNode answer =
        generate(
            "'oauth2AuthorizationCode':{'accessToken':{'token':'pina_imported1'}},"
                + "'providerWorkspaceRef':'blue','providerMetadata':{'market':{'value':'de',"
                + "'source':'input'}}");

    assertThat(answer.path("statusCode").asInt()).isEqualTo(201);
    JsonNode now = json(get(FULL, CONNECTIONS + "/" + json(answer).path("id").asText()));
    assertThat(now).isEqualTo(json(answer));
    assertThat(now.path("providerWorkspaceRef").asText()).isEqualTo("blue");
    assertThat(now.at("/providerMetadata/market/value").asText()).isEqualTo("de");
  }

  @Test
  void anImportForAGroupThatIsConnectedUpdatesItsConnection() {
    Connection connection = world.connected("org_7", "42");

    JsonNode answer =
        generate("'oauth2AuthorizationCode':{'accessToken':{'token':'pina_imported1'}}");

    assertThat(json(answer).path("id").asText()).isEqualTo(connection.id().value());
    assertThat(world.read(connection).access().status()).isEqualTo(ConnectionStatus.CREATED);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'x':1 | oauth2AuthorizationCode",
        "'oauth2AuthorizationCode':{} | oauth2AuthorizationCode.accessToken",
        "'oauth2AuthorizationCode':{'accessToken':{}} | oauth2AuthorizationCode.accessToken.token",
        "'oauth2AuthorizationCode':{'accessToken':{'token':'a b'}} |"
            + " oauth2AuthorizationCode.accessToken.token",
        "'oauth2AuthorizationCode':{'accessToken':{'token':'a','expiresAt':'soon'}} |"
            + " oauth2AuthorizationCode.accessToken.expiresAt",
        "'oauth2AuthorizationCode':{'accessToken':{'token':'a'}},'apiKey':'k' | apiKey",
        "'oauth2AuthorizationCode':{'accessToken':{'token':'a'}},'providerMetadata':{'m':{}} |"
            + " providerMetadata.m.value",
      })
  void aWrongImportNamesTheMemberAndNoToken(String members, String member) {
    JsonNode answer = generate(members);

    assertThat(answer.path("statusCode").asInt()).isEqualTo(400);
    assertThat(json(answer).at("/issues/0/name").asText()).isEqualTo(member);
    assertThat(answer.path("body").asText()).doesNotContain("a b");
    assertThat(json(get(FULL, CONNECTIONS))).isEmpty();
  }

  @Test
  void pagesMayNotImport() {
    assertThat(send(FRONTEND, "POST", CONNECTIONS + ":generate", "{}").path("statusCode").asInt())
        .isEqualTo(403);
  }

  private JsonNode patch(Connection connection, String body) {
    return send(FULL, "PATCH", CONNECTIONS + "/" + connection.id(), body);
  }

  @Test
  void whatABuilderKeepsWithAConnectionIsGivenBack() {
    Connection connection = world.connected("org_7", "42");
    assertThat(
            json(get(FULL, CONNECTIONS + "/" + connection.id()))
                .path("providerWorkspaceRef")
                .asText())
        .as("the account's name, as long as a builder gives no other")
        .isEqualTo("u42");

    JsonNode answer =
        patch(
            connection,
            "{'updateMask':['providerWorkspaceRef','providerMetadata'],'connection':"
                + "{'providerWorkspaceRef':'shop-1','apiKey':'ignored','providerMetadata':"
                + "{'region':{'value':'eu','source':'input','displayName':'Region'}}}}");

    assertThat(answer.path("statusCode").asInt()).isEqualTo(200);
    JsonNode body = json(answer);
    assertThat(body.path("providerWorkspaceRef").asText()).isEqualTo("shop-1");
    assertThat(body.path("providerMetadata").toString())
        .isEqualTo(
            "{\"region\":{\"value\":\"eu\",\"source\":\"input\",\"displayName\":\"Region\"}}");
    assertThat(json(get(FULL, CONNECTIONS + "/" + connection.id()))).isEqualTo(body);
    assertThat(json(get(FRONTEND, CONNECTIONS + "?groupRef=org_7")).path(0)).isEqualTo(body);
    comeBack(connectUrl(), world.pinterest.codeOf("42"));
    assertThat(json(get(FULL, CONNECTIONS + "/" + connection.id())).path("providerWorkspaceRef"))
        .as("also after the customer has connected again")
        .isEqualTo(body.path("providerWorkspaceRef"));
  }

  @Test
  void aConnectionIsNotChangedByNothing() {
    Connection connection = world.connected("org_7", "42");

    assertThat(
            patch(connection, "{'updateMask':[],'connection':{'providerWorkspaceRef':'x'}}")
                .path("statusCode")
                .asInt())
        .isEqualTo(200);
    assertThat(world.read(connection)).isEqualTo(connection);
    assertThat(send(FRONTEND, "PATCH", CONNECTIONS + "/x", "{}").path("statusCode").asInt())
        .isEqualTo(403);
    String body = "{'updateMask':[],'connection':{}}";
    assertThat(send(FULL, "PATCH", CONNECTIONS + "/x", body).path("statusCode").asInt())
        .isEqualTo(404);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'connection':{}} | updateMask | is missing; name what to change: providerWorkspaceRef",
        "{'updateMask':['apiKey'],'connection':{'apiKey':'k'}} | updateMask[0]"
            + " | does not fit the connection, which is oauth2/authorizationCode",
        "{'updateMask':['status'],'connection':{'status':'working'}} | updateMask[0]"
            + " | cannot be changed; allowed: providerWorkspaceRef, providerMetadata",
        "{'updateMask':['providerMetadata'],'connection':{}} | connection.providerMetadata"
            + " | is missing although updateMask names it",
        "{'updateMask':['providerMetadata'],'connection':{'providerMetadata':{'a':{'value':'b',"
            + "'source':'me'}}}} | connection.providerMetadata.a.source | must be one of input",
        "{'updateMask':['providerWorkspaceRef'],'connection':{'providerWorkspaceRef':7}}"
            + " | connection.providerWorkspaceRef | is a number, but a text is needed",
        "{'updateMask':['providerWorkspaceRef']} | connection | is missing"
      })
  void aWrongChangeOfAConnectionNamesTheMember(String body, String member, String detail) {
    Connection connection = world.connected("org_7", "42");

    JsonNode answer = patch(connection, body);

    assertThat(answer.path("statusCode").asInt()).isEqualTo(400);
    assertThat(json(answer).at("/issues/0/name").asText()).isEqualTo(member);
    assertThat(json(answer).at("/issues/0/detail").asText()).startsWith(detail);
    assertThat(world.read(connection)).isEqualTo(connection);
  }

  @Test
  void theProviderIsDescribedToAnyone() {
    JsonNode info = json(get(null, "/v1/providers/pinterest"));

    assertThat(info.path("authType").asText()).isEqualTo("oauth2");
    assertThat(info.at("/oauth2Opts/grantType").asText()).isEqualTo("authorizationCode");
    assertThat(info.at("/support/read").asBoolean()).isTrue();
    assertThat(info.at("/support/write").asBoolean()).isTrue();
    assertThat(info.at("/support/delete").asBoolean()).isTrue();
    assertThat(info.has("modules")).isFalse();
    assertThat(info.has("metadata")).isFalse();
    assertThat(json(get(null, "/v1/providers")).path("pinterest")).isEqualTo(info);
    assertThat(get(null, "/v1/providers/hubspot").path("statusCode").asInt()).isEqualTo(404);
  }

  private static String connectBody(String projectMember, String project) {
    return ("{'"
            + projectMember
            + "':'"
            + project
            + "','provider':'pinterest','groupRef':'org_7','groupName':'Blue Shop',"
            + "'consumerRef':'u_42','consumerName':'Ana','providerMetadata':{},"
            + "'enableCSRFProtection':false}")
        .replace('\'', '"');
  }

  private JsonNode connect(String key, String body) {
    return send(key, "POST", "/v1/oauth-connect", body);
  }

  private URI connectUrl() {
    return URI.create(
        connect(FULL, connectBody("projectIdOrName", "shop-prod")).path("body").asText());
  }

  private JsonNode comeBack(URI url, String code) {
    String query = url.getRawQuery();
    String state = query.substring(query.indexOf("state=") + 6);
    return get(null, "/callbacks/v1/oauth?code=" + code + "&state=" + state);
  }

  private JsonNode generate(String members) {
    world.pinterest.issued("pina_imported1", "42");
    return send(
        FULL,
        "POST",
        CONNECTIONS + ":generate",
        "{'provider':'pinterest','groupRef':'org_7','consumerRef':'u_42'," + members + "}");
  }

  private static String accessToken(JsonNode answer) {
    return json(answer).at("/oauth2AuthorizationCode/accessToken/token").asText();
  }

  private JsonNode get(@Nullable String key, String path) {
    return send(key, "GET", path, null);
  }

  private JsonNode send(@Nullable String key, String method, String path, @Nullable String body) {
    HttpEvents event = HttpEvents.request(method, path);
    if (key != null) {
      event.key(key);
    }
    if (body != null) {
      event.body(body.replace('\'', '"'));
    }
    return event.sendTo(endpoint);
  }

  private static JsonNode json(JsonNode answer) {
    return HttpEvents.bodyOf(answer);
  }
}
