package io.pinferry.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.base.Deadline;
import io.pinferry.base.InterleavedTasks;
import io.pinferry.base.Json;
import io.pinferry.base.JsonLines;
import io.pinferry.base.Log;
import io.pinferry.base.ManualClock;
import io.pinferry.base.Secret;
import io.pinferry.client.PinterestClient;
import io.pinferry.connection.AccessToken;
import io.pinferry.connection.Tokens;
import io.pinferry.delivery.DeliveryMessage;
import io.pinferry.delivery.DeliveryQueue;
import io.pinferry.directory.AccountId;
import io.pinferry.directory.ConnectionId;
import io.pinferry.directory.ProjectId;
import io.pinferry.limit.BudgetOwner;
import io.pinferry.limit.Budgets;
import io.pinferry.limit.CountingStore;
import io.pinferry.limit.InMemoryBudgetStore;
import io.pinferry.local.simulator.PinPlan;
import io.pinferry.local.simulator.PinterestSimulator;
import io.pinferry.local.simulator.SimulatedApp;
import io.pinferry.local.simulator.SimulatedRequest;
import io.pinferry.local.simulator.SimulatedResponse;
import io.pinferry.local.simulator.SimulatorSettings;
import io.pinferry.local.simulator.StateStore;
import io.pinferry.manifest.DeliveryMode;
import io.pinferry.net.HttpAnswer;
import io.pinferry.net.HttpCall;
import io.pinferry.operation.Operation;
import io.pinferry.operation.OperationFixtures;
import io.pinferry.operation.OperationId;
import io.pinferry.operation.OperationTransaction;
import io.pinferry.operation.Origin;
import io.pinferry.operation.ReadType;
import io.pinferry.operation.Selection;
import io.pinferry.operation.Work;
import io.pinferry.read.InMemoryCloud;
import io.pinferry.read.PartitionKey;
import io.pinferry.read.PartitionSync;
import io.pinferry.read.ReadReceipts;
import io.pinferry.read.ReadRequest;
import io.pinferry.read.ReadStarts;
import io.pinferry.read.ReadTarget;
import io.pinferry.read.Settlement;
import io.pinferry.read.SyncSettings;
import io.pinferry.simulation.kernel.FairTurns;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads of simulated accounts by several processes at once, in virtual time, with Pinterest's
 * limits on. Each process takes up to ten partitions from the queue and drains them side by side,
 * as an invocation of {@code sync} does. The queue is fair if that is asked for: each account has
 * its turn.
 */
final class LimitedReads {
  private static final Duration TIME_MAX = Duration.ofHours(6);

  final ManualClock clock = new ManualClock(OperationFixtures.NOON);
  final InterleavedTasks tasks = new InterleavedTasks(clock);
  final InMemoryCloud cloud = new InMemoryCloud(clock);
  final List<String> log = new ArrayList<>();
  private final Map<String, Account> accounts = new HashMap<>();
  private final CountingStore budgets = new CountingStore(new InMemoryBudgetStore());
  private final List<PartitionKey> received = new ArrayList<>();
  private final List<FairTurns.InFlight> inFlight = new ArrayList<>();
  private final @Nullable FairTurns turns;
  private final SplittableRandom random = new SplittableRandom(11);
  private final Log lines = JsonLines.log(log::add, clock);
  private final Settlement settlement = cloud.settlement(tasks);
  private final int pageSize;

  LimitedReads(int pageSize, boolean fair) {
    this.pageSize = pageSize;
    this.turns = fair ? new FairTurns() : null;
  }

  /** One request as it reached Pinterest. */
  record Arrival(Instant at, int status) {}

  /** A Pinterest user of its own, who has a simulator of its own. */
  static final class Account {
    private final PinterestSimulator simulator;
    private final String token;
    final OperationId operation;
    private final Instant started;
    final List<Arrival> arrivals = new ArrayList<>();
    final Set<String> delivered = new HashSet<>();

    private Account(PinterestSimulator simulator, OperationId operation, Instant started) {
      this.started = started;
      this.simulator = simulator;
      this.operation = operation;
      this.token = simulator.issueAccessToken("1489000", Set.copyOf(PinterestSimulator.scopes()));
    }

    /** Returns the ids of all pins that the account's boards show. */
    Set<String> truth() {
      return simulator
          .truth("pins", PinPlan.BOARDS)
          .map(line -> Json.trusted(line).path("id").textValue())
          .collect(Collectors.toSet());
    }

    long refused() {
      return arrivals.stream().filter(arrival -> arrival.status() == 429).count();
    }

    /** From the start of the read, and not from its first request: it may have to wait for that. */
    Duration time() {
      return Duration.between(started, arrivals.getLast().at());
    }

    /** Returns the requests that were answered with a page, for each minute from the first on. */
    double pagesPerMinuteAfter(Duration start) {
      Instant from = arrivals.getFirst().at().plus(start);
      Instant to = arrivals.getLast().at();
      long pages =
          arrivals.stream()
              .filter(arrival -> arrival.status() == 200 && !arrival.at().isBefore(from))
              .count();
      return pages * 60_000.0 / Duration.between(from, to).toMillis();
    }
  }

  /** Starts the read of an account's pins by board. */
  Account start(String user, int pins, int boards) {
    var app = new SimulatedApp("1489000", "app-secret", Set.of("http://127.0.0.1/callback"));
    var simulator =
        new PinterestSimulator(
            SimulatorSettings.of(user.hashCode(), pins, app).withBoards(boards),
            clock,
            StateStore.forgetful());
    var account = new Account(simulator, new OperationId("operation-" + user), clock.instant());
    accounts.put(account.operation.value(), account);
    ReadStarts.ReadStart prepared =
        new ReadStarts(cloud.operations(), Duration.ofMinutes(1))
            .prepare(
                targetOf(account),
                account.operation,
                ReadRequest.whole(ReadType.BACKFILL, Work.Period.ALL),
                clock.instant());
    cloud
        .operations()
        .commit(
            new OperationTransaction(
                List.of(), List.of(), List.of(prepared.watchdog()), List.of(prepared.start())));
    cloud
        .readQueue()
        .send(prepared.start().operation().installation(), prepared.roots(), Duration.ZERO);
    return account;
  }

  private static ReadTarget targetOf(Account account) {
    Origin origin = OperationFixtures.ORIGIN;
    return new ReadTarget(
        new Origin(
            origin.project(),
            origin.integration(),
            origin.installation(),
            new ConnectionId(account.operation.value()),
            origin.configId()),
        "pins",
        "boards",
        OperationFixtures.envelope("pins"),
        new Work.Account(OperationFixtures.ACCOUNT, "user-1"),
        Set.of("boards:read", "pins:read"),
        new Selection(List.of(new Selection.Path(List.of("id"))), List.of(), false, Map.of()),
        DeliveryMode.ALL);
  }

  /** Reads with so many processes until every operation has ended. */
  void finish(int processes) {
    finish(processes, Duration.ZERO, () -> {});
  }

  /** Reads with so many processes until every operation has ended, and starts another between. */
  void finish(int processes, Duration after, Runnable start) {
    List<Callable<Boolean>> all = new ArrayList<>();
    all.add(
        () -> {
          tasks.sleepUntil(clock.instant().plus(after));
          start.run();
          return true;
        });
    for (int process = 0; process < processes; process++) {
      all.add(this::process);
    }
    tasks.run(() -> tasks.all(all));
  }

  private boolean process() {
    var own = new Budgets(budgets, tasks, lines);
    PartitionSync sync = sync(own);
    Instant end = clock.instant().plus(TIME_MAX);
    while (accounts.values().stream().anyMatch(account -> !operation(account).ended())) {
      if (clock.instant().isAfter(end)) {
        throw new AssertionError("not ended after " + TIME_MAX);
      }
      received.addAll(cloud.readQueue().receive());
      List<Callable<Boolean>> batch = new ArrayList<>();
      List<FairTurns.InFlight> taken = new ArrayList<>();
      Deadline deadline =
          PartitionSync.turn(
              new Deadline(clock.instant().plusSeconds(75)), received.size(), clock.instant());
      while (batch.size() < PartitionSync.BATCH_MAX && !received.isEmpty()) {
        PartitionKey key = next();
        taken.add(new FairTurns.InFlight(turnOf(key), clock.instant()));
        inFlight.add(taken.getLast());
        batch.add(
            () -> {
              sync.drain(key, deadline);
              return true;
            });
      }
      if (batch.isEmpty()) {
        tasks.sleepUntil(clock.instant().plusMillis(200));
      } else {
        tasks.all(batch);
        own.giveBack();
        // SQS deletes the messages of a batch when all are done.
        taken.forEach(this::worked);
      }
    }
    return true;
  }

  /** Takes out the next message that the queue hands out. */
  private PartitionKey next() {
    if (turns == null) {
      return received.removeFirst();
    }
    Set<String> first =
        turns.first(
            received.stream().map(LimitedReads::turnOf).collect(Collectors.toSet()),
            inFlight,
            clock.instant());
    PartitionKey next =
        received.stream().filter(key -> first.contains(turnOf(key))).findFirst().orElseThrow();
    received.remove(next);
    return next;
  }

  /** Each account has one operation. */
  private static String turnOf(PartitionKey key) {
    return key.operation().value();
  }

  private void worked(FairTurns.InFlight message) {
    inFlight.remove(message);
    if (turns != null) {
      turns.worked(message.turn(), Objects.requireNonNull(message.since()), clock.instant());
    }
  }

  private Account account(String operation) {
    return Objects.requireNonNull(accounts.get(operation));
  }

  Operation operation(Account account) {
    return cloud.operations().find(account.operation).orElseThrow();
  }

  /** Returns how often the store of budgets was asked. */
  int budgetCalls() {
    return budgets.calls();
  }

  private PartitionSync sync(Budgets own) {
    return new PartitionSync(
        new PartitionSync.Parts(
            cloud.partitions(),
            cloud.operations(),
            cloud.results(),
            cloud.fingerprints(),
            cloud.readQueue(),
            new Delivered(),
            new PinterestClient(
                new AccountTokens(),
                own,
                this::answer,
                URI.create("http://pinterest.invalid"),
                tasks,
                random),
            settlement,
            tasks,
            random,
            lines,
            SyncSettings.of(Duration.ofSeconds(45), 10).withPageSize(pageSize)));
  }

  private HttpAnswer answer(HttpCall call) {
    tasks.sleepUntil(clock.instant().plusMillis(random.nextInt(20, 120)));
    String authorization = String.valueOf(call.headers().get("authorization"));
    Account account =
        accounts.values().stream()
            .filter(one -> authorization.endsWith(one.token))
            .findFirst()
            .orElseThrow();
    SimulatedResponse response =
        account.simulator.handle(
            SimulatedRequest.of(
                call.method(),
                call.uri().getRawPath() + "?" + call.uri().getRawQuery(),
                call.headers(),
                ""));
    account.arrivals.add(new Arrival(clock.instant(), response.status()));
    tasks.sleepUntil(clock.instant().plusMillis(random.nextInt(50, 300)));
    Map<String, List<String>> headers = new HashMap<>();
    response.headers().forEach((name, value) -> headers.put(name, List.of(value)));
    var body = new ByteArrayOutputStream();
    try {
      response.body().writeTo(body);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new HttpAnswer(response.status(), headers, body.toByteArray(), false);
  }

  /** Each account has a connection of its own, which bears the name of its operation. */
  private final class AccountTokens implements Tokens {
    @Override
    public AccessToken accessTokenFor(ProjectId project, ConnectionId connection) {
      return new AccessToken(
          new Secret(account(connection.value()).token),
          Instant.EPOCH,
          "v1",
          OperationFixtures.ACCOUNT,
          List.of(),
          new BudgetOwner("app", connection.value()));
    }

    @Override
    public AccessToken accessTokenFor(
        ProjectId project, ConnectionId connection, AccountId expected) {
      return accessTokenFor(project, connection);
    }

    @Override
    public AccessToken refreshAfterRejection(
        ProjectId project, ConnectionId connection, String rejectedVersion) {
      return accessTokenFor(project, connection);
    }

    @Override
    public void reportSuccess(ProjectId project, ConnectionId connection) {
      // No connection is stored whose state could be changed.
    }
  }

  /** Delivers at once. */
  private final class Delivered implements DeliveryQueue {
    private final ReadReceipts receipts =
        new ReadReceipts(
            cloud.partitions(), cloud.operations(), settlement, cloud.readQueue(), clock);

    @Override
    public void send(List<DeliveryMessage> messages) {
      for (DeliveryMessage message : messages) {
        Set<String> ids = account(message.receipt().orElseThrow().operation()).delivered;
        for (JsonNode record : Json.trusted(new String(message.body(), UTF_8)).path("result")) {
          ids.add(record.path("raw").path("id").textValue());
        }
      }
      receipts.delivered(messages.stream().flatMap(message -> message.receipt().stream()).toList());
    }

    @Override
    public boolean fits(DeliveryMessage message) {
      return true;
    }
  }
}
