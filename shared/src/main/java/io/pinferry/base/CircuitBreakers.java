package io.pinferry.base;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/**
 * The circuit breakers of this process, one per key. Some failures in a row open a breaker. An open
 * breaker allows one call per interval, and refuses the others.
 *
 * @param <K> the key of the called service
 */
public final class CircuitBreakers<K> {
  public static final Duration INTERVAL = Duration.ofSeconds(10);

  private static final int COUNT_MAX = 1000;

  private final int failuresMax;
  private final Map<K, Failures> failures = BoundedMap.of(COUNT_MAX);

  private record Failures(int count, Instant nextCall) {}

  /**
   * @param failuresMax this many failures in a row open a breaker
   */
  public CircuitBreakers(int failuresMax) {
    this.failuresMax = failuresMax;
  }

  /** Returns whether a call may be made now. An open breaker then waits for another interval. */
  public synchronized boolean allowsCall(K key, Instant now) {
    Failures known = failures.get(key);
    if (known == null || known.count() < failuresMax) {
      return true;
    }
    if (now.isBefore(known.nextCall())) {
      return false;
    }
    failures.put(key, new Failures(known.count(), now.plus(INTERVAL)));
    return true;
  }

  public synchronized boolean isOpen(K key) {
    Failures known = failures.get(key);
    return known != null && known.count() >= failuresMax;
  }

  public synchronized void answered(K key) {
    failures.remove(key);
  }

  public synchronized void failed(K key, Instant now) {
    Failures known = failures.get(key);
    int count = known == null ? 1 : Math.min(known.count() + 1, failuresMax);
    failures.put(key, new Failures(count, now.plus(INTERVAL)));
  }
}
