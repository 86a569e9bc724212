package io.pinferry.read;

import static io.pinferry.read.ReadFixtures.NOON;
import static io.pinferry.read.ReadFixtures.fields;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pinferry.notification.Notification;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ReadSpecTest {
  @Test
  void aSpecIsReadAsItWasWritten() {
    var spec =
        new ReadSpec(
            "pins",
            "my \"pins\"",
            "webhook",
            "boards",
            new Notification.Party("g", "Group é"),
            new Notification.Party("c", ""),
            NOON.plusNanos(123_000_000),
            ReadFixtures.ACCOUNT,
            "user-1",
            fields("id", "board_owner.username"),
            NOON.minusSeconds(5),
            NOON,
            List.of("one thing", "another"));

    assertThat(ReadSpec.fromJson(spec.toJson())).isEqualTo(spec);
    assertThat(spec.plan().name()).isEqualTo("boards");
  }

  @Test
  void whatIsAbsentStaysAbsent() {
    ReadSpec spec = ReadFixtures.spec("stats", fields());

    assertThat(ReadSpec.fromJson(spec.toJson())).isEqualTo(spec);
    assertThat(spec.pinterestUserId()).isNull();
    assertThat(spec.since()).isNull();
  }

  @Test
  void aSpecOfAnObjectThatIsGoneIsRefused() {
    String json = ReadFixtures.spec("pins", fields("id")).toJson().replace("\"pins\"", "\"gone\"");

    assertThatThrownBy(() -> ReadSpec.fromJson(json).object())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("gone");
  }
}
