package io.pinferry.local.simulator;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Counts requests in sliding windows, exactly: a window remembers the time of each request in it.
 * Refused requests are not counted. Not safe for concurrent use.
 */
final class RateLimiter {
  /** Every request of one user through one application, whatever its category. */
  private static final int SAFETY_NET_PER_SECOND = 100;

  private static final int TRIAL_PER_DAY = 1_000;

  private final int divisor;
  private final boolean trialTier;
  private final Map<String, Window> windows = new HashMap<>();

  /**
   * @param divisor what the limits per minute are divided by, at least 1
   */
  RateLimiter(int divisor, boolean trialTier) {
    this.divisor = divisor;
    this.trialTier = trialTier;
  }

  /** The limits of one request, in the form of the response headers. */
  record Verdict(boolean admitted, Map<String, String> headers, long resetSeconds) {}

  Verdict admit(String app, String user, Category category, Instant now) {
    List<Window> concerned = windowsOf(app, user, category);
    long millis = now.toEpochMilli();
    Window tightest = concerned.getFirst();
    boolean admitted = true;
    for (Window window : concerned) {
      window.forgetBefore(millis);
      admitted &= window.remaining() > 0;
    }
    for (Window window : concerned) {
      if (admitted) {
        window.add(millis);
      }
      if (window.remaining() < tightest.remaining()
          || (window.remaining() == tightest.remaining()
              && window.resetSeconds(millis) > tightest.resetSeconds(millis))) {
        tightest = window;
      }
    }
    return verdict(admitted, concerned, tightest, millis);
  }

  /** Tells the limits without counting, for requests that belong to nobody. */
  Verdict peek(String app, String user, Category category, Instant now) {
    List<Window> concerned = windowsOf(app, user, category);
    long millis = now.toEpochMilli();
    concerned.forEach(window -> window.forgetBefore(millis));
    return verdict(true, concerned, concerned.getFirst(), millis);
  }

  private List<Window> windowsOf(String app, String user, Category category) {
    var concerned = new ArrayList<Window>();
    concerned.add(window(app + " " + user, SAFETY_NET_PER_SECOND, 1, "safety_net_app_id_user_id"));
    concerned.add(
        window(
            app + " " + user + " " + category.label(),
            Math.max(1, category.requestsPerMinute() / divisor),
            60,
            category.label() + "_app_id_user_id"));
    if (trialTier) {
      concerned.add(window(app, TRIAL_PER_DAY, Duration.ofDays(1).toSeconds(), "trial_app_id"));
    }
    return concerned;
  }

  private Window window(String key, int limit, long seconds, String name) {
    return windows.computeIfAbsent(key, absent -> new Window(limit, seconds, name));
  }

  private static Verdict verdict(
      boolean admitted, List<Window> concerned, Window tightest, long millis) {
    var limit = new StringBuilder().append(tightest.limit);
    for (Window window : concerned) {
      limit
          .append(", ")
          .append(window.limit)
          .append(";w=")
          .append(window.seconds)
          .append(";name=\"")
          .append(window.name)
          .append('"');
    }
    long reset = tightest.resetSeconds(millis);
    return new Verdict(
        admitted,
        Map.of(
            "x-ratelimit-limit", limit.toString(),
            "x-ratelimit-remaining", Integer.toString(tightest.remaining()),
            "x-ratelimit-reset", Long.toString(reset)),
        reset);
  }

  private static final class Window {
    private final int limit;
    private final long seconds;
    private final String name;
    private final long[] times;
    private int oldest;
    private int count;

    Window(int limit, long seconds, String name) {
      this.limit = limit;
      this.seconds = seconds;
      this.name = name;
      this.times = new long[limit];
    }

    void forgetBefore(long millis) {
      while (count > 0 && times[oldest] + seconds * 1_000 <= millis) {
        oldest = (oldest + 1) % limit;
        count--;
      }
    }

    void add(long millis) {
      times[(oldest + count) % limit] = millis;
      count++;
    }

    int remaining() {
      return limit - count;
    }

    /**
     * Seconds until the oldest request leaves the window, rounded up; the window if it is empty.
     */
    long resetSeconds(long millis) {
      long until = count == 0 ? seconds * 1_000 : times[oldest] + seconds * 1_000 - millis;
      return Math.max(1, Math.ceilDiv(until, 1_000L));
    }
  }
}
