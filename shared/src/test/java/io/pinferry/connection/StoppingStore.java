package io.pinferry.connection;

import io.pinferry.directory.SecretStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** Stores of secrets in which something happens between two calls. */
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

  /** Does something once, before the first call of a method. */
  static SecretStore before(String method, SecretStore inner, Runnable action) {
    var calls = new AtomicInteger();
    return calling(
        inner,
        called -> {
          if (called.equals(method) && calls.getAndIncrement() == 0) {
            action.run();
          }
        });
  }

  private static SecretStore stopping(SecretStore inner, AtomicInteger writes, int writesMax) {
    return calling(
        inner,
        called -> {
          if (WRITES.contains(called) && writes.getAndIncrement() >= writesMax) {
            throw new Death();
          }
        });
  }

  /** Tells of each call before it. */
  private static SecretStore calling(SecretStore inner, Consumer<String> call) {
    return (SecretStore)
        Proxy.newProxyInstance(
            SecretStore.class.getClassLoader(),
            new Class<?>[] {SecretStore.class},
            (_, method, arguments) -> {
              call.accept(method.getName());
              try {
                return method.invoke(inner, arguments);
              } catch (InvocationTargetException e) {
                throw e.getTargetException();
              }
            });
  }
}
