package io.pinferry.directory;

import static io.pinferry.directory.DirectoryFixtures.NOON;
import static io.pinferry.directory.DirectoryFixtures.OTHER_PROJECT;
import static io.pinferry.directory.DirectoryFixtures.PROJECT;
import static io.pinferry.directory.DirectoryFixtures.integration;
import static io.pinferry.directory.DirectoryFixtures.project;
import static io.pinferry.directory.DirectoryFixtures.revision;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pinferry.base.ManualClock;
import io.pinferry.base.PinferryException.Conflict;
import io.pinferry.base.PinferryException.NotFound;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class IntegrationRepositoryTest {
  private final InMemoryDirectoryStore store = new InMemoryDirectoryStore(new ManualClock(NOON));
  private final IntegrationRepository integrations = new IntegrationRepository(store);

  @BeforeEach
  void aProject() {
    new ProjectRepository(store).create(project(PROJECT, "shop"));
  }

  @Test
  void anIntegrationIsFoundByIdAndByName() {
    Integration sync = integration(1, "pinterestSync");
    integrations.create(sync);

    assertThat(integrations.get(PROJECT, sync.id().value()).value()).isEqualTo(sync);
    assertThat(integrations.get(PROJECT, "pinterestSync").value()).isEqualTo(sync);
  }

  @Test
  void anotherProjectDoesNotSeeIt() {
    integrations.create(integration(1, "sync"));

    assertThatThrownBy(() -> integrations.get(OTHER_PROJECT, "sync"))
        .isInstanceOf(NotFound.class)
        .hasMessage("there is no integration sync");
    assertThat(integrations.list(OTHER_PROJECT)).isEmpty();
  }

  @Test
  void aNameCanBeTakenOnceInAProject() {
    integrations.create(integration(1, "sync"));

    assertThatThrownBy(() -> integrations.create(integration(2, "sync")))
        .isInstanceOf(Conflict.class)
        .hasMessageContaining("already an integration named sync");
    assertThat(integrations.list(PROJECT)).hasSize(1);
  }

  @Test
  void aProjectThatDoesNotExistGetsNoIntegration() {
    var orphan = integration(1, "sync");

    assertThatThrownBy(
            () ->
                integrations.create(
                    new Integration(
                        orphan.id(),
                        OTHER_PROJECT,
                        "sync",
                        "pinterest",
                        orphan.latestRevision(),
                        NOON,
                        null)))
        .isInstanceOf(NotFound.class);
  }

  @Test
  void earlierRevisionsAreKept() {
    Integration first = integration(1, "sync");
    integrations.create(first);
    Revision second = revision(7, "sync");

    integrations.revise(
        integrations.get(PROJECT, "sync"), first.revised(second, NOON.plusSeconds(60)));

    Integration now = integrations.get(PROJECT, "sync").value();
    assertThat(now.latestRevision()).isEqualTo(second);
    assertThat(now.updateTime()).isEqualTo(NOON.plusSeconds(60));
    assertThat(integrations.findRevision(PROJECT, first.id(), first.latestRevision().id()))
        .contains(first.latestRevision());
    assertThat(integrations.findRevision(PROJECT, first.id(), second.id())).contains(second);
  }

  @Test
  void ofTwoDeploysAtTheSameTimeTheSecondIsRefused() {
    Integration first = integration(1, "sync");
    integrations.create(first);
    Snapshot<Integration> read = integrations.get(PROJECT, "sync");
    integrations.revise(read, first.revised(revision(7, "sync"), NOON));

    assertThatThrownBy(() -> integrations.revise(read, first.revised(revision(8, "sync"), NOON)))
        .isInstanceOf(Conflict.class);
    assertThat(integrations.get(PROJECT, "sync").value().latestRevision())
        .isEqualTo(revision(7, "sync"));
  }

  @Test
  void anIntegrationUnderRemovalIsOutOfSightButItsNameIsStillTaken() {
    Integration sync = integration(1, "sync");
    integrations.create(sync);

    integrations.beginRemoval(integrations.get(PROJECT, "sync"));

    assertThat(integrations.find(PROJECT, sync.id())).isEmpty();
    assertThat(integrations.list(PROJECT)).isEmpty();
    assertThat(integrations.findRemoval(PROJECT, "sync")).contains(sync);
    assertThat(integrations.findRemoval(PROJECT, sync.id().value())).contains(sync);
    assertThat(store.write(List.of(IntegrationRepository.exists(PROJECT, sync.id())))).hasSize(1);
    assertThatThrownBy(() -> integrations.create(integration(2, "sync")))
        .isInstanceOf(Conflict.class);
  }

  @Test
  void aFinishedRemovalLeavesNothing() {
    Integration sync = integration(1, "sync");
    integrations.create(sync);
    integrations.beginRemoval(integrations.get(PROJECT, "sync"));

    integrations.finishRemoval(sync);

    assertThat(integrations.findRemoval(PROJECT, "sync")).isEmpty();
    assertThat(integrations.findRevision(PROJECT, sync.id(), sync.latestRevision().id())).isEmpty();
    assertThat(store.list("PROJECT#" + PROJECT, "", null, 10)).hasSize(1);
    integrations.create(integration(2, "sync"));
  }

  @Test
  void moreRevisionsThanATransactionHoldsAreRemoved() {
    Integration sync = integration(1, "sync");
    integrations.create(sync);
    for (int i = 1; i <= 250; i++) {
      integrations.revise(
          integrations.get(PROJECT, "sync"), sync.revised(revision(1000 + i, "sync"), NOON));
    }
    integrations.beginRemoval(integrations.get(PROJECT, "sync"));

    integrations.finishRemoval(sync);

    assertThat(store.list("PROJECT#" + PROJECT, "", null, 10)).hasSize(1);
  }
}
