package io.pinferry.simulation;

import io.pinferry.base.Deadline;
import io.pinferry.connection.TokenMoves;
import io.pinferry.simulation.invariant.Event;
import java.time.Duration;
import java.time.Instant;
import java.util.random.RandomGenerator;

/** An operator moves all tokens to the configured store, while everything else goes on. */
final class TokenMigration {
  private static final Duration MOVE_MAX = Duration.ofSeconds(12);

  private final World world;
  private final RandomGenerator random;
  private boolean done;

  TokenMigration(World world) {
    this.world = world;
    this.random = world.chance().moves();
  }

  /** Draws when passes begin: at any time, and while tokens change. */
  void plan() {
    for (Instant deployment : world.tokenStores().deployments()) {
      for (int i = random.nextInt(2); i >= 0; i--) {
        world.scheduler().at(deployment.plusSeconds(random.nextInt(900)), this::pass);
      }
    }
    world
        .observer()
        .add(
            event -> {
              if (event instanceof Event.RefreshStart || event instanceof Event.CodeUse) {
                maybePassSoon();
              }
            });
  }

  private void maybePassSoon() {
    Instant now = world.clock().instant();
    if (!now.isBefore(world.tokenStores().deployments().getFirst()) && random.nextBoolean()) {
      world.scheduler().after(Duration.ofMillis(random.nextInt(500)), this::pass);
    }
  }

  /** Begins a pass, and goes on with it until its end. */
  void pass() {
    world.faults().count("tokens moved");
    SimulatedFunction environment = SimulatedFunction.of(world, "management");
    environment.invoke(
        Requests.TIMEOUT,
        () -> {
          TokenMoves moves = environment.assembly().tokenMoves().orElseThrow();
          Deadline deadline = new Deadline(environment.tasks().now().plus(MOVE_MAX));
          TokenMoves.Result result = moves.move(null, deadline);
          world.journal().note("tokens moved: " + result);
          done =
              world.tokenStores().rolledOut()
                  && world.faults().isStopped()
                  && result.failed() == 0
                  && result.cursor() == null;
        });
  }

  /** Returns whether no tokens have to move any more: a pass without faults has moved all. */
  boolean isDone() {
    return done || !world.tokenStores().moving();
  }
}
