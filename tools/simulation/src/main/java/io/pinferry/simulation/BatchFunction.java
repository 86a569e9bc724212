package io.pinferry.simulation;

import io.pinferry.simulation.kernel.Journal;
import io.pinferry.simulation.kernel.SimulatedQueue;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/** A function behind a queue, in one execution environment. */
abstract class BatchFunction<T> {
  private final SimulatedFunction environment;
  private final SimulatedQueue<T> queue;
  private final Journal journal;

  BatchFunction(SimulatedFunction environment, SimulatedQueue<T> queue, Journal journal) {
    this.environment = environment;
    this.queue = queue;
    this.journal = journal;
  }

  final SimulatedFunction environment() {
    return environment;
  }

  /** Returns whether the environment may get another batch. */
  boolean isReusable() {
    return !environment.killed();
  }

  /** Handles a batch and deletes the messages that are done. */
  abstract void handle(List<SimulatedQueue.Message<T>> batch);

  /** Handles a message. A failure is noted, and the message comes again. */
  interface Work<T> {
    void handle(SimulatedQueue.Message<T> message);
  }

  /** Handles messages side by side and returns the messages that did not fail. */
  final List<SimulatedQueue.Message<T>> each(List<SimulatedQueue.Message<T>> batch, Work<T> work) {
    List<SimulatedQueue.Message<T>> done = new ArrayList<>();
    List<Callable<Boolean>> all = new ArrayList<>();
    for (SimulatedQueue.Message<T> message : batch) {
      all.add(
          () -> {
            try {
              work.handle(message);
              return done.add(message);
            } catch (RuntimeException e) {
              journal.note("a message failed: " + e);
              return false;
            }
          });
    }
    environment.tasks().all(all);
    return done;
  }

  final void delete(List<SimulatedQueue.Message<T>> done) {
    done.forEach(queue::delete);
  }
}
