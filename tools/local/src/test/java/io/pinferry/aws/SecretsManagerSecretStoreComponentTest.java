package io.pinferry.aws;

import static org.assertj.core.api.Assertions.assertThat;

import io.pinferry.base.Secret;
import io.pinferry.directory.SecretStore;
import io.pinferry.directory.SecretStoreContract;
import io.pinferry.local.cloud.EmbeddedParts;
import org.junit.jupiter.api.Test;

final class SecretsManagerSecretStoreComponentTest extends SecretStoreContract {
  private final String prefix = EmbeddedParts.unique("stack") + "/";
  private final SecretStore store = new SecretsManagerSecretStore(EmbeddedParts::secrets, prefix);

  @Override
  protected SecretStore store() {
    return store;
  }

  @Test
  void namesBeginWithThePrefixInSecretsManagerOnly() {
    store.create("app/1", new Secret("hidden"));

    assertThat(
            EmbeddedParts.secrets()
                .getSecretValue(request -> request.secretId(prefix + "app/1"))
                .secretString())
        .isEqualTo("hidden");
    assertThat(store.find("app/1"))
        .get()
        .extracting(SecretStore.StoredSecret::name)
        .isEqualTo("app/1");
  }

  @Test
  void aSecretThatIsMarkedForDeletionIsGone() {
    store.create("app/2", new Secret("hidden"));
    EmbeddedParts.secrets().deleteSecret(request -> request.secretId(prefix + "app/2"));

    assertThat(store.find("app/2")).isEmpty();
  }
}
