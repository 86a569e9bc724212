package io.pinferry.simulation;

import io.pinferry.simulation.kernel.SimulatedQueue;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;

/**
 * Invokes a function with the batches of a queue, as Lambda does: in an idle environment or a new
 * one.
 */
final class BatchConsumer<T> {
  private final World world;
  private final SimulatedQueue<T> queue;
  private final Duration timeout;
  private final Supplier<BatchFunction<T>> newEnvironment;
  private final Deque<BatchFunction<T>> idle = new ArrayDeque<>();

  private BatchConsumer(
      World world,
      SimulatedQueue<T> queue,
      Duration timeout,
      Supplier<BatchFunction<T>> newEnvironment) {
    this.world = world;
    this.queue = queue;
    this.timeout = timeout;
    this.newEnvironment = newEnvironment;
  }

  /** Lets all functions behind queues consume. */
  static void startAll(World world) {
    WorldQueues queues = world.queues();
    start(world, queues.read(), SyncFunction.TIMEOUT, () -> new SyncFunction(world));
    start(world, queues.delivery(), DeliverFunction.TIMEOUT, () -> new DeliverFunction(world));
    start(world, queues.write(), WriteWorkerFunction.TIMEOUT, () -> new WriteWorkerFunction(world));
  }

  private static <T> void start(
      World world,
      SimulatedQueue<T> queue,
      Duration timeout,
      Supplier<BatchFunction<T>> newEnvironment) {
    queue.consumer(new BatchConsumer<>(world, queue, timeout, newEnvironment)::consume);
  }

  private void consume(List<SimulatedQueue.Message<T>> batch) {
    BatchFunction<T> function = environment();
    function
        .environment()
        .invoke(
            timeout,
            () -> {
              try {
                function.handle(batch);
              } finally {
                if (function.isReusable()) {
                  idle.add(function);
                }
                queue.release();
              }
            });
  }

  private BatchFunction<T> environment() {
    boolean warm = !idle.isEmpty() && world.chance().main().nextInt(5) != 0;
    return warm ? idle.remove() : newEnvironment.get();
  }
}
