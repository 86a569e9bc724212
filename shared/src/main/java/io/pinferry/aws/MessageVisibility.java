package io.pinferry.aws;

import java.time.Duration;

/** Puts a received message off: it stays in its queue and is received again later. */
public interface MessageVisibility {
  /** The longest time a message may be put off for. */
  Duration MAX = Duration.ofHours(12);

  /**
   * Makes a message visible again after this time, counted from now.
   *
   * @param time at most {@link #MAX}; a fraction of a second counts as one
   */
  void change(SqsBatch.Message message, Duration time);
}
