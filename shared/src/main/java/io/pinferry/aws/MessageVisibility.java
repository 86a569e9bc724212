package io.pinferry.aws;

import java.time.Duration;

/** Delays a received message: it stays in its queue and is received again later. */
public interface MessageVisibility {
  /** The longest delay. */
  Duration MAX = Duration.ofHours(12);

  /**
   * Makes a message visible again after a time.
   *
   * @param time at most {@link #MAX}; it is rounded up to seconds
   */
  void change(SqsBatch.Message message, Duration time);
}
