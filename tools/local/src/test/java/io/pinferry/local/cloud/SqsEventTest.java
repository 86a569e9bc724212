package io.pinferry.local.cloud;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.sqs.model.Message;

class SqsEventTest {

  private static final Message ONE = Message.builder().messageId("1").build();
  private static final Message TWO = Message.builder().messageId("2").build();
  private static final List<Message> BATCH = List.of(ONE, TWO);

  private static List<Message> succeeded(String answer) {
    return SqsEvent.succeeded(BATCH, answer.getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "{}",
        "{\"batchItemFailures\":[]}",
        "{\"batchItemFailures\":null}",
      })
  void anAnswerThatNamesNoFailureIsASuccess(String answer) {
    assertThat(succeeded(answer)).isEqualTo(BATCH);
  }

  @Test
  void onlyWhatFailedIsKept() {
    assertThat(succeeded("{\"batchItemFailures\":[{\"itemIdentifier\":\"2\"}]}"))
        .containsExactly(ONE);
    assertThat(
            succeeded(
                "{\"batchItemFailures\":[{\"itemIdentifier\":\"2\"},{\"itemIdentifier\":\"1\"}]}"))
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "not json",
        "{\"batchItemFailures\":\"2\"}",
        "{\"batchItemFailures\":[{\"itemIdentifier\":\"\"}]}",
        "{\"batchItemFailures\":[{\"itemIdentifier\":null}]}",
        "{\"batchItemFailures\":[{\"itemId\":\"2\"}]}",
        "{\"batchItemFailures\":[{\"itemIdentifier\":\"3\"}]}",
      })
  void anAnswerThatIsNotUnderstoodIsAFailureOfAll(String answer) {
    assertThat(succeeded(answer)).isEmpty();
  }
}
