package io.pinferry.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pinferry.base.ManualClock;
import io.pinferry.base.PinferryException.Conflict;
import io.pinferry.directory.Destination;
import io.pinferry.directory.DestinationId;
import io.pinferry.directory.DestinationRepository;
import io.pinferry.directory.DestinationTrouble;
import io.pinferry.directory.DirectoryFixtures;
import io.pinferry.directory.DirectoryStore;
import io.pinferry.directory.DirectoryWrite;
import io.pinferry.directory.ForwardingDirectoryStore;
import io.pinferry.directory.InMemoryDirectoryStore;
import io.pinferry.directory.NotificationType;
import io.pinferry.directory.ProjectId;
import io.pinferry.directory.ProjectRepository;
import io.pinferry.notification.Outbox;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class DirectoryTroublesTest {
  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
  private static final ProjectId PROJECT = new ProjectId("project-1");
  private static final DestinationTrouble FAILING =
      DestinationTrouble.failing("it answered 500", NOON);
  private static final DestinationTrouble GIVEN_UP =
      DestinationTrouble.givenUp("it answered 500 for a day", NOON.plusSeconds(7));
  private static final DestinationTrouble DISABLED =
      DestinationTrouble.disabled("it answered 410", NOON.plusSeconds(8));

  private final InMemoryDirectoryStore store =
      new InMemoryDirectoryStore(new ManualClock(NOON), new Object());
  private final DestinationRepository destinations = new DestinationRepository(store);
  private final DirectoryTroubles troubles = new DirectoryTroubles(destinations, () -> NOON);

  @BeforeEach
  void aDestination() {
    new ProjectRepository(store).create(DirectoryFixtures.project(PROJECT, "shop"));
    destinations.create(
        new Destination(
            new DestinationId("6f1f7a52-3f0e-4f6e-9c1f-0a8f8a4c2b11"),
            PROJECT,
            "hook",
            new Destination.Webhook("https://example.com/hook"),
            "destination/1",
            NOON,
            null,
            null));
  }

  private @Nullable DestinationTrouble stored() {
    return destinations.get(PROJECT, "hook").value().trouble();
  }

  @Test
  void theFirstTroubleOfAKindStays() {
    troubles.note(PROJECT, "hook", FAILING);
    troubles.note(PROJECT, "hook", DestinationTrouble.failing("another", NOON.plusSeconds(9)));

    assertThat(stored()).isEqualTo(FAILING);
  }

  @Test
  void anAttemptDoesNotFailBecauseOthersKeepChangingTheDestination() {
    var contended = new DirectoryTroubles(new DestinationRepository(refusingWrites()), () -> NOON);

    contended.note(PROJECT, "hook", FAILING);
    assertThatThrownBy(() -> contended.note(PROJECT, "hook", GIVEN_UP))
        .as("somebody has to hear of it, so the message comes back")
        .isInstanceOf(Conflict.class);
    assertThat(stored()).isNull();

    troubles.note(PROJECT, "hook", FAILING);
    contended.recovered(PROJECT, "hook");
    assertThat(stored()).as("the next success tells it").isEqualTo(FAILING);
  }

  /** Returns the store as others leave it who always change a document first. */
  private DirectoryStore refusingWrites() {
    return new ForwardingDirectoryStore(store) {
      @Override
      public List<DirectoryWrite> write(List<DirectoryWrite> writes) {
        return writes;
      }
    };
  }

  @Test
  void aDestinationThatTakesEverySecondMessageIsNotWrittenForEachOfThem() {
    AtomicInteger writes = new AtomicInteger();
    var clock = new ManualClock(NOON);
    var flapping =
        new DirectoryTroubles(
            new DestinationRepository(
                new ForwardingDirectoryStore(store) {
                  @Override
                  public List<DirectoryWrite> write(List<DirectoryWrite> all) {
                    writes.incrementAndGet();
                    return super.write(all);
                  }
                }),
            clock);
    for (int message = 0; message < 600; message++) {
      flapping.note(PROJECT, "hook", FAILING);
      assertThat(stored()).isEqualTo(message % 300 < DirectoryTroubles.NOTES_MAX ? FAILING : null);
      flapping.recovered(PROJECT, "hook");
      clock.advance(DirectoryTroubles.NOTES_PERIOD.dividedBy(300));
    }
    assertThat(writes).hasValue(2 * 2 * DirectoryTroubles.NOTES_MAX);

    flapping.note(PROJECT, "hook", GIVEN_UP);
    assertThat(stored()).as("a message is lost if nobody does anything").isEqualTo(GIVEN_UP);
  }

  @Test
  void aGraverTroubleReplacesALighterOne() {
    troubles.note(PROJECT, "hook", FAILING);
    troubles.note(PROJECT, "hook", GIVEN_UP);
    troubles.note(PROJECT, "hook", FAILING);

    assertThat(stored())
        .as("it has failed since the first failure")
        .isEqualTo(
            new DestinationTrouble(false, "it answered 500 for a day", NOON, NOON.plusSeconds(7)));

    troubles.note(PROJECT, "hook", DISABLED);
    troubles.note(PROJECT, "hook", FAILING);

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
  void aFailureThatIsTriedAgainIsShownAndToldToNobody() {
    troubles.note(PROJECT, "hook", FAILING);

    assertThat(stored()).isEqualTo(FAILING);
    assertThat(new Outbox(store).pending(10)).isEmpty();
  }

  @Test
  void aTroubleIsToldOfOnceTogetherWithItsNote() {
    troubles.note(PROJECT, "hook", FAILING);
    troubles.note(PROJECT, "hook", GIVEN_UP);
    troubles.note(PROJECT, "hook", GIVEN_UP);

    assertThat(new Outbox(store).pending(10))
        .singleElement()
        .satisfies(
            told -> {
              assertThat(told.type()).isEqualTo(NotificationType.DESTINATION_WEBHOOK_DISABLED);
              assertThat(told.project()).isEqualTo(PROJECT);
              assertThat(told.data().toString())
                  .isEqualTo(
                      "{\"projectId\":\"project-1\","
                          + "\"destinationId\":\"6f1f7a52-3f0e-4f6e-9c1f-0a8f8a4c2b11\","
                          + "\"destinationName\":\"hook\","
                          + "\"url\":\"https://example.com/hook\"}");
            });
  }

  @Test
  void eachTroubleHasANotificationOfItsOwn() {
    troubles.note(PROJECT, "hook", GIVEN_UP);
    troubles.recovered(PROJECT, "hook");
    troubles.note(PROJECT, "hook", GIVEN_UP);
    troubles.note(PROJECT, "hook", DISABLED);

    assertThat(new Outbox(store).pending(10)).hasSize(3).doesNotHaveDuplicates();
  }

  @Test
  void aDestinationThatIsGoneHasNoTrouble() {
    troubles.note(PROJECT, "other", DISABLED);

    assertThat(new Outbox(store).pending(10)).isEmpty();
    assertThat(stored()).isNull();
  }
}
