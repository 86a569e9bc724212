package io.pinferry.connection;

import io.pinferry.directory.SecretStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/** Lets a process die before one of its writes to two stores. */
final class StoppingStore {
  private static final Set<String> WRITES =
      Set.of("create", "storePending", "promote", "storeAside", "delete");

  private StoppingStore() {}

  /** The death of a process. */
  static final class Death extends Error {
    private static final long serialVersionUID = 1;
  }

  /**
   * Moves a secret, and dies after so many writes.
   *
   * @return whether the move came to its end
   */
  static boolean moveAndStop(
      SecretStore secretsManager,
      SecretStore dynamoDb,
      boolean toDynamoDb,
      String name,
      int writesMax) {
    var writes = new AtomicInteger();
    var places =
        new TokenPlaces(
            stopping(secretsManager, writes, writesMax),
            stopping(dynamoDb, writes, writesMax),
            toDynamoDb);
    try {
      return places.move(name, () -> {});
    } catch (Death e) {
      return false;
    }
  }

  private static SecretStore stopping(SecretStore inner, AtomicInteger writes, int writesMax) {
    return (SecretStore)
        Proxy.newProxyInstance(
            SecretStore.class.getClassLoader(),
            new Class<?>[] {SecretStore.class},
            (_, method, arguments) -> {
              if (WRITES.contains(method.getName()) && writes.getAndIncrement() >= writesMax) {
                throw new Death();
              }
              try {
                return method.invoke(inner, arguments);
              } catch (InvocationTargetException e) {
                throw e.getTargetException();
              }
            });
  }
}
