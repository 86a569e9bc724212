package io.pinferry.aws;

import static io.pinferry.base.Field.field;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.pinferry.base.Codec;
import io.pinferry.base.Correlation;
import io.pinferry.base.Log;
import io.pinferry.base.Tasks;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The messages of one invocation by SQS. They are handled side by side. The answer names the failed
 * messages, and SQS delivers only these again.
 *
 * @param messages in the order of the event
 */
public record SqsBatch(List<Message> messages) {
  public SqsBatch {
    messages = List.copyOf(messages);
  }

  /**
   * One message.
   *
   * @param receiveCount the number of receives, including this one
   * @param receiptHandle identifies this receive when its visibility is changed
   * @param correlationId the {@link Correlation} of the sender; the id of the message if the sender
   *     had none
   */
  public record Message(
      String id, String body, int receiveCount, String receiptHandle, String correlationId) {
    void logFailure(Log log, Exception failure) {
      log.error(
          "message failed", failure, field("messageId", id), field("receiveCount", receiveCount));
    }

    /** Leaves out the body, which may hold records. */
    @Override
    public String toString() {
      return "message " + id + ", received " + receiveCount + " times";
    }
  }

  @FunctionalInterface
  public interface Handler {
    /**
     * Handles a message.
     *
     * @throws Exception for a failure; the message is received again
     */
    void handle(Message message) throws Exception;
  }

  /**
   * Reads ids, bodies, receipt handles and receive counts from an event.
   *
   * @throws IOException if it is not an event of SQS; then SQS delivers the whole batch again
   */
  public static SqsBatch read(InputStream event) throws IOException {
    List<EventRecord> records = Codec.parse(Event.class, event.readAllBytes()).records;
    if (records == null) {
      throw new IOException("not an event of SQS: it has no Records");
    }
    return new SqsBatch(records.stream().map(EventRecord::message).toList());
  }

  private record Event(@JsonProperty("Records") @Nullable List<EventRecord> records) {}

  private record EventRecord(
      String messageId,
      String body,
      String receiptHandle,
      @Nullable Attributes attributes,
      @Nullable MessageAttributes messageAttributes) {
    Message message() {
      String count = attributes == null ? null : attributes.receiveCount;
      TextAttribute correlation =
          messageAttributes == null ? null : messageAttributes.correlationId;
      return new Message(
          messageId,
          body,
          count == null ? 1 : Integer.parseInt(count),
          receiptHandle,
          correlation == null ? messageId : correlation.stringValue);
    }
  }

  private record MessageAttributes(
      @JsonProperty(SqsSender.CORRELATION_ID) @Nullable TextAttribute correlationId) {}

  private record TextAttribute(String stringValue) {}

  private record Attributes(
      @JsonProperty("ApproximateReceiveCount") @Nullable String receiveCount) {}

  /**
   * Handles all messages side by side.
   *
   * @param log takes the failures of the handler
   * @return the failed messages, for {@link #answer}
   */
  public List<Message> process(Tasks tasks, Log log, Handler handler) {
    List<Callable<Boolean>> calls = new ArrayList<>();
    for (Message message : messages) {
      calls.add(
          () -> Correlation.call(message.correlationId(), () -> isHandled(message, log, handler)));
    }
    List<Boolean> handled = tasks.all(calls);
    return IntStream.range(0, messages.size())
        .filter(i -> !handled.get(i))
        .mapToObj(messages::get)
        .toList();
  }

  private static boolean isHandled(Message message, Log log, Handler handler) {
    try {
      handler.handle(message);
      return true;
    } catch (Exception failure) {
      message.logFailure(log, failure);
      return false;
    }
  }

  /**
   * Writes the answer of an event source mapping with {@code ReportBatchItemFailures}. Source:
   * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
   *
   * @param failed the messages to receive again
   */
  public static void answer(OutputStream answer, Collection<Message> failed) throws IOException {
    answer.write(
        Codec.bytes(
            new Answer(failed.stream().map(message -> new Failure(message.id())).toList())));
  }

  private record Answer(List<Failure> batchItemFailures) {}

  private record Failure(String itemIdentifier) {}
}
