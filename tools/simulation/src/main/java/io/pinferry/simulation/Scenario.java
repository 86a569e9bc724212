package io.pinferry.simulation;

import io.pinferry.delivery.ParkedRelease;
import io.pinferry.notification.Outbox;
import io.pinferry.operation.ReadType;
import io.pinferry.operation.Work;
import io.pinferry.pinterest.ReadCatalogue;
import io.pinferry.read.ReadRequest;
import io.pinferry.simulation.invariant.Event;
import io.pinferry.simulation.kernel.FaultPlan;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * The course of events in a world. Customers install; for some two hours people and products do
 * things while faults strike; then everything must come to its end.
 */
final class Scenario {
  private static final int CUSTOMERS_MAX = 2;
  static final Duration FAULTS = Duration.ofMinutes(100);
  private static final Duration LENGTH_MAX = Duration.ofHours(38);
  private static final Duration END_STEP = Duration.ofMinutes(10);

  private final World world;
  private final Invariants invariants;
  private final RandomGenerator random;
  private final FaultPlan faults;
  private final List<Customer> customers = new ArrayList<>();
  private final Reconnects reconnects;
  private final ConfigChanges configChanges;
  private final ProductWrites writes;
  private final Redrives redrives;
  private final TokenMigration migration;
  private final Removals removals;

  Scenario(World world, Invariants invariants) {
    this.world = world;
    this.invariants = invariants;
    this.random = world.chance().main();
    this.faults = world.faults();
    this.reconnects = new Reconnects(world, customers);
    this.configChanges = new ConfigChanges(world, customers);
    this.writes = new ProductWrites(world, customers);
    this.redrives = new Redrives(world, customers);
    this.migration = new TokenMigration(world);
    this.removals = new Removals(world, customers);
  }

  void run() {
    BatchConsumer.startAll(world);
    var onboarding = new Onboarding(world);
    int customerCount = 1 + random.nextInt(CUSTOMERS_MAX);
    for (int number = 1; number <= customerCount; number++) {
      customers.add(onboarding.customer(number));
    }
    Instant last = World.BEGIN.plus(LENGTH_MAX);
    ScheduleFunction.start(world, last);
    plan();
    world.scheduler().runUntil(World.BEGIN.plus(FAULTS));
    faults.stop();
    if (world.hasRedrives()) {
      redrives.repairDestinations();
    }
    while (world.clock().instant().isBefore(last) && !isOver()) {
      if (world.hasRedrives()) {
        redrives.send();
      }
      if (!migration.isDone()) {
        migration.pass();
      }
      world.scheduler().runUntil(world.clock().instant().plus(END_STEP));
    }
    invariants.check();
  }

  /** Draws what people and products do. */
  private void plan() {
    for (int i = random.nextInt(3); i > 0; i--) {
      at(random.nextInt(6_000), this::trigger);
    }
    if (random.nextInt(10) == 0) {
      at(random.nextInt(6_000), this::uninstall);
    }
    if (random.nextInt(5) == 0) {
      at(random.nextInt(6_000), reconnects::start);
    }
    RandomGenerator changeChance = world.chance().changes();
    if (changeChance.nextInt(4) == 0) {
      at(changeChance.nextInt(3_000), configChanges::start);
    }
    if (!faults.calm() && random.nextInt(8) == 0) {
      at(random.nextInt(5_000), reconnects::removeApp);
    }
    if (!faults.calm() && random.nextInt(20) == 0) {
      at(random.nextInt(3_000), this::abandonDestination);
    }
    RandomGenerator removalChance = world.chance().removals();
    if (removalChance.nextInt(6) == 0) {
      at(removalChance.nextInt(5_400), removals::start);
    }
    planWrites();
    if (world.hasRedrives()) {
      planRedrives();
    }
    if (world.tokenStores().moving()) {
      migration.plan();
    }
  }

  private void planWrites() {
    RandomGenerator writeChance = world.chance().writes();
    if (writeChance.nextInt(2) == 0) {
      for (int i = writeChance.nextInt(5); i >= 0; i--) {
        int number = i;
        at(writeChance.nextInt(5_400), () -> writes.start(number));
      }
    }
  }

  private void planRedrives() {
    RandomGenerator redriveChance = world.chance().redrives();
    for (int i = redriveChance.nextInt(4); i > 0; i--) {
      at(redriveChance.nextInt(6_000), redrives::send);
    }
    if (!faults.calm() && redriveChance.nextInt(2) == 0) {
      int down = redriveChance.nextInt(3_000);
      at(down, this::abandonDestination);
      at(down + redriveChance.nextInt(3_000), redrives::repairDestinations);
    }
  }

  private void at(int second, Runnable action) {
    world.scheduler().at(World.BEGIN.plusSeconds(second), action);
  }

  /** Returns whether nothing more will happen before the next scheduled read. */
  private boolean isOver() {
    return world.queues().areEmpty()
        && writes.areDone()
        && migration.isDone()
        && removals.areDone()
        && new Outbox(world.memory().directory()).pending(1).isEmpty()
        && world.memory().cloud().timers().all().stream()
            .noneMatch(timer -> timer.kind().equals(ParkedRelease.KIND))
        && invariants.settled();
  }

  private void trigger() {
    Customer customer = customers.get(random.nextInt(customers.size()));
    String object = customer.objects().get(random.nextInt(customer.objects().size()));
    ReadRequest request = requestFor(object);
    Requests.send(
        world,
        "read",
        assembly ->
            assembly
                .triggerRead()
                .start(customer.integration(), object, Onboarding.GROUP, request));
  }

  private ReadRequest requestFor(String object) {
    RandomGenerator requestChance = world.chance().requests();
    boolean byMode = world.compares() && requestChance.nextBoolean();
    boolean deletes = world.deletes() && ReadCatalogue.get(object).hasDeletions();
    boolean releases = deletes && requestChance.nextInt(3) == 0;
    if (byMode) {
      faults.count("read on demand delivers changes");
    }
    if (releases) {
      faults.count("read on demand releases deletions");
    }
    return new ReadRequest(
        ReadType.TRIGGERED,
        Work.Period.ALL,
        byMode ? ReadRequest.Delivery.BY_MODE : ReadRequest.Delivery.ALL,
        releases);
  }

  private void uninstall() {
    Customer customer = customers.getFirst();
    faults.count("uninstalled");
    world.journal().note(customer.name() + " uninstalls");
    Requests.repeat(
        world,
        assembly -> {
          assembly.uninstall().uninstall(customer.installation());
          world.observer().on(new Event.Uninstallation(customer.installation().id()));
        },
        () -> {});
  }

  private void abandonDestination() {
    faults.count("destination is down for good");
    Customer customer = customers.getLast();
    world.journal().note("the destination of " + customer.name() + " is down for good");
    world.webhooks().abandon(customer.project(), random.nextBoolean() ? 503 : 410);
    RandomGenerator removalChance = world.chance().removals();
    if (!world.hasRedrives() && removalChance.nextBoolean()) {
      // The last attempts were given up, so the customer has dead letters.
      removals.start(customer, Duration.ofHours(29 + removalChance.nextInt(5)));
    }
  }
}
