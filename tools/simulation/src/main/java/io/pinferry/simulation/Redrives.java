package io.pinferry.simulation;

import io.pinferry.assembly.Assembly;
import io.pinferry.delivery.DeadLetters;
import io.pinferry.directory.DestinationRepository;
import java.util.List;
import java.util.Set;

/** People send dead letters again, and repair destinations that are down for good. */
final class Redrives {
  private final World world;
  private final List<Customer> customers;

  Redrives(World world, List<Customer> customers) {
    this.world = world;
    this.customers = customers;
  }

  /** Sends the dead letters of all projects again, whatever happened at the last attempt. */
  void send() {
    customers.forEach(
        customer -> Requests.send(world, "management", assembly -> send(assembly, customer)));
  }

  private void send(Assembly assembly, Customer customer) {
    var which = new DeadLetters.Filter(Onboarding.DESTINATION, null, Set.of());
    int count = assembly.redrive().send(customer.project(), which, null).count();
    if (count > 0) {
      world.faults().count("given up and sent again");
      world.journal().note(count + " messages of " + customer.name() + " are sent again");
    }
  }

  /** Repairs all destinations and enables them. */
  void repairDestinations() {
    var destinations = new DestinationRepository(world.memory().directory());
    for (Customer customer : customers) {
      world.webhooks().repair(customer.project());
      destinations
          .findByName(customer.project(), Onboarding.DESTINATION)
          .filter(found -> found.value().trouble() != null)
          .ifPresent(found -> destinations.update(found, found.value().with(null)));
    }
  }
}
