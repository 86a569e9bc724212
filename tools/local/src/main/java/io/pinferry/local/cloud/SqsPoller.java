package io.pinferry.local.cloud;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.DeleteMessageBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;

/**
 * An event source mapping: receives messages of one queue, hands them to the function in batches,
 * and deletes what was processed. It never changes a message's visibility: what failed comes back
 * when its timeout ends.
 */
final class SqsPoller implements AutoCloseable {

  private static final int RECEIVE_MAX = 10;

  /** Room is left for what the event adds to the bodies, within Lambda's 6 MB. */
  private static final int BATCH_BYTES_MAX = 4 * 1024 * 1024;

  /**
   * Short, because a receive that is still open when the process ends could take a message with it,
   * which would then stay invisible for its whole timeout.
   */
  private static final Duration WAIT = Duration.ofSeconds(1);

  private static final Duration PAUSE_AFTER_ERROR = Duration.ofMillis(500);

  private final SqsClient sqs;
  private final String queueUrl;
  private final String region;
  private final Stack.Trigger.Sqs mapping;
  private final LocalFunction function;
  private final FunctionLog log;
  private final InstantSource clock;
  private final int concurrencyMax;
  private final Semaphore free;
  private final Thread receiver;
  private volatile boolean stopping;

  SqsPoller(
      SqsClient sqs,
      String queueUrl,
      String region,
      Stack.Trigger.Sqs mapping,
      LocalFunction function,
      FunctionLog log,
      InstantSource clock) {
    this.sqs = sqs;
    this.queueUrl = queueUrl;
    this.region = region;
    this.mapping = mapping;
    this.function = function;
    this.log = log;
    this.clock = clock;
    Integer ownMax = mapping.concurrencyMax();
    this.concurrencyMax =
        ownMax == null ? function.environmentsMax() : Math.min(ownMax, function.environmentsMax());
    this.free = new Semaphore(concurrencyMax);
    this.receiver = Thread.ofVirtual().name("poller-" + function.id()).unstarted(this::receiveAll);
  }

  void start() {
    receiver.start();
  }

  private void receiveAll() {
    while (!stopping) {
      try {
        // A message is received only when it can be processed at once; its visibility timeout
        // already runs.
        free.acquire();
        List<Message> batch = List.of();
        try {
          batch = receiveBatch();
        } finally {
          if (batch.isEmpty()) {
            free.release();
          }
        }
        if (!batch.isEmpty()) {
          hand(batch);
        }
      } catch (SdkException e) {
        if (!stopping) {
          log.event("WARN", function.id(), "messages cannot be received", null, e);
          pause();
        }
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void hand(List<Message> batch) {
    Thread.ofVirtual()
        .name("batch-" + function.id())
        .start(
            () -> {
              try {
                process(batch);
              } finally {
                free.release();
              }
            });
  }

  private List<Message> receiveBatch() {
    int size = mapping.batchSize();
    List<Message> batch = new ArrayList<>(receive(Math.min(size, RECEIVE_MAX), WAIT));
    if (batch.isEmpty() || mapping.window().isZero()) {
      return batch;
    }
    Instant end = clock.instant().plus(mapping.window());
    while (batch.size() < size && bytes(batch) < BATCH_BYTES_MAX && !stopping) {
      Duration left = Duration.between(clock.instant(), end);
      if (!left.isPositive()) {
        break;
      }
      batch.addAll(
          receive(
              Math.min(size - batch.size(), RECEIVE_MAX), left.compareTo(WAIT) < 0 ? left : WAIT));
    }
    return batch;
  }

  private static int bytes(List<Message> batch) {
    return batch.stream().mapToInt(message -> message.body().length()).sum();
  }

  private List<Message> receive(int count, Duration wait) {
    return sqs.receiveMessage(
            request ->
                request
                    .queueUrl(queueUrl)
                    .maxNumberOfMessages(count)
                    .waitTimeSeconds((int) Math.max(1, wait.toSeconds()))
                    .messageSystemAttributeNames(MessageSystemAttributeName.ALL)
                    .messageAttributeNames("All"))
        .messages();
  }

  private void process(List<Message> batch) {
    byte[] event = SqsEvent.toJson(batch, mapping.queueArn(), region);
    List<Message> done =
        switch (function.invoke(event)) {
          case InvocationResult.Answer(byte[] payload) ->
              mapping.partialFailures() ? SqsEvent.succeeded(batch, payload) : batch;
          case InvocationResult.Failure _, InvocationResult.Throttled _ -> List.of();
          case InvocationResult.RequestTooLarge(int bytes) -> {
            log.event(
                "ERROR",
                function.id(),
                "a batch has " + bytes + " bytes, too many for Lambda",
                null);
            yield List.of();
          }
        };
    try {
      delete(done);
    } catch (SdkException e) {
      log.event("WARN", function.id(), "processed messages cannot be deleted", null, e);
    }
  }

  private void delete(List<Message> messages) {
    for (int from = 0; from < messages.size(); from += RECEIVE_MAX) {
      List<Message> some = messages.subList(from, Math.min(from + RECEIVE_MAX, messages.size()));
      var entries = new ArrayList<DeleteMessageBatchRequestEntry>();
      for (Message message : some) {
        entries.add(
            DeleteMessageBatchRequestEntry.builder()
                .id(Integer.toString(entries.size()))
                .receiptHandle(message.receiptHandle())
                .build());
      }
      var answer = sqs.deleteMessageBatch(request -> request.queueUrl(queueUrl).entries(entries));
      if (answer.hasFailed() && !answer.failed().isEmpty()) {
        log.event(
            "WARN",
            function.id(),
            answer.failed().size() + " processed messages were received anew meanwhile",
            null);
      }
    }
  }

  private void pause() {
    try {
      Thread.sleep(PAUSE_AFTER_ERROR);
    } catch (InterruptedException e) {
      stopping = true;
    }
  }

  /** Receives no more, and waits at most so long for the batches under way. */
  void stop(Duration timeMax) {
    stopping = true;
    try {
      receiver.join(WAIT.plusSeconds(1));
      receiver.interrupt();
      if (!free.tryAcquire(concurrencyMax, timeMax.toMillis(), TimeUnit.MILLISECONDS)) {
        log.event("WARN", function.id(), "stopped in the middle of a batch", null);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    stopping = true;
    receiver.interrupt();
  }
}
