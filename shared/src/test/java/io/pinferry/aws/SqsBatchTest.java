package io.pinferry.aws;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pinferry.aws.SqsBatch.Message;
import io.pinferry.base.JsonLines;
import io.pinferry.base.Log;
import io.pinferry.base.ManualClock;
import io.pinferry.base.SteppedTasks;
import io.pinferry.base.VirtualThreadTasks;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

final class SqsBatchTest {
  private final ManualClock clock = new ManualClock(Instant.parse("2026-03-01T12:00:00Z"));
  private final List<String> logged = new ArrayList<>();
  private final Log log = JsonLines.log(logged::add, clock);

  @Test
  void onlyTheNeededMembersOfAnEventAreRead() throws IOException {
    SqsBatch batch =
        read(
            """
            {"Records":[
              {"messageId":"m1","receiptHandle":"h1","body":"{\\"a\\":1}",
               "attributes":{"ApproximateReceiveCount":"3","SentTimestamp":"1545082649183",
                 "X":{"ApproximateReceiveCount":"9"}},
               "messageAttributes":{"body":{"stringValue":"other","dataType":"String"}},
               "md5OfBody":"e4e6","eventSource":"aws:sqs","awsRegion":"eu-central-1"},
              {"body":"x","messageId":"m2","receiptHandle":"h2"}],
             "other":{"Records":[]}}
            """);

    assertThat(batch.messages())
        .containsExactly(
            new Message("m1", "{\"a\":1}", 3, "h1", "m1"), new Message("m2", "x", 1, "h2", "m2"));
  }

  @Test
  void otherEventsAreRefused() {
    for (String event :
        List.of(
            "",
            "[]",
            "{}",
            "{\"Records\":{}}",
            "{\"Records\":[1]}",
            "{\"Records\":[{\"body\":\"x\",\"receiptHandle\":\"h\"}]}",
            "{\"Records\":[{\"messageId\":\"m\",\"receiptHandle\":\"h\"}]}",
            "{\"Records\":[{\"messageId\":\"m\",\"body\":\"x\"}]}",
            "{\"Records\":[{\"messageId\":\"m\",\"attributes\":[]}]}",
            "{\"Records\":[")) {
      assertThatThrownBy(() -> read(event)).as(event).isInstanceOf(IOException.class);
    }
  }

  @Test
  void onlyFailedMessagesComeAgainInOrder() {
    List<String> handled = new ArrayList<>();

    List<Message> failed =
        batch("a", "!", "c", "!")
            .process(
                new SteppedTasks(clock),
                log,
                message -> {
                  if (message.body().equals("!")) {
                    throw new IOException("cannot read it");
                  }
                  handled.add(message.id());
                });

    assertThat(failed).extracting(Message::id).containsExactly("m1", "m3");
    assertThat(handled).containsExactly("m0", "m2");
    assertThat(logged)
        .hasSize(2)
        .first()
        .asString()
        .contains("\"level\":\"ERROR\"", "\"messageId\":\"m1\"", "cannot read it");
  }

  @Test
  void messagesAreHandledSideBySide() {
    var together = new CountDownLatch(3);

    List<Message> failed =
        batch("a", "b", "c")
            .process(
                new VirtualThreadTasks(Clock.systemUTC()),
                log,
                message -> {
                  together.countDown();
                  together.await();
                });

    assertThat(failed).isEmpty();
  }

  @Test
  void theAnswerNamesTheFailedOnes() throws IOException {
    assertThat(answer(List.of(message("x", 1), message("y", 4))))
        .isEqualTo(
            "{\"batchItemFailures\":[{\"itemIdentifier\":\"m1\"},{\"itemIdentifier\":\"m4\"}]}");
    assertThat(answer(List.of())).isEqualTo("{\"batchItemFailures\":[]}");
  }

  @Test
  void aBodyIsNotShown() {
    assertThat(message("secret", 1)).hasToString("message m1, received 1 times");
  }

  private static String answer(List<Message> failed) throws IOException {
    var out = new ByteArrayOutputStream();
    SqsBatch.answer(out, failed);
    return out.toString(UTF_8);
  }

  private static SqsBatch read(String event) throws IOException {
    return SqsBatch.read(new ByteArrayInputStream(event.getBytes(UTF_8)));
  }

  private static SqsBatch batch(String... bodies) {
    List<Message> messages = new ArrayList<>();
    for (String body : bodies) {
      messages.add(message(body, messages.size()));
    }
    return new SqsBatch(messages);
  }

  private static Message message(String body, int position) {
    return new Message("m" + position, body, 1, "h" + position, "m" + position);
  }
}
