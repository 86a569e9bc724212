package io.pinferry.simulation;

import io.pinferry.install.ChangeRequest;
import io.pinferry.manifest.ChangeScope;
import io.pinferry.manifest.InstallationConfig;
import io.pinferry.manifest.ReadObjectConfig;
import io.pinferry.simulation.invariant.Event;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/** A customer takes an object out of the config, and puts it back some time later. */
final class ConfigChanges {
  private final World world;
  private final List<Customer> customers;

  ConfigChanges(World world, List<Customer> customers) {
    this.world = world;
    this.customers = customers;
  }

  void start() {
    RandomGenerator random = world.chance().changes();
    Customer customer = customers.get(random.nextInt(customers.size()));
    String object = customer.objects().get(random.nextInt(customer.objects().size()));
    Duration pause = Duration.ofSeconds(random.nextInt(2_400));
    world.faults().count("config changed");
    world.observer().on(new Event.ObjectRemoval(customer.installation().id(), object));
    change(
        customer,
        object,
        false,
        () -> world.scheduler().after(pause, () -> change(customer, object, true, () -> {})));
  }

  /**
   * @param read whether the object is read from now on
   */
  private void change(Customer customer, String object, boolean read, Runnable then) {
    world.journal().note(customer.name() + (read ? " reads " : " does not read ") + object);
    var request =
        new ChangeRequest(
            "config.content",
            null,
            null,
            null,
            (choice, effective) -> changed(choice, object, read),
            new ChangeScope(Set.of(object), false, Set.of(), false),
            false);
    Requests.repeat(
        world, assembly -> assembly.changeConfig().change(customer.installation(), request), then);
  }

  private static InstallationConfig changed(
      InstallationConfig choice, String object, boolean read) {
    return read
        ? choice.withRead(ReadObjectConfig.empty(object))
        : choice.withReads(
            choice.read().values().stream()
                .filter(other -> !other.objectName().equals(object))
                .toList());
  }
}
