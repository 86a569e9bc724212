package io.pinferry.directory;

import static io.pinferry.directory.DirectoryFixtures.NOON;
import static io.pinferry.directory.DirectoryFixtures.OTHER_PROJECT;
import static io.pinferry.directory.DirectoryFixtures.PROJECT;
import static io.pinferry.directory.DirectoryFixtures.installation;
import static io.pinferry.directory.DirectoryFixtures.integration;
import static io.pinferry.directory.DirectoryFixtures.project;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pinferry.base.ManualClock;
import io.pinferry.base.PinferryException.NotFound;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class InstallationRepositoryTest {
  private static final Integration SYNC = integration(1, "sync");
  private static final Integration MORE = integration(2, "more");

  private final InMemoryDirectoryStore store = new InMemoryDirectoryStore(new ManualClock(NOON));
  private final InstallationRepository installations = new InstallationRepository(store);

  @BeforeEach
  void twoIntegrations() {
    new ProjectRepository(store).create(project(PROJECT, "shop"));
    var integrations = new IntegrationRepository(store);
    integrations.create(SYNC);
    integrations.create(MORE);
  }

  private List<DirectoryWrite> create(Installation installation) {
    return store.write(InstallationRepository.creation(installation));
  }

  @Test
  void anInstallationComesBackAsItWasStored() {
    Installation blue = installation(1, SYNC.id(), "org_7");

    assertThat(create(blue)).isEmpty();

    assertThat(installations.find(PROJECT, SYNC.id(), blue.id())).contains(new Snapshot<>(blue, 1));
    assertThat(installations.find(PROJECT, blue.id())).contains(new Snapshot<>(blue, 1));
    assertThat(installations.findOfGroup(PROJECT, SYNC.id(), "org_7"))
        .contains(new Snapshot<>(blue, 1));
    assertThat(installations.get(PROJECT, SYNC.id(), blue.id().value()).value()).isEqualTo(blue);
  }

  @Test
  void aGroupInstallsAnIntegrationOnce() {
    create(installation(1, SYNC.id(), "org_7"));

    assertThat(create(installation(2, SYNC.id(), "org_7")))
        .singleElement()
        .isInstanceOf(DirectoryWrite.Create.class);
    assertThat(create(installation(3, SYNC.id(), "org_8"))).isEmpty();
    assertThat(create(installation(4, MORE.id(), "org_7"))).isEmpty();
  }

  @Test
  void nothingIsInstalledFromAnIntegrationThatIsGone() {
    assertThat(create(installation(1, integration(9, "gone").id(), "org_7")))
        .singleElement()
        .isInstanceOf(DirectoryWrite.Require.class);
  }

  @Test
  void installationsAreListedByIntegrationGroupAndProjectOldestFirst() {
    create(installation(3, SYNC.id(), "org_8"));
    create(installation(1, SYNC.id(), "org_7"));
    create(installation(2, MORE.id(), "org_7"));

    assertThat(numbers(installations.list(PROJECT, SYNC.id()))).containsExactly(1L, 3L);
    assertThat(numbers(installations.listOfGroup(PROJECT, "org_7"))).containsExactly(1L, 2L);
    assertThat(numbers(installations.list(PROJECT))).containsExactly(1L, 2L, 3L);
    assertThat(installations.listOfGroup(PROJECT, "org_")).isEmpty();
    assertThat(installations.list(OTHER_PROJECT)).isEmpty();
  }

  @Test
  void groupRefsMayBeAnyText() {
    String ref = "a#b/ü " + "x".repeat(5000);
    create(installation(1, SYNC.id(), ref));

    assertThat(installations.findOfGroup(PROJECT, SYNC.id(), ref)).isPresent();
    assertThat(installations.findOfGroup(PROJECT, SYNC.id(), ref + "x")).isEmpty();
  }

  @Test
  void anIdOfAnotherIntegrationOrShapeIsNotFound() {
    Installation blue = installation(1, SYNC.id(), "org_7");
    create(blue);

    for (String id : List.of(blue.id().value(), "x", "", "INSTALLATION#1")) {
      assertThatThrownBy(() -> installations.get(PROJECT, MORE.id(), id))
          .isInstanceOf(NotFound.class)
          .hasMessage("there is no installation " + id);
    }
  }

  @Test
  void aReplacementTakesEffectUnlessTheInstallationWasChanged() {
    Installation blue = installation(1, SYNC.id(), "org_7");
    create(blue);
    Snapshot<Installation> read = installations.find(PROJECT, blue.id()).orElseThrow();
    Installation changed = blue.withConfig(blue.config(), NOON.plusSeconds(60));
    assertThat(changed.lastUpdateTime()).isEqualTo(NOON.plusSeconds(60));

    assertThat(store.write(List.of(InstallationRepository.replacement(read, changed)))).isEmpty();
    assertThat(installations.find(PROJECT, blue.id())).contains(new Snapshot<>(changed, 2));
    assertThat(store.write(List.of(InstallationRepository.replacement(read, blue)))).hasSize(1);
  }

  @Test
  void removalLeavesNothingAndMakesRoomForAnother() {
    Installation blue = installation(1, SYNC.id(), "org_7");
    create(blue);
    Snapshot<Installation> read = installations.find(PROJECT, blue.id()).orElseThrow();

    assertThat(store.write(InstallationRepository.removal(read))).isEmpty();

    assertThat(installations.find(PROJECT, blue.id())).isEmpty();
    assertThat(installations.listOfGroup(PROJECT, "org_7")).isEmpty();
    assertThat(create(installation(2, SYNC.id(), "org_7"))).isEmpty();
    assertThat(store.write(InstallationRepository.removal(read))).hasSize(1);
  }

  @Test
  void moreInstallationsThanOnePageHoldsAreListed() {
    for (int i = 1; i <= 1001; i++) {
      create(installation(i, SYNC.id(), "org_" + i));
    }

    assertThat(installations.list(PROJECT, SYNC.id())).hasSize(1001);
  }

  /** Fixtures are created as many seconds after noon as their number says. */
  private static List<Long> numbers(List<Snapshot<Installation>> list) {
    return list.stream()
        .map(one -> one.value().createTime().getEpochSecond() - NOON.getEpochSecond())
        .toList();
  }
}
