package io.pinferry.local.cloud;

import io.pinferry.local.loopback.Loopback;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.sqs.SqsClient;

/**
 * Everything that a template declares, running on this machine: HTTP APIs, functions, queues with
 * their event sources, tables, secrets and schedules. {@link #start} returns when all of it
 * answers; {@link #close} stops it, first what brings new work, last what holds state.
 */
public final class LocalCloud implements AutoCloseable {

  private static final String KEY = "local";
  private static final String REGION = "eu-central-1";
  private static final String ACCOUNT = "000000000000";

  /** Invocations of one function at once, whatever the template allows: this is one computer. */
  private static final int ENVIRONMENTS_MAX = 4;

  /** The same for a function behind a door, inside this process: others wait for its answers. */
  private static final int DOOR_ENVIRONMENTS_MAX = 32;

  private static final Duration SETTLE_TIME_MAX = Duration.ofSeconds(5);

  private final Stack stack;
  private final Services services;
  private final Map<String, URI> apis;
  private final List<ApiGateway> gateways;
  private final Map<String, LocalFunction> functions;
  private final List<SqsPoller> pollers;
  private final ScheduleTicker ticker;
  private final OpenParts closing;
  private final Function<Stack.Function, Map<String, String>> environments;

  private LocalCloud(
      Stack stack,
      Function<Stack.Function, Map<String, String>> environments,
      Map<String, LocalFunction> functions,
      List<SqsPoller> pollers,
      ScheduleTicker ticker,
      Parts parts,
      OpenParts closing) {
    this.stack = stack;
    this.services = parts.services();
    this.apis = addresses(parts.gateways());
    this.gateways = List.copyOf(parts.gateways().values());
    this.environments = environments;
    this.functions = functions;
    this.pollers = pollers;
    this.ticker = ticker;
    this.closing = closing;
  }

  /** The place where the functions of the stack run. */
  public enum Isolation {
    /** Inside this process, each function with a class loader of its own. */
    IN_PROCESS,
    /**
     * Each environment a process of its own, run by Lambda's real runtime client. Slower to start
     * and larger, but nearest to Lambda, and each can be killed.
     */
    PROCESSES
  }

  /** Gives values for the template's parameters. */
  public interface Parameters {
    /**
     * Returns the values.
     *
     * @param apis the address of every HTTP API by logical id; its port is taken, but not answered
     */
    Map<String, String> of(Map<String, URI> apis);
  }

  /** Is told of invocations, by many threads. */
  public interface Invocations {
    /**
     * Tells that one has ended.
     *
     * @param function its logical id
     * @param eventBytes the size of the event
     * @param took the time from the event to the answer, without the start of an environment
     */
    void ended(String function, int eventBytes, Duration took);
  }

  /** The settings of a local cloud. They never change; each {@code with} method makes new ones. */
  public static final class Settings {
    private final Path template;

    /** The place of the functions' logs. The cloud does not close it. */
    private final OutputStream log;

    /** The folder with the functions' packages; null for the folder of the template. */
    private @Nullable Path packages;

    private Parameters parameters = _ -> Map.of();
    private Map<String, String> environment = Map.of();
    private @Nullable Path dataDirectory;
    private Map<String, Integer> ports = Map.of();
    private Duration tick = Duration.ofSeconds(1);
    private Isolation isolation = Isolation.IN_PROCESS;
    private @Nullable Duration visibilityMax;
    private Invocations invocations = (_, _, _) -> {};
    private @Nullable URI awsEndpoint;

    private Settings(Path template, OutputStream log) {
      this.template = template;
      this.log = log;
    }

    /** Returns settings for a cloud in memory, on free ports, with a tick of one second. */
    public static Settings of(Path template, OutputStream log) {
      return new Settings(template, log);
    }

    private Settings with(Consumer<Settings> change) {
      var copy = new Settings(template, log);
      copy.packages = packages;
      copy.parameters = parameters;
      copy.environment = environment;
      copy.dataDirectory = dataDirectory;
      copy.ports = ports;
      copy.tick = tick;
      copy.isolation = isolation;
      copy.visibilityMax = visibilityMax;
      copy.invocations = invocations;
      copy.awsEndpoint = awsEndpoint;
      change.accept(copy);
      return copy;
    }

    /** Takes the functions' packages from another folder than the template's. */
    public Settings withPackages(Path folder) {
      return with(copy -> copy.packages = folder);
    }

    /** Gives values to the parameters of the template. */
    public Settings withParameters(Map<String, String> values) {
      Map<String, String> parameters = Map.copyOf(values);
      return withParameters(_ -> parameters);
    }

    /** Gives values to the parameters of the template. */
    public Settings withParameters(Parameters values) {
      return with(copy -> copy.parameters = values);
    }

    /** Gives values to more parameters of the template. They win over those that were given. */
    public Settings withMoreParameters(Map<String, String> values) {
      Parameters before = parameters;
      return withParameters(
          apis -> {
            Map<String, String> all = new LinkedHashMap<>(before.of(apis));
            all.putAll(values);
            return all;
          });
    }

    /** Adds environment variables to every function. They win over the template's. */
    public Settings withEnvironment(Map<String, String> values) {
      return with(copy -> copy.environment = Map.copyOf(values));
    }

    /** Keeps tables, queues and secrets in a directory, or in memory for null. */
    public Settings withDataDirectory(@Nullable Path directory) {
      return with(copy -> copy.dataDirectory = directory);
    }

    /** Sets the ports of HTTP APIs by their logical ids. The others take a free one. */
    public Settings withPorts(Map<String, Integer> values) {
      return with(copy -> copy.ports = Map.copyOf(values));
    }

    /**
     * Sets the length of one minute of a schedule; with zero only {@link #tick} ticks.
     *
     * @throws IllegalArgumentException if it is negative
     */
    public Settings withTick(Duration value) {
      if (value.isNegative()) {
        throw new IllegalArgumentException("tick must not be negative, but is " + value);
      }
      return with(copy -> copy.tick = value);
    }

    /** Sets the place where the functions run. */
    public Settings withIsolation(Isolation value) {
      return with(copy -> copy.isolation = value);
    }

    /** Sets the longest visibility timeout of a queue; null for that of the template. */
    public Settings withVisibilityMax(@Nullable Duration value) {
      return with(copy -> copy.visibilityMax = value);
    }

    /** Tells of every invocation that has ended. */
    public Settings withInvocations(Invocations value) {
      return with(copy -> copy.invocations = value);
    }

    /**
     * Takes DynamoDB, SQS and Secrets Manager from another emulator; null for the embedded ones.
     * Tables and queues that it has already are kept.
     */
    public Settings withAwsEndpoint(@Nullable URI value) {
      return with(copy -> copy.awsEndpoint = value);
    }
  }

  /**
   * Starts everything and returns when it answers.
   *
   * @throws IllegalArgumentException when the template is wrong or a function is not built
   * @throws IllegalStateException when a part does not start
   * @throws UncheckedIOException when a port is taken or a file cannot be used
   */
  public static LocalCloud start(Settings settings) {
    FunctionLog.captureStandardStreams();
    var closing = new OpenParts();
    try {
      return new Start(settings, closing).run();
    } catch (RuntimeException | Error e) {
      try {
        closing.close();
      } catch (RuntimeException suppressed) {
        e.addSuppressed(suppressed);
      }
      throw e;
    }
  }

  /**
   * Returns the address of an HTTP API.
   *
   * @param id its logical id in the template
   * @throws IllegalArgumentException when the template has no such API
   */
  public URI api(String id) {
    URI address = apis.get(id);
    if (address == null) {
      throw new IllegalArgumentException("the template has no HTTP API " + id + ", only " + apis);
    }
    return address;
  }

  /** Returns the address of every HTTP API by logical id. */
  public Map<String, URI> apis() {
    return apis;
  }

  /** Returns the environment variables of a function, with those of the local endpoints. */
  public Map<String, String> environment(Stack.Function function) {
    return environments.apply(function);
  }

  /** Returns what the template declares, references replaced. */
  public Stack stack() {
    return stack;
  }

  /** Returns the endpoint of DynamoDB. */
  public URI dynamoDb() {
    return services.dynamoDb();
  }

  /** Returns the endpoint of SQS. */
  public URI sqs() {
    return services.sqs();
  }

  /** Returns the endpoint of Secrets Manager. */
  public URI secrets() {
    return services.secrets();
  }

  /** Returns the endpoint of KMS. */
  public URI kms() {
    return services.kms();
  }

  /**
   * Returns the processes that a function runs in at this moment, for who wants to kill one; none
   * when functions run in this process.
   *
   * @param id the function's logical id
   */
  public List<Long> processIds(String id) {
    LocalFunction function = functions.get(id);
    if (function == null) {
      throw new IllegalArgumentException(
          "the template has no function " + id + ", only " + functions.keySet());
    }
    return function.processIds();
  }

  /**
   * Ticks once, beside the ticks of the clock, and waits until the functions that were due have
   * ended.
   */
  public void tick() throws InterruptedException {
    for (Thread invoked : ticker.tick()) {
      invoked.join();
    }
  }

  /** Stops everything. Running functions get a moment to end, then they are interrupted. */
  @Override
  public void close() {
    ticker.close();
    gateways.forEach(ApiGateway::close);
    List<Thread> stopping = new ArrayList<>();
    for (SqsPoller poller : pollers) {
      stopping.add(Thread.startVirtualThread(() -> poller.stop(SETTLE_TIME_MAX)));
    }
    for (LocalFunction function : functions.values()) {
      stopping.add(Thread.startVirtualThread(() -> function.awaitQuiet(SETTLE_TIME_MAX)));
    }
    try {
      for (Thread thread : stopping) {
        thread.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      closing.close();
    }
  }

  private static Map<String, URI> addresses(Map<String, ApiGateway> gateways) {
    var addresses = new LinkedHashMap<String, URI>();
    gateways.forEach((id, gateway) -> addresses.put(id, gateway.address()));
    return addresses;
  }

  /** The endpoints of the services that hold state. */
  private record Services(URI dynamoDb, URI sqs, URI secrets, URI kms) {}

  /** The services that hold state, and the sockets of the APIs. */
  private record Parts(
      Services services,
      Map<String, ApiGateway> gateways,
      DynamoDbClient dynamoDbClient,
      SqsClient sqsClient) {
    Map<String, String> environment(Stack.Function function, Map<String, String> added) {
      Map<String, String> environment = new LinkedHashMap<>(function.environment());
      environment.put("AWS_REGION", REGION);
      environment.put("AWS_DEFAULT_REGION", REGION);
      // Each function signs with a key of its own, as its role does on AWS.
      environment.put("AWS_ACCESS_KEY_ID", function.id());
      environment.put("AWS_SECRET_ACCESS_KEY", KEY);
      environment.put("AWS_ENDPOINT_URL_DYNAMODB", services.dynamoDb().toString());
      environment.put("AWS_ENDPOINT_URL_SQS", services.sqs().toString());
      environment.put("AWS_ENDPOINT_URL_SECRETS_MANAGER", services.secrets().toString());
      environment.put("AWS_ENDPOINT_URL_KMS", services.kms().toString());
      environment.put("AWS_LAMBDA_FUNCTION_NAME", function.id());
      environment.put("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST");
      environment.put(
          "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", Integer.toString(function.memoryMegabytes()));
      environment.putAll(added);
      return Map.copyOf(environment);
    }
  }

  /** One start, from reading the template to the first tick. */
  private static final class Start {

    private final Settings settings;
    private final OpenParts closing;
    private final InstantSource clock = InstantSource.system();
    private final RandomGenerator random = new SecureRandom();
    private final FunctionLog log;

    private Start(Settings settings, OpenParts closing) {
      this.settings = settings;
      this.closing = closing;
      this.log = new FunctionLog(settings.log, clock);
    }

    private LocalCloud run() {
      Path packages = packages();
      Template template = Template.read(settings.template, packages);
      for (String id : settings.ports.keySet()) {
        if (!template.apiIds().contains(id)) {
          throw new IllegalArgumentException(
              "a port is given for " + id + ", but the template has only " + template.apiIds());
        }
      }
      if (settings.dataDirectory != null) {
        closing.add(DirectoryLock.take(settings.dataDirectory));
      }
      Map<String, ApiGateway> gateways = new LinkedHashMap<>();
      for (String id : template.apiIds()) {
        int port = settings.ports.getOrDefault(id, 0);
        gateways.put(
            id, closing.add(ApiGateway.bind(id, port, clock, random, ApiGateway.TIME_MAX)));
      }
      // A mistake in the template or a missing build shows before the slow parts start.
      Map<String, String> parameters = settings.parameters.of(addresses(gateways));
      Stack preview = template.resolve(parameters, local(gateways, Loopback.uri(1), ACCOUNT));
      Map<String, FunctionCode> codes = new LinkedHashMap<>();
      for (Stack.Function function : preview.functions().values()) {
        codes.put(
            function.id(),
            closing.add(FunctionCode.open(function.id(), function.code(), packages)));
      }
      try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        Parts parts = parts(threads, gateways);
        LocalAddresses addresses = local(gateways, parts.services().sqs(), account(parts, preview));
        Stack stack = template.resolve(parameters, addresses);
        create(threads, parts, stack);
        return connect(parts, addresses, stack, codes);
      }
    }

    private Path packages() {
      Path given = settings.packages;
      return given == null ? Template.folder(settings.template) : given;
    }

    private LocalAddresses local(Map<String, ApiGateway> gateways, URI queues, String account) {
      return new LocalAddresses(REGION, account, queues, addresses(gateways));
    }

    /** Returns the account of the services, which another emulator chooses itself. */
    private String account(Parts parts, Stack stack) {
      if (settings.awsEndpoint == null) {
        return ACCOUNT;
      }
      try {
        return Resources.account(parts.sqsClient(), stack.queues().values());
      } catch (SdkException e) {
        throw new IllegalStateException(
            "nothing answers as AWS does at " + settings.awsEndpoint + ": " + e.getMessage(), e);
      }
    }

    private Parts parts(ExecutorService threads, Map<String, ApiGateway> gateways) {
      Services services = services(threads);
      var credentials = StaticCredentialsProvider.create(AwsBasicCredentials.create(KEY, KEY));
      var region = Region.of(REGION);
      return new Parts(
          services,
          gateways,
          closing.add(
              DynamoDbClient.builder()
                  .endpointOverride(services.dynamoDb())
                  .region(region)
                  .credentialsProvider(credentials)
                  .httpClient(UrlConnectionHttpClient.create())
                  .build()),
          closing.add(
              SqsClient.builder()
                  .endpointOverride(services.sqs())
                  .region(region)
                  .credentialsProvider(credentials)
                  .httpClient(UrlConnectionHttpClient.create())
                  .build()));
    }

    private Services services(ExecutorService threads) {
      Path data = settings.dataDirectory;
      URI kms =
          closing.add(LocalKms.start(random, data == null ? null : data.resolve("kms"))).endpoint();
      URI other = settings.awsEndpoint;
      if (other != null) {
        return new Services(other, other, other, kms);
      }
      var dynamoDb =
          threads.submit(
              () ->
                  closing.add(LocalDynamoDb.start(data == null ? null : data.resolve("dynamodb"))));
      var sqs =
          threads.submit(
              () ->
                  closing.add(
                      LocalSqs.start(REGION, ACCOUNT, data == null ? null : data.resolve("sqs"))));
      var secrets =
          threads.submit(
              () ->
                  closing.add(
                      LocalSecrets.start(
                          REGION,
                          ACCOUNT,
                          clock,
                          random,
                          data == null ? null : data.resolve("secrets"))));
      return new Services(
          result(dynamoDb).endpoint(), result(sqs).endpoint(), result(secrets).endpoint(), kms);
    }

    private void create(ExecutorService threads, Parts parts, Stack stack) {
      List<Future<?>> creating = new ArrayList<>();
      creating.add(
          threads.submit(
              () ->
                  Resources.createQueues(
                      parts.sqsClient(),
                      stack.queues().values().stream()
                          .map(queue -> queue.withVisibilityMax(settings.visibilityMax))
                          .toList())));
      creating.add(
          threads.submit(
              () ->
                  stack
                      .tables()
                      .values()
                      .forEach(table -> Resources.createTable(parts.dynamoDbClient(), table))));
      creating.forEach(Start::result);
    }

    private LocalCloud connect(
        Parts parts, LocalAddresses addresses, Stack stack, Map<String, FunctionCode> codes) {
      var functions = new LinkedHashMap<String, LocalFunction>();
      List<ScheduleTicker.Entry> schedules = new ArrayList<>();
      List<SqsPoller> pollers = new ArrayList<>();
      Map<String, List<ApiGateway.Route>> routes = new LinkedHashMap<>();
      for (Stack.Function function : stack.functions().values()) {
        LocalFunction target = function(function, codes.get(function.id()), parts);
        functions.put(function.id(), target);
        for (Stack.Trigger trigger : function.triggers()) {
          switch (trigger) {
            case Stack.Trigger.Http(String _, String api, RouteKey key) ->
                routes
                    .computeIfAbsent(api, _ -> new ArrayList<>())
                    .add(new ApiGateway.Route(key, target));
            case Stack.Trigger.Sqs mapping ->
                pollers.add(
                    closing.add(
                        new SqsPoller(
                            parts.sqsClient(),
                            queueUrl(stack, addresses, function, mapping),
                            REGION,
                            mapping,
                            target,
                            log,
                            clock)));
            case Stack.Trigger.Schedule schedule ->
                schedules.add(new ScheduleTicker.Entry(schedule, target));
          }
        }
      }
      DataDisk disk = DataDisk.of(settings.dataDirectory);
      parts
          .gateways()
          .forEach(
              (id, gateway) -> {
                Stack.HttpApi api = stack.apis().get(id);
                gateway.start(
                    routes.getOrDefault(id, List.of()),
                    api == null ? null : api.cors(),
                    addresses,
                    disk);
              });
      pollers.forEach(SqsPoller::start);
      var ticker = closing.add(new ScheduleTicker(schedules, addresses, clock, random));
      if (settings.tick.isPositive()) {
        ticker.start(settings.tick);
      }
      return new LocalCloud(
          stack,
          function -> parts.environment(function, settings.environment),
          functions,
          pollers,
          ticker,
          parts,
          closing);
    }

    private LocalFunction function(
        Stack.Function function, @Nullable FunctionCode code, Parts parts) {
      if (code == null) {
        throw new IllegalStateException("function " + function.id() + " has no package");
      }
      Map<String, String> environment = parts.environment(function, settings.environment);
      FunctionEnvironment.Factory factory = factory(function, code, environment);
      return closing.add(
          new LocalFunction(
              function,
              environmentsMax(function),
              () -> new ToldEnvironment(function.id(), factory.start(), settings.invocations),
              log,
              clock,
              random));
    }

    private int environmentsMax(Stack.Function function) {
      return settings.isolation == Isolation.IN_PROCESS
              && function.triggers().stream().anyMatch(Stack.Trigger.Http.class::isInstance)
          ? DOOR_ENVIRONMENTS_MAX
          : ENVIRONMENTS_MAX;
    }

    private FunctionEnvironment.Factory factory(
        Stack.Function function, FunctionCode code, Map<String, String> environment) {
      return switch (settings.isolation) {
        case IN_PROCESS -> {
          var loader = new FunctionLoader(function.id(), code.classes(), log);
          yield () -> InProcessEnvironment.start(function, loader, environment, clock);
        }
        case PROCESSES -> {
          Path client = ProcessEnvironment.client(build());
          Path directory = code.directory();
          yield () ->
              ProcessEnvironment.start(function, directory, client, environment, log, clock);
        }
      };
    }

    /** Returns the directory that this program was built into, as classes or as a jar. */
    private static Path build() {
      try {
        Path own =
            Path.of(LocalCloud.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        return Objects.requireNonNull(own.getParent());
      } catch (URISyntaxException e) {
        throw new IllegalStateException("a class is always loaded from a valid place", e);
      }
    }

    private static String queueUrl(
        Stack stack, LocalAddresses addresses, Stack.Function function, Stack.Trigger.Sqs mapping) {
      return stack.queues().values().stream()
          .filter(queue -> queue.arn().equals(mapping.queueArn()))
          .findFirst()
          .map(queue -> addresses.queueUrl(queue.name()))
          .orElseThrow(
              () ->
                  new IllegalArgumentException(
                      "Resources."
                          + function.id()
                          + ".Properties.Events."
                          + mapping.id()
                          + ".Queue: there is no queue "
                          + mapping.queueArn()
                          + " in the template"));
    }

    private static <T> T result(Future<T> future) {
      try {
        return future.get();
      } catch (ExecutionException e) {
        if (e.getCause() instanceof RuntimeException cause) {
          throw cause;
        }
        throw new IllegalStateException("a part did not start", e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("the start was interrupted", e);
      }
    }
  }

  /** Keeps two processes from writing to one data directory; a killed process holds no lock. */
  private record DirectoryLock(FileChannel channel, FileLock lock) implements AutoCloseable {

    static DirectoryLock take(Path directory) {
      Path file = directory.resolve("lock");
      try {
        Files.createDirectories(directory);
        FileChannel channel =
            FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = tryLock(channel);
        if (lock == null) {
          channel.close();
          throw new IllegalStateException(
              "the data directory " + directory + " is in use by another embedded cloud");
        }
        return new DirectoryLock(channel, lock);
      } catch (IOException e) {
        throw new UncheckedIOException("the data directory " + directory + " cannot be used", e);
      }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
      try {
        return channel.tryLock();
      } catch (OverlappingFileLockException e) {
        return null;
      }
    }

    @Override
    public void close() throws IOException {
      lock.release();
      channel.close();
    }
  }

  /** The started parts. They are closed in the opposite order. */
  private static final class OpenParts implements AutoCloseable {

    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final ReentrantLock lock = new ReentrantLock();

    private <T extends AutoCloseable> T add(T part) {
      lock.lock();
      try {
        open.push(part);
      } finally {
        lock.unlock();
      }
      return part;
    }

    @Override
    public void close() {
      var failures = new ArrayList<Exception>();
      for (AutoCloseable part = next(); part != null; part = next()) {
        try {
          part.close();
        } catch (Exception e) {
          failures.add(e);
        }
      }
      if (!failures.isEmpty()) {
        var failure = new IllegalStateException("not everything stopped cleanly");
        failures.forEach(failure::addSuppressed);
        throw failure;
      }
    }

    private @Nullable AutoCloseable next() {
      lock.lock();
      try {
        return open.poll();
      } finally {
        lock.unlock();
      }
    }
  }
}
