package io.pinferry.connection;

import io.pinferry.base.IdSource;
import io.pinferry.base.JsonLines;
import io.pinferry.base.Log;
import io.pinferry.base.ManualClock;
import io.pinferry.base.Secret;
import io.pinferry.base.SeededIds;
import io.pinferry.base.SteppingTasks;
import io.pinferry.connection.ConnectionKeeper.Grant;
import io.pinferry.connection.ConnectionKeeper.Party;
import io.pinferry.directory.Connection;
import io.pinferry.directory.ConnectionRepository;
import io.pinferry.directory.DirectoryFixtures;
import io.pinferry.directory.DirectoryStore;
import io.pinferry.directory.InMemoryDirectoryStore;
import io.pinferry.directory.InMemorySecretStore;
import io.pinferry.directory.InstallationRepository;
import io.pinferry.directory.Integration;
import io.pinferry.directory.IntegrationRepository;
import io.pinferry.directory.ProjectRepository;
import io.pinferry.directory.ProviderApp;
import io.pinferry.directory.ProviderAppId;
import io.pinferry.directory.ProviderAppRepository;
import io.pinferry.directory.SecretStore;
import io.pinferry.directory.SecretStore.StoredSecret;
import io.pinferry.notification.Notification;
import io.pinferry.notification.Outbox;
import io.pinferry.pinterest.FakePinterestOauth;
import io.pinferry.pinterest.PinterestOauth;
import io.pinferry.timer.InMemoryTimerStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A project with a provider app, and all that connections need, in memory. */
final class ConnectionWorld {
  static final List<String> SCOPES = List.of("boards:read", "pins:read", "user_accounts:read");

  final ManualClock clock = new ManualClock(DirectoryFixtures.NOON);
  final SteppingTasks tasks = new SteppingTasks(clock);
  final IdSource ids = new SeededIds(1);
  final DirectoryStore store = new InMemoryDirectoryStore(clock);
  final InMemorySecretStore secrets = new InMemorySecretStore();
  final InMemoryRefreshLeaseStore leases = new InMemoryRefreshLeaseStore();
  final InMemoryTimerStore timers = new InMemoryTimerStore();
  final FakePinterestOauth pinterest = new FakePinterestOauth(clock);
  final ConnectionRepository connections = new ConnectionRepository(store);
  final ProviderAppRepository apps = new ProviderAppRepository(store);
  final List<String> logged = new ArrayList<>();
  final Log log = JsonLines.log(logged::add, clock);
  final ProviderApp app;

  ConnectionWorld() {
    new ProjectRepository(store)
        .create(DirectoryFixtures.project(DirectoryFixtures.PROJECT, "shop-prod"));
    secrets.create("app/1", new Secret(FakePinterestOauth.CLIENT_SECRET));
    app =
        new ProviderApp(
            new ProviderAppId(ids.uuid()),
            DirectoryFixtures.PROJECT,
            "pinterest",
            FakePinterestOauth.CLIENT_ID,
            SCOPES,
            null,
            new ProviderApp.Metadata(Map.of(), Map.of()),
            "app/1",
            clock.instant(),
            null);
    apps.create(app);
  }

  ConnectionKeeper keeper() {
    return keeper(secrets);
  }

  ConnectionKeeper keeper(SecretStore otherSecrets) {
    return new ConnectionKeeper(connections, otherSecrets, timers, ids, clock);
  }

  /** Returns a process of its own: another cache, the same stores. */
  AccessTokens accessTokens() {
    return accessTokens(secrets);
  }

  AccessTokens accessTokens(SecretStore otherSecrets) {
    return new AccessTokens(
        connections, apps, otherSecrets, leases, pinterest.client(), tasks, log);
  }

  /** Makes a connection whose access token lasts 30 days. */
  Connection connected(String groupRef, String user) {
    return keeper()
        .keep(
            party(groupRef),
            "pinterest",
            grant(user, pinterest.refreshTokenOf(user), 30),
            Instant.MAX);
  }

  /** Makes an installation that uses a connection. */
  void install(Connection connection) {
    Integration integration = DirectoryFixtures.integration(1, "shop");
    new IntegrationRepository(store).create(integration);
    store.write(
        InstallationRepository.creation(
            DirectoryFixtures.installation(1, integration.id(), connection.owner().group().ref())
                .withConnection(connection)));
  }

  Party party(String groupRef) {
    return new Party(
        DirectoryFixtures.PROJECT, groupRef, "Blue Shop", "u_42", "Ana", app.id(), null, false);
  }

  Grant grant(@Nullable String user, @Nullable String refreshToken, int days) {
    Instant now = clock.instant();
    return new Grant(
        new Secret("pina_first-" + user),
        refreshToken == null ? null : new Secret(refreshToken),
        now.plusSeconds(days * 86_400L),
        now.plusSeconds(5_184_000),
        SCOPES,
        now,
        user == null ? null : new PinterestOauth.User(user, "u" + user));
  }

  /** Returns what waits to be told, in the order of its types. */
  List<Notification> told() {
    return new Outbox(store)
        .pending(100).stream().sorted(Comparator.comparing(Notification::type)).toList();
  }

  /** Forgets what waits to be told. */
  void forgetTold() {
    told().forEach(new Outbox(store)::remove);
  }

  Connection read(Connection connection) {
    return connections.find(connection.project(), connection.id()).orElseThrow().value();
  }

  StoredSecret stored(Connection connection) {
    return secrets.find(read(connection).access().secretName()).orElseThrow();
  }

  TokenPair tokens(Connection connection) {
    return TokenPair.of(stored(connection).value());
  }
}
