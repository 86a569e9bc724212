package io.pinferry.aws;

import static io.pinferry.base.Field.field;

import io.pinferry.aws.SqsBatch.Message;
import io.pinferry.base.Log;
import io.pinferry.base.Tasks;
import io.pinferry.delivery.Delivery;
import io.pinferry.delivery.DeliveryMessage;
import io.pinferry.delivery.DeliveryMessage.Receipt;
import io.pinferry.delivery.Receipts;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Delivers a batch of messages: all destinations side by side, each by at most a quarter of the
 * batch's size at a time, then one report of all that were taken, so that removals of one partition
 * are joined. A message is deleted from the queue only after its delivery was reported; if the
 * report fails it comes again, under the same id.
 */
public final class DeliveryBatch {
  /**
   * No attempt begins later than this after the batch: one that takes as long as it may is then
   * over in time, and a slow destination keeps the rest of the batch for no longer.
   */
  static final Duration BEGINS_WITHIN = Duration.ofSeconds(10);

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

  /** A received message and what it says. */
  private record Received(Message message, DeliveryMessage content) {
    private int attempt() {
      return content.attempts() + message.receiveCount();
    }
  }

  /** A message with what its attempt came to; null if it failed, which is in the log. */
  private record Tried(Message message, Delivery.@Nullable Attempt attempt) {}

  /** Returns the messages that are to be received again. */
  public List<Message> deliver(SqsBatch batch) {
    Instant latest = tasks.now().plus(BEGINS_WITHIN);
    List<Message> again = new ArrayList<>();
    Map<String, List<Received>> byDestination = new LinkedHashMap<>();
    for (Message message : batch.messages()) {
      try {
        DeliveryMessage content = SqsDeliveryQueue.messageOf(message.body());
        byDestination
            .computeIfAbsent(Delivery.destinationOf(content), _ -> new ArrayList<>())
            .add(new Received(message, content));
      } catch (java.io.IOException e) {
        failed(message, e);
        again.add(message);
      }
    }
    int atOnceMax = Math.max(1, batch.messages().size() / 4);
    List<List<Tried>> byDestinationTried =
        tasks.all(
            byDestination.values(),
            byDestination.size(),
            waiting -> tasks.all(waiting, atOnceMax, received -> tried(received, latest)));
    List<Message> delivered = new ArrayList<>();
    List<Receipt> taken = new ArrayList<>();
    for (List<Tried> ofDestination : byDestinationTried) {
      for (Tried tried : ofDestination) {
        Message message = tried.message();
        switch (tried.attempt()) {
          case null -> again.add(message);
          case Delivery.Attempt.Success(Receipt receipt) -> {
            delivered.add(message);
            taken.add(receipt);
          }
          case Delivery.Attempt.Retry later -> {
            again.add(message);
            putOff(message, later);
          }
          case Delivery.Attempt.Removal _ -> {}
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

  /** Lets a message come again when it is to; where that fails, it comes when the queue says. */
  private void putOff(Message message, Delivery.Attempt.Retry later) {
    try {
      visibility.change(message, later.delay());
    } catch (RuntimeException e) {
      log.warn("visibility not changed", e, field("message", message.id()));
    }
  }

  private Tried tried(Received received, Instant latest) {
    return new Tried(received.message(), attempt(received, latest));
  }

  private Delivery.@Nullable Attempt attempt(Received received, Instant latest) {
    try {
      return tasks.now().isAfter(latest)
          ? delivery.postpone(received.content(), received.attempt())
          : delivery.attempt(received.content(), received.attempt());
    } catch (RuntimeException e) {
      failed(received.message(), e);
      return null;
    }
  }

  private void failed(Message message, Exception failure) {
    log.error(
        "message failed",
        failure,
        field("messageId", message.id()),
        field("receiveCount", message.receiveCount()));
  }
}
