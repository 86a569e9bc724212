package io.pinferry.simulation;

import io.pinferry.delivery.Delivery;
import io.pinferry.delivery.DeliveryMessage;
import io.pinferry.read.ReadReceipts;
import io.pinferry.simulation.kernel.Journal;
import io.pinferry.simulation.kernel.SimulatedQueue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Delivers messages. */
final class DeliverFunction extends BatchFunction<DeliveryMessage> {
  static final Duration TIMEOUT = Duration.ofMinutes(1);

  private final Delivery delivery;
  private final ReadReceipts receipts;
  private final SimulatedQueue<DeliveryMessage> queue;
  private final Journal journal;

  DeliverFunction(World world) {
    super(SimulatedFunction.of(world, "deliver"), world.queues().delivery(), world.journal());
    this.delivery = environment().assembly().delivery();
    this.receipts = environment().assembly().readReceipts();
    this.queue = world.queues().delivery();
    this.journal = world.journal();
  }

  @Override
  void handle(List<SimulatedQueue.Message<DeliveryMessage>> batch) {
    List<SimulatedQueue.Message<DeliveryMessage>> delivered = new ArrayList<>();
    List<DeliveryMessage.Receipt> taken = new ArrayList<>();
    List<SimulatedQueue.Message<DeliveryMessage>> dropped = new ArrayList<>();
    each(
        batch,
        message -> {
          int attempt = message.body().attempts() + message.receiveCount();
          switch (delivery.attempt(message.body(), attempt)) {
            case Delivery.Attempt.Success(DeliveryMessage.Receipt receipt) -> {
              delivered.add(message);
              taken.add(receipt);
            }
            case Delivery.Attempt.Retry again -> queue.hide(message, again.delay());
            case Delivery.Attempt.Removal _ -> dropped.add(message);
          }
        });
    try {
      receipts.delivered(taken);
      delete(delivered);
    } catch (RuntimeException e) {
      journal.note("receipts failed: " + e);
    }
    delete(dropped);
  }
}
