package io.pinferry.aws;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pinferry.base.Secret;
import io.pinferry.base.SeededIds;
import io.pinferry.base.VirtualThreadTasks;
import io.pinferry.directory.SecretStore;
import io.pinferry.directory.SecretStoreContract;
import io.pinferry.local.cloud.EmbeddedParts;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.kms.model.InvalidCiphertextException;

final class DynamoDbSecretStoreComponentTest extends SecretStoreContract {
  private static final String NAME = "connection/1";
  private final String table = DynamoDbTables.createWithoutSortKey("tokens");
  private final SecretStore store = store("stack/");

  private SecretStore store(String prefix) {
    return new DynamoDbSecretStore(
        EmbeddedParts.dynamoDb(),
        table,
        new Envelope(
            new KmsDataKeys(
                EmbeddedParts::kms, EmbeddedParts.key(), prefix, InstantSource.system()),
            new SecureRandom()),
        prefix,
        new SeededIds(1),
        new VirtualThreadTasks(Clock.systemUTC()));
  }

  @Override
  protected SecretStore store() {
    return store;
  }

  private Map<String, AttributeValue> item(String name) {
    return new HashMap<>(
        EmbeddedParts.dynamoDb()
            .getItem(
                request ->
                    request
                        .tableName(table)
                        .consistentRead(true)
                        .key(Map.of("pk", AttributeValue.fromS(name))))
            .item());
  }

  @Test
  void noItemShowsAValue() {
    store.create(NAME, new Secret("pina_hidden1234"));
    store.storePending(NAME, new Secret("pina_hidden5678"));
    store.storeAside(NAME, new Secret("pina_hidden9999"));

    for (String name : new String[] {NAME, NAME + "/aside"}) {
      assertThat(item(name).values())
          .isNotEmpty()
          .allSatisfy(
              value -> {
                assertThat(String.valueOf(value.s())).doesNotContain("hidden");
                if (value.b() != null) {
                  assertThat(value.b().asString(ISO_8859_1)).doesNotContain("hidden");
                }
              });
    }
  }

  @Test
  void aSecretThatWasCopiedToAnotherNameIsRefused() {
    store.create(NAME, new Secret("pina_hidden1234"));
    Map<String, AttributeValue> copy = item(NAME);
    copy.put("pk", AttributeValue.fromS("connection/2"));
    EmbeddedParts.dynamoDb().putItem(request -> request.tableName(table).item(copy));

    assertThatThrownBy(() -> store.find("connection/2"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the value of stack/connection/2 cannot be decrypted");
  }

  @Test
  void anotherStackCannotUnwrapTheKey() {
    store.create(NAME, new Secret("pina_hidden1234"));

    assertThatThrownBy(() -> store("other/").find(NAME))
        .isInstanceOf(InvalidCiphertextException.class);
  }

  @Test
  void aRestartedFunctionReadsWhatAnotherHasStored() {
    store.create(NAME, new Secret("first"));

    assertThat(store("stack/").find(NAME).map(SecretStore.StoredSecret::value))
        .contains(new Secret("first"));
  }

  @Test
  void replacedVersionsAreBounded() {
    SecretStore.StoredSecret first = store.create(NAME, new Secret("first"));
    SecretStore.StoredSecret last = first;
    for (int i = 0; i < 50; i++) {
      last = store.storePending(NAME, new Secret("pending " + i));
    }

    assertThat(item(NAME)).hasSizeLessThan(30);
    assertThat(store.find(NAME)).contains(first);
    assertThat(store.promote(NAME, first.version(), last.version())).isTrue();
    assertThat(store.find(NAME)).contains(last);
  }
}
