package io.pinferry.read;

import static io.pinferry.read.ReadFixtures.NOON;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.base.Deadline;
import io.pinferry.base.Json;
import io.pinferry.base.JsonLines;
import io.pinferry.base.Log;
import io.pinferry.base.ManualClock;
import io.pinferry.base.PinferryException;
import io.pinferry.base.VirtualTasks;
import io.pinferry.client.PinterestClient;
import io.pinferry.connection.FixedTokens;
import io.pinferry.connection.Tokens;
import io.pinferry.delivery.DeliveryAttempt;
import io.pinferry.delivery.DeliveryMessage;
import io.pinferry.delivery.DeliveryQueue;
import io.pinferry.delivery.ResultStore;
import io.pinferry.limit.BudgetStore;
import io.pinferry.limit.Budgets;
import io.pinferry.limit.InMemoryBudgetStore;
import io.pinferry.net.HttpTransport;
import io.pinferry.operation.Chain;
import io.pinferry.operation.Operation;
import io.pinferry.operation.OperationFinisher;
import io.pinferry.operation.OperationId;
import io.pinferry.operation.OperationStore;
import io.pinferry.operation.OperationTransaction;
import io.pinferry.operation.ReadType;
import io.pinferry.operation.Work;
import io.pinferry.timer.Timer;
import io.pinferry.timer.TimerStore;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads with everything around them in memory: queues that hand out what is due, a watchdog, a
 * destination that takes messages. Time jumps from one thing that happens to the next.
 */
final class ReadWorld {
  static final Duration LEASE = Duration.ofSeconds(45);
  static final Duration WATCHDOG = Duration.ofSeconds(60);

  final ManualClock clock = new ManualClock(NOON);
  final InMemoryCloud cloud = new InMemoryCloud(clock);
  final ScriptedPinterest pinterest = new ScriptedPinterest(clock);
  final Crashes crashes = new Crashes();
  final Destination destination = new Destination();
  final FixedTokens tokens = new FixedTokens(ReadFixtures.ACCOUNT);
  final BudgetStore budgets = new InMemoryBudgetStore();
  final VirtualTasks tasks;
  final List<String> log = new ArrayList<>();
  final List<Throwable> failures = new ArrayList<>();

  private final PartitionSync sync;
  private final Watchdog watchdog;
  private final ReadReceipts receipts;
  private final ReadQueue readQueue;
  private OperationId current = ReadFixtures.OPERATION;
  private int finished;
  private int reads;
  private int deliveredBefore;

  ReadWorld() {
    this(VirtualTasks.Forks.EAGER, SyncSettings.of(LEASE, 10));
  }

  ReadWorld(VirtualTasks.Forks forks, SyncSettings settings) {
    tasks = new VirtualTasks(clock, forks);
    OperationStore operations = crashes.at(OperationStore.class, counting(cloud.operations()));
    PartitionStore partitions = crashes.at(PartitionStore.class, cloud.partitions());
    readQueue = crashes.at(ReadQueue.class, cloud.readQueue());
    Log lines = JsonLines.log(log::add, clock);
    var settlement =
        new Settlement(
            partitions, operations, new OperationFinisher(operations, lines), readQueue, tasks);
    sync =
        new PartitionSync(
            new PartitionSync.Parts(
                partitions,
                operations,
                crashes.at(ResultStore.class, cloud.results()),
                crashes.at(FingerprintStore.class, cloud.fingerprints()),
                readQueue,
                crashes.at(DeliveryQueue.class, destination),
                new PinterestClient(
                    crashes.at(Tokens.class, tokens),
                    new Budgets(crashes.at(BudgetStore.class, budgets), tasks, lines),
                    crashes.at(HttpTransport.class, pinterest),
                    URI.create("http://pinterest.invalid"),
                    tasks,
                    new SplittableRandom(7)),
                settlement,
                tasks,
                new SplittableRandom(7),
                lines,
                settings));
    watchdog =
        new Watchdog(
            operations,
            partitions,
            readQueue,
            crashes.at(TimerStore.class, cloud.timers()),
            settlement,
            tasks,
            lines,
            WATCHDOG);
    receipts = new ReadReceipts(partitions, operations, settlement, readQueue, clock);
  }

  /** Counts how often an operation was really ended, whatever its caller was answered. */
  private OperationStore counting(OperationStore inner) {
    return (OperationStore)
        java.lang.reflect.Proxy.newProxyInstance(
            OperationStore.class.getClassLoader(),
            new Class<?>[] {OperationStore.class},
            (proxy, method, arguments) -> {
              Object result;
              try {
                result = method.invoke(inner, arguments);
              } catch (java.lang.reflect.InvocationTargetException e) {
                throw e.getTargetException();
              }
              if (method.getName().equals("finish") && Boolean.TRUE.equals(result)) {
                finished++;
              }
              return result;
            });
  }

  /** Takes messages, or keeps them waiting, or refuses some for ever. */
  static final class Destination implements DeliveryQueue {
    private final List<DeliveryMessage> sent = new ArrayList<>();
    private final List<DeliveryMessage> waiting = new ArrayList<>();
    private final List<DeliveryMessage> delivered = new ArrayList<>();
    private boolean takes = true;
    private boolean fails;
    private Predicate<DeliveryMessage> refused = message -> false;

    /** Lets messages wait until they are taken again. */
    void takes(boolean messages) {
      takes = messages;
    }

    /** Lets the queue before it be out of order, or not any more. */
    void fails(boolean sends) {
      fails = sends;
    }

    void refuses(Predicate<DeliveryMessage> messages) {
      refused = messages;
    }

    @Override
    public void send(List<DeliveryMessage> messages) {
      if (fails) {
        throw new PinferryException.ProviderUnavailable("SQS cannot answer now", null, null);
      }
      sent.addAll(messages);
      waiting.addAll(messages);
    }

    @Override
    public boolean fits(DeliveryMessage message) {
      return true;
    }

    /** Returns every message sent, in order. */
    List<DeliveryMessage> sent() {
      return List.copyOf(sent);
    }

    List<DeliveryMessage> delivered() {
      return List.copyOf(delivered);
    }
  }

  /** Starts a read and sends its roots. */
  void start(String objectName, @Nullable String plan) {
    start(ReadFixtures.target(objectName, plan, ReadFixtures.fields("id")));
  }

  void start(ReadTarget target) {
    start(target, ReadType.BACKFILL);
  }

  void start(ReadTarget target, ReadType type) {
    start(target, type, null);
  }

  void start(ReadTarget target, ReadType type, @Nullable Instant since) {
    start(target, request(type, since));
  }

  private void start(ReadTarget target, ReadRequest request) {
    ReadStarts.ReadStart prepared =
        new ReadStarts(cloud.operations(), WATCHDOG)
            .prepare(target, current, request, clock.instant());
    cloud
        .operations()
        .commit(
            new OperationTransaction(
                List.of(), List.of(), List.of(prepared.watchdog()), List.of(prepared.start())));
    guarded(() -> readQueue.send(target.installation(), prepared.roots(), Duration.ZERO));
  }

  private static ReadRequest request(ReadType type, @Nullable Instant since) {
    return type == ReadType.SCHEDULED
        ? ReadRequest.scheduled()
        : ReadRequest.whole(type, Work.Period.since(since));
  }

  /** Starts another read; everything here is about it from now on. */
  void startNext(OperationId id, ReadTarget target, ReadType type, @Nullable Instant since) {
    startNext(id, target, request(type, since));
  }

  private void startNext(OperationId id, ReadTarget target, ReadRequest request) {
    current = id;
    start(target, request);
  }

  /** Runs a read from its start, an hour after the one before, to its end. */
  Operation read(ReadTarget target, ReadType type, @Nullable Instant since) {
    return read(target, request(type, since));
  }

  /** Runs a read from its start, an hour after the one before, to its end. */
  Operation read(ReadTarget target, ReadRequest request) {
    clock.advance(Duration.ofHours(1));
    deliveredBefore = destination.delivered().size();
    startNext(new OperationId("read-" + ++reads), target, request);
    return finish();
  }

  /** Runs a scheduled read of everything. */
  Operation read(ReadTarget target) {
    return read(target, ReadType.SCHEDULED, null);
  }

  /** Returns how many reads {@link #read} has begun. */
  int reads() {
    return reads;
  }

  /** Returns the messages of the read that {@link #read} has begun last. */
  List<DeliveryMessage> deliveredLast() {
    List<DeliveryMessage> all = destination.delivered();
    return all.subList(deliveredBefore, all.size());
  }

  /** Makes a read of the day before that did not find a list. */
  void earlierReadWithout(String objectName, @Nullable String plan, Chain missing) {
    var earlier = new OperationId("operation-0");
    ReadStarts.ReadStart prepared =
        new ReadStarts(cloud.operations(), WATCHDOG)
            .prepare(
                ReadFixtures.target(objectName, plan, ReadFixtures.fields("id")),
                earlier,
                ReadRequest.whole(ReadType.BACKFILL, Work.Period.ALL),
                clock.instant().minus(Duration.ofDays(1)));
    cloud
        .operations()
        .commit(
            new OperationTransaction(List.of(), List.of(), List.of(), List.of(prepared.start())));
    cloud.partitions().createPartitions(earlier, List.of(missing));
    var key = new PartitionKey(earlier, missing.id());
    Partition leased =
        cloud.partitions().tryLease(key, Duration.ofSeconds(1), clock.instant()).orElseThrow();
    cloud
        .partitions()
        .end(
            key,
            leased.fence(),
            new PartitionStore.PartitionEnd(
                PartitionState.ENDED, leased.cursor(), "Pinterest 404 code 40", true));
  }

  /** Runs until the operation ends; fails if it does not within the time. */
  Operation finish(Duration within) {
    Instant limit = clock.instant().plus(within);
    while (!operation().ended()) {
      if (clock.instant().isAfter(limit)) {
        throw new AssertionError(
            "not ended after " + within + ": " + cloud.partitions().ofOperation(current));
      }
      step();
    }
    return operation();
  }

  Operation finish() {
    return finish(Duration.ofHours(1));
  }

  /** Lets one thing happen: the reads that are due, or a delivery, or the next jump in time. */
  void step() {
    List<PartitionKey> due = cloud.readQueue().receive();
    if (!due.isEmpty()) {
      due.forEach(key -> guarded(() -> drain(key)));
    } else if (destination.takes && !destination.waiting.isEmpty()) {
      deliver();
    } else {
      jump();
    }
  }

  void drain(PartitionKey key) {
    sync.drain(key, new Deadline(clock.instant().plusSeconds(110)));
  }

  private void deliver() {
    List<DeliveryMessage> batch = List.copyOf(destination.waiting);
    destination.waiting.clear();
    List<DeliveryMessage> taken = batch.stream().filter(destination.refused.negate()).toList();
    destination.delivered.addAll(taken);
    boolean noted =
        guarded(
            () ->
                receipts.delivered(
                    taken.stream().flatMap(message -> message.receipt().stream()).toList()));
    if (!noted) {
      // A message that is not deleted is received again.
      destination.waiting.addAll(taken);
    }
    for (DeliveryMessage message : batch) {
      if (destination.refused.test(message)
          && !guarded(() -> giveUp(message.receipt().orElseThrow()))) {
        destination.waiting.add(message);
      }
    }
  }

  private void giveUp(DeliveryMessage.Receipt receipt) {
    receipts.undeliverable(
        receipt, receipt.describe() + DeliveryAttempt.NOT_DELIVERED + "it answered 500");
  }

  private void jump() {
    Optional<Instant> next =
        Stream.concat(
                cloud.readQueue().nextVisibleAt().stream(),
                cloud.timers().all().stream().map(Timer::dueAt))
            .min(Comparator.naturalOrder());
    if (next.isEmpty()) {
      throw new AssertionError("nothing will ever happen again");
    }
    if (next.get().isAfter(clock.instant())) {
      clock.set(next.get());
    }
    Instant now = clock.instant();
    for (Timer timer : cloud.timers().all()) {
      if (!timer.dueAt().isAfter(now)) {
        guarded(() -> watchdog.fire(timer));
      }
    }
  }

  /** Runs an invocation; whether it came to its end. */
  private boolean guarded(Runnable invocation) {
    try {
      invocation.run();
      return true;
    } catch (Crashes.Killed | RuntimeException e) {
      failures.add(e);
      return false;
    }
  }

  Operation operation() {
    return cloud.operations().find(current).orElseThrow();
  }

  List<Partition> partitions() {
    return cloud.partitions().ofOperation(current);
  }

  List<Partition> partitions(String step) {
    return partitions().stream().filter(partition -> partition.step().equals(step)).toList();
  }

  Partition partition(String step) {
    return partitions(step).getFirst();
  }

  /** Returns how often the operation was ended. */
  int finished() {
    return finished;
  }

  List<String> calls() {
    return crashes.calls();
  }

  /** Returns the ids of all records of delivered messages, each once. */
  Set<String> deliveredIds() {
    Set<String> ids = new TreeSet<>();
    for (DeliveryMessage message : destination.delivered) {
      JsonNode result = result(message);
      for (JsonNode record : result.isArray() ? result : result.path("result")) {
        ids.add(record.path("raw").path("id").textValue());
      }
    }
    return ids;
  }

  /** Returns a message, or the records that it leads to. */
  private JsonNode result(DeliveryMessage message) {
    return Json.trusted(
        new String(
            message.content() instanceof DeliveryMessage.Records records && records.linked()
                ? cloud.results().find(message.project(), message.id()).orElseThrow()
                : message.body(),
            UTF_8));
  }

  /** Returns parts of pages that were sent under more than one id. */
  Set<String> partsWithTwoIds() {
    Map<String, String> idOf = new HashMap<>();
    Set<String> twice = new HashSet<>();
    for (DeliveryMessage message : destination.sent) {
      DeliveryMessage.Receipt receipt = message.receipt().orElseThrow();
      String[] entry = receipt.entry().split("\\.", -1);
      String part = receipt.partition() + " " + entry[0] + "." + entry[1];
      if (!message.id().equals(idOf.computeIfAbsent(part, ignored -> message.id()))) {
        twice.add(part);
      }
    }
    return twice;
  }
}
