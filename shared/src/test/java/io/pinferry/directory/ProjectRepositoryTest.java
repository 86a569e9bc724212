package io.pinferry.directory;

import static io.pinferry.directory.DirectoryFixtures.NOON;
import static io.pinferry.directory.DirectoryFixtures.OTHER_PROJECT;
import static io.pinferry.directory.DirectoryFixtures.PROJECT;
import static io.pinferry.directory.DirectoryFixtures.project;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pinferry.base.ManualClock;
import io.pinferry.base.PinferryException.Conflict;
import io.pinferry.base.PinferryException.NotFound;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ProjectRepositoryTest {
  private final ProjectRepository projects =
      new ProjectRepository(new InMemoryDirectoryStore(new ManualClock(NOON)));

  @Test
  void aProjectIsFoundByIdAndByNameInAnyCase() {
    Project shop = project(PROJECT, "shop-prod");
    projects.create(shop);

    assertThat(projects.get(PROJECT.value()).value()).isEqualTo(shop);
    assertThat(projects.get("shop-prod").value()).isEqualTo(shop);
    assertThat(projects.get("Shop-PROD").value()).isEqualTo(shop);
  }

  @ParameterizedTest
  @ValueSource(strings = {"nobody", "", "a", "0b54b1f0-6c6e-4c0a-8f55-2d0c8b1f9e01", "a#b", "é"})
  void whatDoesNotExistIsNamedInTheError(String idOrName) {
    assertThatThrownBy(() -> projects.get(idOrName))
        .isInstanceOf(NotFound.class)
        .hasMessage("there is no project " + idOrName);
  }

  @Test
  void aNameCanBeTakenOnce() {
    projects.create(project(PROJECT, "shop"));

    assertThatThrownBy(() -> projects.create(project(OTHER_PROJECT, "shop")))
        .isInstanceOf(Conflict.class)
        .hasMessageContaining("already a project named shop");
    assertThat(projects.find(OTHER_PROJECT)).isEmpty();
    assertThat(projects.list()).hasSize(1);
  }

  @Test
  void projectsAreListedByName() {
    projects.create(project(PROJECT, "shop-b"));
    projects.create(project(OTHER_PROJECT, "shop-a"));

    assertThat(projects.list()).extracting(Project::name).containsExactly("shop-a", "shop-b");
  }

  @Test
  void aRenamedProjectIsFoundByItsNewNameOnly() {
    projects.create(project(PROJECT, "old"));

    projects.update(projects.get("old"), project(PROJECT, "new"));

    assertThat(projects.get("new").value().id()).isEqualTo(PROJECT);
    assertThat(projects.findByName("old")).isEmpty();
    projects.create(project(OTHER_PROJECT, "old"));
  }

  @Test
  void aProjectCannotTakeAnothersName() {
    projects.create(project(PROJECT, "shop-a"));
    projects.create(project(OTHER_PROJECT, "shop-b"));

    assertThatThrownBy(() -> projects.update(projects.get("shop-a"), project(PROJECT, "shop-b")))
        .isInstanceOf(Conflict.class)
        .hasMessageContaining("already a project named shop-b");
    assertThat(projects.get("shop-a").value().id()).isEqualTo(PROJECT);
  }

  @Test
  void theSecondOfTwoChangesAtTheSameTimeIsRefused() {
    projects.create(project(PROJECT, "shop"));
    Snapshot<Project> read = projects.get("shop");
    projects.update(
        read, new Project(PROJECT, "shop", "First", "org_1", NOON, NOON, false, List.of()));

    assertThatThrownBy(
            () ->
                projects.update(
                    read,
                    new Project(PROJECT, "shop", "Second", "org_1", NOON, NOON, false, List.of())))
        .isInstanceOf(Conflict.class)
        .hasMessageContaining("was changed or removed by another request");
    assertThat(projects.get("shop").value().appName()).isEqualTo("First");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ab", "shop-prod", "Shop1", "a--b"})
  void lettersDigitsAndInnerHyphensMakeAName(String name) {
    assertThat(Project.isName(name)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a",
        "-ab",
        "ab-",
        "a b",
        "a_b",
        "a.b",
        "ä-shop",
        "0b54b1f0-6c6e-4c0a-8f55-2d0c8b1f9e01"
      })
  void anythingElseDoesNot(String name) {
    assertThat(Project.isName(name)).isFalse();
  }

  @Test
  void aNameHasAtMost128Characters() {
    assertThat(Project.isName("a".repeat(128))).isTrue();
    assertThat(Project.isName("a".repeat(129))).isFalse();
  }
}
