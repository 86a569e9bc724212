package io.pinferry.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.pinferry.directory.ProjectId;
import java.time.Instant;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Every promise of {@link ResultStore}. Each test meets an empty store. */
public abstract class ResultStoreContract {
  private static final ProjectId PROJECT = new ProjectId("project-1");
  private static final Instant LATER = Instant.parse("2026-03-01T13:00:00Z");

  /** Returns the store under test, the same during one test. */
  protected abstract ResultStore results();

  @Test
  void whatIsKeptIsFoundByItsProjectAndMessage() {
    byte[] result = "[{\"name\":\"Café\"}]".getBytes(UTF_8);

    results().keep(PROJECT, "msg_1", result, LATER);

    assertThat(results().find(PROJECT, "msg_1")).contains(result);
    assertThat(results().find(PROJECT, "msg_2")).isEmpty();
    assertThat(results().find(new ProjectId("project-2"), "msg_1")).isEmpty();
  }

  @Test
  void keepingItAgainChangesNothing() {
    results().keep(PROJECT, "msg_1", new byte[] {'[', ']'}, LATER);
    results().keep(PROJECT, "msg_1", new byte[] {'[', ']'}, LATER.plusSeconds(1));

    assertThat(results().find(PROJECT, "msg_1")).contains(new byte[] {'[', ']'});
  }

  @Test
  void aRemovedResultIsNotFound() {
    results().keep(PROJECT, "msg_1", new byte[] {'[', ']'}, LATER);
    results().keep(PROJECT, "msg_2", new byte[] {'[', ']'}, LATER);

    results().remove(PROJECT, "msg_1");
    results().remove(PROJECT, "msg_1");

    assertThat(results().find(PROJECT, "msg_1")).isEmpty();
    assertThat(results().find(PROJECT, "msg_2")).isPresent();
  }

  @Test
  void whatCannotBeCompressedMayHaveMegabytes() {
    byte[] result = new byte[4_400_000];
    new SplittableRandom(1).nextBytes(result);

    results().keep(PROJECT, "msg_1", result, LATER);

    assertThat(results().find(PROJECT, "msg_1")).contains(result);
  }
}
