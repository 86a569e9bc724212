package io.pinferry.directory;

import static io.pinferry.directory.DirectoryFixtures.NOON;
import static io.pinferry.directory.DirectoryFixtures.OTHER_PROJECT;
import static io.pinferry.directory.DirectoryFixtures.PROJECT;
import static io.pinferry.directory.DirectoryFixtures.apiKey;
import static io.pinferry.directory.DirectoryFixtures.project;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pinferry.base.ManualClock;
import io.pinferry.base.PinferryException.Conflict;
import io.pinferry.base.PinferryException.NotFound;
import io.pinferry.directory.ApiKey.Scope;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class ApiKeyRepositoryTest {
  private final InMemoryDirectoryStore store = new InMemoryDirectoryStore(new ManualClock(NOON));
  private final ApiKeyRepository keys = new ApiKeyRepository(store);

  @BeforeEach
  void aProject() {
    new ProjectRepository(store).create(project(PROJECT, "shop"));
  }

  @Test
  void aKeyIsFoundByHashAndById() {
    ApiKey key = apiKey(1, Scope.FRONTEND);
    keys.create(key);

    assertThat(keys.findByHash(key.sha256())).contains(new Snapshot<>(key, 1));
    assertThat(keys.get(PROJECT, key.id().value()).value()).isEqualTo(key);
    assertThatThrownBy(() -> keys.get(OTHER_PROJECT, key.id().value()))
        .isInstanceOf(NotFound.class);
  }

  @Test
  void theErrorForAnUnknownKeyDoesNotRepeatWhatMayBeASecret() {
    assertThatThrownBy(() -> keys.get(PROJECT, "pfk_secret"))
        .isInstanceOf(NotFound.class)
        .hasMessage("there is no API key with this id");
  }

  @Test
  void keysAreListedOldestFirst() {
    keys.create(apiKey(2, Scope.FULL));
    keys.create(apiKey(1, Scope.FULL));

    assertThat(keys.list(PROJECT)).containsExactly(apiKey(1, Scope.FULL), apiKey(2, Scope.FULL));
    assertThat(keys.list(OTHER_PROJECT)).isEmpty();
  }

  @Test
  void aChangeIsSeenByHashAndById() {
    ApiKey key = apiKey(1, Scope.FULL);
    keys.create(key);
    Snapshot<ApiKey> read = keys.get(PROJECT, key.id().value());
    var off =
        new ApiKey(key.id(), PROJECT, key.sha256(), "old", Set.of(Scope.FRONTEND), false, NOON);

    keys.update(read, off);

    assertThat(keys.findByHash(key.sha256()).orElseThrow().value()).isEqualTo(off);
    assertThat(keys.list(PROJECT)).containsExactly(off);
    assertThatThrownBy(() -> keys.update(read, key)).isInstanceOf(Conflict.class);
  }

  @Test
  void aRemovedKeyOpensNothing() {
    ApiKey key = apiKey(1, Scope.FULL);
    keys.create(key);

    keys.remove(key);

    assertThat(keys.findByHash(key.sha256())).isEmpty();
    assertThat(keys.list(PROJECT)).isEmpty();
  }

  @Test
  void aProjectThatDoesNotExistGetsNoKey() {
    ApiKey key = apiKey(1, Scope.FULL);

    assertThatThrownBy(
            () ->
                keys.create(
                    new ApiKey(
                        key.id(),
                        OTHER_PROJECT,
                        key.sha256(),
                        "label",
                        Set.of(Scope.FULL),
                        true,
                        NOON)))
        .isInstanceOf(NotFound.class);
    assertThat(keys.findByHash(key.sha256())).isEmpty();
  }
}
