package io.pinferry.simulation;

import io.pinferry.delivery.DeliveryMessage;
import io.pinferry.operation.OperationId;
import io.pinferry.read.PartitionKey;
import io.pinferry.simulation.kernel.SimulatedQueue;
import java.util.List;

/** The queues of a world. */
record WorldQueues(
    SimulatedQueue<PartitionKey> read,
    SimulatedQueue<DeliveryMessage> delivery,
    SimulatedQueue<OperationId> write) {
  List<SimulatedQueue<?>> all() {
    return List.of(read, delivery, write);
  }

  boolean areEmpty() {
    return all().stream().allMatch(SimulatedQueue::isEmpty);
  }
}
