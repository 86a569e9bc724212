package io.pinbridge.read;

import io.pinbridge.base.RecentlyUsed;
import io.pinbridge.limit.BudgetOwner;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/**
 * Which kinds of lists Pinterest fails to give for an account, as far as this process has seen.
 * After some failures in a row without a page such a list is asked for once per interval; the other
 * partitions of its kind go without a request, which counts as the lease in vain that it would most
 * likely have been. Other objects and other accounts do not notice.
 */
final class Outages {
  static final int FAILURES_MAX = 6;
  static final Duration INTERVAL = Duration.ofSeconds(10);

  private static final int REMEMBERED_COUNT_MAX = 1000;

  private final Map<Kind, Failing> failing = RecentlyUsed.map(REMEMBERED_COUNT_MAX);

  /**
   * Lists that are likely to fail together.
   *
   * @param step of the object's plan
   */
  record Kind(BudgetOwner owner, String object, String step) {}

  private record Failing(int failures, Instant nextCall) {}

  /** Returns whether a list may be asked for now; if its kind is failing, this call is the one. */
  synchronized boolean mayAsk(Kind kind, Instant now) {
    Failing known = failing.get(kind);
    if (known == null || known.failures() < FAILURES_MAX) {
      return true;
    }
    if (now.isBefore(known.nextCall())) {
      return false;
    }
    failing.put(kind, new Failing(known.failures(), now.plus(INTERVAL)));
    return true;
  }

  /** Returns whether one failure after the other was seen. */
  synchronized boolean isFailing(Kind kind) {
    Failing known = failing.get(kind);
    return known != null && known.failures() >= FAILURES_MAX;
  }

  synchronized void answered(Kind kind) {
    failing.remove(kind);
  }

  synchronized void failed(Kind kind, Instant now) {
    Failing known = failing.get(kind);
    int failures = known == null ? 1 : Math.min(known.failures() + 1, FAILURES_MAX);
    failing.put(kind, new Failing(failures, now.plus(INTERVAL)));
  }
}
