package io.pinferry.simulation;

import io.pinferry.simulation.kernel.Journal;
import io.pinferry.simulation.kernel.Violation;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * The result of one seed.
 *
 * @param violations invariants that did not hold
 * @param events what happened, in order; empty if there are no violations
 * @param faults how often each kind of fault struck
 * @param operations reads and writes that were started
 * @param successes reads that were a success
 * @param written records that products asked to write
 * @param records records that destinations took, with repetitions
 * @param timers the shapes of the timers that were stored
 */
record Run(
    long seed,
    List<Violation> violations,
    List<String> events,
    Map<String, Integer> faults,
    int operations,
    long successes,
    int written,
    long records,
    Set<String> timers) {

  /** Runs one seed, with the engine as it is or with a deliberate bug. */
  static Run of(long seed, Mutation mutation) {
    var run = new FutureTask<>(() -> run(seed, mutation));
    // Virtual like the tasks of the run, since the run and its tasks wait for each other often.
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

  private static Run run(long seed, Mutation mutation) {
    try (var world = new World(seed, mutation)) {
      var tally = new Tally();
      world.observer().add(tally);
      Journal journal = world.journal();
      try {
        new Scenario(world, new Invariants(world)).run();
      } catch (RuntimeException e) {
        journal.violation("simulation", "it broke: " + e);
        for (StackTraceElement element : e.getStackTrace()) {
          journal.note("  at " + element);
        }
      }
      return new Run(
          seed,
          List.copyOf(journal.violations()),
          journal.violations().isEmpty() ? List.of() : List.copyOf(journal.entries()),
          Map.copyOf(world.faults().counts()),
          tally.operations(),
          tally.successes(),
          tally.written(),
          tally.records(),
          world.memory().cloud().timers().shapes());
    }
  }
}
