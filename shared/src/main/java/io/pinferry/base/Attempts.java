package io.pinferry.base;

import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Repeats a change that another change may overtake. Each attempt reads what is there, decides, and
 * writes only if nothing was changed meanwhile.
 */
public final class Attempts {
  private Attempts() {}

  /**
   * Repeats until an attempt has a result.
   *
   * @param attempt returns empty if it was overtaken
   * @return the result; empty if each attempt was overtaken
   */
  public static <T> Optional<T> until(int attemptsMax, Supplier<Optional<T>> attempt) {
    for (int i = 0; i < attemptsMax; i++) {
      Optional<T> result = attempt.get();
      if (result.isPresent()) {
        return result;
      }
    }
    return Optional.empty();
  }

  /**
   * Repeats until an attempt succeeds.
   *
   * @param attempt returns false if it was overtaken
   * @return whether one succeeded
   */
  public static boolean untilDone(int attemptsMax, BooleanSupplier attempt) {
    for (int i = 0; i < attemptsMax; i++) {
      if (attempt.getAsBoolean()) {
        return true;
      }
    }
    return false;
  }
}
