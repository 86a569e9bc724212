package io.pinferry.aws;

import static io.pinferry.base.Field.field;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.pinferry.base.Codec;
import io.pinferry.base.Log;
import io.pinferry.base.Tasks;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * The messages of one invocation by SQS. They are handled side by side, each with a result of its
 * own; the answer names the failed ones, which SQS gives out again, and no other.
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
   * @param receiveCount how often it was received so far, this time included
   * @param receiptHandle by which this receipt of it is changed
   */
  public record Message(String id, String body, int receiveCount, String receiptHandle) {
    /** Leaves out the body, which may hold records. */
    @Override
    public String toString() {
      return "message " + id + ", received " + receiveCount + " times";
    }
  }

  /** Handles one message. */
  @FunctionalInterface
  public interface Handler<T> {
    /**
     * Handles it.
     *
     * @throws Exception if it could not; the message fails
     */
    T handle(Message message) throws Exception;
  }

  /** How the handling of one message ended. */
  public sealed interface Outcome<T> {
    Message message();

    /** It returned. */
    record Handled<T>(Message message, T value) implements Outcome<T> {}

    /** It threw, which is in the log. */
    record Failed<T>(Message message) implements Outcome<T> {}
  }

  /** What SQS is to do with a message. */
  public sealed interface Result {
    /** It is done with, and deleted. */
    record Done() implements Result {}

    /** It is received again after its queue's visibility timeout. */
    record Again() implements Result {}

    /** It is received again after this time. */
    record AgainAfter(Duration time) implements Result {}
  }

  /**
   * Reads the event, of which only the messages' ids, bodies, receipt handles and receive counts
   * are looked at.
   *
   * @throws IOException if it is no event of SQS; then the whole batch comes again
   */
  public static SqsBatch read(InputStream event) throws IOException {
    List<Received> records = Codec.parse(Event.class, event.readAllBytes()).records;
    if (records == null) {
      throw new IOException("no event of SQS: it has no Records");
    }
    return new SqsBatch(records.stream().map(Received::message).toList());
  }

  private record Event(@JsonProperty("Records") @Nullable List<Received> records) {}

  private record Received(
      String messageId, String body, String receiptHandle, @Nullable Attributes attributes) {
    Message message() {
      String count = attributes == null ? null : attributes.receiveCount;
      return new Message(
          messageId, body, count == null ? 1 : Integer.parseInt(count), receiptHandle);
    }
  }

  private record Attributes(
      @JsonProperty("ApproximateReceiveCount") @Nullable String receiveCount) {}

  /**
   * Handles every message, side by side.
   *
   * @param log takes what a handler throws, with the message's id
   * @return one outcome per message, in their order
   */
  public <T> List<Outcome<T>> each(Tasks tasks, Log log, Handler<T> handler) {
    List<Callable<Outcome<T>>> calls = new ArrayList<>();
    for (Message message : messages) {
      calls.add(() -> outcome(message, log, handler));
    }
    return tasks.all(calls);
  }

  private static <T> Outcome<T> outcome(Message message, Log log, Handler<T> handler) {
    try {
      return new Outcome.Handled<>(message, handler.handle(message));
    } catch (Exception failure) {
      log.error(
          "message failed",
          failure,
          field("messageId", message.id()),
          field("receiveCount", message.receiveCount()));
      return new Outcome.Failed<>(message);
    }
  }

  /**
   * Handles every message, side by side, and puts off those that are to come again at a time.
   *
   * @return the failed messages, for {@link #answer}
   */
  public List<Message> process(
      Tasks tasks, Log log, MessageVisibility visibility, Handler<Result> handler) {
    Handler<Result> puttingOff =
        message -> {
          Result result = handler.handle(message);
          if (result instanceof Result.AgainAfter(Duration time)) {
            visibility.change(message, time);
          }
          return result;
        };
    return this.<Result>each(tasks, log, puttingOff).stream()
        .filter(SqsBatch::comesAgain)
        .map(Outcome::message)
        .toList();
  }

  private static boolean comesAgain(Outcome<Result> outcome) {
    return switch (outcome) {
      case Outcome.Failed<Result> failed -> true;
      case Outcome.Handled<Result>(Message message, Result result) ->
          switch (result) {
            case Result.Done done -> false;
            case Result.Again again -> true;
            case Result.AgainAfter again -> true;
          };
    };
  }

  /**
   * Writes the answer of an event source mapping with {@code ReportBatchItemFailures}. Source:
   * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
   *
   * @param failed the messages that are to be received again
   */
  public static void answer(OutputStream answer, Collection<Message> failed) throws IOException {
    answer.write(
        Codec.bytes(
            new Answer(failed.stream().map(message -> new Failure(message.id())).toList())));
  }

  private record Answer(List<Failure> batchItemFailures) {}

  private record Failure(String itemIdentifier) {}
}
