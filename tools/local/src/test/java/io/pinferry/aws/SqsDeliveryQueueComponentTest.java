package io.pinferry.aws;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pinferry.base.VirtualThreadTasks;
import io.pinferry.delivery.DeliveryMessage;
import io.pinferry.delivery.DeliveryQueue;
import io.pinferry.directory.InstallationId;
import io.pinferry.directory.IntegrationId;
import io.pinferry.directory.ProjectId;
import io.pinferry.local.cloud.EmbeddedParts;
import java.io.IOException;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class SqsDeliveryQueueComponentTest {
  private final String queueUrl = EmbeddedParts.queue("delivery", 3_600);
  private final DeliveryQueue queue =
      new SqsDeliveryQueue(EmbeddedParts::sqs, queueUrl, new VirtualThreadTasks(Clock.systemUTC()));

  @Test
  void smallAndLargeMessagesArriveAsTheyWere() throws IOException {
    String large = "{\"records\":\"" + "pin, ".repeat(60_000) + "\"}";
    List<DeliveryMessage> sent =
        IntStream.range(0, 23)
            .mapToObj(i -> message("m" + i, i % 5 == 0 ? large : "{\"n\":" + i + "}"))
            .toList();

    queue.send(sent);

    assertThat(bodies()).isEqualTo(bodiesOf(sent));
  }

  @Test
  void manyLargeMessagesTravelInSeveralCalls() throws IOException {
    List<DeliveryMessage> sent =
        IntStream.range(0, 4).mapToObj(i -> message("m" + i, incompressible(110_000, i))).toList();

    queue.send(sent);

    assertThat(bodies()).isEqualTo(bodiesOf(sent));
  }

  @Test
  void textThatTheQueueWouldRefuseArrives() throws IOException {
    DeliveryMessage odd =
        message("odd", "{\"title\":\"\uFFFF \uFFFE \u007F \u0085 \uD83D\uDE00\"}");

    queue.send(List.of(odd));

    assertThat(bodies()).isEqualTo(bodiesOf(List.of(odd)));
  }

  @Test
  void nothingIsSentForNothing() throws IOException {
    queue.send(List.of());

    assertThat(bodies()).isEmpty();
  }

  @Test
  void aMessageThatDoesNotFitIsKnownBeforeTheSend() throws IOException {
    DeliveryMessage compressible = message("a", "{\"x\":\"" + "x".repeat(1_000_000) + "\"}");
    DeliveryMessage tooLarge = message("b", incompressible(400_000, 1));

    assertThat(queue.fits(compressible)).isTrue();
    assertThat(queue.fits(tooLarge)).isFalse();
    assertThatThrownBy(() -> queue.send(List.of(compressible, tooLarge)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("245760");
    assertThat(bodies()).isEmpty();
  }

  @Test
  void aMessageThatFitsArrivesEachTimeItIsSent() throws IOException {
    DeliveryMessage small = message("a", "{\"n\":1}");
    DeliveryMessage large = message("b", "{\"x\":\"" + "x".repeat(1_000_000) + "\"}");

    assertThat(queue.fits(small)).isTrue();
    assertThat(queue.fits(large)).isTrue();
    for (int time = 0; time < 2; time++) {
      queue.send(List.of(small, large));

      assertThat(bodies()).isEqualTo(bodiesOf(List.of(small, large)));
    }
  }

  private Map<String, String> bodies() throws IOException {
    Map<String, String> bodies = new HashMap<>();
    for (String body : ReceivedMessages.takeAll(queueUrl)) {
      DeliveryMessage message = SqsDeliveryQueue.messageOf(body);
      bodies.put(message.id(), new String(message.body(), UTF_8));
    }
    return bodies;
  }

  private static Map<String, String> bodiesOf(List<DeliveryMessage> messages) {
    Map<String, String> bodies = new HashMap<>();
    messages.forEach(message -> bodies.put(message.id(), new String(message.body(), UTF_8)));
    return bodies;
  }

  private static String incompressible(int length, long seed) {
    var random = new Random(seed);
    var text = new StringBuilder("{\"x\":\"");
    while (text.length() < length) {
      text.append((char) ('#' + random.nextInt(57)));
    }
    return text.append("\"}").toString();
  }

  private static DeliveryMessage message(String id, String body) {
    return new DeliveryMessage(
        id,
        new ProjectId("p"),
        new DeliveryMessage.Records(
            new IntegrationId("i"),
            new InstallationId("n"),
            "pins",
            new DeliveryMessage.Receipt("o", "q", "1.1.a")),
        "webhook",
        body.getBytes(UTF_8));
  }
}
