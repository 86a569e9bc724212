package io.pinferry.local.cloud;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pinferry.base.Patience;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchRequestEntry;

/** Event source mappings on a real queue. */
class SqsPollerComponentTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final SqsClient sqs = EmbeddedParts.sqs();

  /** Messages stay hidden far longer than any test takes. */
  private String queue = EmbeddedParts.queue("polled", 3_600);

  /** The bodies of each batch, in the order in which the function got them. */
  private final BlockingQueue<List<String>> batches = new LinkedBlockingQueue<>();

  private SqsPoller poller(
      int batchSize,
      Duration window,
      @Nullable Integer concurrencyMax,
      boolean partialFailures,
      Function<String, InvocationResult> script) {
    LocalFunction function =
        new ScriptedFunction(
                8,
                event -> {
                  batches.add(bodies(event));
                  return script.apply(event);
                })
            .start();
    var poller =
        new SqsPoller(
            sqs,
            queue,
            EmbeddedParts.REGION,
            new Stack.Trigger.Sqs(
                "E", "arn:queue", batchSize, window, concurrencyMax, partialFailures),
            function,
            ScriptedFunction.log(),
            InstantSource.system());
    poller.start();
    return poller;
  }

  private static List<String> bodies(String event) {
    var bodies = new ArrayList<String>();
    tree(event).path("Records").forEach(record -> bodies.add(record.path("body").asText()));
    return bodies;
  }

  private static JsonNode tree(String event) {
    try {
      return JSON.readTree(event);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void send(int count) {
    for (int from = 0; from < count; from += 10) {
      var entries = new ArrayList<SendMessageBatchRequestEntry>();
      for (int i = from; i < Math.min(from + 10, count); i++) {
        entries.add(
            SendMessageBatchRequestEntry.builder().id("m" + i).messageBody("body " + i).build());
      }
      sqs.sendMessageBatch(request -> request.queueUrl(queue).entries(entries));
    }
  }

  private List<String> nextBatch() throws InterruptedException {
    List<String> batch = batches.poll(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS);
    assertThat(batch).as("a batch").isNotNull();
    return batch == null ? List.of() : batch;
  }

  private void stopAndExpectLeft(SqsPoller poller, int left) {
    poller.stop(Patience.LIMIT);
    var counts =
        sqs.getQueueAttributes(
                request ->
                    request
                        .queueUrl(queue)
                        .attributeNames(
                            QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES,
                            QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_NOT_VISIBLE))
            .attributes()
            .values();
    assertThat(counts.stream().mapToInt(Integer::parseInt).sum()).isEqualTo(left);
  }

  @Test
  void allMessagesAreHandedOverOnceAndDeleted() throws Exception {
    send(35);
    SqsPoller poller =
        poller(10, Duration.ZERO, null, false, event -> ScriptedFunction.answer("ignored"));
    var bodies = new ArrayList<String>();
    while (bodies.size() < 35) {
      List<String> batch = nextBatch();
      assertThat(batch).hasSizeBetween(1, 10);
      bodies.addAll(batch);
    }

    assertThat(bodies).doesNotHaveDuplicates().hasSize(35);
    stopAndExpectLeft(poller, 0);
  }

  @Test
  void onlyTheMessagesThatFailedComeAgain() throws Exception {
    send(3);
    SqsPoller poller =
        poller(
            10,
            Duration.ZERO,
            null,
            true,
            event -> {
              for (JsonNode record : tree(event).path("Records")) {
                if (record.path("body").asText().equals("body 1")
                    && record.at("/attributes/ApproximateReceiveCount").asInt() < 2) {
                  sqs.changeMessageVisibility(
                      request ->
                          request
                              .queueUrl(queue)
                              .receiptHandle(record.path("receiptHandle").asText())
                              .visibilityTimeout(0));
                  return ScriptedFunction.answer(
                      "{\"batchItemFailures\":[{\"itemIdentifier\":\""
                          + record.path("messageId").asText()
                          + "\"}]}");
                }
              }
              return ScriptedFunction.answer("{\"batchItemFailures\":[]}");
            });
    var bodies = new ArrayList<String>();
    while (bodies.size() < 4) {
      bodies.addAll(nextBatch());
    }

    assertThat(bodies).containsExactlyInAnyOrder("body 0", "body 1", "body 2", "body 1");
    assertThat(bodies.getLast()).isEqualTo("body 1");
    stopAndExpectLeft(poller, 0);
  }

  @Test
  void aBatchWhoseFunctionThrowsComesAgainWhenItsVisibilityEnds() throws Exception {
    queue = EmbeddedParts.queue("polled", 1);
    send(1);
    var attempts = new AtomicInteger();
    long before = System.nanoTime();
    SqsPoller poller =
        poller(
            10,
            Duration.ZERO,
            null,
            true,
            event ->
                attempts.incrementAndGet() == 1
                    ? new InvocationResult.Failure("Bug", "oops")
                    : ScriptedFunction.answer(""));

    assertThat(nextBatch()).containsExactly("body 0");
    assertThat(nextBatch()).containsExactly("body 0");
    assertThat(Duration.ofNanos(System.nanoTime() - before))
        .isGreaterThanOrEqualTo(Duration.ofMillis(900));
    stopAndExpectLeft(poller, 0);
  }

  @Test
  void noMoreBatchesRunAtOnceThanTheMappingAllows() throws Exception {
    send(6);
    var running = new AtomicInteger();
    var most = new AtomicInteger();
    var twoRun = new CountDownLatch(2);
    SqsPoller poller =
        poller(
            1,
            Duration.ZERO,
            2,
            false,
            event -> {
              most.accumulateAndGet(running.incrementAndGet(), Math::max);
              twoRun.countDown();
              try {
                // The first waits for a second one; a third must not come meanwhile.
                twoRun.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              running.decrementAndGet();
              return ScriptedFunction.answer("");
            });
    for (int i = 0; i < 6; i++) {
      assertThat(nextBatch()).hasSize(1);
    }

    stopAndExpectLeft(poller, 0);
    assertThat(most).hasValue(2);
  }

  @Test
  void aWindowGathersMoreThanOneReceive() throws Exception {
    send(25);
    SqsPoller poller = poller(25, Patience.LIMIT, 2, false, event -> ScriptedFunction.answer(""));

    assertThat(nextBatch()).hasSize(25);
    stopAndExpectLeft(poller, 0);
  }
}
