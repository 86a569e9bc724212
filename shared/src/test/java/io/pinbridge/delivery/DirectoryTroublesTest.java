package io.pinbridge.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.pinbridge.base.ManualClock;
import io.pinbridge.directory.Destination;
import io.pinbridge.directory.DestinationId;
import io.pinbridge.directory.DestinationRepository;
import io.pinbridge.directory.DestinationTrouble;
import io.pinbridge.directory.InMemoryDirectoryStore;
import io.pinbridge.directory.ProjectId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class DirectoryTroublesTest {
  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
  private static final ProjectId PROJECT = new ProjectId("project-1");
  private static final DestinationTrouble FAILING =
      new DestinationTrouble(false, "it answered 500", NOON);
  private static final DestinationTrouble DISABLED =
      new DestinationTrouble(true, "it answered 410", NOON.plusSeconds(1));

  private final DestinationRepository destinations =
      new DestinationRepository(new InMemoryDirectoryStore(new ManualClock(NOON), new Object()));
  private final DirectoryTroubles troubles = new DirectoryTroubles(destinations);

  @BeforeEach
  void aDestination() {
    destinations.create(
        new Destination(
            new DestinationId("6f1f7a52-3f0e-4f6e-9c1f-0a8f8a4c2b11"),
            PROJECT,
            "hook",
            new Destination.Webhook("https://example.com/hook"),
            "destination/1",
            NOON,
            null));
  }

  private @Nullable DestinationTrouble stored() {
    return destinations.get(PROJECT, "hook").value().trouble();
  }

  @Test
  void theFirstTroubleOfAKindStays() {
    assertThat(troubles.note(PROJECT, "hook", FAILING)).isEqualTo(FAILING);
    assertThat(
            troubles.note(
                PROJECT, "hook", new DestinationTrouble(false, "another", NOON.plusSeconds(9))))
        .isEqualTo(FAILING);

    assertThat(stored()).isEqualTo(FAILING);
  }

  @Test
  void disabledIsGraverThanFailing() {
    troubles.note(PROJECT, "hook", FAILING);

    assertThat(troubles.note(PROJECT, "hook", DISABLED)).isEqualTo(DISABLED);
    assertThat(troubles.note(PROJECT, "hook", FAILING)).isEqualTo(DISABLED);
    assertThat(stored()).isEqualTo(DISABLED);
  }

  @Test
  void aFailingDestinationRecoversAndADisabledOneDoesNot() {
    troubles.note(PROJECT, "hook", FAILING);
    troubles.recovered(PROJECT, "hook");
    assertThat(stored()).isNull();

    troubles.note(PROJECT, "hook", DISABLED);
    troubles.recovered(PROJECT, "hook");
    assertThat(stored()).isEqualTo(DISABLED);
  }

  @Test
  void aDestinationThatIsGoneHasNoTrouble() {
    assertThat(troubles.note(PROJECT, "other", DISABLED)).isNull();
  }
}
