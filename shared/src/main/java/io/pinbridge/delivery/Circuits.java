package io.pinbridge.delivery;

import io.pinbridge.base.RecentlyUsed;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/**
 * Which destinations are failing, as far as this process has seen. After some failures in a row a
 * destination is asked once per interval; what else there is for it does not wait for an answer.
 */
public final class Circuits {
  static final int FAILURES_MAX = 5;
  static final Duration INTERVAL = Duration.ofSeconds(10);

  private static final int REMEMBERED_COUNT_MAX = 1000;

  private final Map<String, Failing> failing = RecentlyUsed.map(REMEMBERED_COUNT_MAX);

  private record Failing(int failures, Instant nextCall) {}

  /** Returns whether the destination may be asked now; if it is failing, this call is the one. */
  synchronized boolean mayAsk(String destination, Instant now) {
    Failing known = failing.get(destination);
    if (known == null || known.failures() < FAILURES_MAX) {
      return true;
    }
    if (now.isBefore(known.nextCall())) {
      return false;
    }
    failing.put(destination, new Failing(known.failures(), now.plus(INTERVAL)));
    return true;
  }

  synchronized void answered(String destination) {
    failing.remove(destination);
  }

  synchronized void failed(String destination, Instant now) {
    Failing known = failing.get(destination);
    int failures = known == null ? 1 : Math.min(known.failures() + 1, FAILURES_MAX);
    failing.put(destination, new Failing(failures, now.plus(INTERVAL)));
  }
}
