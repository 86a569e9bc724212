package io.pinferry.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pinferry.base.PinferryException.NotFound;
import io.pinferry.base.Secret;
import io.pinferry.directory.SecretStore.StoredSecret;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Every promise of {@link SecretStore}. */
public abstract class SecretStoreContract {
  private final String name = "connection/" + UUID.randomUUID();

  /** Returns the store under test, the same during one test. */
  protected abstract SecretStore store();

  @Test
  void aCreatedSecretIsFoundWithItsVersion() {
    StoredSecret created = store().create(name, new Secret("first ä"));

    assertThat(created.name()).isEqualTo(name);
    assertThat(created.value()).isEqualTo(new Secret("first ä"));
    assertThat(store().find(name)).contains(created);
    assertThat(store().findPending(name)).isEmpty();
  }

  @Test
  void whatWasNeverCreatedIsNotFound() {
    assertThat(store().find(name)).isEmpty();
    assertThat(store().findPending(name)).isEmpty();
    assertThatThrownBy(() -> store().storePending(name, new Secret("x")))
        .isInstanceOf(NotFound.class);
    store().delete(name);
  }

  @Test
  void aPendingVersionIsBesideTheCurrentOne() {
    StoredSecret first = store().create(name, new Secret("first"));

    StoredSecret pending = store().storePending(name, new Secret("second"));

    assertThat(pending.version()).isNotEqualTo(first.version());
    assertThat(store().find(name)).contains(first);
    assertThat(store().findPending(name)).contains(pending);
  }

  @Test
  void aLaterPendingVersionTakesThePlaceOfAnEarlierOne() {
    store().create(name, new Secret("first"));
    store().storePending(name, new Secret("second"));

    StoredSecret third = store().storePending(name, new Secret("third"));

    assertThat(store().findPending(name)).contains(third);
  }

  @Test
  void aPromotedVersionIsCurrentAndNoLongerPending() {
    StoredSecret first = store().create(name, new Secret("first"));
    StoredSecret second = store().storePending(name, new Secret("second"));

    assertThat(store().promote(name, first.version(), second.version())).isTrue();

    assertThat(store().find(name)).contains(second);
    assertThat(store().findPending(name)).isEmpty();
  }

  @Test
  void theLoserOfARaceChangesNothing() {
    StoredSecret first = store().create(name, new Secret("first"));
    StoredSecret second = store().storePending(name, new Secret("second"));
    StoredSecret third = store().storePending(name, new Secret("third"));
    assertThat(store().promote(name, first.version(), second.version())).isTrue();

    assertThat(store().promote(name, first.version(), third.version())).isFalse();

    assertThat(store().find(name)).contains(second);
    assertThat(store().findPending(name)).contains(third);
  }

  @Test
  void aRepeatedPromotionHasSucceeded() {
    StoredSecret first = store().create(name, new Secret("first"));
    StoredSecret second = store().storePending(name, new Secret("second"));
    store().promote(name, first.version(), second.version());

    assertThat(store().promote(name, first.version(), second.version())).isTrue();
    assertThat(store().find(name)).contains(second);
  }

  @Test
  void versionsGoOnAfterAPromotion() {
    StoredSecret first = store().create(name, new Secret("1"));
    StoredSecret second = store().storePending(name, new Secret("2"));
    store().promote(name, first.version(), second.version());

    StoredSecret third = store().storePending(name, new Secret("3"));
    assertThat(store().promote(name, second.version(), third.version())).isTrue();

    assertThat(store().find(name)).contains(third);
  }

  @Test
  void aDeletedSecretIsGoneAtOnce() {
    store().create(name, new Secret("first"));
    store().storePending(name, new Secret("second"));

    store().delete(name);

    assertThat(store().find(name)).isEmpty();
    assertThat(store().findPending(name)).isEmpty();
    store().delete(name);
  }

  @Test
  void aValueBesideASecretIsReplacedAndGoesWithIt() {
    StoredSecret first = store().create(name, new Secret("first"));
    assertThat(store().findAside(name)).isEmpty();

    store().storeAside(name, new Secret("second"));
    StoredSecret third = store().storeAside(name, new Secret("third"));

    assertThat(store().findAside(name).map(StoredSecret::value)).contains(third.value());
    assertThat(store().find(name)).contains(first);
    assertThat(store().findPending(name)).isEmpty();
    store().delete(name);
    assertThat(store().findAside(name)).isEmpty();
  }

  @Test
  void aStoredSecretDoesNotShowItsValue() {
    assertThat(store().create(name, new Secret("pina_hidden1234")).toString())
        .doesNotContain("hidden");
  }
}
