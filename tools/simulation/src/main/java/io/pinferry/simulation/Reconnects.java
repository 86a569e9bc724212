package io.pinferry.simulation;

import io.pinferry.http.Endpoint;
import io.pinferry.simulation.invariant.Event;
import java.net.URI;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Customers connect once more, some of them with another Pinterest user; some click twice. Others
 * remove the app at Pinterest; most of them regret it.
 */
final class Reconnects {
  /** The longest time for the way to Pinterest and the way back together. */
  private static final Duration WAY_MAX = Duration.ofMinutes(1);

  private final World world;
  private final List<Customer> customers;
  private final RandomGenerator random;

  /** Customers who are connecting. */
  private final Set<Customer> busy = new HashSet<>();

  Reconnects(World world, List<Customer> customers) {
    this.world = world;
    this.customers = customers;
    this.random = world.chance().main();
    world.pinterest().onRefresh(this::startDuringRefresh);
  }

  /** A customer connects again. */
  void start() {
    start(customers.get(random.nextInt(customers.size())), drawStay());
  }

  private void startDuringRefresh(String name) {
    customers.stream()
        .filter(customer -> customer.name().equals(name))
        .findFirst()
        .ifPresent(customer -> start(customer, Duration.ofMillis(random.nextInt(200))));
  }

  private Duration drawStay() {
    return Duration.ofSeconds(random.nextInt(90));
  }

  /**
   * @param stay how long the customer stays at Pinterest
   */
  private void start(Customer customer, Duration stay) {
    if (!busy.add(customer)) {
      return;
    }
    world.scheduler().after(stay.plus(WAY_MAX), () -> busy.remove(customer));
    world.faults().count("connected again");
    world.journal().note(customer.name() + " connects again");
    Requests.send(
        world,
        "oauth",
        assembly ->
            Consent.start(assembly.oauthDoor(), customer.project(), customer.apiKey())
                .ifPresent(
                    page ->
                        world
                            .scheduler()
                            .after(stay, () -> comeBack(customer, agree(customer, page)))));
  }

  private URI agree(Customer customer, URI page) {
    if (world.faults().calm() || random.nextInt(4) != 0) {
      return Consent.agree(world.simulator(), page);
    }
    world.faults().count("another account connected");
    world.journal().note(customer.name() + " agrees as another user");
    world.observer().on(new Event.AccountChange(customer.installation().id()));
    return Consent.agreeAsAnotherUser(world.simulator(), page);
  }

  private void comeBack(Customer customer, URI callback) {
    world.tokens().consented(customer.name(), Consent.code(callback));
    int times = random.nextInt(3) == 0 ? 2 : 1;
    for (int time = 0; time < times; time++) {
      Requests.send(
          world,
          "oauth",
          assembly -> {
            Endpoint door = assembly.oauthDoor();
            boolean connected = Consent.comeBack(door, callback);
            world
                .journal()
                .note(customer.name() + (connected ? " is" : " is not") + " connected again");
          });
    }
  }

  /** A customer removes the app at Pinterest; most connect again. */
  void removeApp() {
    Customer customer = customers.getFirst();
    world.faults().count("app removed at Pinterest");
    world.journal().note(customer.name() + " removes the app");
    world.pinterestFaults().removeApp(customer.name());
    if (random.nextInt(4) != 0) {
      world
          .scheduler()
          .after(Duration.ofSeconds(60 + random.nextInt(3_600)), () -> start(customer, drawStay()));
    }
  }
}
