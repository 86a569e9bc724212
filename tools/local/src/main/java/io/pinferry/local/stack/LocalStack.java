package io.pinferry.local.stack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Digest;
import io.pinferry.base.IdSource;
import io.pinferry.base.Json;
import io.pinferry.base.SystemIdSource;
import io.pinferry.local.cloud.LocalCloud;
import io.pinferry.local.demo.PinferryClient;
import io.pinferry.local.simulator.FileStateStore;
import io.pinferry.local.simulator.PinterestSimulator;
import io.pinferry.local.simulator.SimulatedApp;
import io.pinferry.local.simulator.SimulatorServer;
import io.pinferry.local.simulator.SimulatorSettings;
import io.pinferry.local.simulator.StateStore;
import io.pinferry.pinterest.ReadCatalogue;
import io.pinferry.pinterest.WritableObject;
import io.pinferry.pinterest.WriteCall;
import io.pinferry.pinterest.WriteCatalogue;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Pinferry on this computer, and a Pinterest for it: the embedded cloud runs what template.yaml
 * says, the simulator stands in for Pinterest, and a project with a provider app and an API key is
 * ready to use.
 */
public final class LocalStack implements AutoCloseable {
  private static final int RECORDS = 10_000;
  private static final long SEED = 1;
  private static final String PROJECT = "local";

  /** The simulator's only app; a secret of no value, since the simulator runs on loopback only. */
  static final String CLIENT_ID = "1500000";

  static final String CLIENT_SECRET = "simulated-app-secret";

  private static final String API = "Api";
  private static final String CALLBACK = "/callbacks/v1/oauth";

  /** One tick stands for one minute of the schedule; leases and the watchdog shrink with it. */
  private static final Duration TICK = Duration.ofSeconds(1);

  private static final Duration LEASE = Duration.ofSeconds(15);
  private static final Duration WATCHDOG = Duration.ofSeconds(5);

  /** The visibility timeout of queues whose receiving processes can be killed. */
  private static final Duration VISIBILITY_OF_KILLED = Duration.ofSeconds(30);

  /** A developer does not want to wait a day to see a message given up. */
  private static final String RETRY_DELAYS = "PT1S,PT5S,PT15S";

  private final LocalCloud cloud;
  private final Pinterest pinterest;
  private final Path logFile;
  private final OutputStream log;
  private final String project;
  private final String apiKey;
  private final String adminKey;
  private final @Nullable Path data;
  private StackState state;
  private final URI publicUrl;
  private final AtomicBoolean closed = new AtomicBoolean();

  private LocalStack(
      LocalCloud cloud,
      Pinterest pinterest,
      Path logFile,
      OutputStream log,
      StackState state,
      LocalStackSettings settings) {
    this.cloud = cloud;
    this.state = state;
    this.data = settings.data();
    this.pinterest = pinterest;
    this.logFile = logFile;
    this.log = log;
    this.project = java.util.Objects.requireNonNull(state.project());
    this.apiKey = java.util.Objects.requireNonNull(state.apiKey());
    this.adminKey = state.adminKey();
    this.publicUrl = settings.publicUrl() == null ? cloud.api(API) : settings.publicUrl();
  }

  /**
   * Starts everything; returns when it answers.
   *
   * @throws IllegalArgumentException if the settings contradict what the data directory was made
   *     with
   */
  public static LocalStack start(LocalStackSettings settings)
      throws IOException, InterruptedException {
    return start(settings, UnaryOperator.identity());
  }

  /**
   * Starts with a simulated Pinterest that differs from the usual one.
   *
   * @param simulated changes the usual simulator's settings
   */
  public static LocalStack start(
      LocalStackSettings settings, UnaryOperator<SimulatorSettings> simulated)
      throws IOException, InterruptedException {
    return start(settings, simulated, UnaryOperator.identity(), _ -> {});
  }

  /**
   * Starts with a cloud that differs from the usual one.
   *
   * @param embedded changes the usual cloud's settings
   * @param started is told when the cloud has started, before the first request
   */
  public static LocalStack start(
      LocalStackSettings settings,
      UnaryOperator<SimulatorSettings> simulated,
      UnaryOperator<LocalCloud.Settings> embedded,
      Consumer<LocalCloud> started)
      throws IOException, InterruptedException {
    IdSource ids = new SystemIdSource();
    StackState found = state(settings, ids);
    StackState state = found.with(settings.ports().choose(found.ports(), settings.opened()));
    Path logFile = logFile(settings.data());
    OutputStream log = new BufferedOutputStream(Files.newOutputStream(logFile), 1 << 16);
    var pinterest = new Pinterest(settings, state, simulated);
    LocalCloud cloud = null;
    try {
      cloud =
          LocalCloud.start(
              embedded.apply(
                  LocalCloud.Settings.of(settings.home().resolve("template.yaml"), log)
                      .withPackages(settings.packages())
                      .withParameters(
                          apis -> {
                            URI api = java.util.Objects.requireNonNull(apis.get(API));
                            return parameters(
                                pinterest.start(api),
                                settings.publicUrl() == null ? api : settings.publicUrl(),
                                state.adminKey(),
                                settings.replays());
                          })
                      .withDataDirectory(settings.data())
                      .withPorts(doors(state.ports()))
                      .withIsolation(
                          settings.processes()
                              ? LocalCloud.Isolation.PROCESSES
                              : LocalCloud.Isolation.IN_PROCESS)
                      .withVisibilityMax(settings.processes() ? VISIBILITY_OF_KILLED : null)
                      .withTick(TICK)));
      started.accept(cloud);
      StackState ready = state;
      if (state.apiKey() == null) {
        ready = seed(state, cloud.api(API), settings.upstream() == null);
      }
      ready = ready.with(usedPorts(cloud, pinterest, state.ports()));
      if (settings.data() != null) {
        ready.save(settings.data());
      }
      return new LocalStack(cloud, pinterest, logFile, log, ready, settings);
    } catch (IOException | InterruptedException | RuntimeException e) {
      closeQuietly(cloud, e);
      closeQuietly(pinterest, e);
      closeQuietly(log, e);
      throw e;
    }
  }

  public URI api() {
    return cloud.api(API);
  }

  public URI read() {
    return cloud.api("ReadApi");
  }

  public URI write() {
    return cloud.api("WriteApi");
  }

  public URI proxy() {
    return cloud.api("ProxyApi");
  }

  /** Returns the simulator's address, or that of the Pinterest that was given. */
  public URI pinterest() {
    return pinterest.address();
  }

  /**
   * Returns the processes that a function runs in now; none where functions run in this process.
   *
   * @param function its logical id in template.yaml
   */
  public List<Long> processIds(String function) {
    return cloud.processIds(function);
  }

  /** Returns the id of the project that is ready to use. */
  public String project() {
    return project;
  }

  public String apiKey() {
    return apiKey;
  }

  /** Returns the address that Pinterest sends customers back to. */
  public URI callback() {
    return URI.create(publicUrl + CALLBACK);
  }

  /** Returns the port for a webhook receiver on this computer; 0 for any free one. */
  public int receiverPort() {
    return state.ports().getOrDefault(LocalPorts.Server.RECEIVER.id(), 0);
  }

  /** Keeps the port of the webhook receiver for the next start with the same data directory. */
  public void keepReceiverPort(int port) throws IOException {
    Map<String, Integer> ports = new LinkedHashMap<>(state.ports());
    ports.put(LocalPorts.Server.RECEIVER.id(), port);
    state = state.with(ports);
    if (data != null) {
      state.save(data);
    }
  }

  /** Returns the operator's key. */
  public String adminKey() {
    return adminKey;
  }

  /** Returns where the functions' logs are written. */
  public Path logFile() {
    return logFile;
  }

  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    var failure = new IllegalStateException("the local stack did not stop cleanly");
    closeQuietly(cloud, failure);
    closeQuietly(pinterest, failure);
    closeQuietly(log, failure);
    if (failure.getSuppressed().length > 0) {
      throw failure;
    }
  }

  private static StackState state(LocalStackSettings settings, IdSource ids) throws IOException {
    StackState saved = settings.data() == null ? null : StackState.load(settings.data());
    if (saved == null) {
      var state =
          new StackState(
              settings.records() == null ? RECORDS : settings.records(),
              settings.boards() == null ? 0 : settings.boards(),
              settings.seed() == null ? SEED : settings.seed(),
              HexFormat.of().formatHex(ids.secret(32)),
              Map.of(),
              null,
              null);
      if (settings.data() != null) {
        state.save(settings.data());
      }
      return state;
    }
    requireSame("--records", settings.records(), saved.records());
    requireSame("--boards", settings.boards(), saved.boards());
    requireSame("--seed", settings.seed(), saved.seed());
    return saved;
  }

  private static void requireSame(String option, @Nullable Number wanted, Number saved) {
    if (wanted != null && wanted.longValue() != saved.longValue()) {
      throw new IllegalArgumentException(
          option
              + " "
              + wanted
              + " contradicts the data directory, which was made with "
              + saved
              + "; leave it out, or choose another directory");
    }
  }

  /** The Pinterest of a stack: the simulator, or one that was given. */
  private static final class Pinterest implements AutoCloseable {
    private final LocalStackSettings settings;
    private final StackState state;
    private final UnaryOperator<SimulatorSettings> simulated;
    private @Nullable SimulatorServer simulator;

    Pinterest(
        LocalStackSettings settings, StackState state, UnaryOperator<SimulatorSettings> simulated) {
      this.settings = settings;
      this.state = state;
      this.simulated = simulated;
    }

    /** Starts the simulator if none was given, and returns the address. */
    URI start(URI api) {
      if (settings.upstream() == null) {
        try {
          simulator =
              SimulatorServer.start(
                  simulator(api), state.ports().getOrDefault(LocalPorts.Server.PINTEREST.id(), 0));
        } catch (IOException e) {
          throw new UncheckedIOException("the simulator does not start", e);
        }
      }
      return address();
    }

    URI address() {
      SimulatorServer started = simulator;
      return started == null
          ? java.util.Objects.requireNonNull(settings.upstream())
          : started.address();
    }

    boolean simulated() {
      return simulator != null;
    }

    private PinterestSimulator simulator(URI api) throws IOException {
      var app =
          new SimulatedApp(
              CLIENT_ID,
              CLIENT_SECRET,
              Stream.of(
                      api.toString(),
                      "http://localhost:" + api.getPort(),
                      String.valueOf(settings.publicUrl()))
                  .map(address -> address + CALLBACK)
                  .collect(Collectors.toSet()));
      Path data = settings.data();
      StateStore store =
          data == null ? StateStore.forgetful() : new FileStateStore(data.resolve("simulator"));
      var usual =
          SimulatorSettings.of(state.seed(), state.records(), app).withBoards(state.boards());
      return new PinterestSimulator(simulated.apply(usual), InstantSource.system(), store);
    }

    @Override
    public void close() {
      if (simulator != null) {
        simulator.close();
      }
    }
  }

  private static Map<String, String> parameters(
      URI pinterest, URI api, String adminKey, boolean replays) {
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("AdminKeySha256", Digest.sha256Hex(adminKey));
    parameters.put("PublicApiUrl", api.toString());
    parameters.put("PinterestApiUrl", pinterest.toString());
    parameters.put("PinterestAuthorizeUrl", authorizeUrl(pinterest));
    parameters.put("PinterestTokenUrl", pinterest + "/v5/oauth/token");
    parameters.put("Lease", LEASE.toString());
    parameters.put("Watchdog", WATCHDOG.toString());
    parameters.put("DeliveryRetryDelays", RETRY_DELAYS);
    parameters.put("DeliveryAttempts", replays ? "all" : "failures");
    return parameters;
  }

  /** Pinterest's own authorize page is not on the API's host; anybody else's is. */
  private static String authorizeUrl(URI pinterest) {
    return pinterest.getHost().endsWith(".pinterest.com")
        ? "https://www.pinterest.com/oauth/"
        : pinterest + "/oauth/";
  }

  private static Map<String, Integer> usedPorts(
      LocalCloud cloud, Pinterest pinterest, Map<String, Integer> wanted) {
    Map<String, Integer> used = new LinkedHashMap<>(wanted);
    for (LocalPorts.Server server : LocalPorts.Server.values()) {
      switch (server) {
        case API, READ, WRITE, PROXY -> used.put(server.id(), cloud.api(server.id()).getPort());
        case PINTEREST -> {
          if (pinterest.simulated()) {
            used.put(server.id(), pinterest.address().getPort());
          }
        }
        case RECEIVER -> {}
      }
    }
    return used;
  }

  private static Map<String, Integer> doors(Map<String, Integer> ports) {
    Map<String, Integer> doors = new LinkedHashMap<>(ports);
    doors.remove(LocalPorts.Server.PINTEREST.id());
    doors.remove(LocalPorts.Server.RECEIVER.id());
    doors.values().removeIf(port -> port == 0);
    return doors;
  }

  private static Path logFile(@Nullable Path data) throws IOException {
    if (data != null) {
      Files.createDirectories(data);
      return data.resolve("functions.log");
    }
    return Files.createTempFile("pinferry-functions-", ".log");
  }

  /** Makes the project as its owner would, through the API. */
  private static StackState seed(StackState state, URI api, boolean simulated)
      throws IOException, InterruptedException {
    try (HttpClient http = HttpClient.newHttpClient()) {
      var admin = new PinferryClient(http, api, state.adminKey());
      JsonNode project =
          admin.post(
              "/v1/projects",
              Json.object().put("name", PROJECT).put("appName", "Local").put("orgId", "local"));
      String path = "/v1/projects/" + project.path("id").asText();
      ObjectNode keyRequest = Json.object().put("label", "made by pinferry up");
      keyRequest.putArray("scopes").add("full");
      JsonNode key = admin.post(path + "/api-keys", keyRequest);
      StackState seeded = state.with(project.path("id").asText(), key.path("key").asText());
      if (simulated) {
        ObjectNode app =
            Json.object()
                .put("provider", "pinterest")
                .put("clientId", CLIENT_ID)
                .put("clientSecret", CLIENT_SECRET);
        ArrayNode scopes = app.putArray("scopes");
        allScopes().forEach(scopes::add);
        new PinferryClient(http, api, key.path("key").asText()).post(path + "/provider-apps", app);
      }
      return seeded;
    }
  }

  /** Everything that reads and writes need, secret boards and pins, and who the user is. */
  static Set<String> allScopes() {
    Set<String> scopes =
        new TreeSet<>(Set.of("boards:read_secret", "pins:read_secret", "user_accounts:read"));
    for (String object : ReadCatalogue.names()) {
      for (var plan : ReadCatalogue.get(object).plans()) {
        for (var root : plan.roots()) {
          scopes.addAll(plan.scopesFrom(plan.step(root.step())));
        }
      }
    }
    for (WritableObject object : WriteCatalogue.all()) {
      for (WriteCall call : object.calls().values()) {
        scopes.addAll(call.scopes());
        scopes.addAll(call.secretScopes());
      }
    }
    return scopes;
  }

  private static void closeQuietly(@Nullable AutoCloseable part, Exception failure) {
    if (part != null) {
      try {
        part.close();
      } catch (Exception e) {
        failure.addSuppressed(e);
      }
    }
  }
}
