package io.pinferry.directory;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class NotificationTypeTest {
  @Test
  void typesHaveTheContractsNamesAndFourOfOurOwn() {
    assertThat(NotificationType.texts())
        .hasSize(19)
        .doesNotHaveDuplicates()
        .contains("read.triggered.done", "destination.webhook.disabled", "write.async.done")
        .containsAll(NotificationType.ownTexts());
    assertThat(NotificationType.ownTexts())
        .containsExactlyInAnyOrder(
            "read.backfill.error",
            "read.scheduled.done",
            "read.scheduled.error",
            "provider.app.error");
  }

  @Test
  void aTypeIsFoundByItsNameOnly() {
    assertThat(NotificationType.of("connection.error")).contains(NotificationType.CONNECTION_ERROR);
    assertThat(NotificationType.of("CONNECTION_ERROR")).isEmpty();
    assertThat(NotificationType.of("")).isEmpty();
  }
}
