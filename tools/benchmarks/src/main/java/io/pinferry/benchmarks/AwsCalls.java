package io.pinferry.benchmarks;

import io.pinferry.read.Partition;
import io.pinferry.read.PartitionKey;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Requests to AWS, which are most of what a read costs. */
final class AwsCalls implements Benchmark {
  private static final int PAGES = 200;

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
        var engine = Engine.usual(parts, pinterest, PAGE_SIZE)) {
      PartitionKey chain = engine.startPins();
      engine.dynamoDbCalls().take();
      engine.sqsCalls().take();
      Map<String, Integer> dynamoDb;
      Map<String, Integer> sqs;
      Partition read;
      var deliveries = new Deliveries(engine, 1);
      try (deliveries) {
        read = engine.drain(chain);
        dynamoDb = engine.dynamoDbCalls().take();
        sqs = engine.sqsCalls().take();
      }
      // Lambda receives and deletes by itself.
      sqs.keySet().removeAll(Set.of("ReceiveMessage", "DeleteMessageBatch"));
      int messages = deliveries.count();
      double perPage = (double) (sum(dynamoDb) + sum(sqs)) / read.sentThrough();
      Map<String, Integer> delivering = engine.deliveringCalls().take();
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

  private static int sum(Map<String, Integer> counts) {
    return counts.values().stream().mapToInt(Integer::intValue).sum();
  }
}
