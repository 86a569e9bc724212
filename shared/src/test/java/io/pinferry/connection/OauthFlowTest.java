package io.pinferry.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pinferry.base.Digest;
import io.pinferry.base.PinferryException.Conflict;
import io.pinferry.base.PinferryException.InvalidRequest;
import io.pinferry.base.PinferryException.NotFound;
import io.pinferry.base.Secret;
import io.pinferry.connection.OauthCallback.Outcome;
import io.pinferry.connection.OauthCallback.Return;
import io.pinferry.directory.Connection;
import io.pinferry.directory.ConnectionId;
import io.pinferry.directory.ConnectionStatus;
import io.pinferry.directory.DirectoryFixtures;
import io.pinferry.directory.DocumentKey;
import io.pinferry.directory.NotificationType;
import io.pinferry.directory.ProviderApp;
import io.pinferry.notification.Notification;
import io.pinferry.pinterest.FakePinterestOauth;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class OauthFlowTest {
  private static final URI PUBLIC_URL = URI.create("https://amp.example.com");
  private static final String USER = "2783136121146311751";

  private final ConnectionWorld world = new ConnectionWorld();
  private final OauthConnect connect =
      new OauthConnect(world.store, world.pinterest.client(), world.ids, world.clock);
  private final OauthCallback callback =
      new OauthCallback(
          world.store,
          world.secrets,
          world.timers,
          world.pinterest.client(),
          world.ids,
          world.clock);

  @Test
  void theAuthorizeUrlAsksForTheAppsScopes() {
    URI url = start("org_7");

    assertThat(url.toString()).startsWith("https://pinterest.test/oauth/?client_id=1500000&");
    assertThat(query(url))
        .containsEntry("redirect_uri", "https://amp.example.com/callbacks/v1/oauth")
        .containsEntry("response_type", "code")
        .containsEntry("scope", "boards:read,pins:read,user_accounts:read")
        .hasSize(5);
    assertThat(query(url).get("state")).matches("[A-Za-z0-9_-]{43}");
  }

  @Test
  void onlyTheHashOfAStateIsStored() {
    String state = state(start("org_7"));

    assertThat(
            world.store.find(
                new DocumentKey("OAUTH-STATE#" + Digest.sha256Hex(state), "OAUTH-STATE")))
        .get()
        .satisfies(document -> assertThat(document.json()).doesNotContain(state));
  }

  @Test
  void aConsentBecomesAConnection() {
    Outcome outcome = comeBack(start("org_7"), world.pinterest.codeOf(USER));

    Connection connection = only();
    assertThat(connected(outcome)).isEqualTo(connection.id());
    assertThat(connection.owner().group().ref()).isEqualTo("org_7");
    assertThat(connection.owner().group().name()).isEqualTo("Blue Shop");
    assertThat(connection.owner().consumer().name()).isEqualTo("u_42");
    assertThat(connection.access().status()).isEqualTo(ConnectionStatus.CREATED);
    assertThat(connection.access().userId()).isEqualTo(USER);
    assertThat(connection.access().userName()).isEqualTo("u" + USER);
    assertThat(connection.access().app()).isEqualTo(world.app.id());
    assertThat(connection.access().scopes()).isEqualTo(ConnectionWorld.SCOPES);
    TokenPair pair = world.tokens(connection);
    assertThat(pair.accessToken().value()).startsWith("pina_");
    assertThat(pair.refreshToken()).isNotNull();
    assertThat(pair.accessExpiresAt()).isEqualTo(world.clock.instant().plus(Duration.ofDays(30)));
    assertThat(pair.refreshExpiresAt()).isEqualTo(world.clock.instant().plus(Duration.ofDays(60)));
    assertThat(world.pinterest.tokenRequests().getFirst())
        .containsEntry("redirect_uri", "https://amp.example.com/callbacks/v1/oauth")
        .containsEntry("continuous_refresh", "true");
  }

  @Test
  void refsMayHoldAnyCharacters() {
    String odd = "org#7/ä \"x\" \n '; DROP %2F 😀";

    comeBack(start(odd), world.pinterest.codeOf(USER));
    comeBack(start("org_8"), world.pinterest.codeOf("5"));

    assertThat(world.connections.findOfGroup(DirectoryFixtures.PROJECT, "pinterest", odd))
        .get()
        .extracting(found -> found.value().owner().group().ref())
        .isEqualTo(odd);
    assertThat(world.connections.list(DirectoryFixtures.PROJECT, null, null, null)).hasSize(2);
  }

  @Test
  void aPageThatIsLoadedAgainShowsTheSameAndExchangesNothing() {
    URI url = start("org_7");
    String code = world.pinterest.codeOf(USER);
    Outcome first = comeBack(url, code);

    assertThat(comeBack(url, code)).isEqualTo(first);
    assertThat(comeBack(url, "another-code")).isEqualTo(first);
    assertThat(world.pinterest.tokenRequests()).hasSize(1);
    world.clock.advance(Duration.ofMinutes(10));
    Outcome late = comeBack(url, code);
    assertThat(failed(late).status()).isEqualTo(400);
    assertThat(failed(late).text()).contains("expired or was completed before");
    assertThat(world.pinterest.tokenRequests()).hasSize(1);
  }

  @Test
  void aFailureThatIsLoadedAgainIsTheSameFailure() {
    URI url = start("org_7");
    Outcome first = comeBack(url, "made-up");

    assertThat(failed(comeBack(url, world.pinterest.codeOf(USER)))).isEqualTo(failed(first));
    assertThat(world.connections.list(DirectoryFixtures.PROJECT, null, null, null)).isEmpty();
  }

  @Test
  void aPageThatIsLoadedDuringTheExchangeSaysSo() {
    URI url = start("org_7");
    String code = world.pinterest.codeOf(USER);
    List<Outcome> meanwhile = new ArrayList<>();
    world.pinterest.meanwhile(() -> meanwhile.add(comeBack(url, code)));

    assertThat(comeBack(url, code)).isInstanceOf(Outcome.Success.class);

    assertThat(meanwhile).containsExactly(new Outcome.Pending());
  }

  @Test
  void anAppThatPinterestRefusesIsTheProductsMatterNotTheCustomers() {
    URI url = start("org_7");
    world.pinterest.answerNext(
        403, "{\"code\":29,\"message\":\"You are not permitted to access that resource.\"}");

    Outcome outcome = comeBack(url, world.pinterest.codeOf(USER));

    assertThat(failed(outcome).status()).isEqualTo(502);
    assertThat(failed(outcome).text())
        .contains("This product is not set up at Pinterest", "your Pinterest account is fine")
        .doesNotContain("not answer", "not permitted");
    assertThat(world.told())
        .singleElement()
        .satisfies(
            told -> {
              assertThat(told.type()).isEqualTo(NotificationType.PROVIDER_APP_ERROR);
              assertThat(told.data().path("error").asText()).contains("not permitted");
            });
    assertThat(world.connections.list(DirectoryFixtures.PROJECT, null, null, null)).isEmpty();
  }

  @Test
  void thePageSaysWhatIsConnectedToWhom() {
    Outcome outcome = comeBack(start("org_7"), world.pinterest.codeOf(USER));

    assertThat(((Outcome.Success) outcome).text())
        .startsWith("The Pinterest account u" + USER + " is connected")
        .endsWith(" for Blue Shop.");
  }

  private static ConnectionId connected(Outcome outcome) {
    return ((Outcome.Success) outcome).connection();
  }

  @Test
  void aStateExpiresAfterTenMinutes() {
    URI early = start("org_7");
    URI late = start("org_8");
    world.clock.advance(Duration.ofMinutes(10).minusSeconds(1));
    assertThat(comeBack(early, world.pinterest.codeOf(USER))).isInstanceOf(Outcome.Success.class);

    world.clock.advance(Duration.ofSeconds(1));
    assertThat(failed(comeBack(late, world.pinterest.codeOf(USER))).text()).contains("expired");
    only();
  }

  @Test
  void madeUpAndMissingStatesLeadNowhere() {
    for (String state : Arrays.asList(null, "", "made-up", "x".repeat(100_000))) {
      Outcome outcome =
          callback.accept(new Return(state, world.pinterest.codeOf(USER), null), world.log);
      assertThat(failed(outcome).status()).isEqualTo(400);
    }
    assertThat(world.pinterest.tokenRequests()).isEmpty();
  }

  @Test
  void aDeclinedConsentIsSaidSoAndUsesTheStateUp() {
    URI url = start("org_7");

    Outcome outcome = callback.accept(new Return(state(url), null, "access_denied"), world.log);

    assertThat(outcome).isEqualTo(new Outcome.Failure(400, "Access was declined."));
    assertThat(comeBack(url, world.pinterest.codeOf(USER))).isInstanceOf(Outcome.Failure.class);
    assertThat(world.connections.list(DirectoryFixtures.PROJECT, null, null, null)).isEmpty();
  }

  @Test
  void aRefusedCodeIsExplainedInPinterestsWords() {
    Outcome outcome = comeBack(start("org_7"), "code-unknown");

    assertThat(failed(outcome).status()).isEqualTo(502);
    assertThat(failed(outcome).text()).contains("Invalid grant.").contains("code 283");
    assertThat(world.secrets.names()).containsExactly("app/1");
  }

  @Test
  void anOutageOfPinterestIsSaidSo() {
    URI url = start("org_7");
    world.pinterest.answerNext(502, "<html>bad gateway</html>");

    assertThat(failed(comeBack(url, world.pinterest.codeOf(USER))).status()).isEqualTo(503);
  }

  @Test
  void aReturnWithoutACodeFails() {
    Outcome outcome = callback.accept(new Return(state(start("org_7")), null, null), world.log);

    assertThat(failed(outcome).text()).contains("no authorization code");
  }

  @Test
  void whoConnectsTwiceHasOneConnection() {
    URI first = start("org_7");
    URI second = start("org_7");
    comeBack(first, world.pinterest.codeOf(USER));
    Connection before = only();
    TokenPair tokensBefore = world.tokens(before);

    Outcome outcome = comeBack(second, world.pinterest.codeOf(USER));

    Connection after = only();
    assertThat(connected(outcome)).isEqualTo(before.id());
    assertThat(after.createTime()).isEqualTo(before.createTime());
    assertThat(after.updateTime()).isNotNull();
    assertThat(world.tokens(after).accessToken()).isNotEqualTo(tokensBefore.accessToken());
    assertThat(world.tokens(after).account()).isEqualTo(tokensBefore.account());
    assertThat(world.secrets.names()).hasSize(2);
    assertThat(world.told())
        .extracting(Notification::type)
        .containsExactly(NotificationType.CONNECTION_CREATED, NotificationType.CONNECTION_UPDATED);
    assertThat(reconnects()).as("nothing was kept from beginning").isEmpty();
  }

  @Test
  void anotherUserOfPinterestIsAnotherAccount() {
    comeBack(start("org_7"), world.pinterest.codeOf(USER));
    TokenPair before = world.tokens(only());

    comeBack(start("org_7"), world.pinterest.codeOf("42"));

    assertThat(world.tokens(only()).account()).isNotEqualTo(before.account());
    assertThat(only().access().account()).isEqualTo(world.tokens(only()).account());
    assertThat(only().access().userId()).isEqualTo("42");
    assertThat(only().access().userName()).isEqualTo("u42");
  }

  @Test
  void anUnknownUserMayBeAnotherOne() {
    world.pinterest.grantOnly("pins:read");
    comeBack(start("org_7"), world.pinterest.codeOf(USER));
    TokenPair before = world.tokens(only());
    assertThat(only().access().userId()).isNull();
    assertThat(only().access().scopes()).containsExactly("pins:read");

    comeBack(start("org_7"), world.pinterest.codeOf(USER));

    assertThat(world.tokens(only()).account()).isNotEqualTo(before.account());
  }

  @Test
  void reconnectingMendsBadCredentialsOfTheSameConnection() {
    comeBack(start("org_7"), world.pinterest.codeOf(USER));
    Connection bad = only();
    var found = world.connections.find(bad.project(), bad.id()).orElseThrow();
    world.connections.replace(
        found,
        bad.with(ConnectionStatus.BAD_CREDENTIALS, bad.access().scopes(), world.clock.instant()));

    URI url = connect.restart(bad, PUBLIC_URL);
    Outcome outcome = comeBack(url, world.pinterest.codeOf(USER));

    assertThat(connected(outcome)).isEqualTo(bad.id());
    assertThat(only().access().status()).isEqualTo(ConnectionStatus.CREATED);
    assertThat(only().owner().group()).isEqualTo(bad.owner().group());
    assertThat(only().owner().consumer()).isEqualTo(bad.owner().consumer());
    assertThat(reconnects())
        .as("reads that were kept from beginning")
        .containsExactly(new Reconnect(bad.project(), bad.id(), world.clock.instant()));
  }

  private List<Reconnect> reconnects() {
    return world.timers.all().stream()
        .filter(timer -> timer.kind().equals(Reconnect.KIND))
        .map(Reconnect::of)
        .toList();
  }

  @Test
  void aReconnectOfAConnectionThatWasRemovedMeanwhileMakesNone() {
    comeBack(start("org_7"), world.pinterest.codeOf(USER));
    Connection connection = only();
    URI url = connect.restart(connection, PUBLIC_URL);
    world.connections.remove(
        world.connections.find(connection.project(), connection.id()).orElseThrow());
    world.secrets.delete(connection.access().secretName());

    Outcome outcome = comeBack(url, world.pinterest.codeOf(USER));

    assertThat(outcome).isInstanceOf(Outcome.Failure.class);
    assertThat(world.connections.list(DirectoryFixtures.PROJECT, null, null, null)).isEmpty();
    assertThat(world.secrets.names()).containsExactly("app/1");
  }

  @Test
  void aConsumerWhoMayNotTakeOverIsRefusedAtTheStartAndAtTheEnd() {
    ConnectRequest others = new ConnectRequest("org_7", null, "u_43", null, null, true, false);
    URI early = connect.start(DirectoryFixtures.PROJECT, others, PUBLIC_URL);
    comeBack(start("org_7"), world.pinterest.codeOf(USER));
    Connection before = only();

    Outcome outcome = comeBack(early, world.pinterest.codeOf("43"));

    assertThat(outcome).isInstanceOf(Outcome.Failure.class);
    assertThat(only()).isEqualTo(before);
    assertThatThrownBy(() -> connect.start(DirectoryFixtures.PROJECT, others, PUBLIC_URL))
        .isInstanceOf(Conflict.class)
        .hasMessageContaining("another of its consumers");
    assertThat(
            connect.start(
                DirectoryFixtures.PROJECT,
                new ConnectRequest("org_7", null, "u_42", null, null, true, false),
                PUBLIC_URL))
        .isNotNull();
  }

  @Test
  void anUnknownProviderAppIsRefused() {
    assertThatThrownBy(() -> start("org_7", "2b0c5c3e-0a3b-4b0e-9b0a-1f6f3d6d7a10"))
        .isInstanceOf(InvalidRequest.class)
        .hasMessageContaining("providerAppId");
    assertThat(start("org_7", world.app.id().value())).isNotNull();
  }

  @Test
  void aProjectWithoutAProviderAppIsToldSo() {
    world.apps.remove(world.apps.find(DirectoryFixtures.PROJECT, world.app.id()).orElseThrow());

    assertThatThrownBy(() -> start("org_7"))
        .isInstanceOf(InvalidRequest.class)
        .hasMessageContaining("no provider app");
  }

  @Test
  void anAppThatIsRemovedMeanwhileEndsTheJourney() {
    URI url = start("org_7");
    world.secrets.delete("app/1");

    assertThat(failed(comeBack(url, world.pinterest.codeOf(USER))).text())
        .contains("app was removed");
  }

  @Test
  void anAppWhoseSecretIsReplacedMeanwhileConnects() {
    URI url = start("org_7");
    var rotating = StoppingStore.before("find", world.secrets, this::rotateAppSecret);
    var process =
        new OauthCallback(
            world.store, rotating, world.timers, world.pinterest.client(), world.ids, world.clock);

    Outcome outcome =
        process.accept(new Return(state(url), world.pinterest.codeOf(USER), null), world.log);

    assertThat(outcome).isInstanceOf(Outcome.Success.class);
  }

  private void rotateAppSecret() {
    ProviderApp app = world.app;
    world.secrets.create("app/2", new Secret(FakePinterestOauth.CLIENT_SECRET));
    world.apps.update(
        world.apps.get(app.project(), app.id().value()),
        new ProviderApp(
            app.id(),
            app.project(),
            app.provider(),
            app.clientId(),
            app.scopes(),
            app.externalRef(),
            app.metadata(),
            "app/2",
            app.createTime(),
            world.clock.instant()));
    world.secrets.delete(app.secretName());
  }

  @Test
  void noCodeStateOrTokenIsLogged() {
    URI url = start("org_7");
    String code = world.pinterest.codeOf(USER);
    comeBack(url, code);
    comeBack(start("org_7"), "code-unknown");

    String log = String.join("\n", world.logged);
    assertThat(log).contains("\"connected\"").contains("not connected");
    assertThat(log)
        .doesNotContain(code + "\"")
        .doesNotContain("code-unknown")
        .doesNotContain(state(url))
        .doesNotContain("pina_")
        .doesNotContain("pinr_");
    assertThat(new Return(state(url), code, null).toString())
        .doesNotContain(code)
        .doesNotContain(state(url));
  }

  @Test
  void anUnreachableProjectLeavesNoSecretBehind() {
    var party =
        new ConnectionKeeper.Party(
            DirectoryFixtures.OTHER_PROJECT, "org_7", null, "u", null, null, null, false);

    assertThatThrownBy(
            () ->
                world
                    .keeper()
                    .keep(party, "pinterest", world.grant("1", "pinr_x", 30), Instant.MAX))
        .isInstanceOf(NotFound.class);
    assertThat(world.secrets.names()).containsExactly("app/1");
  }

  @Test
  void aTokenPairShowsNoTokenAndIsReadAsItWasWritten() {
    world.connected("org_7", USER);
    TokenPair pair = world.tokens(only());

    assertThat(pair.toString()).doesNotContain("pina_").doesNotContain("pinr_");
    assertThat(TokenPair.of(pair.toSecret())).isEqualTo(pair);
    assertThat(TokenPair.of(new Secret(V1_PAIR)).scopes()).containsExactly("pins:read");
  }

  /** As the first version wrote it; must stay readable. */
  private static final String V1_PAIR =
      """
      {"accessToken":"pina_a","refreshToken":"pinr_b","accessExpiresAt":"2026-10-01T12:00:00Z",\
      "refreshExpiresAt":"2026-11-01T12:00:00Z","scopes":["pins:read"],\
      "obtainedAt":"2026-09-01T12:00:00Z","refreshed":false,"grant":"g","account":"a","userId":"1"}
      """;

  private URI start(String groupRef) {
    return start(groupRef, null);
  }

  private URI start(String groupRef, @Nullable String appId) {
    return connect.start(
        DirectoryFixtures.PROJECT,
        new ConnectRequest(groupRef, "Blue Shop", "u_42", null, appId, false, false),
        PUBLIC_URL);
  }

  private Outcome comeBack(URI url, String code) {
    return callback.accept(new Return(state(url), code, null), world.log);
  }

  private Connection only() {
    List<Connection> all =
        world.connections.list(DirectoryFixtures.PROJECT, null, null, null).stream()
            .map(found -> found.value())
            .toList();
    assertThat(all).hasSize(1);
    return all.getFirst();
  }

  private static Outcome.Failure failed(Outcome outcome) {
    assertThat(outcome).isInstanceOf(Outcome.Failure.class);
    return (Outcome.Failure) outcome;
  }

  private static String state(URI url) {
    return String.valueOf(query(url).get("state"));
  }

  private static Map<String, String> query(URI url) {
    return Arrays.stream(url.getRawQuery().split("&"))
        .map(pair -> pair.split("=", 2))
        .collect(
            Collectors.toMap(
                pair -> pair[0], pair -> URLDecoder.decode(pair[1], StandardCharsets.UTF_8)));
  }
}
