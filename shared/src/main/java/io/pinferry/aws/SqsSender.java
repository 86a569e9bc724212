package io.pinferry.aws;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pinferry.base.Correlation;
import io.pinferry.base.PinferryException.ProviderUnavailable;
import io.pinferry.base.Tasks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.BatchResultErrorEntry;
import software.amazon.awssdk.services.sqs.model.MessageAttributeValue;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchRequestEntry;

/**
 * Sends any number of bodies to one queue in as few calls as possible. Messages that SQS refuses
 * are sent again a few times.
 */
final class SqsSender {
  /** The most messages in a call to SQS. */
  private static final int BATCH_MESSAGES_MAX = 10;

  /** The limit of SQS is 256 KiB per call; the rest is for the envelope of the bodies. */
  static final int BATCH_BYTES_MAX = 240 * 1024;

  /** The attribute of a message that names the correlation of its sender. */
  static final String CORRELATION_ID = "correlationId";

  private static final int ATTEMPTS_MAX = 4;
  private static final Duration FIRST_WAIT = Duration.ofMillis(50);

  private final Supplier<SqsClient> client;
  private final String queueUrl;
  private final Tasks tasks;

  SqsSender(Supplier<SqsClient> client, String queueUrl, Tasks tasks) {
    this.client = client;
    this.queueUrl = queueUrl;
    this.tasks = tasks;
  }

  /**
   * The body of a message.
   *
   * @param group the customer that the message belongs to. SQS hands out messages of others before
   *     those of a customer with much in flight ("fair queues"), so a large account does not hold
   *     up a small one.
   */
  record Body(String group, String text) {}

  /**
   * @throws ProviderUnavailable if some were not accepted
   * @throws IllegalArgumentException if a body is too large for a call; then nothing was sent
   */
  void send(List<Body> bodies, int delaySeconds) {
    for (List<SendMessageBatchRequestEntry> batch : batches(bodies, delaySeconds)) {
      send(batch);
    }
  }

  private static List<List<SendMessageBatchRequestEntry>> batches(
      List<Body> bodies, int delaySeconds) {
    List<List<SendMessageBatchRequestEntry>> batches = new ArrayList<>();
    List<SendMessageBatchRequestEntry> batch = new ArrayList<>();
    Map<String, MessageAttributeValue> attributes = attributes();
    int batchBytes = 0;
    for (Body body : bodies) {
      int bytes = body.text().getBytes(UTF_8).length;
      if (bytes > BATCH_BYTES_MAX) {
        throw new IllegalArgumentException(
            "a message of "
                + bytes
                + " bytes is larger than the limit of a queue, "
                + BATCH_BYTES_MAX);
      }
      if (batch.size() == BATCH_MESSAGES_MAX || batchBytes + bytes > BATCH_BYTES_MAX) {
        batches.add(batch);
        batch = new ArrayList<>();
        batchBytes = 0;
      }
      batch.add(
          SendMessageBatchRequestEntry.builder()
              .id(Integer.toString(batch.size()))
              .messageBody(body.text())
              .messageGroupId(body.group())
              .delaySeconds(delaySeconds)
              .messageAttributes(attributes)
              .build());
      batchBytes += bytes;
    }
    if (!batch.isEmpty()) {
      batches.add(batch);
    }
    return batches;
  }

  private static Map<String, MessageAttributeValue> attributes() {
    String correlation = Correlation.id();
    return correlation == null
        ? Map.of()
        : Map.of(
            CORRELATION_ID,
            MessageAttributeValue.builder().dataType("String").stringValue(correlation).build());
  }

  private void send(List<SendMessageBatchRequestEntry> batch) {
    List<SendMessageBatchRequestEntry> rest = batch;
    for (int attempt = 1; ; attempt++) {
      List<BatchResultErrorEntry> failed = call(rest);
      if (failed.isEmpty()) {
        return;
      }
      for (BatchResultErrorEntry failure : failed) {
        if (Boolean.TRUE.equals(failure.senderFault())) {
          // A retry cannot help, and the queue is not at fault.
          throw new IllegalStateException(
              "SQS refuses a message: " + failure.code() + ": " + failure.message());
        }
      }
      if (attempt >= ATTEMPTS_MAX) {
        BatchResultErrorEntry first = failed.getFirst();
        throw new ProviderUnavailable(
            "SQS does not accept %d of %d messages now: %s: %s"
                .formatted(failed.size(), batch.size(), first.code(), first.message()),
            null,
            null);
      }
      Set<String> ids = new HashSet<>(failed.stream().map(BatchResultErrorEntry::id).toList());
      rest = rest.stream().filter(entry -> ids.contains(entry.id())).toList();
      tasks.sleepUntil(tasks.now().plus(FIRST_WAIT.multipliedBy(1L << (attempt - 1))));
    }
  }

  private List<BatchResultErrorEntry> call(List<SendMessageBatchRequestEntry> entries) {
    return AwsFailures.calling(
        "SQS",
        () ->
            client
                .get()
                .sendMessageBatch(request -> request.queueUrl(queueUrl).entries(entries))
                .failed());
  }
}
