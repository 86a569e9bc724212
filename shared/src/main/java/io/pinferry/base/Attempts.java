package io.pinferry.base;

import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Repeats a change that another change may overtake. Each attempt reads the present state, decides,
 * and writes only if the state is still the same.
 */
public final class Attempts {
  private Attempts() {}

  /**
   * Repeats until an attempt has a result.
   *
   * @param attempt returns empty if it was overtaken
   * @return the result; empty if all attempts were overtaken
   */
  public static <T> Optional<T> until(int attemptsMax, Supplier<Optional<T>> attempt) {
    return IntStream.range(0, attemptsMax)
        .mapToObj(_ -> attempt.get())
        .flatMap(Optional::stream)
        .findFirst();
  }

  /**
   * Repeats until an attempt succeeds.
   *
   * @param attempt returns false if it was overtaken
   * @return whether one succeeded
   */
  public static boolean untilDone(int attemptsMax, BooleanSupplier attempt) {
    return IntStream.range(0, attemptsMax).anyMatch(_ -> attempt.getAsBoolean());
  }
}
