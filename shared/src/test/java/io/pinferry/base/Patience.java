package io.pinferry.base;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.function.Predicate;

/**
 * Waits for a state that is sure to come. No test knows how fast its machine is, so the bound is
 * far longer than any machine needs, and {@code -Dpinferry.patience=5} makes it five times as long.
 */
public final class Patience {
  /** How long a test waits before it fails. */
  public static final Duration LIMIT =
      Duration.ofMinutes(2).multipliedBy(Integer.getInteger("pinferry.patience", 1));

  /** A look may itself be work for what is waited for, so they come ever more slowly. */
  private static final Duration FIRST_PAUSE = Duration.ofMillis(20);

  private static final Duration LONGEST_PAUSE = Duration.ofMillis(300);

  private Patience() {}

  /** Waits until something is true. */
  public static void until(String what, Callable<Boolean> condition) throws Exception {
    until(what, condition, holds -> holds);
  }

  /**
   * Waits until a look shows what is wanted, and returns what it showed.
   *
   * @param what is waited for, for the message if it does not come
   * @throws AssertionError saying what the last look showed
   */
  public static <T> T until(String what, Callable<T> look, Predicate<? super T> wanted)
      throws Exception {
    long begin = System.nanoTime();
    Duration pause = FIRST_PAUSE;
    while (true) {
      T seen = look.call();
      if (wanted.test(seen)) {
        return seen;
      }
      if (System.nanoTime() - begin > LIMIT.toNanos()) {
        throw new AssertionError("waited " + LIMIT + " for " + what + "; last seen: " + seen);
      }
      Thread.sleep(pause);
      Duration longer = pause.multipliedBy(2);
      pause = longer.compareTo(LONGEST_PAUSE) < 0 ? longer : LONGEST_PAUSE;
    }
  }
}
