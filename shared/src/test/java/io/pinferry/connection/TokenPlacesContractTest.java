package io.pinferry.connection;

import io.pinferry.base.PinferryException.NotFound;
import io.pinferry.base.Secret;
import io.pinferry.directory.InMemorySecretStore;
import io.pinferry.directory.SecretStore;
import io.pinferry.directory.SecretStoreContract;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.CsvSource;

/** The two stores keep each promise of one, wherever a move has stopped. */
@ParameterizedClass
@CsvSource({
  "false, 0", "false, 1", "false, 2", "false, 3", "false, 4", "false, 5", "false, 6", "false, 99",
  "true, 0", "true, 1", "true, 2", "true, 3", "true, 4", "true, 5", "true, 6", "true, 99"
})
final class TokenPlacesContractTest extends SecretStoreContract {
  @Parameter(0)
  boolean toDynamoDb;

  /** After how many writes a move of each new secret stops. */
  @Parameter(1)
  int writes;

  private SecretStore store;

  @BeforeEach
  void begin() {
    var secretsManager = new InMemorySecretStore();
    var dynamoDb = new InMemorySecretStore("dynamodb-");
    var before = new TokenPlaces(secretsManager, dynamoDb, !toDynamoDb);
    var after = new TokenPlaces(secretsManager, dynamoDb, toDynamoDb);
    store =
        (SecretStore)
            Proxy.newProxyInstance(
                SecretStore.class.getClassLoader(),
                new Class<?>[] {SecretStore.class},
                (_, method, arguments) -> {
                  if (method.getName().equals("create")) {
                    var name = (String) arguments[0];
                    before.create(name, (Secret) arguments[1]);
                    StoppingStore.moveAndStop(secretsManager, dynamoDb, toDynamoDb, name, writes);
                    return after.find(name).orElseThrow(() -> new NotFound(name));
                  }
                  try {
                    return method.invoke(after, arguments);
                  } catch (InvocationTargetException e) {
                    throw e.getTargetException();
                  }
                });
  }

  @Override
  protected SecretStore store() {
    return store;
  }
}
