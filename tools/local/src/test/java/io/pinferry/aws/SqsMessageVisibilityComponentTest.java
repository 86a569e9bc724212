package io.pinferry.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pinferry.local.cloud.EmbeddedParts;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.sqs.model.Message;

final class SqsMessageVisibilityComponentTest {
  private final String queueUrl = EmbeddedParts.queue("visibility", 3_600);
  private final MessageVisibility visibility =
      new SqsMessageVisibility(EmbeddedParts::sqs, queueUrl);

  @Test
  void aMessageThatIsPutOffForNoTimeIsVisibleAtOnce() {
    Message first = sent();
    assertThat(ReceivedMessages.receive(queueUrl)).isEmpty();

    visibility.change(batchMessage(first), Duration.ZERO);

    assertThat(ReceivedMessages.receive(queueUrl))
        .extracting(Message::messageId)
        .containsExactly(first.messageId());
  }

  @Test
  void aMessageThatIsPutOffStaysAway() {
    Message first = sent();
    visibility.change(batchMessage(first), Duration.ZERO);
    Message second = ReceivedMessages.receive(queueUrl).getFirst();

    visibility.change(batchMessage(second), Duration.ofHours(10));

    assertThat(ReceivedMessages.receive(queueUrl)).isEmpty();
  }

  @Test
  void twelveHoursAreTheMost() {
    SqsBatch.Message message = batchMessage(sent());

    assertThatThrownBy(() -> visibility.change(message, Duration.ofHours(12).plusSeconds(1)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> visibility.change(message, Duration.ofSeconds(-1)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private Message sent() {
    EmbeddedParts.sqs().sendMessage(request -> request.queueUrl(queueUrl).messageBody("{}"));
    return ReceivedMessages.receive(queueUrl).getFirst();
  }

  private static SqsBatch.Message batchMessage(Message message) {
    return new SqsBatch.Message(
        message.messageId(), message.body(), 1, message.receiptHandle(), "request-1");
  }
}
