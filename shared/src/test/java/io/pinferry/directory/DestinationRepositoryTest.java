package io.pinferry.directory;

import static io.pinferry.directory.DirectoryFixtures.NOON;
import static io.pinferry.directory.DirectoryFixtures.OTHER_PROJECT;
import static io.pinferry.directory.DirectoryFixtures.PROJECT;
import static io.pinferry.directory.DirectoryFixtures.destination;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pinferry.base.ManualClock;
import io.pinferry.base.PinferryException.Conflict;
import io.pinferry.base.PinferryException.NotFound;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class DestinationRepositoryTest {
  private final DirectoryStore store = new InMemoryDirectoryStore(new ManualClock(NOON));
  private final DestinationRepository destinations = new DestinationRepository(store);

  @BeforeEach
  void aProject() {
    new ProjectRepository(store).create(DirectoryFixtures.project(PROJECT, "shop"));
  }

  @Test
  void aDestinationIsFoundByNameAndById() {
    Destination hook = destination(1, "pinterestWebhook");
    destinations.create(hook);

    assertThat(destinations.get(PROJECT, "pinterestWebhook").value()).isEqualTo(hook);
    assertThat(destinations.get(PROJECT, hook.id().value()).value()).isEqualTo(hook);
    assertThatThrownBy(() -> destinations.get(OTHER_PROJECT, "pinterestWebhook"))
        .isInstanceOf(NotFound.class);
  }

  @Test
  void aNameCanBeTakenOnceInAProject() {
    destinations.create(destination(1, "hook"));

    assertThatThrownBy(() -> destinations.create(destination(2, "hook")))
        .isInstanceOf(Conflict.class)
        .hasMessageContaining("already a destination named hook");
  }

  @Test
  void aRenamedDestinationIsFoundByItsNewNameOnly() {
    destinations.create(destination(1, "old"));

    destinations.update(destinations.get(PROJECT, "old"), destination(1, "new"));

    assertThat(destinations.findByName(PROJECT, "old")).isEmpty();
    assertThat(destinations.list(PROJECT)).containsExactly(destination(1, "new"));
  }

  @Test
  void aDestinationCannotTakeAnothersName() {
    destinations.create(destination(1, "a"));
    destinations.create(destination(2, "b"));

    assertThatThrownBy(
            () -> destinations.update(destinations.get(PROJECT, "a"), destination(1, "b")))
        .isInstanceOf(Conflict.class)
        .hasMessageContaining("already a destination named b");
  }

  @Test
  void aRemovedDestinationIsGoneAndItsNameIsFree() {
    destinations.create(destination(1, "hook"));
    Snapshot<Destination> read = destinations.get(PROJECT, "hook");

    destinations.remove(read);

    assertThat(destinations.findByName(PROJECT, "hook")).isEmpty();
    assertThatThrownBy(() -> destinations.remove(read)).isInstanceOf(Conflict.class);
    destinations.create(destination(2, "hook"));
  }
}
