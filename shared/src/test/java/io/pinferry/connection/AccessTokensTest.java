package io.pinferry.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pinferry.base.ManualClock;
import io.pinferry.base.PinferryException.AppRefused;
import io.pinferry.base.PinferryException.NotFound;
import io.pinferry.base.PinferryException.ProviderRejected;
import io.pinferry.base.PinferryException.ProviderUnavailable;
import io.pinferry.base.Secret;
import io.pinferry.directory.Connection;
import io.pinferry.directory.ConnectionStatus;
import io.pinferry.directory.DirectoryFixtures;
import io.pinferry.directory.DirectoryStore;
import io.pinferry.directory.DirectoryWrite;
import io.pinferry.directory.ForwardingDirectoryStore;
import io.pinferry.directory.NotificationType;
import io.pinferry.directory.ProviderAppRepository;
import io.pinferry.directory.SecretStore;
import io.pinferry.notification.Notification;
import io.pinferry.pinterest.FakePinterestOauth;
import io.pinferry.pinterest.PinterestOauth;
import io.pinferry.timer.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AccessTokensTest {
  private final ConnectionWorld world = new ConnectionWorld();
  private final Connection connection = world.connected("org_7", "111");
  private final AccessTokens tokens = world.accessTokens();

  @Test
  void aGoodTokenIsHandedOutAsItIs() {
    AccessToken token = get(tokens);

    assertThat(token.token()).isEqualTo(new Secret("pina_first-111"));
    assertThat(token.scopes()).isEqualTo(ConnectionWorld.SCOPES);
    assertThat(token.toString()).doesNotContain("pina_first");
    assertThat(world.pinterest.tokenRequests()).isEmpty();
  }

  @Test
  void aTokenIsRememberedForFiveMinutesAtMost() {
    get(tokens);
    world.accessTokens().refreshNow(connection, false);

    world.clock.advance(Duration.ofMinutes(5).minusMillis(1));
    assertThat(get(tokens).token().value()).isEqualTo("pina_first-111");
    world.clock.advance(Duration.ofMillis(1));
    assertThat(get(tokens).token()).isEqualTo(world.tokens(connection).accessToken());
    assertThat(get(tokens).token().value()).isNotEqualTo("pina_first-111");
  }

  @Test
  void aTokenIsRefreshedADayBeforeItExpires() {
    world.clock.advance(Duration.ofDays(29).minusMillis(1));
    assertThat(get(world.accessTokens()).token().value()).isEqualTo("pina_first-111");

    world.clock.advance(Duration.ofMillis(1));
    AccessToken fresh = get(world.accessTokens());

    assertThat(fresh.token().value()).startsWith("pina_access");
    assertThat(world.pinterest.tokenRequests()).hasSize(1);
    assertThat(world.pinterest.tokenRequests().getFirst())
        .containsEntry("grant_type", "refresh_token")
        .containsEntry("continuous_refresh", "true");
    assertThat(world.read(connection).access().status()).isEqualTo(ConnectionStatus.CREATED);
    assertThat(world.tokens(connection).accessExpiresAt())
        .isEqualTo(world.clock.instant().plus(Duration.ofDays(30)));
  }

  @Test
  void theRotatedRefreshTokenIsUsedTheNextTime() {
    world.clock.advance(Duration.ofDays(29));
    get(tokens);
    world.clock.advance(Duration.ofDays(29));
    get(tokens);

    List<String> used =
        world.pinterest.tokenRequests().stream().map(form -> form.get("refresh_token")).toList();
    assertThat(used).hasSize(2).doesNotHaveDuplicates();
  }

  @Test
  void anAnswerWithoutARefreshTokenLeavesTheOldOneInUse() {
    Secret before = world.tokens(connection).refreshToken();
    world.pinterest.answerNext(
        200, "{\"access_token\":\"pina_new12345\",\"expires_in\":100,\"scope\":\"pins:read\"}");

    tokens.refreshNow(connection, false);

    TokenPair pair = world.tokens(connection);
    assertThat(pair.accessToken().value()).isEqualTo("pina_new12345");
    assertThat(pair.refreshToken()).isEqualTo(before);
    assertThat(pair.scopes()).containsExactly("pins:read");
    assertThat(world.read(connection).access().scopes()).containsExactly("pins:read");
  }

  @Test
  void shortLivedTokensAreNotRefreshedAtEachCall() {
    world.pinterest.accessTokensLast(3600);
    tokens.refreshNow(connection, false);

    get(tokens);
    world.clock.advance(Duration.ofMinutes(50));
    get(tokens);
    assertThat(world.pinterest.tokenRequests()).hasSize(1);

    world.clock.advance(Duration.ofMinutes(5));
    get(tokens);
    assertThat(world.pinterest.tokenRequests()).hasSize(2);
  }

  @Test
  void whileATokenIsGoodAnOutageOfTheTokenEndpointDoesNoHarm() {
    world.clock.advance(Duration.ofDays(29));
    world.pinterest.answerNext(500, "{\"code\":12,\"message\":\"Something went wrong\"}");

    assertThat(get(tokens).token().value()).isEqualTo("pina_first-111");
    get(tokens);
    assertThat(world.pinterest.tokenRequests()).as("tries within the lease").hasSize(1);

    world.clock.advance(AccessTokens.LEASE);
    assertThat(get(tokens).token().value()).startsWith("pina_access");
    assertThat(world.logged).anyMatch(line -> line.contains("not refreshed ahead of expiry"));
  }

  @Test
  void anExpiredTokenIsNotHandedOutWhenTheTokenEndpointIsDown() {
    world.clock.advance(Duration.ofDays(30));
    world.pinterest.answerNext(503, "<html>");

    ProviderUnavailable failure =
        catchThrowableOfType(ProviderUnavailable.class, () -> get(tokens));

    assertThat(failure.retryAt()).contains(world.clock.instant().plus(AccessTokens.LEASE));
    assertThat(world.read(connection).access().status()).isEqualTo(ConnectionStatus.CREATED);
  }

  @Test
  void tooManyTokenRequestsAreAnOutageToo() {
    world.clock.advance(Duration.ofDays(30));
    world.pinterest.answerNext(429, "{\"code\":8,\"message\":\"rate limit\"}");

    assertThatThrownBy(() -> get(tokens)).isInstanceOf(ProviderUnavailable.class);
    assertThat(world.read(connection).access().status()).isEqualTo(ConnectionStatus.CREATED);
  }

  @Test
  void aRejectedTokenIsRefreshed() {
    AccessToken rejected = get(tokens);

    AccessToken fresh = refresh(tokens, rejected);

    assertThat(fresh.version()).isNotEqualTo(rejected.version());
    assertThat(fresh.account()).isEqualTo(rejected.account());
    assertThat(get(tokens)).isEqualTo(fresh);
  }

  @Test
  void aTokenThatWasRefreshedMeanwhileIsNotRefreshedAgain() {
    AccessToken rejected = get(tokens);
    AccessToken fresh = refresh(world.accessTokens(), rejected);

    assertThat(refresh(tokens, rejected)).isEqualTo(fresh);
    assertThat(world.pinterest.tokenRequests()).hasSize(1);
  }

  @Test
  void aTokenThatIsRejectedMinutesAfterItsRefreshIsNotRefreshedAgain() {
    AccessToken fresh = refresh(tokens, get(tokens));

    assertThatThrownBy(() -> refresh(tokens, fresh))
        .isInstanceOf(ProviderRejected.class)
        .hasMessageContaining("Token and host may not belong together")
        .hasMessageContaining("or the customer has removed the app's access");
    assertThat(world.pinterest.tokenRequests()).hasSize(1);
    assertThat(world.read(connection).access().status()).isEqualTo(ConnectionStatus.CREATED);

    world.clock.advance(AccessTokens.REFRESHES_APART);
    assertThat(refresh(tokens, fresh).version()).isNotEqualTo(fresh.version());
  }

  @Test
  void aForcedRefreshRightAfterAnotherAnswersThePresentToken() {
    TokenPair first = tokens.refreshNow(connection, false);

    for (int times = 0; times < 101; times++) {
      assertThat(tokens.refreshNow(world.read(connection), false)).isEqualTo(first);
    }

    assertThat(world.pinterest.tokenRequests()).hasSize(1);
    world.clock.advance(AccessTokens.REFRESHES_APART);
    assertThat(tokens.refreshNow(connection, false)).isNotEqualTo(first);
  }

  @Test
  void aPairThatTheStoreRefusesIsKeptBesideItsSecretAndMovesInLater() {
    AccessToken first = get(tokens);
    var refusing = new RefusingSecretStore(world.secrets);
    AccessTokens refused = world.accessTokens(refusing);

    AccessToken fresh = refresh(refused, first);

    assertThat(fresh.token()).isNotEqualTo(first.token());
    assertThat(world.tokens(connection).accessToken()).as("current").isEqualTo(first.token());
    AccessToken found = refresh(world.accessTokens(refusing), first);
    assertThat(found.token()).as("by another process").isEqualTo(fresh.token());
    assertThat(world.pinterest.tokenRequests()).hasSize(1);

    assertThat(refresh(tokens, first).token()).isEqualTo(fresh.token());
    assertThat(world.tokens(connection).accessToken()).as("current").isEqualTo(fresh.token());
    assertThat(world.pinterest.tokenRequests()).hasSize(1);
    assertThat(world.read(connection).access().status()).isEqualTo(ConnectionStatus.CREATED);
  }

  @Test
  void aPairBesideItsSecretIsRefreshedLikeAnyOther() {
    var refusing = new RefusingSecretStore(world.secrets);
    AccessTokens refused = world.accessTokens(refusing);
    AccessToken beside = refresh(refused, get(tokens));
    world.clock.advance(AccessTokens.REFRESHES_APART);

    AccessToken second = refresh(refused, beside);

    assertThat(second.token()).isNotEqualTo(beside.token());
    world.clock.advance(Duration.ofDays(30));
    AccessToken third = get(world.accessTokens(refusing));
    assertThat(world.pinterest.tokenRequests()).as("each with the token before").hasSize(3);
    AccessToken last = get(world.accessTokens());
    assertThat(last.token()).isEqualTo(third.token());
    assertThat(world.tokens(connection).accessToken()).isEqualTo(third.token());
    assertThat(world.read(connection).access().status()).isEqualTo(ConnectionStatus.CREATED);
  }

  /** Another process has refreshed them since, and the store took the new ones. */
  @Test
  void tokensBesideTheirSecretThatAreRejectedGiveWayToNewerOnesInIt() {
    AccessTokens slow = world.accessTokens(new RefusingSecretStore(world.secrets));
    AccessToken beside = refresh(slow, get(tokens));
    world.clock.advance(AccessTokens.REFRESHES_APART);
    AccessToken last = refresh(tokens, beside);

    assertThat(refresh(slow, beside).token()).isEqualTo(last.token());
    assertThat(world.tokens(connection).accessToken()).isEqualTo(last.token());
    assertThat(world.read(connection).access().status()).isEqualTo(ConnectionStatus.CREATED);
  }

  @Test
  void theOwnerIsShownThePairBesideItsSecret() {
    AccessTokens refused = world.accessTokens(new RefusingSecretStore(world.secrets));
    AccessToken beside = refresh(refused, get(tokens));

    assertThat(refused.tokens(connection).accessToken()).isEqualTo(beside.token());
  }

  @Test
  void aStoreThatRefusesEverythingIsOutlastedForSomeSeconds() {
    AccessToken first = get(tokens);
    var refusing = new RefusingSecretStore(world.secrets);
    refusing.refusesAside = true;
    world.tasks.after(Duration.ofSeconds(3), () -> refusing.refuses = false);

    AccessToken fresh = refresh(world.accessTokens(refusing), first);

    assertThat(world.tokens(connection).accessToken()).isEqualTo(fresh.token());
  }

  @Test
  void aRefusedAppLeavesItsConnectionsAsTheyAreAndIsToldOfOnce() {
    Connection other = world.connected("org_8", "222");
    world.forgetTold();
    world.clock.advance(Duration.ofDays(30));
    String refusal = "{\"code\":2,\"message\":\"Authentication failed.\"}";
    for (Connection each : List.of(connection, other)) {
      world.pinterest.answerNext(401, refusal);
      assertThatThrownBy(() -> tokens.accessTokenFor(each.project(), each.id()))
          .isInstanceOf(AppRefused.class)
          .hasMessageContaining("Pinterest refuses provider app " + world.app.id());
      assertThat(world.read(each).access().status()).isEqualTo(ConnectionStatus.CREATED);
    }
    assertThat(world.told())
        .singleElement()
        .satisfies(
            told -> {
              assertThat(told.type()).isEqualTo(NotificationType.PROVIDER_APP_ERROR);
              assertThat(told.data().path("providerAppId").asText())
                  .isEqualTo(world.app.id().value());
              assertThat(told.data().path("error").asText()).contains("Authentication failed");
            });

    world.clock.advance(AccessTokens.LEASE);
    assertThat(get(tokens).token().value()).as("goes on by itself").startsWith("pina_access");
    world.forgetTold();
    world.clock.advance(Duration.ofDays(30));
    world.pinterest.answerNext(401, refusal);
    assertThatThrownBy(() -> get(tokens)).isInstanceOf(ProviderRejected.class);
    assertThat(world.told()).as("told again after it was accepted").hasSize(1);
  }

  @Test
  void tokensThatAreStoredAreAnsweredThoughARefusalCannotBeForgotten() {
    var refusing =
        new AccessTokens(
            world.connections,
            new ProviderAppRepository(new NotForgettingStore(world.store)),
            world.secrets,
            world.leases,
            world.pinterest.client(),
            world.tasks,
            world.log);

    AccessToken fresh = refresh(refusing, get(tokens));

    assertThat(world.tokens(connection).accessToken()).isEqualTo(fresh.token());
    assertThat(world.logged).anyMatch(line -> line.contains("is not forgotten"));
  }

  @Test
  void aRefusedAppDoesNoHarmWhileATokenIsGood() {
    world.clock.advance(Duration.ofDays(29));
    world.pinterest.answerNext(400, "{\"error\":\"invalid_client\"}");

    assertThat(get(tokens).token().value()).isEqualTo("pina_first-111");
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 401, 403, 404})
  void anEdgeBeforeTheTokenEndpointLeavesTheConnectionAsItIs(int status) {
    world.pinterest.answerNext(status, "<html>Denied</html>");

    assertThatThrownBy(() -> refresh(tokens, get(tokens))).isInstanceOf(ProviderUnavailable.class);
    assertThat(world.read(connection).access().status()).isEqualTo(ConnectionStatus.CREATED);
  }

  @Test
  void aRefusedRefreshTokenMakesTheCredentialsBad() {
    world.pinterest.answerNext(
        400, "{\"error\":\"invalid_grant\",\"error_description\":\"pinr_secret123 revoked\"}");

    assertThatThrownBy(() -> refresh(tokens, get(tokens)))
        .isInstanceOf(ProviderRejected.class)
        .hasMessageContaining("invalid_grant")
        .hasMessageNotContaining("pinr_secret123");

    assertThat(world.read(connection).access().status())
        .isEqualTo(ConnectionStatus.BAD_CREDENTIALS);
    assertThatThrownBy(() -> get(world.accessTokens()))
        .isInstanceOf(ProviderRejected.class)
        .hasMessageContaining("bad credentials");
    assertThat(world.pinterest.tokenRequests()).as("not asked again").hasSize(1);
  }

  @Test
  void badCredentialsAreToldOfOnceWithoutSecrets() {
    world.forgetTold();
    for (int times = 1; times <= 2; times++) {
      world.pinterest.answerNext(
          400, "{\"error\":\"invalid_grant\",\"error_description\":\"pinr_secret123 revoked\"}");
      AccessTokens other = world.accessTokens();
      assertThatThrownBy(() -> other.refreshNow(world.read(connection), false))
          .isInstanceOf(ProviderRejected.class);
    }

    assertThat(world.told())
        .singleElement()
        .satisfies(
            told -> {
              assertThat(told.type()).isEqualTo(NotificationType.CONNECTION_ERROR);
              assertThat(told.subject()).isNull();
              assertThat(told.data().path("connectionId").asText())
                  .isEqualTo(connection.id().value());
              assertThat(told.data().path("errors")).hasSize(1);
              assertThat(told.data().path("errors").path(0).asText()).contains("invalid_grant");
              assertThat(told.data().path("error")).isEqualTo(told.data().path("errors"));
              assertThat(told.data().toString()).doesNotContain("pinr_secret123");
            });
  }

  @Test
  void eachRefreshIsToldOf() {
    world.forgetTold();
    AccessToken first = refresh(tokens, get(tokens));
    world.clock.advance(AccessTokens.REFRESHES_APART);
    refresh(tokens, first);

    assertThat(world.told())
        .hasSize(2)
        .allMatch(told -> told.type() == NotificationType.CONNECTION_REFRESHED);
  }

  @Test
  void a401OfTheTokenEndpointIsForGoodToo() {
    world.pinterest.answerNext(
        401, "{\"code\":283,\"message\":\"The authorization grant is invalid\"}");

    assertThatThrownBy(() -> refresh(tokens, get(tokens))).isInstanceOf(ProviderRejected.class);
    assertThat(world.read(connection).access().status())
        .isEqualTo(ConnectionStatus.BAD_CREDENTIALS);
  }

  @Test
  void aRefusalIsNotBelievedIfAnotherPairWasStoredMeanwhile() {
    AccessToken first = get(tokens);
    world.pinterest.meanwhile(() -> storeAsAnotherRefresher(true));

    AccessToken token = refresh(tokens, first);

    assertThat(token.token().value()).isEqualTo("pina_other123");
    assertThat(world.read(connection).access().status()).isEqualTo(ConnectionStatus.CREATED);
  }

  @Test
  void aRefusalIsNotBelievedIfAnUnpromotedPairIsLeft() {
    AccessToken first = get(tokens);
    world.pinterest.meanwhile(() -> storeAsAnotherRefresher(false));

    AccessToken token = refresh(tokens, first);

    assertThat(token.token().value()).isEqualTo("pina_other123");
    assertThat(world.tokens(connection).accessToken().value()).isEqualTo("pina_other123");
    assertThat(world.read(connection).access().status()).isEqualTo(ConnectionStatus.CREATED);
  }

  @Test
  void whatARefresherThatDiedHasLeftIsFoundAndNotRefreshedAgain() {
    AccessToken first = get(tokens);
    AccessTokens dying = world.accessTokens(new DyingBeforePromotion(world.secrets));
    assertThatThrownBy(() -> refresh(dying, first)).isInstanceOf(Death.class);
    assertThat(get(world.accessTokens()).version()).isEqualTo(first.version());

    world.clock.advance(AccessTokens.LEASE);
    AccessToken token = refresh(tokens, first);

    assertThat(token.token().value()).startsWith("pina_access");
    assertThat(world.pinterest.tokenRequests()).as("by the dead one only").hasSize(1);
    assertThat(world.tokens(connection).accessToken()).isEqualTo(token.token());
  }

  @Test
  void aPairOfARefresherWhoseClockIsBehindIsFoundToo() {
    AccessToken first = get(tokens);
    world.clock.set(DirectoryFixtures.NOON.minusSeconds(1));
    AccessTokens dying = world.accessTokens(new DyingBeforePromotion(world.secrets));
    assertThatThrownBy(() -> refresh(dying, first)).isInstanceOf(Death.class);

    world.clock.advance(AccessTokens.LEASE);
    AccessToken token = refresh(tokens, first);

    assertThat(token.token().value()).startsWith("pina_access");
    assertThat(world.pinterest.tokenRequests()).as("by the dead one only").hasSize(1);
    assertThat(world.read(connection).access().status()).isEqualTo(ConnectionStatus.CREATED);
  }

  /** The one loss that docs/architecture.md says cannot be prevented. */
  @Test
  void aPairThatNobodyLivedToStoreIsLostUntilTheCustomerConnectsAgain() {
    AccessToken first = get(tokens);
    AccessTokens dying = world.accessTokens(new DyingBeforeStoring(world.secrets));
    assertThatThrownBy(() -> refresh(dying, first)).isInstanceOf(Death.class);
    assertThat(pending()).isEmpty();
    world.clock.advance(AccessTokens.LEASE);

    // This Pinterest takes a refresh token once.
    assertThatThrownBy(() -> refresh(tokens, first)).isInstanceOf(ProviderRejected.class);

    assertThat(world.read(connection).access().status())
        .isEqualTo(ConnectionStatus.BAD_CREDENTIALS);
    world.connected("org_7", "111");
    assertThat(world.read(connection).access().status()).isEqualTo(ConnectionStatus.CREATED);
    assertThat(get(tokens).token().value()).isEqualTo("pina_first-111");
  }

  @Test
  void whoseLeaseWouldEndDuringTheCallDoesNotRefresh() {
    AccessToken first = get(tokens);
    AccessTokens slow = world.accessTokens(new SlowSecretStore(world.secrets, world.clock));

    assertThatThrownBy(() -> refresh(slow, first))
        .isInstanceOf(ProviderUnavailable.class)
        .hasMessageContaining("too little time is left");

    assertThat(world.pinterest.tokenRequests()).isEmpty();
    world.clock.advance(AccessTokens.LEASE);
    assertThat(refresh(tokens, first).token().value()).startsWith("pina_access");
  }

  @Test
  void whoComesSecondWaitsForTheFirstAndGetsItsToken() {
    AccessToken first = get(tokens);
    RefreshLease other =
        world
            .leases
            .tryAcquire(connection.id(), AccessTokens.LEASE, world.clock.instant())
            .orElseThrow();
    world.tasks.after(
        Duration.ofSeconds(2),
        () -> {
          storeAsAnotherRefresher(true);
          world.leases.release(other);
        });

    AccessToken token = refresh(tokens, first);

    assertThat(token.token().value()).isEqualTo("pina_other123");
    assertThat(world.pinterest.tokenRequests()).as("by the first").hasSize(1);
  }

  @Test
  void whoWaitsTakesOverWhenTheLeaseOfADeadRefresherEnds() {
    AccessToken first = get(tokens);
    world.leases.tryAcquire(connection.id(), Duration.ofSeconds(4), world.clock.instant());

    assertThat(refresh(tokens, first).token().value()).startsWith("pina_access");
  }

  @Test
  void waitingForAnotherRefresherHasAnEnd() {
    AccessToken first = get(tokens);
    world.leases.tryAcquire(connection.id(), AccessTokens.LEASE, world.clock.instant());

    assertThatThrownBy(() -> refresh(tokens, first)).isInstanceOf(ProviderUnavailable.class);

    assertThat(world.clock.instant()).isEqualTo(DirectoryFixtures.NOON.plus(AccessTokens.WAIT_MAX));
  }

  @Test
  void nobodyWaitsForAnotherRefresherWhileTheTokenIsGood() {
    world.clock.advance(Duration.ofDays(29));
    var before = world.clock.instant();
    world.leases.tryAcquire(connection.id(), AccessTokens.LEASE, before);

    assertThat(get(tokens).token().value()).isEqualTo("pina_first-111");
    assertThat(world.clock.instant()).isEqualTo(before);
  }

  @Test
  void aReconnectDuringARefreshWins() {
    AccessToken first = get(tokens);
    world.pinterest.meanwhile(
        () ->
            world
                .keeper()
                .keep(
                    world.party("org_7"),
                    "pinterest",
                    world.grant("222", world.pinterest.refreshTokenOf("222"), 30),
                    Instant.MAX));

    AccessToken token = refresh(tokens, first);

    assertThat(token.token().value()).isEqualTo("pina_first-222");
    assertThat(token.account()).isNotEqualTo(first.account());
    assertThat(world.tokens(connection).userId()).isEqualTo("222");
  }

  private Connection reconnected(SecretStore secrets, String user) {
    return world
        .keeper(secrets)
        .keep(
            world.party("org_7"),
            "pinterest",
            world.grant(user, world.pinterest.refreshTokenOf(user), 30),
            Instant.MAX);
  }

  @Test
  void aGrantThatTheStoreRefusesGetsASecretOfItsOwn() {
    SecretStore refusing = new RefusingSecretStore(world.secrets);
    Secret before = world.tokens(connection).refreshToken();

    Connection again = reconnected(refusing, "111");

    assertThat(again.id()).isEqualTo(connection.id());
    assertThat(again.access().secretName()).isNotEqualTo(connection.access().secretName());
    assertThat(again.access().account()).isEqualTo(connection.access().account());
    assertThat(world.tokens(again).refreshToken()).isNotEqualTo(before);
    assertThat(get(world.accessTokens(refusing)).token())
        .isEqualTo(world.tokens(again).accessToken());
    assertThat(world.secrets.find(connection.access().secretName()))
        .as("for a refresher under way")
        .isPresent();

    var keepAlive =
        new KeepAlive(
            world.connections, tokens, world.secrets, world.timers, world.clock, world.log);
    for (int day = 0; day < 2; day++) {
      Timer timer = world.timers.all().getFirst();
      world.clock.set(timer.dueAt());
      keepAlive.fire(timer);
      assertThat(world.secrets.names())
          .containsExactlyInAnyOrder("app/1", again.access().secretName());
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aReconnectWithANewSecretDuringARefreshWins(boolean refused) {
    AccessToken first = get(tokens);
    SecretStore refusing = new RefusingSecretStore(world.secrets);
    world.pinterest.meanwhile(
        () -> {
          reconnected(refusing, "222");
          if (refused) {
            // The refresh token of the grant before is not good any more.
            world.pinterest.revoke("111");
          }
        });

    AccessToken token = refresh(tokens, first);

    assertThat(token.token().value()).isEqualTo("pina_first-222");
    assertThat(world.read(connection).access().status()).isEqualTo(ConnectionStatus.CREATED);
    assertThat(world.tokens(connection).userId()).isEqualTo("222");
  }

  @Test
  void whoExpectsAnAccountGetsNoTokenOfAnotherFromMemory() {
    AccessToken kept = get(tokens);
    Connection reconnected =
        world
            .keeper()
            .keep(
                world.party("org_7"),
                "pinterest",
                world.grant("222", world.pinterest.refreshTokenOf("222"), 30),
                Instant.MAX);

    assertThat(get(tokens).version()).as("in memory").isEqualTo(kept.version());
    assertThat(
            tokens.accessTokenFor(
                reconnected.project(), reconnected.id(), reconnected.access().account()))
        .satisfies(
            token -> {
              assertThat(token.account()).isEqualTo(reconnected.access().account());
              assertThat(token.token().value()).isEqualTo("pina_first-222");
            });
    assertThat(tokens.accessTokenFor(reconnected.project(), reconnected.id(), kept.account()))
        .extracting(AccessToken::account)
        .isEqualTo(reconnected.access().account());
  }

  @Test
  void aPairLeftFromBeforeAReconnectNeverComesBack() {
    AccessToken first = get(tokens);
    AccessTokens dying = world.accessTokens(new DyingBeforePromotion(world.secrets));
    assertThatThrownBy(() -> refresh(dying, first)).isInstanceOf(Death.class);
    TokenPair left = TokenPair.of(pending().orElseThrow().value());
    world.clock.advance(AccessTokens.LEASE);
    world
        .keeper()
        .keep(
            world.party("org_7"),
            "pinterest",
            world.grant("222", world.pinterest.refreshTokenOf("222"), 30),
            Instant.MAX);
    // The dead one's write arrives late, after the reconnect.
    world.secrets.storePending(connection.access().secretName(), left.toSecret());

    AccessToken token = refresh(tokens, get(tokens));

    assertThat(token.account()).isEqualTo(world.tokens(connection).account());
    assertThat(world.tokens(connection).userId()).isEqualTo("222");
  }

  @Test
  void tokensWithoutARefreshTokenAreUsedToTheirEnd() {
    Connection imported =
        world
            .keeper()
            .keep(world.party("org_8"), "pinterest", world.grant("333", null, 30), Instant.MAX);
    world.clock.advance(Duration.ofDays(30).minusMillis(1));
    assertThat(tokens.accessTokenFor(imported.project(), imported.id()).token().value())
        .isEqualTo("pina_first-333");

    world.clock.advance(Duration.ofMillis(1));
    AccessToken expired = tokens.accessTokenFor(imported.project(), imported.id());
    assertThat(expired.token().value()).isEqualTo("pina_first-333");
    assertThatThrownBy(() -> tokens.refreshNow(imported, false))
        .isInstanceOf(ProviderRejected.class)
        .hasMessageContaining("no refresh token");
    assertThat(world.read(imported).access().status()).isEqualTo(ConnectionStatus.CREATED);

    world.forgetTold();
    for (int times = 0; times < 2; times++) {
      assertThatThrownBy(
              () ->
                  tokens.refreshAfterRejection(
                      imported.project(), imported.id(), expired.version()))
          .isInstanceOf(ProviderRejected.class);
    }
    assertThat(world.read(imported).access().status()).isEqualTo(ConnectionStatus.BAD_CREDENTIALS);
    assertThat(world.told())
        .extracting(Notification::type)
        .containsExactly(NotificationType.CONNECTION_ERROR);
  }

  @Test
  void aRejectedTokenWithoutARefreshTokenMakesTheCredentialsBad() {
    Connection imported =
        world
            .keeper()
            .keep(world.party("org_8"), "pinterest", world.grant("333", null, 30), Instant.MAX);
    AccessToken token = tokens.accessTokenFor(imported.project(), imported.id());

    assertThatThrownBy(
            () -> tokens.refreshAfterRejection(imported.project(), imported.id(), token.version()))
        .isInstanceOf(ProviderRejected.class)
        .hasMessageContaining("Pinterest rejects its access token");
    assertThat(world.read(imported).access().status()).isEqualTo(ConnectionStatus.BAD_CREDENTIALS);
  }

  @Test
  void aForcedRefreshMendsBadCredentials() {
    world.pinterest.answerNext(400, "{\"code\":283,\"message\":\"Invalid grant.\"}");
    assertThatThrownBy(() -> refresh(tokens, get(tokens))).isInstanceOf(ProviderRejected.class);

    tokens.refreshNow(world.read(connection), false);

    assertThat(world.read(connection).access().status()).isEqualTo(ConnectionStatus.CREATED);
    assertThat(get(tokens).token().value()).startsWith("pina_access");
  }

  @Test
  void aLostAnswerIsAnOutage() {
    world.pinterest.loseNextAnswer();

    assertThatThrownBy(() -> refresh(tokens, get(tokens))).isInstanceOf(ProviderUnavailable.class);
    assertThat(world.read(connection).access().status()).isEqualTo(ConnectionStatus.CREATED);
  }

  @Test
  void aSuccessMakesTheConnectionWorkingUntilTheNextRefresh() {
    AccessToken token = get(tokens);
    tokens.reportSuccess(connection.project(), connection.id());
    assertThat(world.read(connection).access().status()).isEqualTo(ConnectionStatus.WORKING);

    refresh(tokens, token);
    assertThat(world.read(connection).access().status()).isEqualTo(ConnectionStatus.CREATED);
    tokens.reportSuccess(connection.project(), connection.id());
    assertThat(world.read(connection).access().status()).isEqualTo(ConnectionStatus.WORKING);
  }

  @Test
  void aConnectionThatIsGoneHasNoToken() {
    world.connections.remove(
        world.connections.find(connection.project(), connection.id()).orElseThrow());

    assertThatThrownBy(() -> get(tokens)).isInstanceOf(NotFound.class);
  }

  @Test
  void withoutItsProviderAppNothingIsRefreshed() {
    world.apps.remove(world.apps.find(connection.project(), world.app.id()).orElseThrow());

    assertThatThrownBy(() -> refresh(tokens, get(tokens)))
        .isInstanceOf(ProviderRejected.class)
        .hasMessageContaining("provider app is gone");
  }

  @Test
  void noTokenIsEverLogged() {
    refresh(tokens, get(tokens));
    world.clock.advance(Duration.ofDays(29));
    world.pinterest.answerNext(500, "{\"message\":\"pinr_refresh1234 is unlucky\"}");
    get(tokens);

    assertThat(world.logged).hasSize(2);
    assertThat(String.join("\n", world.logged)).doesNotContain("pina_").doesNotContain("pinr_");
  }

  private AccessToken get(AccessTokens from) {
    return from.accessTokenFor(connection.project(), connection.id());
  }

  private AccessToken refresh(AccessTokens from, AccessToken rejected) {
    return from.refreshAfterRejection(connection.project(), connection.id(), rejected.version());
  }

  private Optional<SecretStore.StoredSecret> pending() {
    return world.secrets.findPending(connection.access().secretName());
  }

  /** Uses up the refresh token and stores what came of it. */
  private void storeAsAnotherRefresher(boolean promoted) {
    TokenPair old = world.tokens(connection);
    Secret refreshToken = old.refreshToken();
    assertThat(refreshToken).isNotNull();
    if (refreshToken != null) {
      world
          .pinterest
          .client()
          .refresh(
              new PinterestOauth.Client(
                  FakePinterestOauth.CLIENT_ID, new Secret(FakePinterestOauth.CLIENT_SECRET)),
              refreshToken);
    }
    var pair =
        new TokenPair(
            new Secret("pina_other123"),
            new Secret("pinr_other123"),
            old.accessExpiresAt(),
            old.refreshExpiresAt(),
            old.scopes(),
            world.clock.instant().plusMillis(1),
            true,
            old.grant(),
            old.account(),
            old.userId());
    String current = world.stored(connection).version();
    var pending = world.secrets.storePending(connection.access().secretName(), pair.toSecret());
    if (promoted) {
      assertThat(
              world.secrets.promote(connection.access().secretName(), current, pending.version()))
          .isTrue();
    }
  }

  /** The process ends. */
  private static final class Death extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  /** A process that ends between storing a pair and promoting it. */
  private abstract static class DelegatingSecretStore implements SecretStore {
    private final SecretStore store;

    DelegatingSecretStore(SecretStore store) {
      this.store = store;
    }

    @Override
    public StoredSecret create(String name, Secret value) {
      return store.create(name, value);
    }

    @Override
    public Optional<StoredSecret> find(String name) {
      return store.find(name);
    }

    @Override
    public Optional<StoredSecret> findPending(String name) {
      return store.findPending(name);
    }

    @Override
    public StoredSecret storePending(String name, Secret value) {
      return store.storePending(name, value);
    }

    @Override
    public boolean promote(String name, String expectedCurrentVersion, String pendingVersion) {
      return store.promote(name, expectedCurrentVersion, pendingVersion);
    }

    @Override
    public StoredSecret storeAside(String name, Secret value) {
      return store.storeAside(name, value);
    }

    @Override
    public Optional<StoredSecret> findAside(String name) {
      return store.findAside(name);
    }

    @Override
    public void delete(String name) {
      store.delete(name);
    }
  }

  private static final class DyingBeforeStoring extends DelegatingSecretStore {
    DyingBeforeStoring(SecretStore store) {
      super(store);
    }

    @Override
    public StoredSecret storePending(String name, Secret value) {
      throw new Death();
    }
  }

  private static final class DyingBeforePromotion extends DelegatingSecretStore {
    DyingBeforePromotion(SecretStore store) {
      super(store);
    }

    @Override
    public boolean promote(String name, String expectedCurrentVersion, String pendingVersion) {
      throw new Death();
    }
  }

  /** Takes no further version of a secret, as Secrets Manager with too many versions in a day. */
  private static final class RefusingSecretStore extends DelegatingSecretStore {
    private boolean refuses = true;
    private boolean refusesAside;

    RefusingSecretStore(SecretStore store) {
      super(store);
    }

    @Override
    public StoredSecret storePending(String name, Secret value) {
      if (refuses) {
        throw new ProviderUnavailable("the secret has too many versions", null, null);
      }
      return super.storePending(name, value);
    }

    @Override
    public StoredSecret storeAside(String name, Secret value) {
      if (refusesAside) {
        throw new ProviderUnavailable("no more secrets", null, null);
      }
      return super.storeAside(name, value);
    }
  }

  /** Takes no removal, as a table whose function lacks the permission. */
  private static final class NotForgettingStore extends ForwardingDirectoryStore {
    NotForgettingStore(DirectoryStore store) {
      super(store);
    }

    @Override
    public List<DirectoryWrite> write(List<DirectoryWrite> writes) {
      if (writes.stream().anyMatch(DirectoryWrite.Discard.class::isInstance)) {
        throw new IllegalStateException("not permitted");
      }
      return super.write(writes);
    }
  }

  /** Takes half of a lease to say that nothing was left behind. */
  private static final class SlowSecretStore extends DelegatingSecretStore {
    private final ManualClock clock;

    SlowSecretStore(SecretStore store, ManualClock clock) {
      super(store);
      this.clock = clock;
    }

    @Override
    public Optional<StoredSecret> findPending(String name) {
      clock.advance(AccessTokens.LEASE.dividedBy(2).plusMillis(1));
      return super.findPending(name);
    }
  }
}
