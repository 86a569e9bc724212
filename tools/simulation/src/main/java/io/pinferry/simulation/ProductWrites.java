package io.pinferry.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.base.Json;
import io.pinferry.http.Endpoint;
import io.pinferry.http.HttpEvents;
import io.pinferry.limit.Budgets;
import io.pinferry.simulation.invariant.Event;
import io.pinferry.simulation.invariant.SimulatedWrite;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * Products write. A write with an Idempotency-Key is sent again until it is answered, sometimes
 * again after that, and sometimes its key is used for another write.
 */
final class ProductWrites {
  /** How often a product sends a write with the same key. */
  private static final int ATTEMPTS_MAX = 8;

  /** The write function stops by itself before the HTTP API gives up. */
  private static final Duration PERMITS_OUT = Duration.ofSeconds(21);

  private final World world;
  private final List<Customer> customers;
  private final WriteGenerator generator;
  private final RandomGenerator random;
  private int open;

  ProductWrites(World world, List<Customer> customers) {
    this.world = world;
    this.customers = customers;
    this.random = world.chance().writes();
    this.generator = new WriteGenerator(world.simulator(), world.writes(), random);
  }

  /** Returns whether no product will send a write again. */
  boolean areDone() {
    return open == 0;
  }

  /** A product writes. */
  void start(int number) {
    Customer customer = customers.get(random.nextInt(customers.size()));
    SimulatedWrite write = generator.next(number);
    world.observer().on(new Event.WriteRequest(write));
    open++;
    send(customer, write, 1);
  }

  private void send(Customer customer, SimulatedWrite write, int attempt) {
    var answered = new AtomicBoolean();
    send(
        customer,
        write,
        body -> {
          if (body.contains("operationId")) {
            answered.set(true);
            world.writeWatch().answered(write, Json.trusted(body));
          }
        });
    world
        .scheduler()
        .after(
            Duration.ofSeconds(30 + random.nextInt(120)),
            () -> follow(customer, write, attempt, answered.get()));
  }

  private void follow(Customer customer, SimulatedWrite write, int attempt, boolean answered) {
    if (answered && write.hasOtherWithSameKey() && random.nextInt(4) == 0) {
      world.faults().count("write: another request has the same key");
      send(customer, write.withSameKey(), body -> world.observer().on(new Event.KeyReuse(body)));
    }
    boolean again = write.key() != null && (!answered || random.nextInt(3) == 0);
    if (again && attempt < ATTEMPTS_MAX) {
      send(customer, write, attempt + 1);
    } else {
      open--;
    }
  }

  /**
   * @param onAnswer takes the body of the answer
   */
  private void send(Customer customer, SimulatedWrite write, Consumer<String> onAnswer) {
    world
        .journal()
        .note(
            "asks to %s %d %s, number %d%s"
                .formatted(
                    write.verb(),
                    write.records().size(),
                    write.object(),
                    write.number(),
                    write.asynchronous() ? ", asynchronously" : ""));
    SimulatedFunction environment = SimulatedFunction.writing(world, "write", write, PERMITS_OUT);
    Endpoint door = environment.assembly().writeDoor();
    Budgets budgets = environment.assembly().budgets();
    HttpEvents event = event(customer, write);
    environment.invoke(
        Requests.TIMEOUT,
        () -> {
          try {
            JsonNode answer = event.sendTo(door);
            int status = answer.path("statusCode").asInt();
            String body = answer.path("body").asText();
            world.journal().note("write " + write.number() + " is answered " + status);
            if (status == 500) {
              world.observer().on(new Event.ServerError("write", body));
            }
            onAnswer.accept(body);
          } finally {
            budgets.giveBack();
          }
        });
  }

  private static HttpEvents event(Customer customer, SimulatedWrite write) {
    HttpEvents event =
        HttpEvents.request(
                "POST",
                "/v1/projects/%s/integrations/%s/objects/%s"
                    .formatted(customer.project(), customer.integration().id(), write.object()))
            .key(customer.apiKey())
            .body(write.body());
    String key = write.key();
    return key == null ? event : event.header("idempotency-key", key);
  }
}
