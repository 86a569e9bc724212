package io.pinferry.simulation.kernel;

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
 * Stands between a process and its ports. At each call another task may run first, the process may
 * be killed, the call may hang, and the port may fail before or after the call took effect.
 */
public final class FaultyPort {
  /** How much likelier faults are at ports that are called less often than others. */
  private static final Map<Class<?>, Integer> WEIGHTS =
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

  private final Scheduler scheduler;
  private final SimulatedProcess process;
  private final FaultPlan faults;
  private final RandomGenerator random;

  /** The faults of a call. The seed draws one of the first five. */
  private enum Fault {
    KILL_BEFORE,
    FAIL_BEFORE,
    KILL_AFTER,
    FAIL_AFTER,
    HANG,
    NONE
  }

  public FaultyPort(
      Scheduler scheduler, SimulatedProcess process, FaultPlan faults, RandomGenerator random) {
    this.scheduler = scheduler;
    this.process = process;
    this.faults = faults;
    this.random = random;
  }

  /** Returns the port with faults. */
  public <T> T wrap(Class<T> port, T inner) {
    return port.cast(
        Proxy.newProxyInstance(
            port.getClassLoader(),
            new Class<?>[] {port},
            (_, method, arguments) -> {
              process.check();
              maybeSwitchTask();
              String name = port.getSimpleName();
              Fault fault = draw(WEIGHTS.getOrDefault(port, 1));
              switch (fault) {
                case KILL_BEFORE -> kill("killed before a call of " + name);
                case FAIL_BEFORE -> fail("before it took effect", name + " cannot answer now");
                case HANG -> {
                  if (port == BudgetStore.class) {
                    // Limits from an answer are not stored before the call returns.
                    process.disturb();
                  }
                  hang();
                }
                case KILL_AFTER, FAIL_AFTER, NONE -> {}
              }
              Object result;
              try {
                result = method.invoke(inner, arguments);
              } catch (InvocationTargetException e) {
                throw e.getTargetException();
              }
              maybeSwitchTask();
              if (fault == Fault.KILL_AFTER) {
                kill("killed after a call of " + name);
              }
              if (fault == Fault.FAIL_AFTER) {
                fail("after it took effect", name + " gave no answer");
              }
              return result;
            }));
  }

  private Fault draw(int weight) {
    return faults.strikes(weight) ? Fault.values()[random.nextInt(10) / 2] : Fault.NONE;
  }

  private void maybeSwitchTask() {
    if (random.nextInt(3) == 0) {
      scheduler.switchTask();
    }
    process.check();
  }

  private void fail(String when, String message) {
    faults.count("AWS failed " + when);
    process.disturb();
    throw new ProviderUnavailable(message, null, null);
  }

  /** Lets the call return after the end of a lease, or not before the end of the invocation. */
  private void hang() {
    boolean returns = random.nextBoolean();
    faults.count(returns ? "invocation stands still for a while" : "invocation hangs for good");
    scheduler.sleepUntil(
        scheduler.now().plus(returns ? Duration.ofSeconds(46 + random.nextInt(70)) : FOR_GOOD));
    process.check();
  }

  /** Kills the process and ends the present task. */
  public void kill(String kind) {
    faults.count(kind);
    faults.countKill();
    scheduler.kill(process);
    process.check();
  }
}
