package io.pinferry.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pinferry.base.ManualClock;
import io.pinferry.base.PinferryException.ProviderUnavailable;
import io.pinferry.base.SteppedTasks;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.sqs.model.BatchResultErrorEntry;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchRequest;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchResponse;
import software.amazon.awssdk.services.sqs.model.SqsException;

final class SqsSenderTest {
  private final ManualClock clock = new ManualClock(Instant.parse("2026-03-01T12:00:00Z"));
  private final ScriptedSqsClient client = new ScriptedSqsClient();
  private final SqsSender sender =
      new SqsSender(() -> client, "https://queue", new SteppedTasks(clock));

  @Test
  void tenMessagesTravelInOneCall() {
    sender.send(bodies(23), 7);

    assertThat(client.batches())
        .extracting(batch -> batch.entries().size())
        .containsExactly(10, 10, 3);
    assertThat(client.batches().stream().flatMap(batch -> batch.entries().stream()))
        .extracting(SendMessageBatchRequestEntry::messageBody)
        .isEqualTo(texts(23));
    assertThat(client.batches().stream().flatMap(batch -> batch.entries().stream()))
        .extracting(SendMessageBatchRequestEntry::messageGroupId)
        .startsWith("group 0", "group 1", "group 0");
    assertThat(client.batches().getFirst().entries())
        .extracting(SendMessageBatchRequestEntry::delaySeconds)
        .containsOnly(7);
    assertThat(client.batches().getFirst().queueUrl()).isEqualTo("https://queue");
  }

  @Test
  void aCallHoldsAtMostSoManyBytes() {
    String third = "\u00E9".repeat(SqsSender.BATCH_BYTES_MAX / 6);

    sender.send(Collections.nCopies(4, body(third)), 0);

    assertThat(client.batches()).extracting(batch -> batch.entries().size()).containsExactly(3, 1);
  }

  @Test
  void aBodyThatIsTooLargeStopsEverythingBefore() {
    String large = "x".repeat(SqsSender.BATCH_BYTES_MAX + 1);

    assertThatThrownBy(() -> sender.send(List.of(body("small"), body(large)), 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("245761");
    assertThat(client.batches()).isEmpty();
    sender.send(List.of(body(large.substring(1))), 0);
    assertThat(client.batches()).hasSize(1);
  }

  @Test
  void refusedMessagesOfABatchAreSentAgain() {
    client.answer(request -> refusing(request, false, 2, 5));
    client.answer(request -> refusing(request, false, 1));

    sender.send(bodies(10), 0);

    assertThat(client.batches())
        .extracting(batch -> batch.entries().stream().map(one -> one.messageBody()).toList())
        .containsExactly(texts(10), List.of("body 2", "body 5"), List.of("body 5"));
  }

  @Test
  void theNextBatchWaitsForTheFirstToBeAccepted() {
    client.answer(request -> refusing(request, false, 0));

    sender.send(bodies(11), 0);

    assertThat(client.batches())
        .extracting(batch -> batch.entries().getFirst().messageBody())
        .containsExactly("body 0", "body 0", "body 10");
  }

  @Test
  void anEndlessRefusalIsReported() {
    for (int i = 0; i < 4; i++) {
      client.answer(request -> refusing(request, false, 0));
    }

    assertThatThrownBy(() -> sender.send(bodies(3), 0))
        .isInstanceOf(ProviderUnavailable.class)
        .hasMessageContaining("1 of 3")
        .hasMessageContaining("InternalError");
    assertThat(client.batches()).hasSize(4);
    assertThat(clock.instant()).isAfter(Instant.parse("2026-03-01T12:00:00Z"));
  }

  @Test
  void aMessageThatSqsNeverTakesIsABug() {
    client.answer(request -> refusing(request, true, 0));

    assertThatThrownBy(() -> sender.send(bodies(3), 0))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("InternalError");
    assertThat(client.batches()).hasSize(1);
  }

  @Test
  void anUnreachableQueueIsUnavailable() {
    client.answer(
        request -> {
          throw SdkClientException.create("connection refused");
        });

    assertThatThrownBy(() -> sender.send(bodies(1), 0))
        .isInstanceOf(ProviderUnavailable.class)
        .hasMessageContaining("connection refused");
  }

  @Test
  void aThrottledOrBrokenQueueIsUnavailableAndADeniedOneIsNot() {
    for (int status : List.of(429, 500, 503)) {
      client.answer(
          request -> {
            throw SqsException.builder().statusCode(status).message("no").build();
          });
      assertThatThrownBy(() -> sender.send(bodies(1), 0))
          .as("status %d", status)
          .isInstanceOf(ProviderUnavailable.class);
    }
    client.answer(
        request -> {
          throw SqsException.builder().statusCode(403).message("denied").build();
        });
    assertThatThrownBy(() -> sender.send(bodies(1), 0)).isInstanceOf(SqsException.class);
  }

  private static SendMessageBatchResponse refusing(
      SendMessageBatchRequest request, boolean senderFault, int... positions) {
    return SendMessageBatchResponse.builder()
        .failed(
            IntStream.of(positions)
                .mapToObj(
                    position ->
                        BatchResultErrorEntry.builder()
                            .id(request.entries().get(position).id())
                            .senderFault(senderFault)
                            .code("InternalError")
                            .message("try again")
                            .build())
                .toList())
        .build();
  }

  private static SqsSender.Body body(String text) {
    return new SqsSender.Body("group", text);
  }

  private static List<SqsSender.Body> bodies(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> new SqsSender.Body("group " + i % 2, "body " + i))
        .toList();
  }

  private static List<String> texts(int count) {
    return bodies(count).stream().map(SqsSender.Body::text).toList();
  }
}
