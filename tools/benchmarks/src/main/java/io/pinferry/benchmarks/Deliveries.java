package io.pinferry.benchmarks;

import io.pinferry.aws.DeliveryBatch;
import io.pinferry.aws.DynamoDbDeadLetters;
import io.pinferry.aws.DynamoDbDeliveryAttempts;
import io.pinferry.aws.DynamoDbDirectoryStore;
import io.pinferry.aws.DynamoDbParkedMessages;
import io.pinferry.aws.SqsBatch;
import io.pinferry.aws.SqsMessageVisibility;
import io.pinferry.base.Log;
import io.pinferry.base.Secret;
import io.pinferry.base.Tasks;
import io.pinferry.delivery.AttemptSettings;
import io.pinferry.delivery.Delivery;
import io.pinferry.delivery.DeliveryTargets;
import io.pinferry.delivery.DirectoryTroubles;
import io.pinferry.delivery.ResultLinks;
import io.pinferry.delivery.RetrySchedule;
import io.pinferry.directory.DestinationRepository;
import io.pinferry.net.HttpAnswer;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import software.amazon.awssdk.services.sqs.model.DeleteMessageBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.Message;

/**
 * Delivers what an engine sends, to a webhook that takes everything, in batches as they come, from
 * now on until it is closed and nothing is left.
 */
final class Deliveries implements AutoCloseable {
  private final Engine engine;
  private final DeliveryBatch batch;
  private final AtomicInteger delivered = new AtomicInteger();
  private final List<Tasks.Fork<Void>> lanes = new ArrayList<>();
  private volatile boolean closing;

  /**
   * @param invocations how many batches are delivered at a time
   */
  Deliveries(Engine engine, int invocations) {
    this.engine = engine;
    this.batch = batch(engine);
    for (int i = 0; i < invocations; i++) {
      lanes.add(engine.tasks().fork(this::run));
    }
  }

  private static DeliveryBatch batch(Engine engine) {
    DeliveryTargets webhook =
        _ ->
            new DeliveryTargets.Webhook(
                URI.create("https://product.example/webhook"),
                List.of(new Secret("whsec_" + "QUJD".repeat(8))),
                Map.of(),
                false);
    var parts =
        new Delivery.Parts(
            webhook,
            _ -> new HttpAnswer(204, Map.of(), new byte[0], false),
            engine.receipts(),
            new DynamoDbDeliveryAttempts(
                engine.deliveringDynamoDb(), engine.table(), engine.tasks()),
            new DynamoDbParkedMessages(
                engine.deliveringDynamoDb(), engine.table(), engine.table(), engine.tasks()),
            new DynamoDbDeadLetters(
                engine.deliveringDynamoDb(), engine.table(), engine.table(), engine.tasks()),
            new DirectoryTroubles(
                new DestinationRepository(
                    new DynamoDbDirectoryStore(
                        engine.deliveringDynamoDb(), engine.table(), engine.tasks())),
                engine.tasks()::now),
            Delivery.breakers(),
            new ResultLinks(URI.create("https://api.example")));
    return new DeliveryBatch(
        new Delivery(
            parts,
            RetrySchedule.parse("PT5S"),
            new AttemptSettings(AttemptSettings.Kept.FAILURES, Duration.ofDays(30)),
            Clock.systemUTC(),
            Log.none()),
        engine.receipts(),
        new SqsMessageVisibility(engine::sqs, engine.deliveryQueueUrl()),
        engine.tasks(),
        Log.none());
  }

  @SuppressWarnings("NullAway") // Void has no other value.
  private Void run() {
    while (true) {
      boolean last = closing;
      List<Message> received =
          engine
              .sqs()
              .receiveMessage(
                  request ->
                      request
                          .queueUrl(engine.deliveryQueueUrl())
                          .maxNumberOfMessages(10)
                          .waitTimeSeconds(1))
              .messages();
      if (received.isEmpty() && last) {
        return null;
      }
      if (!received.isEmpty()) {
        deliver(received);
      }
    }
  }

  private void deliver(List<Message> received) {
    List<SqsBatch.Message> again =
        batch.deliver(
            new SqsBatch(
                received.stream()
                    .map(
                        message ->
                            new SqsBatch.Message(
                                message.messageId(),
                                message.body(),
                                1,
                                message.receiptHandle(),
                                message.messageId()))
                    .toList()));
    if (!again.isEmpty()) {
      throw new IllegalStateException("a message was not delivered: " + again);
    }
    List<DeleteMessageBatchRequestEntry> deletes = new ArrayList<>();
    for (Message message : received) {
      deletes.add(
          DeleteMessageBatchRequestEntry.builder()
              .id(Integer.toString(deletes.size()))
              .receiptHandle(message.receiptHandle())
              .build());
    }
    engine
        .sqs()
        .deleteMessageBatch(
            request -> request.queueUrl(engine.deliveryQueueUrl()).entries(deletes));
    delivered.addAndGet(received.size());
  }

  /** Returns how many messages were delivered so far. */
  int count() {
    return delivered.get();
  }

  /** Ends when nothing is queued any more. */
  @Override
  public void close() {
    closing = true;
    lanes.forEach(Tasks.Fork::join);
  }
}
