package io.pinbridge.benchmarks;

import io.pinbridge.aws.DeliveryBatch;
import io.pinbridge.aws.DynamoDbDirectoryStore;
import io.pinbridge.aws.DynamoDbParkedMessages;
import io.pinbridge.aws.SqsBatch;
import io.pinbridge.aws.SqsDeliveryQueue;
import io.pinbridge.aws.SqsMessageVisibility;
import io.pinbridge.base.Log;
import io.pinbridge.base.Secret;
import io.pinbridge.delivery.Circuits;
import io.pinbridge.delivery.Delivery;
import io.pinbridge.delivery.DeliveryTargets;
import io.pinbridge.delivery.DirectoryTroubles;
import io.pinbridge.delivery.RetrySchedule;
import io.pinbridge.directory.DestinationRepository;
import io.pinbridge.net.HttpAnswer;
import io.pinbridge.read.Partition;
import io.pinbridge.read.PartitionKey;
import java.io.PrintStream;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import software.amazon.awssdk.services.sqs.model.Message;

/** Requests to AWS, which are most of what a read costs. */
final class AwsCalls implements Benchmark {
  private static final int PAGES = 60;

  /** Small enough for one message a page, as most pages of most objects are. */
  private static final int PAGE_SIZE = 50;

  private static final double READING_MAX = 2.1;
  private static final double DELIVERING_MAX = 1;
  private static final Set<String> WRITES =
      Set.of("UpdateItem", "PutItem", "DeleteItem", "TransactWriteItems", "BatchWriteItem");

  @Override
  public String compares() {
    return "the allowed requests to AWS for a page read and for a message delivered, against those"
        + " counted";
  }

  @Override
  public List<Goal> measure(PrintStream out) throws Exception {
    try (var pinterest = PinterestProcess.start(PAGES * PAGE_SIZE, Duration.ofMillis(100));
        var parts = EmbeddedParts.start();
        var engine =
            new Engine(
                parts.endpoints(),
                pinterest.address(),
                pinterest.token(),
                PAGE_SIZE,
                store -> store,
                (queue, _) -> queue)) {
      PartitionKey chain = engine.startPins();
      engine.dynamoDbCalls().take();
      engine.sqsCalls().take();
      Partition read = engine.drain(chain);
      Map<String, Integer> dynamoDb = engine.dynamoDbCalls().take();
      Map<String, Integer> sqs = engine.sqsCalls().take();
      double perPage = (double) (sum(dynamoDb) + sum(sqs)) / read.sentThrough();
      int messages = deliver(engine);
      Map<String, Integer> delivering = engine.dynamoDbCalls().take();
      int writes =
          delivering.entrySet().stream()
              .filter(calls -> WRITES.contains(calls.getKey()))
              .mapToInt(Map.Entry::getValue)
              .sum();
      double perMessage = (double) writes / messages;
      return List.of(
          new Goal(
              "allowed / counted requests of the reading side",
              READING_MAX / perPage,
              1,
              String.format(
                  Locale.ROOT,
                  "%.2f a page, at most %.1f; %d pages: %s %s",
                  perPage,
                  READING_MAX,
                  read.sentThrough(),
                  dynamoDb,
                  sqs)),
          new Goal(
              "allowed / counted writes to DynamoDB of the delivering side",
              DELIVERING_MAX / perMessage,
              1,
              String.format(
                  Locale.ROOT,
                  "%.2f a message, at most %.0f; %d messages: %s",
                  perMessage,
                  DELIVERING_MAX,
                  messages,
                  delivering)));
    }
  }

  /** Delivers what is queued to a webhook that takes everything, in batches as they come. */
  private static int deliver(Engine engine) {
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
            new DynamoDbParkedMessages(
                engine.dynamoDb(), engine.table(), engine.table(), engine.tasks()),
            new SqsDeliveryQueue(engine::sqs, engine.deliveryQueueUrl(), engine.tasks()),
            new DirectoryTroubles(
                new DestinationRepository(
                    new DynamoDbDirectoryStore(engine.dynamoDb(), engine.table(), engine.tasks())),
                engine.tasks()::now),
            new Circuits());
    var batch =
        new DeliveryBatch(
            new Delivery(parts, RetrySchedule.parse("PT5S"), Clock.systemUTC(), Log.none()),
            engine.receipts(),
            new SqsMessageVisibility(engine::sqs, engine.deliveryQueueUrl()),
            engine.tasks(),
            Log.none());
    int delivered = 0;
    while (true) {
      List<Message> received =
          engine
              .sqs()
              .receiveMessage(
                  request -> request.queueUrl(engine.deliveryQueueUrl()).maxNumberOfMessages(10))
              .messages();
      if (received.isEmpty()) {
        return delivered;
      }
      List<SqsBatch.Message> again =
          batch.deliver(
              new SqsBatch(
                  received.stream()
                      .map(
                          message ->
                              new SqsBatch.Message(
                                  message.messageId(), message.body(), 1, message.receiptHandle()))
                      .toList()));
      if (!again.isEmpty()) {
        throw new IllegalStateException("a message was not delivered: " + again);
      }
      delivered += received.size();
    }
  }

  private static int sum(Map<String, Integer> counts) {
    return counts.values().stream().mapToInt(Integer::intValue).sum();
  }
}
