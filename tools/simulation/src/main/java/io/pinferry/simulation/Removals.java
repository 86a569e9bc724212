package io.pinferry.simulation;

import io.pinferry.base.Deadline;
import io.pinferry.base.PinferryException.ProviderUnavailable;
import io.pinferry.directory.GroupRemoval;
import io.pinferry.directory.Installation;
import io.pinferry.install.RemoveGroup;
import io.pinferry.simulation.invariant.Event;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.random.RandomGenerator;

/** A product removes a customer with everything, whatever is under way. */
final class Removals {
  /** How long the door lets a request remove things. */
  private static final Duration REQUEST = Duration.ofSeconds(18);

  private final World world;
  private final List<Customer> customers;

  /** Removals that begin later. */
  private int planned;

  Removals(World world, List<Customer> customers) {
    this.world = world;
    this.customers = customers;
  }

  void start() {
    RandomGenerator random = world.chance().removals();
    start(customers.get(random.nextInt(customers.size())));
  }

  /** Removes a customer after a time. */
  void start(Customer customer, Duration delay) {
    planned++;
    world
        .scheduler()
        .after(
            delay,
            () -> {
              planned--;
              start(customer);
            });
  }

  /** Returns whether no removal is to begin. */
  boolean areDone() {
    return planned == 0;
  }

  private void start(Customer customer) {
    world.faults().count("customer removed");
    world.journal().note(customer.name() + " is removed");
    Requests.repeat(world, assembly -> remove(assembly.removeGroup(), customer), () -> {});
  }

  private void remove(RemoveGroup removal, Customer customer) {
    Instant now = world.clock().instant();
    GroupRemoval removed =
        removal.remove(customer.project(), Onboarding.GROUP, new Deadline(now.plus(REQUEST)));
    if (removed.finishedAt() == null) {
      throw new ProviderUnavailable("more has to be removed", null, null);
    }
    Installation installation = customer.installation();
    world.journal().note(customer.name() + " was removed: " + removed.removed());
    if (removed.removed().deadLetters() > 0) {
      world.faults().count("dead letters of a customer removed");
    }
    world.observer().on(new Event.CustomerRemoval(installation, removed));
    world
        .scheduler()
        .after(
            RemoveGroup.SWEPT_BY,
            () -> world.observer().on(new Event.CustomerRemovalEnd(installation.id())));
  }
}
