package io.pinferry.read;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Stands between the engine and its ports, notes every call, and stops one of them: as a process
 * that is killed there, or as a port that fails there.
 */
public final class Crashes {
  /** The way in which a call is stopped. */
  public enum Way {
    KILLED_BEFORE,
    KILLED_AFTER,
    FAILED_BEFORE,
    FAILED_AFTER;

    private boolean isAfter() {
      return this == KILLED_AFTER || this == FAILED_AFTER;
    }

    private Throwable thrown(String call) {
      return this == KILLED_BEFORE || this == KILLED_AFTER
          ? new Killed(call)
          : new IllegalStateException("the port failed at " + call);
    }
  }

  /** No code of the engine goes on after this. */
  public static final class Killed extends Error {
    Killed(String call) {
      super("killed at " + call);
    }
  }

  private final List<String> calls = new ArrayList<>();
  private int stopAt = Integer.MAX_VALUE;
  private int stopsLeft;
  private @Nullable RandomGenerator random;
  private Way way = Way.KILLED_BEFORE;
  private @Nullable String stopped;

  /** Stops the call of this number, from 1. */
  public void stopAt(int number, Way how) {
    stopAt = number;
    way = how;
  }

  /** Stops so many calls, each in some way, on average one in ten. */
  void stopSometimes(RandomGenerator draws, int times) {
    random = draws;
    stopsLeft = times;
  }

  private boolean stopsNow() {
    if (random != null && stopsLeft > 0 && random.nextInt(10) == 0) {
      stopsLeft--;
      way = Way.values()[random.nextInt(Way.values().length)];
      return true;
    }
    return calls.size() == stopAt;
  }

  /** Returns what was called, in order: a port's name and its method. */
  List<String> calls() {
    return List.copyOf(calls);
  }

  /** Returns the call that was stopped, or null if there were too few. */
  public @Nullable String stopped() {
    return stopped;
  }

  /** Returns the port with this in front. */
  public <T> T at(Class<T> port, T inner) {
    return port.cast(
        Proxy.newProxyInstance(
            port.getClassLoader(),
            new Class<?>[] {port},
            (proxy, method, arguments) -> {
              String call = port.getSimpleName() + "." + method.getName();
              calls.add(call);
              boolean here = stopsNow();
              Way how = way;
              if (here) {
                stopped = call;
              }
              if (here && !how.isAfter()) {
                throw how.thrown(call);
              }
              Object result;
              try {
                result = method.invoke(inner, arguments);
              } catch (InvocationTargetException e) {
                throw e.getTargetException();
              }
              if (here) {
                throw how.thrown(call);
              }
              return result;
            }));
  }
}
