package io.pinferry.timer;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where timers are kept. */
public interface TimerStore {
  /** Returns the shard's timers that are due at the instant, earliest first, at most so many. */
  List<Timer> due(int shard, Instant now, int limit);

  /** Returns whether there is a timer of this one's instant, kind and id. */
  boolean contains(Timer timer);

  /**
   * Removes one timer and adds others, together; timers that are there already are left as they
   * are.
   *
   * @param remove the timer to remove, null for none
   * @param add at most 99, each for another instant, kind and id, and none of them {@code remove}'s
   * @return false, with nothing changed, if the timer to remove was not there (any more)
   */
  boolean replace(@Nullable Timer remove, List<Timer> add);
}
