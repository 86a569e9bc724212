package io.pinferry.simulation;

import io.pinferry.base.PinferryException.ProviderUnavailable;
import io.pinferry.connection.RefreshLeaseStore;
import io.pinferry.delivery.DeadLetters;
import io.pinferry.delivery.ParkedMessages;
import io.pinferry.limit.BudgetStore;
import io.pinferry.write.WriteQueue;
import io.pinferry.write.WriteStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * Stands between an invocation and a port. Every call is a place where another task may go on,
 * where the invocation may be killed, and where the port may fail, each before and after it took
 * effect.
 */
final class FaultyPort {
  /** How much likelier faults are at ports that are called less often than others. */
  private static final Map<Class<?>, Integer> RARE =
      Map.of(
          RefreshLeaseStore.class,
          20,
          ParkedMessages.class,
          20,
          DeadLetters.class,
          100,
          WriteQueue.class,
          20,
          WriteStore.class,
          4);

  private static final Duration FOR_GOOD = Duration.ofMinutes(10);

  /** The way in which nothing goes wrong. */
  private static final int NOTHING = 5;

  private final Scheduler scheduler;
  private final Invocation invocation;
  private final FaultPlan faults;
  private final RandomGenerator random;

  FaultyPort(Scheduler scheduler, Invocation invocation, FaultPlan faults, RandomGenerator random) {
    this.scheduler = scheduler;
    this.invocation = invocation;
    this.faults = faults;
    this.random = random;
  }

  /** Returns the port with this in front. */
  <T> T at(Class<T> port, T inner) {
    return port.cast(
        Proxy.newProxyInstance(
            port.getClassLoader(),
            new Class<?>[] {port},
            (proxy, method, arguments) -> {
              invocation.check();
              maybeGiveWay();
              String name = port.getSimpleName();
              // Refreshes are rare, and the riskiest of all; few messages are parked.
              boolean strikes = faults.strikes(RARE.getOrDefault(port, 1));
              int way = strikes ? random.nextInt(10) / 2 : NOTHING;
              if (way == 0) {
                kill("killed before a call of " + name);
              }
              if (way == 1) {
                faults.count("AWS failed before it took effect");
                invocation.trouble();
                throw new ProviderUnavailable(name + " cannot answer now", null, null);
              }
              if (way == 4) {
                if (port == BudgetStore.class) {
                  // Limits that were told are not stored before it comes back.
                  invocation.trouble();
                }
                hang();
              }
              Object result;
              try {
                result = method.invoke(inner, arguments);
              } catch (InvocationTargetException e) {
                throw e.getTargetException();
              }
              maybeGiveWay();
              if (way == 2) {
                kill("killed after a call of " + name);
              }
              if (way == 3) {
                faults.count("AWS failed after it took effect");
                invocation.trouble();
                throw new ProviderUnavailable(name + " gave no answer", null, null);
              }
              return result;
            }));
  }

  private void maybeGiveWay() {
    if (random.nextInt(3) == 0) {
      scheduler.giveWay();
    }
    invocation.check();
  }

  /** The call comes back after the lease is over, or not before the invocation is ended. */
  private void hang() {
    boolean comesBack = random.nextBoolean();
    faults.count(comesBack ? "invocation stands still for a while" : "invocation hangs for good");
    scheduler.sleepUntil(
        scheduler.now().plus(comesBack ? Duration.ofSeconds(46 + random.nextInt(70)) : FOR_GOOD));
    invocation.check();
  }

  void kill(String kind) {
    faults.count(kind);
    faults.killed();
    invocation.kill();
    scheduler.wake(invocation);
    throw new Killed();
  }
}
