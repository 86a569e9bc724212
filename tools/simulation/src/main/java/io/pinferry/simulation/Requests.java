package io.pinferry.simulation;

import io.pinferry.assembly.Assembly;
import io.pinferry.base.PinferryException.NotFound;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** Requests of people and products to the functions behind our doors. */
final class Requests {
  /** When an HTTP API gives up. */
  static final Duration TIMEOUT = Duration.ofSeconds(29);

  private static final Duration RETRY_AFTER = Duration.ofMinutes(1);

  private Requests() {}

  /** Sends a request to a new environment of a function, once. */
  static void send(World world, String function, Consumer<Assembly> request) {
    SimulatedFunction environment = SimulatedFunction.of(world, function);
    environment.invoke(TIMEOUT, () -> request.accept(environment.assembly()));
  }

  /**
   * Sends a request to the management function, again every minute until it succeeds, or until the
   * thing that it is about is gone.
   *
   * @param then follows the success
   */
  static void repeat(World world, Consumer<Assembly> request, Runnable then) {
    var done = new AtomicBoolean();
    send(
        world,
        "management",
        assembly -> {
          try {
            request.accept(assembly);
          } catch (NotFound gone) {
            world.journal().note("management found nothing: " + gone.getMessage());
          }
          done.set(true);
        });
    world
        .scheduler()
        .after(
            RETRY_AFTER,
            () -> {
              if (done.get()) {
                then.run();
              } else {
                repeat(world, request, then);
              }
            });
  }
}
