package io.pinferry.aws;

import static io.pinferry.base.Field.field;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.pinferry.base.Json;
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

  /** What is to become of a message. */
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
    try (JsonParser json = Json.streams().createParser(event)) {
      List<Message> messages = null;
      expect(json.nextToken(), JsonToken.START_OBJECT);
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        boolean records = json.currentName().equals("Records");
        JsonToken value = json.nextToken();
        if (records) {
          expect(value, JsonToken.START_ARRAY);
          messages = new ArrayList<>();
          while (json.nextToken() != JsonToken.END_ARRAY) {
            messages.add(message(json));
          }
        } else {
          json.skipChildren();
        }
      }
      if (messages == null) {
        throw new IOException("no event of SQS: it has no Records");
      }
      return new SqsBatch(messages);
    }
  }

  private static Message message(JsonParser json) throws IOException {
    expect(json.currentToken(), JsonToken.START_OBJECT);
    String id = null;
    String body = null;
    String receiptHandle = null;
    int receiveCount = 1;
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      json.nextToken();
      switch (name) {
        case "messageId" -> id = json.getText();
        case "body" -> body = json.getText();
        case "receiptHandle" -> receiptHandle = json.getText();
        case "attributes" -> receiveCount = receiveCount(json);
        default -> json.skipChildren();
      }
    }
    return new Message(
        present(id, "messageId"),
        present(body, "body"),
        receiveCount,
        present(receiptHandle, "receiptHandle"));
  }

  private static int receiveCount(JsonParser json) throws IOException {
    int receiveCount = 1;
    expect(json.currentToken(), JsonToken.START_OBJECT);
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      boolean wanted = json.currentName().equals("ApproximateReceiveCount");
      json.nextToken();
      if (wanted) {
        receiveCount = json.getValueAsInt(1);
      } else {
        json.skipChildren();
      }
    }
    return receiveCount;
  }

  private static String present(@Nullable String value, String name) throws IOException {
    if (value == null) {
      throw new IOException("no event of SQS: a record has no " + name);
    }
    return value;
  }

  private static void expect(@Nullable JsonToken found, JsonToken wanted) throws IOException {
    if (found != wanted) {
      throw new IOException("no event of SQS: " + found + " instead of " + wanted);
    }
  }

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
    try (JsonGenerator json = Json.streams().createGenerator(answer)) {
      json.writeStartObject();
      json.writeArrayFieldStart("batchItemFailures");
      for (Message message : failed) {
        json.writeStartObject();
        json.writeStringField("itemIdentifier", message.id());
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeEndObject();
    }
  }
}
