package io.pinferry.base;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/**
 * Which of those that are asked are failing, as far as this process has seen. After some failures
 * in a row one is asked once per interval; what else there is for it does not wait for an answer.
 *
 * @param <K> names whom is asked
 */
public final class CircuitBreakers<K> {
  public static final Duration INTERVAL = Duration.ofSeconds(10);

  private static final int REMEMBERED_COUNT_MAX = 1000;

  private final int failuresMax;
  private final Map<K, Failing> failing = BoundedMap.of(REMEMBERED_COUNT_MAX);

  private record Failing(int failures, Instant nextCall) {}

  /**
   * @param failuresMax after how many failures in a row one is failing
   */
  public CircuitBreakers(int failuresMax) {
    this.failuresMax = failuresMax;
  }

  /** Returns whether one may be asked now; if it is failing, this call is the one. */
  public synchronized boolean mayAsk(K asked, Instant now) {
    Failing known = failing.get(asked);
    if (known == null || known.failures() < failuresMax) {
      return true;
    }
    if (now.isBefore(known.nextCall())) {
      return false;
    }
    failing.put(asked, new Failing(known.failures(), now.plus(INTERVAL)));
    return true;
  }

  /** Returns whether as many failures as that were seen one after the other. */
  public synchronized boolean isFailing(K asked) {
    Failing known = failing.get(asked);
    return known != null && known.failures() >= failuresMax;
  }

  public synchronized void answered(K asked) {
    failing.remove(asked);
  }

  public synchronized void failed(K asked, Instant now) {
    Failing known = failing.get(asked);
    int failures = known == null ? 1 : Math.min(known.failures() + 1, failuresMax);
    failing.put(asked, new Failing(failures, now.plus(INTERVAL)));
  }
}
