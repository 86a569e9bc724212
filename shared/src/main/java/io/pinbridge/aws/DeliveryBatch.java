package io.pinbridge.aws;

import io.pinbridge.aws.SqsBatch.Message;
import io.pinbridge.aws.SqsBatch.Outcome;
import io.pinbridge.base.Log;
import io.pinbridge.base.Tasks;
import io.pinbridge.delivery.Delivery;
import io.pinbridge.delivery.DeliveryMessage.Receipt;
import io.pinbridge.delivery.Receipts;
import java.util.ArrayList;
import java.util.List;

/**
 * Delivers a batch of messages: all attempts side by side, then one report of all that were taken,
 * so that removals of one partition are joined. A message is deleted from the queue only after its
 * delivery was reported; if the report fails it comes again, under the same id.
 */
public final class DeliveryBatch {
  private final Delivery delivery;
  private final Receipts receipts;
  private final MessageVisibility visibility;
  private final Tasks tasks;
  private final Log log;

  public DeliveryBatch(
      Delivery delivery, Receipts receipts, MessageVisibility visibility, Tasks tasks, Log log) {
    this.delivery = delivery;
    this.receipts = receipts;
    this.visibility = visibility;
    this.tasks = tasks;
    this.log = log;
  }

  /** Returns the messages that are to be received again. */
  public List<Message> deliver(SqsBatch batch) {
    List<Outcome<Delivery.Attempt>> outcomes =
        batch.each(
            tasks,
            log,
            message ->
                delivery.attempt(
                    SqsDeliveryQueue.messageOf(message.body()), message.receiveCount()));
    List<Message> again = new ArrayList<>();
    List<Message> delivered = new ArrayList<>();
    List<Receipt> taken = new ArrayList<>();
    for (Outcome<Delivery.Attempt> outcome : outcomes) {
      Message message = outcome.message();
      switch (outcome) {
        case Outcome.Failed<Delivery.Attempt> _ -> again.add(message);
        case Outcome.Handled<Delivery.Attempt>(Message _, Delivery.Attempt attempt) -> {
          switch (attempt) {
            case Delivery.Attempt.Delivered(Receipt receipt) -> {
              delivered.add(message);
              taken.add(receipt);
            }
            case Delivery.Attempt.Again later -> {
              visibility.change(message, later.delay());
              again.add(message);
            }
            case Delivery.Attempt.Dropped _ -> {}
          }
        }
      }
    }
    try {
      receipts.delivered(taken);
    } catch (RuntimeException e) {
      log.error("deliveries could not be noted; they will be repeated", e);
      again.addAll(delivered);
    }
    return again;
  }
}
