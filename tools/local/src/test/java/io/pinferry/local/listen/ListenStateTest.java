package io.pinferry.local.listen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pinferry.local.api.CommandFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ListenStateTest {
  private static final Instant START = Instant.parse("2026-09-01T08:00:00Z");
  private static final Instant LATER = START.plusSeconds(60);

  @TempDir private Path folder;

  private ListenState open(Instant now) {
    return ListenState.open(folder.resolve("a/state.jsonl"), now);
  }

  @Test
  void aSecondStartKnowsTheMessagesAndTheTimeOfTheFirst() {
    try (ListenState state = open(START)) {
      state.add("msg_1");
      state.complete(LATER);
      state.add("msg_2");
    }
    try (ListenState state = open(LATER.plusSeconds(1))) {
      assertThat(state.has("msg_1")).isTrue();
      assertThat(state.has("msg_2")).isTrue();
      assertThat(state.has("msg_3")).isFalse();
      assertThat(state.begin()).isEqualTo(START);
      assertThat(state.since()).isEqualTo(LATER);
    }
  }

  @Test
  void aLineThatAKillCutOffIsForgotten() throws Exception {
    try (ListenState state = open(START)) {
      state.add("msg_1");
    }
    Files.writeString(folder.resolve("a/state.jsonl"), "{\"id\":\"msg", StandardOpenOption.APPEND);

    try (ListenState state = open(LATER)) {
      assertThat(state.has("msg_1")).isTrue();
      state.add("msg_2");
    }
    try (ListenState state = open(LATER)) {
      assertThat(state.has("msg_2")).isTrue();
    }
  }

  @Test
  void oneProcessUsesAFileAtATime() {
    try (ListenState _ = open(START)) {
      assertThatThrownBy(() -> open(START))
          .isInstanceOf(CommandFailure.class)
          .hasMessageContaining("another process listens with");
    }
  }

  @Test
  void anotherFileIsNotOverwritten() throws Exception {
    Path other = folder.resolve("notes.txt");
    Files.writeString(other, "my notes\n");

    assertThatThrownBy(() -> ListenState.open(other, START))
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining("no state of ./pinferry listen");
    assertThat(Files.readString(other)).isEqualTo("my notes\n");
  }

  @Test
  void theOldestIdsAreForgotten() {
    try (ListenState state = open(START)) {
      for (int i = 0; i <= ListenState.IDS_MAX; i++) {
        state.add("msg_" + i);
      }
    }
    try (ListenState state = open(START)) {
      assertThat(state.has("msg_0")).isFalse();
      assertThat(state.has("msg_1")).isTrue();
    }
  }
}
