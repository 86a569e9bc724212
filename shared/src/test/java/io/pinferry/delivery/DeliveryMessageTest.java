package io.pinferry.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pinferry.base.Json;
import io.pinferry.delivery.DeliveryMessage.Receipt;
import io.pinferry.directory.InstallationId;
import io.pinferry.directory.IntegrationId;
import io.pinferry.directory.NotificationType;
import io.pinferry.directory.ProjectId;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DeliveryMessageTest {
  private static DeliveryMessage message(String body) {
    return new DeliveryMessage(
        "msg_1",
        new ProjectId("project-1"),
        new DeliveryMessage.Records(
            new IntegrationId("integration-1"),
            new InstallationId("installation-1"),
            "pins",
            new Receipt("operation-1", "partition-1", "1.0.abc")),
        "my \"webhook\" é",
        body.getBytes(UTF_8));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{ \"a\" : [1, 2.50, 1e400], \"b\":\"\\u00e9 é 😀 \\ud83d\\ude00\" }",
        "{\"body\":{\"body\":1},\"id\":\"other\"}",
        "{\"a\":1,\"a\":2}"
      })
  void aMessageIsReadAsItWasWrittenByteForByte(String body) throws IOException {
    DeliveryMessage written = message(body);

    DeliveryMessage read = DeliveryMessage.fromJson(written.toJson());

    assertThat(new String(read.body(), UTF_8)).isEqualTo(body);
    assertThat(read).usingRecursiveComparison().isEqualTo(written);
  }

  @Test
  void aLargeMessageIsReadAsItWasWritten() throws IOException {
    DeliveryMessage written = message("{\"a\":\"" + "né".repeat(100_000) + "\"}");

    assertThat(DeliveryMessage.fromJson(written.toJson()).body()).isEqualTo(written.body());
  }

  @Test
  void whatIsUnknownIsPassedOver() throws IOException {
    String json = new String(message("{\"a\":1}").toJson(), UTF_8);

    DeliveryMessage read =
        DeliveryMessage.fromJson(
            json.replace("\"body\":", "\"later\":\"x\",\"body\":").getBytes(UTF_8));

    assertThat(read).usingRecursiveComparison().isEqualTo(message("{\"a\":1}"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "id",
        "project",
        "integration",
        "installation",
        "destination",
        "operation",
        "partition",
        "entry",
        "body"
      })
  void nothingMayBeMissing(String member) {
    byte[] json =
        new String(message("{}").toJson(), UTF_8)
            .replace("\"" + member + "\":", "\"x\":\"\",\"y\":")
            .replace("\"y\":{}", "\"y\":\"\"")
            .getBytes(UTF_8);

    assertThatThrownBy(() -> DeliveryMessage.fromJson(json))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(member.equals("body") ? "body" : member);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "null", "{\"body\":", "{\"id\":\"x\""})
  void whatIsNoMessageIsRefused(String json) {
    assertThatThrownBy(() -> DeliveryMessage.fromJson(json.getBytes(UTF_8)))
        .isInstanceOf(IOException.class);
  }

  @Test
  void itsTextDoesNotShowRecords() {
    assertThat(message("{\"secret\":1}").toString())
        .contains("msg_1")
        .contains("12 bytes")
        .doesNotContain("secret");
  }

  @Test
  void whatIsWrittenIsJson() throws IOException {
    assertThat(Json.parse(message("{\"a\":1}").toJson()).path("body").path("a").intValue())
        .isEqualTo(1);
  }

  @Test
  void theBodyMayStandAnywhere() throws IOException {
    String first =
        "{\"body\":{},\"id\":\"msg_1\",\"project\":\"project-1\",\"content\":{\"type\":\"records\","
            + "\"integration\":\"integration-1\",\"installation\":\"installation-1\",\"receipt\":{"
            + "\"operation\":\"operation-1\",\"partition\":\"partition-1\","
            + "\"entry\":\"1.0.abc\"},\"linked\":false},\"destination\":\"hook\",\"attempts\":0}";

    DeliveryMessage read = DeliveryMessage.fromJson(first.getBytes(UTF_8));

    assertThat(read.attempts()).isZero();
    assertThat(read.content())
        .isEqualTo(
            new DeliveryMessage.Records(
                new IntegrationId("integration-1"),
                new InstallationId("installation-1"),
                null,
                new Receipt("operation-1", "partition-1", "1.0.abc")));
  }

  @Test
  void aNotificationIsReadAsItWasWritten() throws IOException {
    var installed =
        new DeliveryMessage.InstallationKey(
            new IntegrationId("integration-1"), new InstallationId("installation-1"));
    for (DeliveryMessage.Notice content :
        List.of(
            new DeliveryMessage.Notice(NotificationType.CONNECTION_ERROR, null),
            new DeliveryMessage.Notice(NotificationType.READ_BACKFILL_DONE, installed),
            new DeliveryMessage.Notice(
                NotificationType.READ_BACKFILL_DONE, installed, "operation-1"))) {
      var notice =
          new DeliveryMessage(
              "msg_1",
              new ProjectId("project-1"),
              content,
              "hook",
              "{\"a\":1}".getBytes(UTF_8),
              3,
              null,
              false);

      assertThat(DeliveryMessage.fromJson(notice.toJson()))
          .usingRecursiveComparison()
          .isEqualTo(notice);
    }
  }

  @Test
  void aNotificationOfAnUnknownTypeIsRefused() {
    String json =
        "{\"id\":\"msg_1\",\"project\":\"p\",\"content\":{\"type\":\"notification\","
            + "\"notification\":\"pin.sold\"},\"destination\":\"hook\",\"attempts\":0,\"body\":{}}";

    assertThatThrownBy(() -> DeliveryMessage.fromJson(json.getBytes(UTF_8)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("content.notification");
  }
}
