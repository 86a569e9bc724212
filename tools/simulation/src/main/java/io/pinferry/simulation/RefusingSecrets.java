package io.pinferry.simulation;

import io.pinferry.base.PinferryException.ProviderUnavailable;
import io.pinferry.directory.SecretStore;
import io.pinferry.simulation.kernel.FaultPlan;
import io.pinferry.simulation.kernel.Journal;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.random.RandomGenerator;

/** Lets secrets take no further version for a while, as Secrets Manager with its quota does. */
final class RefusingSecrets {
  private static final int WEIGHT = 15;
  private static final int SECONDS_MAX = 3_600;

  private final FaultPlan faults;
  private final RandomGenerator random;
  private final InstantSource clock;
  private final Journal journal;

  /** Until when a secret takes no further version, by its name. */
  private final Map<String, Instant> fullUntil = new HashMap<>();

  RefusingSecrets(FaultPlan faults, RandomGenerator random, InstantSource clock, Journal journal) {
    this.faults = faults;
    this.random = random;
    this.clock = clock;
    this.journal = journal;
  }

  SecretStore wrap(SecretStore inner) {
    return (SecretStore)
        Proxy.newProxyInstance(
            SecretStore.class.getClassLoader(),
            new Class<?>[] {SecretStore.class},
            (_, method, arguments) -> {
              if (method.getName().equals("storePending")) {
                refuse((String) arguments[0]);
              }
              try {
                return method.invoke(inner, arguments);
              } catch (InvocationTargetException e) {
                throw e.getTargetException();
              }
            });
  }

  private void refuse(String name) {
    Instant now = clock.instant();
    if (faults.strikesEdge(random, WEIGHT)) {
      fullUntil.put(name, now.plusSeconds(random.nextInt(SECONDS_MAX)));
    }
    if (!faults.isStopped() && now.isBefore(fullUntil.getOrDefault(name, Instant.MIN))) {
      faults.count("secret store refuses");
      journal.note("the secret store refuses another version");
      throw new ProviderUnavailable("too many versions of the secret", null, null);
    }
  }
}
