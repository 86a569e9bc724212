package io.pinferry.simulation;

import io.pinferry.base.Deadline;
import io.pinferry.limit.Budgets;
import io.pinferry.read.PartitionKey;
import io.pinferry.read.PartitionSync;
import io.pinferry.simulation.kernel.SimulatedQueue;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Drains partitions. */
final class SyncFunction extends BatchFunction<PartitionKey> {
  static final Duration TIMEOUT = Duration.ofMinutes(2);
  private static final Duration MARGIN = Duration.ofSeconds(45);

  private final PartitionSync partitionSync;
  private final Budgets budgets;

  SyncFunction(World world) {
    super(SimulatedFunction.of(world, "sync"), world.queues().read(), world.journal());
    this.partitionSync = environment().assembly().partitionSync();
    this.budgets = environment().assembly().budgets();
  }

  @Override
  void handle(List<SimulatedQueue.Message<PartitionKey>> batch) {
    Instant now = environment().tasks().now();
    Deadline deadline =
        PartitionSync.turn(new Deadline(now.plus(TIMEOUT).minus(MARGIN)), batch.size(), now);
    List<SimulatedQueue.Message<PartitionKey>> done =
        each(batch, message -> partitionSync.drain(message.body(), deadline));
    budgets.giveBack();
    delete(done);
  }
}
