package io.pinferry.simulation;

import io.pinferry.assembly.InMemoryPorts;
import io.pinferry.base.Json;
import io.pinferry.base.ManualClock;
import io.pinferry.local.demo.RecordFingerprint;
import io.pinferry.local.simulator.BookmarkStyle;
import io.pinferry.local.simulator.PinPlan;
import io.pinferry.local.simulator.PinterestSimulator;
import io.pinferry.local.simulator.SimulatedApp;
import io.pinferry.local.simulator.SimulatorSettings;
import io.pinferry.local.simulator.StateStore;
import io.pinferry.pinterest.ReadCatalogue;
import io.pinferry.simulation.invariant.Observer;
import io.pinferry.simulation.invariant.TokenLedger;
import io.pinferry.simulation.invariant.WriteLedger;
import io.pinferry.simulation.invariant.WriteWatch;
import io.pinferry.simulation.kernel.FaultPlan;
import io.pinferry.simulation.kernel.Journal;
import io.pinferry.simulation.kernel.Scheduler;
import io.pinferry.simulation.kernel.SimulatedProcess;
import io.pinferry.simulation.kernel.SimulatedQueue;
import io.pinferry.simulation.kernel.SimulatedTasks;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * The world of a seed: a Pinterest, destinations, the stores and queues of Pinferry, and the faults
 * between them. A scenario decides what happens in it.
 */
final class World implements AutoCloseable {
  static final Instant BEGIN = Instant.parse("2026-03-02T08:00:00Z");

  /** Each product has an app of its own at Pinterest, with limits of its own. */
  private static final String CLIENT_ID = "150000";

  static final String APP_SECRET = "simulation-app-secret";

  private static final String CALLBACK = SimulationSettings.ORIGIN + "/callbacks/v1/oauth";

  private final Chance chance;
  private final ManualClock clock = new ManualClock(BEGIN);
  private final Journal journal = new Journal(clock);
  private final Observer observer = new Observer();
  private final WriteLedger writes = new WriteLedger();
  private final WriteWatch writeWatch = new WriteWatch(journal, observer, writes);
  private final TokenLedger tokens = new TokenLedger();
  private final FaultPlan faults;
  private final Scheduler scheduler;
  private final boolean tight;
  private final boolean redrives;
  private final boolean compares;
  private final boolean deletes;
  private final PinPlan pinPlan;
  private final PinterestSimulator simulator;
  private final PinterestFaults pinterestFaults;
  private final SimulatedPinterest pinterest;
  private final SimulatedWebhooks webhooks;
  private final WorldQueues queues;
  private final InMemoryPorts memory;
  private final WorldPorts ports;
  private final SimulationSettings settings;
  private final TokenStores tokenStores;

  World(long seed, Mutation mutation) {
    chance = Chance.of(seed);
    RandomGenerator random = chance.main();
    redrives = chance.redrives().nextInt(6) == 0;
    compares = chance.comparisons().nextInt(5) == 0;
    deletes = compares && chance.deletions().nextBoolean();
    faults = new FaultPlan(random);
    scheduler = new Scheduler(clock, random);
    var size =
        SimulatorSettings.of(seed, random.nextInt(60), app(1), app(2))
            .withBoards(random.nextInt(8))
            .withBookmarkStyle(BookmarkStyle.KEY);
    memory =
        new InMemoryPorts(
            new SimulatedTasks(scheduler, new SimulatedProcess("people", Duration.ZERO)));
    var watch = new PortWatch(journal, observer);
    tokenStores =
        new TokenStores(
            memory.secrets(),
            mutation,
            watch,
            new RefusingSecrets(faults, chance.edges(), clock, journal),
            chance.moves(),
            clock);
    boolean shortLived = random.nextInt(3) == 0;
    if (shortLived || tokenStores.moving()) {
      size = size.withTokenLifetimes(Duration.ofMinutes(20), Duration.ofDays(60), Duration.ZERO);
    }
    tight = random.nextInt(4) == 0;
    if (tight) {
      size = size.withRateLimitDivisor(5 + random.nextInt(16));
    }
    simulator = new PinterestSimulator(size, clock, StateStore.forgetful());
    pinterestFaults =
        new PinterestFaults(
            simulator, tokens, faults, chance, compares, deletes, clock, journal, observer);
    pinterest =
        new SimulatedPinterest(
            simulator, pinterestFaults, tokens, writeWatch, faults, random, clock, observer);
    webhooks = new SimulatedWebhooks(faults, random, clock, journal, observer);
    queues =
        new WorldQueues(
            queue("read", Duration.ofMinutes(12)),
            queue("delivery", Duration.ofMinutes(6)),
            queue("write", Duration.ofMinutes(90)));
    ports = new WorldPorts(memory, mutation, watch, chance, tokenStores, queues, pinterest.calm());
    settings = new SimulationSettings(random, redrives);
    pinPlan = random.nextBoolean() ? PinPlan.OWNED : PinPlan.BOARDS;
    observer.add(writes);
    observer.add(writeWatch);
  }

  private static SimulatedApp app(int number) {
    return new SimulatedApp(clientId(number), APP_SECRET, Set.of(CALLBACK), true);
  }

  /** Returns the client id of a product's app at Pinterest; products are numbered from 1. */
  static String clientId(int product) {
    return CLIENT_ID + product;
  }

  private <T> SimulatedQueue<T> queue(String name, Duration visibility) {
    return new SimulatedQueue<>(name, scheduler, chance.main(), faults, visibility, true);
  }

  Chance chance() {
    return chance;
  }

  ManualClock clock() {
    return clock;
  }

  Journal journal() {
    return journal;
  }

  Observer observer() {
    return observer;
  }

  WriteLedger writes() {
    return writes;
  }

  WriteWatch writeWatch() {
    return writeWatch;
  }

  TokenLedger tokens() {
    return tokens;
  }

  FaultPlan faults() {
    return faults;
  }

  Scheduler scheduler() {
    return scheduler;
  }

  /** Returns whether Pinterest's limits are far below the assumed ones. */
  boolean hasTightLimits() {
    return tight;
  }

  /** Returns whether messages are given up early, and people send dead letters again. */
  boolean hasRedrives() {
    return redrives;
  }

  /** Returns whether only changes are delivered. */
  boolean compares() {
    return compares;
  }

  /** Returns whether deletions are told too. */
  boolean deletes() {
    return deletes;
  }

  /** Returns the plan by which pins are read. */
  PinPlan pinPlan() {
    return pinPlan;
  }

  PinterestSimulator simulator() {
    return simulator;
  }

  PinterestFaults pinterestFaults() {
    return pinterestFaults;
  }

  SimulatedPinterest pinterest() {
    return pinterest;
  }

  SimulatedWebhooks webhooks() {
    return webhooks;
  }

  WorldQueues queues() {
    return queues;
  }

  /** Returns the stores in memory, without mutation and without a watch. */
  InMemoryPorts memory() {
    return memory;
  }

  WorldPorts ports() {
    return ports;
  }

  TokenStores tokenStores() {
    return tokenStores;
  }

  SimulationSettings settings() {
    return settings;
  }

  /** Returns the records of an object that are at Pinterest now, without counters. */
  Set<RecordFingerprint> truthWithoutCounters(String object) {
    var readObject = ReadCatalogue.get(object);
    return simulator
        .truth(object, pinPlan)
        .map(line -> RecordFingerprint.withoutCounters(readObject, Json.trusted(line)))
        .collect(Collectors.toSet());
  }

  /** Returns the records of an object that are at Pinterest now. */
  Set<RecordFingerprint> truth(String object) {
    var readObject = ReadCatalogue.get(object);
    return simulator
        .truth(object, pinPlan)
        .map(line -> RecordFingerprint.of(readObject, Json.trusted(line)))
        .collect(Collectors.toSet());
  }

  @Override
  public void close() {
    scheduler.close();
  }
}
