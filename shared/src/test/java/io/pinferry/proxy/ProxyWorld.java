package io.pinferry.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.base.Json;
import io.pinferry.base.JsonLines;
import io.pinferry.base.Log;
import io.pinferry.base.ManualClock;
import io.pinferry.base.Secret;
import io.pinferry.base.SteppingTasks;
import io.pinferry.client.PinterestClient;
import io.pinferry.connection.AccessTokens;
import io.pinferry.connection.InMemoryRefreshLeaseStore;
import io.pinferry.connection.TokenFixtures;
import io.pinferry.directory.AccountId;
import io.pinferry.directory.ApiKey;
import io.pinferry.directory.ApiKey.Scope;
import io.pinferry.directory.ApiKeyRepository;
import io.pinferry.directory.Connection;
import io.pinferry.directory.ConnectionId;
import io.pinferry.directory.ConnectionNotes;
import io.pinferry.directory.ConnectionRepository;
import io.pinferry.directory.ConnectionStatus;
import io.pinferry.directory.Consumer;
import io.pinferry.directory.DirectoryCredentials;
import io.pinferry.directory.DirectoryFixtures;
import io.pinferry.directory.Group;
import io.pinferry.directory.InMemoryDirectoryStore;
import io.pinferry.directory.InMemorySecretStore;
import io.pinferry.directory.Installation;
import io.pinferry.directory.InstallationId;
import io.pinferry.directory.InstallationRepository;
import io.pinferry.directory.InstalledConfig;
import io.pinferry.directory.Integration;
import io.pinferry.directory.IntegrationRepository;
import io.pinferry.directory.Owner;
import io.pinferry.directory.ProjectId;
import io.pinferry.directory.ProjectRepository;
import io.pinferry.directory.ProviderApp;
import io.pinferry.directory.ProviderAppId;
import io.pinferry.directory.ProviderAppRepository;
import io.pinferry.http.ApiRequest;
import io.pinferry.http.ApiResponse;
import io.pinferry.http.Door;
import io.pinferry.http.Endpoint;
import io.pinferry.http.Guard;
import io.pinferry.http.HttpEvents;
import io.pinferry.limit.Budgets;
import io.pinferry.limit.InMemoryBudgetStore;
import io.pinferry.manifest.EffectiveConfig;
import io.pinferry.net.HttpAnswer;
import io.pinferry.net.HttpCall;
import io.pinferry.net.HttpTransport;
import io.pinferry.net.TransportFailure;
import io.pinferry.pinterest.FakePinterestOauth;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Two projects with one connected and installed group each, in memory, and a scripted Pinterest.
 */
final class ProxyWorld {
  static final String KEY = "pfk_1";
  static final String FRONTEND_KEY = "pfk_2";
  static final ProjectId PROJECT = DirectoryFixtures.PROJECT;
  static final ProjectId OTHER_PROJECT = DirectoryFixtures.OTHER_PROJECT;
  static final String TOKEN = "pina_first-token-of-project-1";
  static final String OTHER_TOKEN = "pina_first-token-of-project-2";
  static final String INSTALLATION = DirectoryFixtures.uuid("installation", 1);
  static final String OTHER_INSTALLATION = DirectoryFixtures.uuid("installation", 2);
  static final String DISABLED_INSTALLATION = DirectoryFixtures.uuid("installation", 3);

  /** Pinterest's part in one request. */
  interface Step {
    HttpAnswer answer(HttpCall call) throws TransportFailure;
  }

  final ManualClock clock = new ManualClock(DirectoryFixtures.NOON);
  final InMemoryDirectoryStore store = new InMemoryDirectoryStore(clock);
  final InMemorySecretStore secrets = new InMemorySecretStore();
  final FakePinterestOauth oauth = new FakePinterestOauth(clock);
  final List<String> logged = new ArrayList<>();
  final List<HttpCall> calls = new ArrayList<>();
  final ConnectionRepository connections = new ConnectionRepository(store);
  final SteppingTasks tasks = new SteppingTasks(clock);
  final InMemoryBudgetStore budgets = new InMemoryBudgetStore();
  final Endpoint endpoint;
  private final Deque<Step> steps = new ArrayDeque<>();

  ProxyWorld() {
    this(call -> json(200, "{\"ok\":true}"), FakePinterestOauth.API_URL);
  }

  /**
   * @param rest answers the requests that no step answers
   */
  ProxyWorld(HttpTransport rest, URI api) {
    Log log = JsonLines.log(logged::add, clock);
    HttpTransport transport =
        call -> {
          calls.add(call);
          Step step = steps.poll();
          return step == null ? rest.send(call) : step.answer(call);
        };
    new ProjectRepository(store).create(DirectoryFixtures.project(PROJECT, "shop-prod"));
    new ProjectRepository(store).create(DirectoryFixtures.project(OTHER_PROJECT, "other-prod"));
    new ApiKeyRepository(store).create(DirectoryFixtures.apiKey(1, Scope.FULL));
    new ApiKeyRepository(store).create(DirectoryFixtures.apiKey(2, Scope.FRONTEND));
    ApiKey key = DirectoryFixtures.apiKey(3, Scope.FULL);
    new ApiKeyRepository(store)
        .create(
            new ApiKey(
                key.id(),
                OTHER_PROJECT,
                key.sha256(),
                key.label(),
                key.scopes(),
                true,
                key.createTime()));
    install(PROJECT, 1, INSTALLATION, "org_7", TOKEN, true);
    install(OTHER_PROJECT, 2, OTHER_INSTALLATION, "org_7", OTHER_TOKEN, true);
    install(PROJECT, 3, DISABLED_INSTALLATION, "org_8", "pina_token-of-org-8", false);
    var service =
        new ProxyService(
            new Guard(new DirectoryCredentials(store), null, Duration.ZERO, clock),
            new ProxyTargets(
                new ProjectRepository(store),
                new IntegrationRepository(store),
                new InstallationRepository(store),
                ProxyTargets.CACHE_TIME,
                clock),
            new PinterestClient(
                new AccessTokens(
                    connections,
                    new ProviderAppRepository(store),
                    secrets,
                    new InMemoryRefreshLeaseStore(),
                    oauth.client(),
                    tasks,
                    log),
                new Budgets(budgets, tasks, log),
                transport,
                api,
                tasks,
                new SplittableRandom(7)),
            api,
            tasks);
    endpoint = new Endpoint(Door.PROXY, service, log, clock);
  }

  private void install(
      ProjectId project,
      int number,
      String installationId,
      String groupRef,
      String token,
      boolean proxyEnabled) {
    var app =
        new ProviderApp(
            new ProviderAppId(DirectoryFixtures.uuid("app", number)),
            project,
            "pinterest",
            FakePinterestOauth.CLIENT_ID,
            List.of("pins:read"),
            null,
            new ProviderApp.Metadata(Map.of(), Map.of()),
            "app/" + number,
            clock.instant(),
            null);
    if (number < 3) {
      secrets.create("app/" + number, new Secret(FakePinterestOauth.CLIENT_SECRET));
      new ProviderAppRepository(store).create(app);
    }
    secrets.create(
        "connection/" + number,
        TokenFixtures.granted(token, oauth.refreshTokenOf("user" + number), clock.instant()));
    var group = new Group(groupRef, "Blue Shop", clock.instant(), null);
    var consumer = new Consumer("u_42", "Ana", clock.instant(), clock.instant());
    var connection =
        new Connection(
            new ConnectionId(DirectoryFixtures.uuid("connection", number)),
            project,
            "pinterest",
            new Owner(group, consumer),
            new Connection.Access(
                number < 3 ? app.id() : null,
                ConnectionStatus.CREATED,
                List.of("pins:read"),
                null,
                null,
                new AccountId("account-1"),
                "connection/" + number),
            clock.instant(),
            null,
            ConnectionNotes.NONE);
    connections.create(connection);
    Integration integration = DirectoryFixtures.integration(number, "sync-" + number);
    var own =
        new Integration(
            integration.id(),
            project,
            integration.name(),
            "pinterest",
            integration.latestRevision(),
            clock.instant(),
            null);
    new IntegrationRepository(store).create(own);
    store.write(
        InstallationRepository.creation(
            new Installation(
                new InstallationId(installationId),
                project,
                own.id(),
                new Owner(group, consumer),
                connection.id(),
                config(number, proxyEnabled),
                "consumer:u_42",
                clock.instant(),
                null)));
  }

  private static InstalledConfig config(int number, boolean proxyEnabled) {
    return new InstalledConfig(
        DirectoryFixtures.uuid("config", number),
        DirectoryFixtures.integration(number, "any").latestRevision().id(),
        DirectoryFixtures.NOON,
        "consumer:u_42",
        DirectoryFixtures.CHOICE,
        new EffectiveConfig(List.of(), Json.object(), proxyEnabled));
  }

  /** Turns off the proxy of the first installation. */
  void disable() {
    var installations = new InstallationRepository(store);
    var before = installations.find(PROJECT, new InstallationId(INSTALLATION)).orElseThrow();
    store.write(
        List.of(
            InstallationRepository.replacement(
                before, before.value().withConfig(config(1, false), clock.instant()))));
  }

  /** Scripts the answer to the next request. */
  ProxyWorld next(Step step) {
    steps.add(step);
    return this;
  }

  static HttpAnswer json(int status, String body) {
    return new HttpAnswer(
        status,
        Map.of("content-type", List.of("application/json"), "x-pinterest-rid", List.of("77")),
        body.getBytes(UTF_8),
        false);
  }

  /** A request with all headers that the proxy needs. */
  static HttpEvents request(String method, String pathAndQuery) {
    return authorized(HttpEvents.request(method, pathAndQuery));
  }

  /** Adds all headers that the proxy needs. */
  static HttpEvents authorized(HttpEvents events) {
    return events
        .key(KEY)
        .header("x-amp-proxy-version", "1")
        .header("x-amp-project-id", PROJECT.value())
        .header("x-amp-installation-id", INSTALLATION);
  }

  ApiResponse send(HttpEvents event) {
    try {
      return endpoint.answer(
          ApiRequest.read(Door.PROXY, new ByteArrayInputStream(Json.bytes(event.event()))));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns an answer's body as JSON. */
  static JsonNode body(ApiResponse response) {
    return Json.trusted(response.bodyText());
  }
}
