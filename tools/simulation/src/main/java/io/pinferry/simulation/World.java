package io.pinferry.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Deadline;
import io.pinferry.base.Digest;
import io.pinferry.base.Json;
import io.pinferry.base.Log;
import io.pinferry.base.ManualClock;
import io.pinferry.base.PinferryException.NotFound;
import io.pinferry.base.Secret;
import io.pinferry.base.SeededIds;
import io.pinferry.client.PinterestClient;
import io.pinferry.connection.AccessTokens;
import io.pinferry.connection.InMemoryRefreshLeaseStore;
import io.pinferry.connection.KeepAlive;
import io.pinferry.connection.Reconnect;
import io.pinferry.connection.RefreshLeaseStore;
import io.pinferry.delivery.DeadLetters;
import io.pinferry.delivery.Delivery;
import io.pinferry.delivery.DeliveryMessage;
import io.pinferry.delivery.DeliveryQueue;
import io.pinferry.delivery.DirectoryTargets;
import io.pinferry.delivery.DirectoryTroubles;
import io.pinferry.delivery.InMemoryDeadLetters;
import io.pinferry.delivery.InMemoryParkedMessages;
import io.pinferry.delivery.NotificationRelay;
import io.pinferry.delivery.ParkedMessages;
import io.pinferry.delivery.ParkedRelease;
import io.pinferry.delivery.Receipts;
import io.pinferry.delivery.Redrive;
import io.pinferry.delivery.ResultLinks;
import io.pinferry.delivery.ResultStore;
import io.pinferry.delivery.RetrySchedule;
import io.pinferry.directory.ConnectionRepository;
import io.pinferry.directory.ConnectionStatus;
import io.pinferry.directory.Destination;
import io.pinferry.directory.DestinationId;
import io.pinferry.directory.DestinationRepository;
import io.pinferry.directory.DestinationRules;
import io.pinferry.directory.DestinationSecret;
import io.pinferry.directory.DirectoryStore;
import io.pinferry.directory.EventTopicRoute;
import io.pinferry.directory.InMemorySecretStore;
import io.pinferry.directory.Installation;
import io.pinferry.directory.InstallationId;
import io.pinferry.directory.InstallationRepository;
import io.pinferry.directory.Integration;
import io.pinferry.directory.NotificationType;
import io.pinferry.directory.Project;
import io.pinferry.directory.ProjectId;
import io.pinferry.directory.ProjectRepository;
import io.pinferry.directory.ProviderApp;
import io.pinferry.directory.ProviderAppId;
import io.pinferry.directory.ProviderAppRepository;
import io.pinferry.directory.SecretStore;
import io.pinferry.directory.Topic;
import io.pinferry.directory.TopicDestinationRoute;
import io.pinferry.directory.TopicId;
import io.pinferry.directory.TopicRepository;
import io.pinferry.http.Caller;
import io.pinferry.http.Door;
import io.pinferry.http.Endpoint;
import io.pinferry.http.Guard;
import io.pinferry.http.HttpEvents;
import io.pinferry.http.Router;
import io.pinferry.install.ChangeConfig;
import io.pinferry.install.ChangeRequest;
import io.pinferry.install.Install;
import io.pinferry.install.InstallRequest;
import io.pinferry.install.PauseReads;
import io.pinferry.install.TriggerRead;
import io.pinferry.install.Uninstall;
import io.pinferry.limit.BudgetStore;
import io.pinferry.limit.Budgets;
import io.pinferry.limit.InMemoryBudgetStore;
import io.pinferry.local.demo.RecordFingerprint;
import io.pinferry.local.simulator.BookmarkStyle;
import io.pinferry.local.simulator.PinPlan;
import io.pinferry.local.simulator.PinterestSimulator;
import io.pinferry.local.simulator.SimulatedApp;
import io.pinferry.local.simulator.SimulatorSettings;
import io.pinferry.local.simulator.StateStore;
import io.pinferry.management.Deploy;
import io.pinferry.manifest.InstallationConfig;
import io.pinferry.manifest.ReadObjectConfig;
import io.pinferry.manifest.Touched;
import io.pinferry.net.FileRelay;
import io.pinferry.net.HttpTransport;
import io.pinferry.notification.Outbox;
import io.pinferry.operation.Operation;
import io.pinferry.operation.OperationFinisher;
import io.pinferry.operation.OperationId;
import io.pinferry.operation.OperationNotificationNotes;
import io.pinferry.operation.OperationStatus;
import io.pinferry.operation.OperationStore;
import io.pinferry.operation.Work;
import io.pinferry.pinterest.PinterestOauth;
import io.pinferry.pinterest.ReadCatalogue;
import io.pinferry.read.InMemoryCloud;
import io.pinferry.read.InstalledReads;
import io.pinferry.read.Partition;
import io.pinferry.read.PartitionKey;
import io.pinferry.read.PartitionStore;
import io.pinferry.read.PartitionSync;
import io.pinferry.read.ReadQueue;
import io.pinferry.read.ReadReceipts;
import io.pinferry.read.ReadStarts;
import io.pinferry.read.ResumedReads;
import io.pinferry.read.RunningReads;
import io.pinferry.read.ScheduledReads;
import io.pinferry.read.Settlement;
import io.pinferry.read.SyncSettings;
import io.pinferry.read.Watchdog;
import io.pinferry.timer.Timer;
import io.pinferry.timer.TimerStore;
import io.pinferry.timer.TimerTick;
import io.pinferry.write.AsyncWrites;
import io.pinferry.write.InMemoryWriteStore;
import io.pinferry.write.Preparation;
import io.pinferry.write.WriteOperations;
import io.pinferry.write.WriteParts;
import io.pinferry.write.WriteQueue;
import io.pinferry.write.WriteRoutes;
import io.pinferry.write.WriteStore;
import io.pinferry.write.Writes;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A whole Pinferry with a Pinterest, customers and destinations, all of it following from one seed:
 * installs, lets things go wrong for some two hours, and then lets everything come to its end.
 */
final class World implements AutoCloseable {
  private static final int CUSTOMERS_MAX = 2;

  /** Each customer comes through a product of its own, whose app has limits of its own. */
  private static final String CLIENT_ID = "150000";

  static final String CLIENT_SECRET = "simulation-app-secret";

  private static final Instant BEGIN = Instant.parse("2026-03-02T08:00:00Z");
  private static final Duration FAULTY = Duration.ofMinutes(100);
  private static final Duration LONGEST = Duration.ofHours(38);
  private static final Duration AGE_MAX = Duration.ofHours(36);
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration LEASE = Duration.ofSeconds(45);
  static final String PUBLIC_URL = "https://pinferry.invalid";
  private static final String REDIRECT = PUBLIC_URL + "/callbacks/v1/oauth";

  /** How long the way to Pinterest and the way back may take together. */
  private static final Duration WAY_MAX = Duration.ofMinutes(1);

  private static final URI PINTEREST = URI.create("https://pinterest.invalid");

  /** What a page may hold at once when a partition's page is stored. */
  private static final int UNDELIVERED_MAX = 200;

  private static final int QUEUE_MAX = 5_000;

  private static final List<String> CHANGES =
      List.of("records added", "records deleted", "pin moved");

  private static final List<String> WRITTEN =
      List.of("boards", "catalogs", "feeds", "media", "pins", "product_groups", "reports");

  private static final String KEY = "simulation-key";

  /** How often a product sends a request with the same key. */
  private static final int REPEATS_MAX = 8;

  private static final List<String> OBJECTS = List.copyOf(ReadCatalogue.names());

  /** A small account is read in one slice of the real length, so most slices are shorter. */
  private static final List<Duration> SLICES =
      List.of(Duration.ofMillis(200), Duration.ofSeconds(2), Duration.ofMinutes(1));

  private static final RetrySchedule RETRIES =
      RetrySchedule.parse("PT5S,PT5M,PT30M,PT2H,PT5H,PT10H,PT10H");

  /** With these, messages are given up while faults strike. */
  private static final RetrySchedule SHORT_RETRIES = RetrySchedule.parse("PT5S,PT1M,PT11M");

  private final RandomGenerator random;
  private final ManualClock clock = new ManualClock(BEGIN);
  private final FaultPlan faults;
  private final Observer observer = new Observer(clock);
  private final Scheduler scheduler;
  private final InMemoryCloud cloud = new InMemoryCloud(clock);
  private final InMemorySecretStore secretStore = new InMemorySecretStore();
  private final InMemoryRefreshLeaseStore leases = new InMemoryRefreshLeaseStore();
  private final InMemoryParkedMessages parked = new InMemoryParkedMessages(cloud.timers());
  private final DeadLetters deadLetters;
  private final Outbox outbox = new Outbox(cloud.directory());
  private final BudgetStore budgetStore = new InMemoryBudgetStore();
  private final SeededIds ids;
  private final PinterestSimulator simulator;
  private final SimulatedPinterest pinterest;
  private final SimulatedWebhooks webhooks;
  private final SimulatedQueue<PartitionKey> readQueue;
  private final SimulatedQueue<DeliveryMessage> deliveryQueue;
  private final Mutation mutation;
  private final OperationStore operations;
  private final PartitionStore partitionStore;
  private final SecretStore secrets;
  private final BudgetStore budgets;
  private final Deque<SyncFunction> idleSync = new ArrayDeque<>();
  private final Deque<DeliverFunction> idleDeliver = new ArrayDeque<>();
  private final List<Customer> customers = new ArrayList<>();
  private final String pinPlan;
  private final SyncSettings syncSettings;

  /** Whether Pinterest's limits are far below what is assumed of them. */
  private final boolean tight;

  /** Truth at the beginning, by object: content by key. */
  private final Map<String, Set<RecordFingerprint>> before = new HashMap<>();

  /** Customers who are connecting again. */
  private final Set<String> atPinterest = new HashSet<>();

  /** Since when installations may read another account than the one that is known here. */
  private final Map<InstallationId, Instant> ofAnother = new HashMap<>();

  /** What had arrived of an operation when it ended. */
  private final Map<OperationId, Set<RecordFingerprint>> takenAtEnd = new HashMap<>();

  /** Drawn from apart, so that worlds without a change of a config are as they were. */
  private final RandomGenerator changes;

  /** What products ask to be written is drawn from apart, too. */
  private final RandomGenerator writing;

  /** When people send again what was given up is drawn from apart as well. */
  private final RandomGenerator mending;

  /** Whether messages are given up soon here, and sent again by people until all have arrived. */
  private final boolean mends;

  /** Messages that were given to the delivery queue, by id. */
  private final Map<String, DeliveryMessage> given = new HashMap<>();

  /** What was taken out of a config once; its messages may have been dropped meanwhile. */
  private final Set<String> takenOut = new HashSet<>();

  private final InMemoryWriteStore writeStore = new InMemoryWriteStore();
  private final WriteLedger ledger = new WriteLedger(observer);
  private final SimulatedQueue<OperationId> writeQueue;
  private final WriteAsks asks;
  private int writesOpen;

  private record Customer(
      String name,
      Project project,
      Installation installation,
      Integration integration,
      List<String> objects) {}

  World(long seed, Mutation mutation) {
    this.random = new SplittableRandom(seed);
    this.changes = new SplittableRandom(~seed);
    this.writing = new SplittableRandom(seed ^ 0x5752495445L);
    this.mending = new SplittableRandom(seed ^ 0x4D454E4453L);
    this.mends = mending.nextInt(6) == 0;
    this.mutation = mutation;
    this.deadLetters = mutation.deadLetters(new InMemoryDeadLetters(parked));
    this.faults = new FaultPlan(random);
    this.scheduler = new Scheduler(clock, random);
    this.ids = new SeededIds(seed);
    var settings =
        SimulatorSettings.of(seed, random.nextInt(60), app(1), app(2))
            .withBoards(random.nextInt(8))
            .withBookmarkStyle(BookmarkStyle.KEY);
    if (random.nextInt(3) == 0) {
      settings =
          settings.withTokenLifetimes(Duration.ofMinutes(20), Duration.ofDays(60), Duration.ZERO);
    }
    this.tight = random.nextInt(4) == 0;
    if (tight) {
      settings = settings.withRateLimitDivisor(5 + random.nextInt(16));
    }
    this.simulator = new PinterestSimulator(settings, clock, StateStore.forgetful());
    this.pinterest =
        new SimulatedPinterest(
            simulator, faults, random, observer, this::connectWhileRefreshing, ledger::carriedOut);
    this.asks = new WriteAsks(simulator, ledger, writing);
    this.webhooks = new SimulatedWebhooks(faults, random, observer, ledger::told);
    this.writeQueue =
        new SimulatedQueue<>(
            "write", scheduler, random, faults, Duration.ofMinutes(90), 2, this::work);
    this.readQueue =
        new SimulatedQueue<>(
            "read", scheduler, random, faults, Duration.ofMinutes(12), 2, this::sync);
    this.deliveryQueue =
        new SimulatedQueue<>(
            "delivery", scheduler, random, faults, Duration.ofMinutes(6), 2, this::deliver);
    this.partitionStore = observer.partitions(mutation.partitions(cloud.partitions()));
    this.operations =
        observer.operations(
            mutation.operations(cloud.operations()),
            ended -> takenAtEnd.put(ended, Set.copyOf(webhooks.taken(ended.value()))));
    this.secrets = observer.secrets(mutation.secrets(secretStore), pinterest.issueOfToken());
    this.budgets = observer.budgets(mutation.budgets(budgetStore));
    this.syncSettings =
        new SyncSettings(
            SLICES.get(random.nextInt(SLICES.size())),
            LEASE,
            5,
            Duration.ofSeconds(10),
            8,
            100_000,
            3);
    this.pinPlan = random.nextBoolean() ? "owned" : "boards";
  }

  Observer observer() {
    return observer;
  }

  FaultPlan faults() {
    return faults;
  }

  long records() {
    return webhooks.records();
  }

  /** Returns how many records were asked to be written. */
  int written() {
    return ledger.records();
  }

  /** Returns how many reads ended as a success. */
  long successes() {
    return observer.started().keySet().stream()
        .flatMap(id -> cloud.operations().find(id).stream())
        .filter(operation -> operation.status() == OperationStatus.SUCCESS)
        .filter(operation -> operation.work() instanceof Work.Read)
        .count();
  }

  /** Runs everything, and checks what can only be seen at the end. */
  void run() {
    int customerCount = 1 + random.nextInt(CUSTOMERS_MAX);
    for (int number = 1; number <= customerCount; number++) {
      customers.add(install(number));
    }
    for (String object : objectsRead()) {
      before.put(object, truth(object));
    }
    for (Instant tick = BEGIN.plus(MINUTE);
        tick.isBefore(BEGIN.plus(LONGEST));
        tick = tick.plus(MINUTE)) {
      scheduler.at(tick, this::tick);
    }
    for (int i = random.nextInt(3); i > 0; i--) {
      scheduler.at(BEGIN.plusSeconds(random.nextInt(6_000)), this::trigger);
    }
    if (random.nextInt(10) == 0) {
      scheduler.at(BEGIN.plusSeconds(random.nextInt(6_000)), this::uninstall);
    }
    if (random.nextInt(5) == 0) {
      scheduler.at(BEGIN.plusSeconds(random.nextInt(6_000)), this::connectAgain);
    }
    if (changes.nextInt(4) == 0) {
      scheduler.at(BEGIN.plusSeconds(changes.nextInt(3_000)), this::reconfigure);
    }
    if (!faults.calm() && random.nextInt(8) == 0) {
      scheduler.at(BEGIN.plusSeconds(random.nextInt(5_000)), this::removeApp);
    }
    if (!faults.calm() && random.nextInt(20) == 0) {
      scheduler.at(BEGIN.plusSeconds(random.nextInt(3_000)), this::abandonDestination);
    }
    if (writing.nextInt(2) == 0) {
      for (int number = writing.nextInt(5); number >= 0; number--) {
        int one = number;
        scheduler.at(BEGIN.plusSeconds(writing.nextInt(5_400)), () -> askWrite(one));
      }
    }
    if (mends) {
      for (int i = mending.nextInt(4); i > 0; i--) {
        scheduler.at(BEGIN.plusSeconds(mending.nextInt(6_000)), this::sendAgain);
      }
      if (!faults.calm() && mending.nextInt(2) == 0) {
        int down = mending.nextInt(3_000);
        scheduler.at(BEGIN.plusSeconds(down), this::abandonDestination);
        scheduler.at(BEGIN.plusSeconds(down + mending.nextInt(3_000)), this::mendDestination);
      }
    }
    runUntil(BEGIN.plus(FAULTY));
    faults.stop();
    if (mends) {
      mendDestination();
    }
    while (clock.instant().isBefore(BEGIN.plus(LONGEST)) && !quiet()) {
      if (mends) {
        sendAgain();
      }
      runUntil(clock.instant().plus(Duration.ofMinutes(10)));
    }
    checkEnd();
  }

  private void runUntil(Instant until) {
    scheduler.run(until);
    if (clock.instant().isBefore(until)) {
      clock.set(until);
    }
  }

  private static SimulatedApp app(int number) {
    return new SimulatedApp(CLIENT_ID + number, CLIENT_SECRET, Set.of(REDIRECT), true);
  }

  private boolean quiet() {
    return readQueue.size() == 0
        && deliveryQueue.size() == 0
        && writeQueue.size() == 0
        && writesOpen == 0
        && outbox.pending(1).isEmpty()
        && cloud.timers().all().stream().noneMatch(timer -> timer.kind().equals(ParkedRelease.KIND))
        && observer.started().keySet().stream().allMatch(id -> observer.endedAt(id) != null)
        && (!mends || given.values().stream().allMatch(this::settled));
  }

  @Override
  public void close() {
    scheduler.close();
  }

  // ------------------------------------------------------------------ functions

  private <F> F environment(Deque<F> idle, java.util.function.Supplier<F> cold) {
    return !idle.isEmpty() && random.nextInt(5) != 0 ? idle.remove() : cold.get();
  }

  private Invocation invocation(String function) {
    Duration skew = Duration.ZERO;
    if (!faults.calm() && random.nextInt(4) == 0) {
      faults.count("clock skew");
      // Limits are kept by clocks that differ by a second; nothing else needs them to.
      int most = tight ? 500 : 1_500;
      skew = Duration.ofMillis(random.nextInt(-most, most));
    }
    return new Invocation(function, skew);
  }

  /** What all functions are made of. */
  private abstract class Function {
    final Invocation invocation;
    final SimulatedTasks tasks;
    final FaultyPort port;
    final Log log;
    final OperationStore operations;
    final PartitionStore store;
    final DirectoryStore directory;
    final ReadQueue partitions;
    final Settlement settlement;
    private long number;

    Function(String name) {
      invocation = invocation(name);
      tasks = new SimulatedTasks(scheduler, invocation);
      port = new FaultyPort(scheduler, invocation, faults, random);
      log = Log.to(line -> observer.seen("a log line", line), tasks::now);
      operations = port.at(OperationStore.class, World.this.operations);
      store = port.at(PartitionStore.class, partitionStore);
      directory = port.at(DirectoryStore.class, mutation.directory(cloud.directory()));
      partitions = port.at(ReadQueue.class, mutation.readQueue(readQueue::send));
      settlement = new Settlement(store, operations, new OperationFinisher(operations, log), tasks);
    }

    /** Ends the invocation as Lambda does if it takes too long; returns its number. */
    long begin(Duration timeout) {
      long began = ++number;
      scheduler.at(
          scheduler.now().plus(timeout),
          () -> {
            if (number == began && !invocation.killed()) {
              invocation.kill();
              scheduler.wake(invocation);
            }
          });
      return began;
    }

    void end() {
      number++;
    }
  }

  private static PinterestOauth oauth(HttpTransport http, InstantSource clock) {
    return new PinterestOauth(
        http,
        URI.create(PINTEREST + "/oauth/"),
        URI.create(PINTEREST + "/v5/oauth/token"),
        PINTEREST,
        clock);
  }

  private AccessTokens accessTokens(Function function, HttpTransport http) {
    return new AccessTokens(
        new ConnectionRepository(function.directory),
        new ProviderAppRepository(function.directory),
        function.port.at(SecretStore.class, secrets),
        function.port.at(RefreshLeaseStore.class, mutation.leases(leases)),
        oauth(http, function.tasks::now),
        function.tasks,
        function.log);
  }

  private DeliveryQueue toDeliveryQueue() {
    return queueOf(
        messages -> {
          observer.sent(messages);
          messages.forEach(message -> given.put(message.id(), message));
          deliveryQueue.send(messages, Duration.ZERO);
        });
  }

  private static DeliveryQueue queueOf(
      java.util.function.Consumer<List<DeliveryMessage>> messages) {
    return new DeliveryQueue() {
      @Override
      public void send(List<DeliveryMessage> sent) {
        messages.accept(sent);
      }

      @Override
      public boolean fits(DeliveryMessage message) {
        return true;
      }
    };
  }

  private final class SyncFunction extends Function {
    private final PartitionSync partitionSync;
    private final Budgets shared;

    SyncFunction() {
      super("sync");
      shared = new Budgets(port.at(BudgetStore.class, budgets), tasks, log);
      var http = mutation.pinterest(pinterest.from(tasks, invocation));
      var tokens = accessTokens(this, http);
      partitionSync =
          new PartitionSync(
              new PartitionSync.Parts(
                  store,
                  operations,
                  port.at(ResultStore.class, cloud.results()),
                  partitions,
                  port.at(DeliveryQueue.class, mutation.deliveryQueue(toDeliveryQueue())),
                  new PinterestClient(tokens, shared, http, PINTEREST, tasks, random),
                  settlement,
                  tasks,
                  random,
                  log,
                  syncSettings));
    }

    void drain(List<SimulatedQueue.Message<PartitionKey>> batch) {
      var deadline = new Deadline(tasks.now().plusSeconds(120 - 45));
      begin(Duration.ofMinutes(2));
      List<SimulatedQueue.Message<PartitionKey>> done = new ArrayList<>();
      tasks.all(
          batch.stream()
              .map(
                  message ->
                      (java.util.concurrent.Callable<Boolean>)
                          () -> {
                            try {
                              partitionSync.drain(message.body(), deadline);
                              return done.add(message);
                            } catch (RuntimeException e) {
                              observer.event("drain failed: " + e);
                              return false;
                            }
                          })
              .toList());
      shared.giveBack();
      done.forEach(readQueue::delete);
    }
  }

  private void sync(List<SimulatedQueue.Message<PartitionKey>> batch) {
    SyncFunction function = environment(idleSync, SyncFunction::new);
    invoke(function, () -> function.drain(batch), () -> idleSync.add(function), readQueue);
  }

  private void invoke(Function function, Runnable work, Runnable idle, SimulatedQueue<?> queue) {
    scheduler.start(
        function.invocation,
        () -> {
          try {
            work.run();
            function.end();
            idle.run();
          } catch (RuntimeException e) {
            // Lambda keeps the environment; the batch comes again.
            observer.event(function.invocation.function() + " failed: " + e);
            function.end();
            idle.run();
          } finally {
            queue.release();
          }
          return true;
        });
  }

  /** The parts of what writes. */
  private abstract class WritingFunction extends Function {
    final WriteStore records;
    final WriteQueue queue;
    final Budgets shared;
    final AccessTokens tokens;
    final PinterestClient client;
    final WriteParts writeParts;

    WritingFunction(String name, @Nullable AskedWrite write, Duration permitsOut) {
      super(name);
      records =
          port.at(WriteStore.class, ledger.store(mutation.writes(writeStore), write, invocation));
      queue = port.at(WriteQueue.class, toWriteQueue());
      shared = new Budgets(port.at(BudgetStore.class, mutation.writeBudgets(budgets)), tasks, log);
      HttpTransport way = pinterest.from(tasks, invocation, permitsOut);
      HttpTransport http =
          mutation.pinterest(pinterest.writing(way, invocation, port, ledger, writing));
      tokens = accessTokens(this, http);
      client = new PinterestClient(tokens, shared, http, PINTEREST, tasks, random);
      FileRelay files =
          new SimulatedFiles(simulator, faults, writing, ledger, tasks, invocation, port);
      var writeOperations =
          new WriteOperations(
              operations,
              new OperationFinisher(operations, log),
              records,
              port.at(TimerStore.class, cloud.timers()),
              queue,
              tasks,
              log);
      writeParts =
          new WriteParts(
              directory,
              writeOperations,
              records,
              new Preparation(directory, new DestinationRules(false)),
              client,
              files,
              ids,
              tasks,
              log);
    }
  }

  private WriteQueue toWriteQueue() {
    return operation -> writeQueue.send(List.of(operation), Duration.ZERO);
  }

  private final class WriteFunction extends WritingFunction {
    private final Endpoint endpoint;

    WriteFunction(Customer customer, AskedWrite write) {
      super("write", write, Duration.ofSeconds(21));
      var writes = new Writes(writeParts, queue);
      String known = Digest.sha256Hex(KEY);
      Caller caller =
          Caller.full(customer.project().id().value(), customer.project().name(), "key");
      endpoint =
          new Endpoint(
              Door.WRITE,
              new Router(WriteRoutes.of(directory, writes)),
              new Guard(
                  hash -> hash.equals(known) ? Optional.of(caller) : Optional.empty(),
                  null,
                  Duration.ZERO,
                  tasks::now),
              log,
              tasks::now,
              WriteRoutes.BODY_BYTES_MAX);
    }
  }

  private final class WorkerFunction extends WritingFunction {
    private final AsyncWrites worker;

    WorkerFunction() {
      super("write-worker", null, Duration.ofMinutes(15));
      worker = new AsyncWrites(writeParts);
    }

    void work(List<SimulatedQueue.Message<OperationId>> batch) {
      Instant answeredUntil = tasks.now().plusSeconds(870);
      begin(Duration.ofMinutes(15));
      List<SimulatedQueue.Message<OperationId>> done = new ArrayList<>();
      tasks.all(
          batch.stream()
              .map(
                  message ->
                      (java.util.concurrent.Callable<Boolean>)
                          () -> {
                            try {
                              worker.run(
                                  message.body(), answeredUntil.minusSeconds(30), answeredUntil);
                              return done.add(message);
                            } catch (RuntimeException e) {
                              observer.event("work failed: " + e);
                              return false;
                            }
                          })
              .toList());
      shared.giveBack();
      done.forEach(writeQueue::delete);
    }
  }

  private void work(List<SimulatedQueue.Message<OperationId>> batch) {
    var function = new WorkerFunction();
    invoke(function, () -> function.work(batch), () -> {}, writeQueue);
  }

  /** A product asks for records to be written, from time to time for many. */
  private void askWrite(int number) {
    Customer customer = customers.get(writing.nextInt(customers.size()));
    AskedWrite write = asks.next(number);
    ledger.asked(write);
    writesOpen++;
    post(customer, write, 1);
  }

  /** Sends a request, again with the same key if there was no answer, or none of the kind. */
  private void post(Customer customer, AskedWrite write, int attempt) {
    var settled = new AtomicBoolean();
    post(
        customer,
        write,
        (status, body) -> {
          if (body.contains("operationId")) {
            settled.set(true);
            ledger.answered(write, Json.trusted(body));
          } else if (status == 500) {
            observer.violated("truthful", "a write was answered " + body);
          }
        });
    scheduler.at(
        clock.instant().plusSeconds(30 + writing.nextInt(120)),
        () -> {
          if (settled.get() && write.canBeMisused() && writing.nextInt(4) == 0) {
            faults.count("write: another request has the same key");
            post(customer, write.misuse(), ledger::misused);
          }
          boolean again = write.key() != null && (!settled.get() || writing.nextInt(3) == 0);
          if (again && attempt < REPEATS_MAX) {
            post(customer, write, attempt + 1);
          } else {
            writesOpen--;
          }
        });
  }

  /**
   * @param answered is told of status and body
   */
  private void post(Customer customer, AskedWrite write, BiConsumer<Integer, String> answered) {
    observer.event(
        "asks to %s %d %s, number %d%s"
            .formatted(
                write.verb(),
                write.records().size(),
                write.object(),
                write.number(),
                write.later() ? ", later" : ""));
    var function = new WriteFunction(customer, write);
    var event =
        HttpEvents.request(
                "POST",
                "/v1/projects/"
                    + customer.project().id().value()
                    + "/integrations/"
                    + customer.integration().id().value()
                    + "/objects/"
                    + write.object())
            .key(KEY)
            .body(write.body());
    String key = write.key();
    if (key != null) {
      event.header("idempotency-key", key);
    }
    function.begin(Duration.ofSeconds(29));
    scheduler.start(
        function.invocation,
        () -> {
          try {
            JsonNode answer = event.sendTo(function.endpoint);
            int status = answer.path("statusCode").asInt();
            observer.event("write " + write.number() + " is answered " + status);
            answered.accept(status, answer.path("body").asText());
            return status;
          } finally {
            function.end();
          }
        });
  }

  private final class DeliverFunction extends Function {
    private final Delivery delivery;
    private final Receipts receipts;

    DeliverFunction() {
      super("deliver");
      receipts =
          mutation.receipts(
              new ReadReceipts(store, operations, settlement, partitions, tasks::now));
      var destinations = new DestinationRepository(directory);
      delivery =
          new Delivery(
              new Delivery.Parts(
                  new DirectoryTargets(
                      new InstallationRepository(directory),
                      destinations,
                      port.at(SecretStore.class, secrets),
                      tasks::now),
                  webhooks.from(tasks, invocation, scheduler),
                  receipts,
                  port.at(ParkedMessages.class, parked),
                  port.at(DeadLetters.class, deadLetters),
                  new DirectoryTroubles(destinations, tasks::now),
                  Delivery.circuits(),
                  new ResultLinks(URI.create("https://api.example"))),
              mends ? SHORT_RETRIES : RETRIES,
              tasks::now,
              log);
    }

    void deliver(List<SimulatedQueue.Message<DeliveryMessage>> batch) {
      begin(Duration.ofMinutes(1));
      List<SimulatedQueue.Message<DeliveryMessage>> done = new ArrayList<>();
      List<SimulatedQueue.Message<DeliveryMessage>> delivered = new ArrayList<>();
      List<DeliveryMessage.Receipt> taken = new ArrayList<>();
      tasks.all(
          batch.stream()
              .map(
                  message ->
                      (java.util.concurrent.Callable<Boolean>)
                          () -> attempt(message, done, delivered, taken))
              .toList());
      try {
        receipts.delivered(taken);
        done.addAll(delivered);
      } catch (RuntimeException e) {
        observer.event("receipts failed: " + e);
      }
      done.forEach(deliveryQueue::delete);
    }

    private boolean attempt(
        SimulatedQueue.Message<DeliveryMessage> message,
        List<SimulatedQueue.Message<DeliveryMessage>> done,
        List<SimulatedQueue.Message<DeliveryMessage>> delivered,
        List<DeliveryMessage.Receipt> taken) {
      try {
        switch (delivery.attempt(
            message.body(), message.body().attempts() + message.receiveCount())) {
          case Delivery.Attempt.Delivered(DeliveryMessage.Receipt receipt) -> {
            delivered.add(message);
            taken.add(receipt);
          }
          case Delivery.Attempt.Again again -> deliveryQueue.hide(message, again.delay());
          case Delivery.Attempt.Left _ -> done.add(message);
        }
        return true;
      } catch (RuntimeException e) {
        observer.event("attempt failed: " + e);
        return false;
      }
    }
  }

  private void deliver(List<SimulatedQueue.Message<DeliveryMessage>> batch) {
    DeliverFunction function = environment(idleDeliver, DeliverFunction::new);
    invoke(function, () -> function.deliver(batch), () -> idleDeliver.add(function), deliveryQueue);
  }

  private final class ScheduleFunction extends Function {
    private final TimerTick tick;
    private final NotificationRelay relay;

    ScheduleFunction() {
      super("schedule");
      TimerStore timers = port.at(TimerStore.class, cloud.timers());
      var watchdog =
          new Watchdog(operations, store, partitions, timers, settlement, tasks, log, MINUTE);
      var scheduled =
          new ScheduledReads(
              new InstalledReads(
                  new InstallationRepository(directory), new ConnectionRepository(directory)),
              new ReadStarts(MINUTE),
              operations,
              partitions,
              timers,
              tasks,
              log);
      var resumed =
          new ResumedReads(
              directory, new ReadStarts(MINUTE), operations, partitions, timers, tasks, log);
      relay =
          new NotificationRelay(
              directory,
              port.at(DeliveryQueue.class, mutation.deliveryQueue(toDeliveryQueue())),
              new OperationNotificationNotes(operations, tasks::now),
              tasks,
              log);
      var released =
          new ParkedRelease(
              port.at(ParkedMessages.class, parked),
              port.at(DeliveryQueue.class, toDeliveryQueue()),
              timers,
              tasks,
              log);
      var keepAlive =
          new KeepAlive(
              new ConnectionRepository(directory),
              accessTokens(this, mutation.pinterest(pinterest.from(tasks, invocation))),
              port.at(SecretStore.class, secrets),
              timers,
              tasks::now,
              log);
      var writes =
          new WriteOperations(
              operations,
              new OperationFinisher(operations, log),
              port.at(WriteStore.class, writeStore),
              timers,
              port.at(WriteQueue.class, toWriteQueue()),
              tasks,
              log);
      tick =
          new TimerTick(
              timers,
              Map.of(
                  KeepAlive.KIND,
                  keepAlive::fire,
                  Watchdog.KIND,
                  watchdog::fire,
                  ScheduledReads.KIND,
                  scheduled::fire,
                  Reconnect.KIND,
                  resumed::fire,
                  ParkedRelease.KIND,
                  released::fire,
                  WriteOperations.KIND,
                  writes::fire),
              tasks,
              log);
    }
  }

  private void tick() {
    Instant now = scheduler.now();
    if (outbox.pending(1).isEmpty()
        && cloud.timers().all().stream().map(Timer::dueAt).noneMatch(at -> !at.isAfter(now))) {
      return;
    }
    if (faults.strikes(3)) {
      faults.count("tick missed");
      return;
    }
    int ticks = 1;
    if (faults.strikes(3)) {
      faults.count("tick twice at once");
      ticks = 2;
    }
    for (int i = 0; i < ticks; i++) {
      var function = new ScheduleFunction();
      function.begin(Duration.ofMinutes(2));
      scheduler.start(
          function.invocation,
          () -> {
            try {
              return function.tasks.all(List.of(function.tick::run, function.relay::run)).size();
            } catch (RuntimeException e) {
              observer.event("schedule failed: " + e);
              return 0;
            } finally {
              function.end();
            }
          });
    }
  }

  // ------------------------------------------------------------------ what people do

  private void trigger() {
    Customer customer = customers.get(random.nextInt(customers.size()));
    String object = customer.objects().get(random.nextInt(customer.objects().size()));
    try {
      new TriggerRead(
              cloud.directory(),
              operations,
              runningReads(managementTasks()),
              mutation.readQueue(readQueue::send),
              new ReadStarts(MINUTE),
              ids,
              clock,
              Log.none())
          .start(customer.integration(), object, "group", null, null);
    } catch (io.pinferry.base.PinferryException refused) {
      observer.event("trigger refused: " + refused.getMessage());
    }
  }

  private RunningReads runningReads(SimulatedTasks tasks) {
    return new RunningReads(
        operations, InMemoryCloud.settlement(partitionStore, operations, tasks));
  }

  private SimulatedTasks managementTasks() {
    return new SimulatedTasks(scheduler, new Invocation("management", Duration.ZERO));
  }

  private void uninstall() {
    faults.count("uninstalled");
    Customer customer = customers.getFirst();
    observer.event("uninstalled " + customer.installation().id());
    webhooks.uninstalled(customer.installation().id().value());
    var tasks = managementTasks();
    new Uninstall(cloud.directory(), secretStore, runningReads(tasks), clock, Log.none())
        .uninstall(customer.installation());
  }

  private final class RedriveFunction extends Function {
    private final Redrive redrive;

    RedriveFunction() {
      super("management");
      redrive =
          new Redrive(
              port.at(DeadLetters.class, deadLetters),
              new DestinationRepository(directory),
              new InstallationRepository(directory),
              tasks,
              log);
    }
  }

  /** A person sends what was given up again, whatever became of the last try. */
  private void sendAgain() {
    for (Customer customer : customers) {
      var function = new RedriveFunction();
      function.begin(Duration.ofSeconds(29));
      scheduler.start(
          function.invocation,
          () -> {
            try {
              int count =
                  function
                      .redrive
                      .send(
                          customer.project().id(),
                          new DeadLetters.Which("hook", null, Set.of()),
                          null)
                      .count();
              if (count > 0) {
                faults.count("given up and sent again");
                observer.event(count + " messages of " + customer.name() + " are sent again");
              }
            } catch (RuntimeException e) {
              observer.event("sending again failed: " + e);
            } finally {
              function.end();
            }
            return true;
          });
    }
  }

  /** Whoever owns a destination that was down for good lets it take messages, and enables it. */
  private void mendDestination() {
    for (Customer customer : customers) {
      webhooks.mended(customer.project().id().value());
      var destinations = new DestinationRepository(cloud.directory());
      destinations
          .findByName(customer.project().id(), "hook")
          .filter(found -> found.value().trouble() != null)
          .ifPresent(found -> destinations.update(found, found.value().with(null)));
    }
  }

  private final class ChangeFunction extends Function {
    private final ChangeConfig change;

    ChangeFunction() {
      super("management");
      change =
          new ChangeConfig(
              directory,
              operations,
              partitions,
              new ReadStarts(MINUTE),
              new RunningReads(operations, settlement),
              port.at(TimerStore.class, cloud.timers()),
              (connection, plan) -> Optional.empty(),
              ids,
              tasks,
              log);
    }
  }

  /** A customer takes an object out of what is read, and puts it back some time later. */
  private void reconfigure() {
    Customer customer = customers.get(changes.nextInt(customers.size()));
    String object = customer.objects().get(changes.nextInt(customer.objects().size()));
    Duration pause = Duration.ofSeconds(changes.nextInt(2_400));
    takenOut.add(customer.installation().id() + "/" + object);
    faults.count("config changed");
    change(
        customer,
        object,
        false,
        () ->
            scheduler.at(
                clock.instant().plus(pause), () -> change(customer, object, true, () -> {})));
  }

  /**
   * Changes whether an object is read. Who gets no answer, or one that says so, tries again.
   *
   * @param then what follows once it is done
   */
  private void change(Customer customer, String object, boolean read, Runnable then) {
    observer.event(customer.name() + (read ? " reads " : " does not read ") + object);
    var function = new ChangeFunction();
    function.begin(Duration.ofSeconds(29));
    var answered = new AtomicBoolean();
    scheduler.start(
        function.invocation,
        () -> {
          try {
            function.change.change(customer.installation(), reading(object, read));
            answered.set(true);
          } catch (NotFound uninstalled) {
            answered.set(true);
          } catch (RuntimeException e) {
            observer.event("change failed: " + e);
          } finally {
            function.end();
          }
          return answered.get();
        });
    scheduler.at(
        clock.instant().plus(MINUTE),
        () -> {
          if (answered.get()) {
            then.run();
          } else {
            change(customer, object, read, then);
          }
        });
  }

  private static ChangeRequest reading(String object, boolean read) {
    return new ChangeRequest(
        "config.content",
        null,
        null,
        null,
        (choice, effective) ->
            read
                ? choice.withRead(ReadObjectConfig.empty(object))
                : choice.withReads(
                    choice.read().values().stream()
                        .filter(other -> !other.objectName().equals(object))
                        .toList()),
        new Touched(Set.of(object), false, Set.of(), false),
        true);
  }

  private Customer install(int number) {
    var project =
        new Project(
            new ProjectId(ids.uuid()),
            "shop" + number,
            "Shop",
            "org",
            clock.instant(),
            null,
            false,
            List.of());
    new ProjectRepository(cloud.directory()).create(project);
    var app =
        new ProviderApp(
            new ProviderAppId(ids.uuid()),
            project.id(),
            "pinterest",
            CLIENT_ID + number,
            PinterestSimulator.scopes(),
            null,
            ProviderApp.Metadata.NONE,
            "app/" + ids.uuid(),
            clock.instant(),
            null);
    secretStore.create(app.secretName(), new Secret(CLIENT_SECRET));
    new ProviderAppRepository(cloud.directory()).create(app);
    var destination =
        new Destination(
            new DestinationId(ids.uuid()),
            project.id(),
            "hook",
            new Destination.Webhook("https://hooks.invalid/" + project.id()),
            "destination/" + ids.uuid(),
            clock.instant(),
            null,
            null);
    secretStore.create(
        destination.secretName(), DestinationSecret.create(Map.of(), ids).toSecret());
    new DestinationRepository(cloud.directory()).create(destination);
    tellOfEnds(project, destination);
    String name = "customer " + number;
    connect(project, name);
    List<String> objects =
        OBJECTS.stream().filter(object -> random.nextInt(4) == 0).collect(Collectors.toList());
    if (objects.isEmpty()) {
      objects.add(OBJECTS.get(random.nextInt(OBJECTS.size())));
    }
    var tasks = managementTasks();
    var running = runningReads(tasks);
    Integration integration =
        new Deploy(
                cloud.directory(),
                new PauseReads(cloud.directory(), running, ids, clock, Log.none()),
                ids,
                clock,
                Log.none())
            .deploy(project.id(), manifest(objects), false)
            .getFirst();
    Installation installation =
        new Install(
                cloud.directory(),
                operations,
                mutation.readQueue(readQueue::send),
                new ReadStarts(MINUTE),
                (connection, plan) -> java.util.Optional.empty(),
                ids,
                tasks,
                Log.none())
            .install(
                new InstallRequest(
                    project.id(),
                    integration,
                    "group",
                    null,
                    null,
                    InstallationConfig.parse("config", choice(objects)),
                    null,
                    false,
                    true));
    return new Customer(name, project, installation, integration, objects);
  }

  /** Routes the ends of reads to a project's destination. */
  private void tellOfEnds(Project project, Destination destination) {
    var topics = new TopicRepository(cloud.directory());
    var topic = new Topic(new TopicId(ids.uuid()), project.id(), "ends", clock.instant(), null);
    topics.create(topic);
    for (NotificationType type : NotificationType.values()) {
      topics.create(EventTopicRoute.of(project.id(), type, topic.id(), clock.instant()));
    }
    topics.create(
        TopicDestinationRoute.of(project.id(), topic.id(), destination.id(), clock.instant()));
  }

  /** Connects a new customer, with nothing going wrong. */
  private void connect(Project project, String customer) {
    HttpTransport direct = pinterest.undisturbed();
    var consent =
        new Consent(
            project,
            cloud.directory(),
            secrets,
            cloud.timers(),
            oauth(direct, clock),
            ids,
            clock,
            Log.none());
    URI back = Consent.agree(simulator, consent.start(project).orElseThrow());
    pinterest.agreed(customer, back);
    if (!consent.comeBack(back)) {
      throw new IllegalStateException("a new customer could not be connected");
    }
  }

  private final class OauthFunction extends Function {
    private final Consent consent;

    OauthFunction(Customer customer) {
      super("oauth");
      consent =
          new Consent(
              customer.project(),
              directory,
              port.at(SecretStore.class, secrets),
              port.at(TimerStore.class, cloud.timers()),
              oauth(pinterest.from(tasks, invocation), tasks::now),
              ids,
              tasks::now,
              log);
    }
  }

  /** A customer connects the same account once more; some click twice. */
  private void connectAgain() {
    connectAgain(
        customers.get(random.nextInt(customers.size())), Duration.ofSeconds(random.nextInt(90)));
  }

  private void connectWhileRefreshing(String name) {
    customers.stream()
        .filter(customer -> customer.name().equals(name))
        .findFirst()
        .ifPresent(customer -> connectAgain(customer, Duration.ofMillis(random.nextInt(200))));
  }

  /**
   * @param stay how long the customer is at Pinterest
   */
  private void connectAgain(Customer customer, Duration stay) {
    if (!atPinterest.add(customer.name())) {
      // Nobody is there twice at the same time.
      return;
    }
    scheduler.at(
        clock.instant().plus(stay).plus(WAY_MAX), () -> atPinterest.remove(customer.name()));
    faults.count("connected again");
    observer.event(customer.name() + " connects again");
    var start = new OauthFunction(customer);
    start.begin(Duration.ofSeconds(29));
    scheduler.start(
        start.invocation,
        () -> {
          Optional<URI> authorize = start.consent.start(customer.project());
          start.end();
          authorize.ifPresent(
              address ->
                  scheduler.at(
                      clock.instant().plus(stay),
                      () -> comeBack(customer, agree(customer, address))));
          return authorize.isPresent();
        });
  }

  private URI agree(Customer customer, URI authorize) {
    if (faults.calm() || random.nextInt(4) != 0) {
      return Consent.agree(simulator, authorize);
    }
    faults.count("another account connected");
    observer.event(customer.name() + " agrees as another user");
    ofAnother.putIfAbsent(customer.installation().id(), clock.instant());
    return Consent.agreeAsAnother(simulator, authorize);
  }

  private void comeBack(Customer customer, URI back) {
    pinterest.agreed(customer.name(), back);
    int times = random.nextInt(3) == 0 ? 2 : 1;
    for (int time = 0; time < times; time++) {
      var function = new OauthFunction(customer);
      function.begin(Duration.ofSeconds(29));
      scheduler.start(
          function.invocation,
          () -> {
            boolean connected = function.consent.comeBack(back);
            function.end();
            observer.event(customer.name() + (connected ? " is" : " is not") + " connected again");
            return connected;
          });
    }
  }

  /** A customer removes the application at Pinterest; most regret it. */
  private void removeApp() {
    faults.count("app removed at Pinterest");
    Customer customer = customers.getFirst();
    observer.event(customer.name() + " removes the app");
    pinterest.remove(customer.name());
    if (random.nextInt(4) != 0) {
      scheduler.at(
          clock.instant().plusSeconds(60 + random.nextInt(3_600)),
          () -> connectAgain(customer, Duration.ofSeconds(random.nextInt(90))));
    }
  }

  private void abandonDestination() {
    faults.count("destination is down for good");
    Customer customer = customers.getLast();
    observer.event("the destination of " + customer.name() + " is down for good");
    webhooks.abandoned(customer.project().id().value(), random.nextBoolean() ? 503 : 410);
  }

  private String manifest(List<String> objects) {
    var yaml = new StringBuilder("specVersion: 1.0.0\nintegrations:\n  - name: sync\n");
    yaml.append("    provider: pinterest\n    read:\n      objects:\n");
    for (String object : objects) {
      yaml.append("        - objectName: ").append(object).append('\n');
      yaml.append("          destination: hook\n          schedule: \"0 9 * * *\"\n");
      yaml.append("          optionalFieldsAuto: all\n");
      if (object.equals("pins")) {
        yaml.append("          x-pinferry-plan: ").append(pinPlan).append('\n');
      }
      yaml.append("          backfill:\n            defaultPeriod:\n");
      yaml.append("              fullHistory: true\n");
    }
    yaml.append("    write:\n      objects:\n");
    WRITTEN.forEach(object -> yaml.append("        - objectName: ").append(object).append('\n'));
    return yaml.toString();
  }

  private static ObjectNode choice(List<String> objects) {
    ObjectNode content = Json.object().put("provider", "pinterest");
    ObjectNode read = content.putObject("read").putObject("objects");
    for (String object : objects) {
      ObjectNode chosen = read.putObject(object).put("objectName", object);
      chosen.putObject("selectedFields");
      chosen.putObject("selectedFieldMappings");
    }
    ObjectNode write = content.putObject("write").putObject("objects");
    for (String object : WRITTEN) {
      ObjectNode written = write.putObject(object).put("objectName", object);
      written.putObject("deletionSettings").put("enabled", true);
    }
    return content;
  }

  // ------------------------------------------------------------------ what must be true

  private Set<String> objectsRead() {
    return customers.stream()
        .flatMap(customer -> customer.objects().stream())
        .collect(Collectors.toSet());
  }

  private Set<RecordFingerprint> truth(String object) {
    var catalogued = ReadCatalogue.get(object);
    PinPlan plan = pinPlan.equals("owned") ? PinPlan.OWNED : PinPlan.BOARDS;
    return simulator
        .truth(object, plan)
        .map(line -> RecordFingerprint.of(catalogued, Json.trusted(line)))
        .collect(Collectors.toSet());
  }

  private void checkEnd() {
    for (Operation started : observer.started().values()) {
      if (started.work() instanceof Work.Write) {
        checkWrite(started);
        continue;
      }
      Instant end = observer.endedAt(started.id());
      Instant latest = started.startedAt().plus(AGE_MAX).plus(Duration.ofMinutes(5));
      if (end == null && clock.instant().isBefore(latest)) {
        // Time was up before: it began after all that was to be seen.
        continue;
      }
      if (end == null || end.isAfter(latest)) {
        observer.violated(
            "complete-once",
            "operation " + started.id() + " ended at " + end + openPartitions(started.id()));
      } else {
        checkTold(started);
        checkRecords(cloud.operations().find(started.id()).orElseThrow());
      }
    }
    checkCredentials();
    checkSchedules();
    checkMessages();
    if (observer.largestUndelivered() > UNDELIVERED_MAX) {
      observer.violated("bounded", observer.largestUndelivered() + " messages undelivered");
    }
    if (Math.max(readQueue.deepest(), deliveryQueue.deepest()) > QUEUE_MAX) {
      observer.violated("bounded", readQueue + ", " + deliveryQueue);
    }
  }

  /** Each write ends, soon after its deadline at the latest, and what is kept of it is so. */
  private void checkWrite(Operation write) {
    boolean later = write.write().timing().asynchronous();
    Operation found = cloud.operations().find(write.id()).orElseThrow();
    Instant end = observer.endedAt(write.id());
    Duration most = later ? Duration.ofHours(2) : FAULTY;
    if (end == null || end.isAfter(write.startedAt().plus(most))) {
      observer.violated("complete-once", "write " + write.id() + " ended at " + end);
      return;
    }
    if (later) {
      checkTold(write);
      if (found.result().contains("interrupted")) {
        observer.violated("complete-once", "only its age ended write " + found.result());
      }
    }
    writeStore
        .recordsOf(write.id())
        .forEach(
            record -> {
              if (record.outcome() != null) {
                ledger.kept(write.id(), record.index(), record.outcome());
              }
            });
  }

  /** Whoever installed is told of the end of each read, and always by the same message. */
  private void checkTold(Operation operation) {
    int idCount = observer.toldIds(operation.id()).size();
    boolean installed =
        new InstallationRepository(cloud.directory())
            .find(operation.project(), operation.integration(), operation.installation())
            .isPresent();
    boolean heard = !webhooks.abandons(operation.project().value());
    if (idCount > 1 || (idCount == 0 && installed && heard)) {
      observer.violated(
          "complete-once",
          "the end of operation " + operation.id() + " was told under " + idCount + " ids");
    }
    if (idCount == 1 && !observer.toldTypes(operation.id()).equals(Set.of(endOf(operation)))) {
      observer.violated(
          "complete-once",
          "the end of operation "
              + operation.id()
              + " was told as "
              + observer.toldTypes(operation.id())
              + ", not as "
              + endOf(operation));
    }
  }

  /** Returns the notification of an operation's end. */
  private String endOf(Operation operation) {
    if (operation.work() instanceof Work.Write) {
      return "write.async.done";
    }
    boolean success =
        cloud.operations().find(operation.id()).orElseThrow().status() == OperationStatus.SUCCESS;
    return "read." + operation.read().type().text() + (success ? ".done" : ".error");
  }

  /** Whatever was changed meanwhile, each object that is read has one timer for its next read. */
  private void checkSchedules() {
    for (Customer customer : customers) {
      Installation installed = customer.installation();
      new InstallationRepository(cloud.directory())
          .find(installed.project(), installed.id())
          .ifPresent(
              present -> {
                for (var read : present.value().config().effective().read()) {
                  long timers =
                      cloud.timers().all().stream()
                          .filter(timer -> timer.kind().equals(ScheduledReads.KIND))
                          .filter(
                              timer -> timer.id().equals(installed.id() + "/" + read.objectName()))
                          .count();
                  if (timers != 1) {
                    observer.violated(
                        "scheduled",
                        read.objectName()
                            + " of "
                            + customer.name()
                            + " has "
                            + timers
                            + " timers");
                  }
                }
              });
    }
  }

  /** Where people send again what was given up, no message is lost, whatever became of its read. */
  private void checkMessages() {
    if (!mends) {
      return;
    }
    for (DeliveryMessage message : given.values()) {
      if (!settled(message)) {
        observer.violated("mended", message + " was given to the queue and never arrived");
      }
    }
  }

  /** Returns whether a message has arrived, or is not to. */
  private boolean settled(DeliveryMessage message) {
    if (webhooks.took(message.id())) {
      return true;
    }
    return message
        .installed()
        .filter(
            in ->
                new InstallationRepository(cloud.directory())
                        .find(message.project(), in.integration(), in.installation())
                        .isEmpty()
                    || (message.content() instanceof DeliveryMessage.Records records
                        && takenOut.contains(in.installation() + "/" + records.objectName())))
        .isPresent();
  }

  /** Tokens that were stored are found again, so nobody has to connect once more. */
  private void checkCredentials() {
    for (Customer customer : customers) {
      int newest = pinterest.newestOf(customer.name());
      Installation installation = customer.installation();
      boolean bad =
          new ConnectionRepository(cloud.directory())
              .find(installation.project(), installation.connection())
              .filter(found -> found.value().access().status() == ConnectionStatus.BAD_CREDENTIALS)
              .isPresent();
      if (bad && observer.storedTokens(newest) && pinterest.refreshed(newest)) {
        observer.violated(
            "one-refresh", "the newest tokens of " + customer.name() + " were stored, but lost");
      }
    }
  }

  private String openPartitions(OperationId operation) {
    return cloud.partitions().ofOperation(operation).stream()
        .filter(Partition::open)
        .map(partition -> "\n    " + partition)
        .collect(Collectors.joining());
  }

  private void checkRecords(Operation operation) {
    if (operation.status() != OperationStatus.SUCCESS) {
      // Nothing goes wrong for more than a day before that, so something was forgotten.
      if (operation.result().contains("not finished after")) {
        observer.violated(
            "complete-once",
            "only its age ended operation "
                + operation.id()
                + ": "
                + operation.result()
                + openPartitions(operation.id()));
      }
      if (faults.calm()
          && !operation.result().contains("uninstalled")
          && !operation.result().contains("taken out of the installation")) {
        observer.violated(
            "no-loss", "a read failed though nothing went wrong: " + operation.result());
      }
      return;
    }
    Work.Read spec = operation.read();
    Instant another = ofAnother.get(operation.installation());
    if (another != null && !operation.startedAt().isBefore(another)) {
      // What that account holds is not known here. One that began before ends before, or fails.
      return;
    }
    // What was there at the beginning and is there now was there all the time: nothing comes back.
    Set<RecordFingerprint> stayed = new HashSet<>(before.getOrDefault(spec.objectName(), Set.of()));
    stayed.retainAll(truth(spec.objectName()));
    Set<RecordFingerprint> taken = takenAtEnd.getOrDefault(operation.id(), Set.of());
    stayed.removeAll(taken);
    stayed.removeIf(record -> pinterest.moved(record.key()));
    if (!ledger.empty() || CHANGES.stream().anyMatch(faults.counts()::containsKey)) {
      // A board that wins and loses a pin looks as before again, and came as it was in between.
      Set<String> keys = taken.stream().map(RecordFingerprint::key).collect(Collectors.toSet());
      stayed.removeIf(record -> keys.contains(record.key()));
    }
    if (!stayed.isEmpty()) {
      observer.violated(
          "no-loss",
          stayed.size()
              + " "
              + spec.objectName()
              + " are missing from operation "
              + operation.id()
              + ", which is a success, e.g. "
              + stayed.iterator().next());
    }
  }
}
