package io.pinferry.simulation;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * What became of one seed.
 *
 * @param violations invariants that did not hold
 * @param events what happened, in order; kept only if something is wrong
 * @param faults how often each kind has struck
 * @param operations reads that were started
 * @param successes those that ended as a success
 * @param written records that were asked to be written
 * @param records records that destinations took, repeated ones included
 */
record Run(
    long seed,
    List<Violation> violations,
    List<String> events,
    Map<String, Integer> faults,
    int operations,
    long successes,
    int written,
    long records) {

  /** Runs one seed with the engine as it is, or with a deliberate bug. */
  static Run of(long seed, Mutation mutation) {
    var run = new FutureTask<>(() -> alone(seed, mutation));
    // As the tasks of a run are: it and they wait for each other all the time.
    Thread.ofVirtual().start(run);
    try {
      return run.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("a run was interrupted", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("a run failed", e.getCause());
    }
  }

  private static Run alone(long seed, Mutation mutation) {
    try (var world = new World(seed, mutation)) {
      try {
        world.run();
      } catch (RuntimeException e) {
        world.observer().violated("simulation", "it broke: " + e);
        for (StackTraceElement element : e.getStackTrace()) {
          world.observer().event("  at " + element);
        }
      }
      Observer observer = world.observer();
      return new Run(
          seed,
          List.copyOf(observer.violations()),
          observer.violations().isEmpty() ? List.of() : List.copyOf(observer.events()),
          Map.copyOf(world.faults().counts()),
          observer.started().size(),
          world.successes(),
          world.written(),
          world.records());
    }
  }
}
