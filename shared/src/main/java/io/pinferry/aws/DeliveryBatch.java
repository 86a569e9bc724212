package io.pinferry.aws;

import static io.pinferry.base.Field.field;

import io.pinferry.aws.SqsBatch.Message;
import io.pinferry.base.Correlation;
import io.pinferry.base.Log;
import io.pinferry.base.Tasks;
import io.pinferry.delivery.Delivery;
import io.pinferry.delivery.DeliveryMessage;
import io.pinferry.delivery.DeliveryMessage.Receipt;
import io.pinferry.delivery.Receipts;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Delivers a batch of messages: all destinations side by side, each with at most a quarter of the
 * batch at a time. Then it reports all deliveries at once, so that each partition is changed once.
 * A message is deleted from the queue only after the report. If the report fails, the message is
 * delivered again, with the same id.
 */
public final class DeliveryBatch {
  /**
   * No attempt starts later than this after the start of the batch. Then the longest attempt ends
   * in time, and a slow destination does not delay the rest of the batch for longer.
   */
  static final Duration LATEST_START = Duration.ofSeconds(10);

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

  /** A received message with its content. */
  private record Entry(Message message, DeliveryMessage content) {
    private int attempt() {
      return content.attempts() + message.receiveCount();
    }
  }

  /** A message with the result of its attempt; null after a failure, which is in the log. */
  private record EntryResult(Message message, Delivery.@Nullable Attempt attempt) {}

  /** Returns the messages to receive again. */
  public List<Message> deliver(SqsBatch batch) {
    Instant latest = tasks.now().plus(LATEST_START);
    List<Message> again = new ArrayList<>();
    Map<String, List<Entry>> byDestination = new LinkedHashMap<>();
    for (Message message : batch.messages()) {
      try {
        DeliveryMessage content = SqsDeliveryQueue.messageOf(message.body());
        byDestination
            .computeIfAbsent(Delivery.destinationOf(content), _ -> new ArrayList<>())
            .add(new Entry(message, content));
      } catch (IOException e) {
        message.logFailure(log, e);
        again.add(message);
      }
    }
    int atOnceMax = Math.max(1, batch.messages().size() / 4);
    List<List<EntryResult>> results =
        tasks.all(
            byDestination.values(),
            byDestination.size(),
            entries ->
                tasks.all(
                    entries,
                    atOnceMax,
                    entry ->
                        new EntryResult(
                            entry.message(),
                            Correlation.call(
                                entry.message().correlationId(), () -> attempt(entry, latest)))));
    List<Message> delivered = new ArrayList<>();
    List<Receipt> taken = new ArrayList<>();
    for (EntryResult result : results.stream().flatMap(List::stream).toList()) {
      Message message = result.message();
      switch (result.attempt()) {
        case null -> again.add(message);
        case Delivery.Attempt.Success(Receipt receipt) -> {
          delivered.add(message);
          taken.add(receipt);
        }
        case Delivery.Attempt.Retry later -> {
          again.add(message);
          delay(message, later);
        }
        case Delivery.Attempt.Removal _ -> {}
      }
    }
    try {
      receipts.delivered(taken);
    } catch (RuntimeException e) {
      log.error("deliveries not recorded; they will be repeated", e);
      again.addAll(delivered);
    }
    return again;
  }

  /** Delays a message. After a failure the visibility timeout of the queue applies. */
  private void delay(Message message, Delivery.Attempt.Retry later) {
    try {
      visibility.change(message, later.delay());
    } catch (RuntimeException e) {
      log.warn("visibility not changed", e, field("messageId", message.id()));
    }
  }

  private Delivery.@Nullable Attempt attempt(Entry entry, Instant latest) {
    try {
      return tasks.now().isAfter(latest)
          ? delivery.postpone(entry.content(), entry.attempt())
          : delivery.attempt(entry.content(), entry.attempt());
    } catch (RuntimeException e) {
      entry.message().logFailure(log, e);
      return null;
    }
  }
}
