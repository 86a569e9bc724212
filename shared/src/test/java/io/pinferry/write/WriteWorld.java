package io.pinferry.write;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import io.pinferry.base.Log;
import io.pinferry.base.ManualClock;
import io.pinferry.base.Secret;
import io.pinferry.base.SeededIds;
import io.pinferry.base.SteppingTasks;
import io.pinferry.base.Tasks;
import io.pinferry.client.PinterestClient;
import io.pinferry.connection.AccessTokens;
import io.pinferry.connection.InMemoryRefreshLeaseStore;
import io.pinferry.connection.TokenFixtures;
import io.pinferry.directory.AccountId;
import io.pinferry.directory.ApiKey.Scope;
import io.pinferry.directory.ApiKeyRepository;
import io.pinferry.directory.Connection;
import io.pinferry.directory.ConnectionId;
import io.pinferry.directory.ConnectionNotes;
import io.pinferry.directory.ConnectionRepository;
import io.pinferry.directory.ConnectionStatus;
import io.pinferry.directory.Consumer;
import io.pinferry.directory.DestinationRules;
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
import io.pinferry.directory.ProjectRepository;
import io.pinferry.directory.ProviderApp;
import io.pinferry.directory.ProviderAppId;
import io.pinferry.directory.ProviderAppRepository;
import io.pinferry.http.Door;
import io.pinferry.http.Endpoint;
import io.pinferry.http.Guard;
import io.pinferry.http.HttpEvents;
import io.pinferry.http.Router;
import io.pinferry.limit.BudgetStore;
import io.pinferry.limit.Budgets;
import io.pinferry.limit.InMemoryBudgetStore;
import io.pinferry.manifest.Backfill;
import io.pinferry.manifest.DeliveryMode;
import io.pinferry.manifest.EffectiveConfig;
import io.pinferry.manifest.EffectiveRead;
import io.pinferry.manifest.FieldSelection;
import io.pinferry.net.FileRelay;
import io.pinferry.net.HttpAnswer;
import io.pinferry.net.HttpCall;
import io.pinferry.net.HttpTransport;
import io.pinferry.net.TransportFailure;
import io.pinferry.notification.Notification;
import io.pinferry.notification.Outbox;
import io.pinferry.operation.InMemoryOperationStore;
import io.pinferry.operation.Operation;
import io.pinferry.operation.OperationFinisher;
import io.pinferry.operation.OperationId;
import io.pinferry.pinterest.FakePinterestOauth;
import io.pinferry.pinterest.RateCategory;
import io.pinferry.pinterest.WriteCatalogue;
import io.pinferry.read.InMemoryCloud;
import io.pinferry.timer.InMemoryTimerStore;
import io.pinferry.timer.TimerTick;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A connected group that writes every object, in memory, and a scripted Pinterest. */
final class WriteWorld {
  static final String GROUP = "org_7";

  /** The read of the boards, which are called lists in deliveries. */
  private static final EffectiveRead BOARDS =
      new EffectiveRead(
          "boards",
          "lists",
          null,
          "hook",
          false,
          null,
          new FieldSelection(List.of(), Map.of(), Map.of(), true),
          new Backfill.NoHistory(),
          null,
          DeliveryMode.ALL);

  private static final String PATH = "/v1/projects/shop-prod/integrations/writer/objects/";

  /** Pinterest's part in one request. */
  interface Step {
    HttpAnswer answer(HttpCall call) throws TransportFailure;
  }

  /** A file that was posted. */
  record Upload(FileRelay.Source source, URI to, List<FileRelay.FormField> fields) {}

  /** An answer as API Gateway would see it. */
  record Answer(int status, String contentType, String text) {
    JsonNode json() {
      return Json.trusted(text);
    }
  }

  final ManualClock clock;

  /** Requests that write. */
  final List<HttpCall> calls = new ArrayList<>();

  /** Requests that look up records. */
  final List<HttpCall> lookUps = new ArrayList<>();

  final InstallationId installation = new InstallationId(DirectoryFixtures.uuid("installation", 1));

  /** Files that were posted. */
  final List<Upload> uploads = new ArrayList<>();

  final InMemoryOperationStore operations;
  final InMemoryWriteStore records = new InMemoryWriteStore();
  final InMemoryTimerStore timers;
  private final AccessTokens tokens;
  private final Budgets budget;
  private final FakePinterestOauth oauth;
  private final Endpoint endpoint;
  private final TimerTick tick;
  private final AsyncWrites worker;
  private final WriteOperations running;
  private final Deque<OperationId> queue = new ArrayDeque<>();
  private final Deque<Step> steps = new ArrayDeque<>();
  private final Deque<FileRelay.RelayResult> relays = new ArrayDeque<>();
  private final Deque<FileRelay.RelayResult.FetchFailure> checks = new ArrayDeque<>();
  private final InMemoryDirectoryStore directory;
  private @Nullable String always;
  private final Deque<Step> looks = new ArrayDeque<>();

  WriteWorld() {
    this(everything());
  }

  /**
   * Makes a world.
   *
   * @param write the objects that the installation's config has under write
   */
  WriteWorld(ObjectNode write) {
    this(write, new ManualClock(DirectoryFixtures.NOON));
  }

  private WriteWorld(ObjectNode write, ManualClock clock) {
    this(write, clock, new SteppingTasks(clock), new InMemoryBudgetStore(), null);
  }

  /**
   * Makes a world with given parts.
   *
   * @param other answers in place of the scripted Pinterest; null for the scripted one
   */
  WriteWorld(
      ObjectNode write,
      ManualClock clock,
      Tasks tasks,
      BudgetStore budgets,
      @Nullable HttpTransport other) {
    this.clock = clock;
    this.oauth = new FakePinterestOauth(clock);
    Log log = Log.none();
    var cloud = new InMemoryCloud(clock);
    InMemoryDirectoryStore store = cloud.directory();
    directory = store;
    var secrets = new InMemorySecretStore();
    operations = cloud.operations();
    timers = cloud.timers();
    running =
        new WriteOperations(
            operations,
            new OperationFinisher(operations, log),
            records,
            timers,
            operation -> queue.add(operation.id()),
            tasks,
            log);
    tick = new TimerTick(timers, Map.of(WriteOperations.KIND, running::fire), tasks, log);
    new ProjectRepository(store)
        .create(DirectoryFixtures.project(DirectoryFixtures.PROJECT, "shop-prod"));
    new ApiKeyRepository(store).create(DirectoryFixtures.apiKey(1, Scope.FULL));
    secrets.create("app/1", new Secret(FakePinterestOauth.CLIENT_SECRET));
    secrets.create(
        "connection/1",
        TokenFixtures.granted("pina_first", oauth.refreshTokenOf("user1"), clock.instant()));
    var app =
        new ProviderApp(
            new ProviderAppId(DirectoryFixtures.uuid("app", 1)),
            DirectoryFixtures.PROJECT,
            "pinterest",
            FakePinterestOauth.CLIENT_ID,
            List.of("pins:write"),
            null,
            new ProviderApp.Metadata(Map.of(), Map.of()),
            "app/1",
            clock.instant(),
            null);
    new ProviderAppRepository(store).create(app);
    var group = new Group(GROUP, "Blue Shop", clock.instant(), null);
    var consumer = new Consumer("u_42", "Ana", clock.instant(), clock.instant());
    var connection =
        new Connection(
            new ConnectionId(DirectoryFixtures.uuid("connection", 1)),
            DirectoryFixtures.PROJECT,
            "pinterest",
            new Owner(group, consumer),
            new Connection.Access(
                app.id(),
                ConnectionStatus.CREATED,
                List.of("pins:write"),
                null,
                null,
                new AccountId("account-1"),
                "connection/1"),
            clock.instant(),
            null,
            ConnectionNotes.NONE);
    new ConnectionRepository(store).create(connection);
    Integration integration = DirectoryFixtures.integration(1, "writer");
    new IntegrationRepository(store).create(integration);
    store.write(
        InstallationRepository.creation(
            new Installation(
                installation,
                DirectoryFixtures.PROJECT,
                integration.id(),
                new Owner(group, consumer),
                connection.id(),
                new InstalledConfig(
                    DirectoryFixtures.uuid("config", 1),
                    integration.latestRevision().id(),
                    clock.instant(),
                    "consumer:u_42",
                    DirectoryFixtures.CHOICE,
                    new EffectiveConfig(List.of(BOARDS), write, false)),
                "consumer:u_42",
                clock.instant(),
                null)));
    FileRelay files =
        new FileRelay() {
          @Override
          public Optional<RelayResult.FetchFailure> check(Source source, Duration timeout) {
            return Optional.ofNullable(checks.poll());
          }

          @Override
          public RelayResult relay(
              Source source, URI to, List<FormField> fields, Duration timeout) {
            uploads.add(new Upload(source, to, fields));
            RelayResult next = relays.poll();
            return next == null ? new RelayResult.Success() : next;
          }
        };
    var ids = new SeededIds(7);
    var preparation = new Preparation(store, new DestinationRules(false));
    tokens =
        new AccessTokens(
            new ConnectionRepository(store),
            new ProviderAppRepository(store),
            secrets,
            new InMemoryRefreshLeaseStore(),
            oauth.client(),
            tasks,
            log);
    budget = new Budgets(budgets, tasks, log);
    var client =
        new PinterestClient(
            tokens,
            budget,
            other == null ? this::pinterest : other,
            URI.create("https://api.pinterest.com"),
            tasks,
            new SplittableRandom(7));
    var parts =
        new WriteParts(store, running, records, preparation, client, files, ids, tasks, log);
    worker = new AsyncWrites(parts);
    var writes = new Writes(parts, operation -> queue.add(operation.id()));
    endpoint =
        new Endpoint(
            Door.WRITE,
            new Router(WriteRoutes.of(store, writes)),
            new Guard(new DirectoryCredentials(store), null, Duration.ZERO, clock),
            log,
            clock,
            WriteRoutes.BODY_BYTES_MAX);
  }

  /** The config of a group that writes everything and permits deletes. */
  static ObjectNode everything() {
    ObjectNode write = Json.object();
    WriteCatalogue.all()
        .forEach(
            object ->
                write.putObject(object.name()).putObject("deletionSettings").put("enabled", true));
    return write;
  }

  private HttpAnswer pinterest(HttpCall call) throws TransportFailure {
    if (call.method().equals("GET")) {
      lookUps.add(call);
      Step look = looks.poll();
      if (look == null && always != null) {
        return json(200, always);
      }
      boolean one = call.uri().getPath().startsWith("/v5/integrations/commerce/");
      return look != null ? look.answer(call) : json(one ? 404 : 200, "{\"items\":[]}");
    }
    calls.add(call);
    Step step = steps.poll();
    if (step == null) {
      throw new AssertionError("Pinterest is not expected to be asked: " + call);
    }
    return step.answer(call);
  }

  /** Scripts the answer to the next request that writes. */
  WriteWorld next(int status, String body) {
    return next(call -> json(status, body));
  }

  /** Scripts the next look at a video. */
  WriteWorld nextCheck(FileRelay.RelayResult.FetchFailure failure) {
    checks.add(failure);
    return this;
  }

  WriteWorld next(Step step) {
    steps.add(step);
    return this;
  }

  /** Scripts the answer to the next look-up; without a script lists are empty. */
  WriteWorld nextLook(String body) {
    return nextLook(call -> json(200, body));
  }

  /** Drops the scripted look-ups and answers all further ones with this. */
  WriteWorld readyFromNowOn(String body) {
    looks.clear();
    always = body;
    return this;
  }

  /** Returns the pending notifications. */
  List<Notification> notifications() {
    return new Outbox(directory).pending(100);
  }

  /** Lets the group uninstall the integration. */
  void uninstall() {
    directory.write(
        InstallationRepository.removal(
            new InstallationRepository(directory)
                .find(DirectoryFixtures.PROJECT, installation)
                .orElseThrow()));
  }

  WriteWorld nextLook(Step step) {
    looks.add(step);
    return this;
  }

  /** Scripts the result of the next upload; without a script uploads succeed. */
  WriteWorld nextUpload(FileRelay.RelayResult relayed) {
    relays.add(relayed);
    return this;
  }

  static HttpAnswer json(int status, String body) {
    return new HttpAnswer(
        status,
        Map.of("content-type", List.of("application/json"), "x-pinterest-rid", List.of("77")),
        body.getBytes(UTF_8),
        false);
  }

  /** Posts a body to the write door. */
  Answer post(String object, String body) {
    return answer(HttpEvents.request("POST", PATH + object).key("pfk_1").body(body));
  }

  /** Posts a body with an Idempotency-Key. */
  Answer post(String object, String body, String idempotencyKey) {
    return answer(
        HttpEvents.request("POST", PATH + object)
            .key("pfk_1")
            .header("idempotency-key", idempotencyKey)
            .body(body));
  }

  private Answer answer(HttpEvents request) {
    JsonNode answer = request.sendTo(endpoint);
    return new Answer(
        answer.path("statusCode").asInt(),
        answer.path("headers").path("content-type").asText(),
        answer.path("body").asText());
  }

  /** Writes one record. */
  Answer write(String object, String type, String record) {
    return post(
        object,
        "{\"groupRef\":\"%s\",\"type\":\"%s\",\"record\":%s}".formatted(GROUP, type, record));
  }

  /** Writes a batch of records. */
  Answer batch(String object, String type, boolean allOrNone, List<String> records) {
    String entries =
        String.join(",", records.stream().map(record -> "{\"record\":" + record + "}").toList());
    return post(
        object,
        "{\"groupRef\":\"%s\",\"type\":\"%s\",\"batchPolicy\":{\"allOrNone\":%s},\"batch\":[%s]}"
            .formatted(GROUP, type, allOrNone, entries));
  }

  /** Pauses the budget of writes, as after a 429. */
  void pauseWrites(Duration time) {
    for (RateCategory category : List.of(RateCategory.ORG_WRITE, RateCategory.CATALOGS_WRITE)) {
      budget.pause(
          category.budgetOf(
              tokens
                  .accessTokenFor(
                      DirectoryFixtures.PROJECT,
                      new ConnectionId(DirectoryFixtures.uuid("connection", 1)))
                  .budgetOwner()),
          category.assumed(),
          clock.instant().plus(time));
    }
  }

  /** Sends the write of an answer to the worker. */
  void deliver(Answer answer) {
    queue.add(operation(answer).id());
    work();
  }

  /** Empties the worker's queue. */
  void loseMessages() {
    queue.clear();
  }

  /** Lets the worker take all messages of its queue; returns their number. */
  int work() {
    int taken = 0;
    for (OperationId next = queue.poll(); next != null; next = queue.poll()) {
      taken++;
      worker.run(next, clock.instant().plusSeconds(600), clock.instant().plusSeconds(640));
    }
    return taken;
  }

  /** Returns the results of an asynchronous batch in the form of a synchronous answer. */
  Answer answerOf(Answer taken) {
    ObjectNode json = Json.object();
    var results = json.putArray("results");
    var errors = json.putArray("errors");
    List<RecordResult> all = running.results(operation(taken));
    for (int i = 0; i < all.size(); i++) {
      switch (all.get(i)) {
        case RecordResult.Success(String id, _) ->
            results.addObject().put("success", true).put("recordId", id);
        case RecordResult.Progress _ -> throw new AssertionError("a write in progress ends");
        case RecordResult.Failure(_, String message) -> {
          results.addObject().put("success", false);
          errors
              .addObject()
              .put("message", "batch[" + i + "]: " + message)
              .putArray("records")
              .add(i);
        }
      }
    }
    return new Answer(200, "application/json", Json.text(json));
  }

  /** Returns the errors of an answer by the records that they are about. */
  static Map<Integer, String> errors(Answer answer) {
    Map<Integer, String> errors = new TreeMap<>();
    for (JsonNode error : answer.json().path("errors")) {
      for (JsonNode index : error.path("records")) {
        errors.put(index.asInt(), error.path("message").asText());
      }
    }
    return errors;
  }

  /** Fires the due timers. */
  void fireTimers() {
    tick.run();
  }

  /** Makes the store of records fail from now on, or ends that. */
  void failStores(boolean fails) {
    records.failing(fails);
  }

  /** Returns the operation of an answer. */
  Operation operation(Answer answer) {
    return operations
        .find(new OperationId(answer.json().path("operationId").asText()))
        .orElseThrow();
  }

  static String body(HttpCall call) {
    byte[] body = call.body();
    return body == null ? "" : new String(body, UTF_8);
  }
}
