package io.pinferry.timer;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Stores timers. */
public interface TimerStore {
  /** Returns timers of a shard that are due at the instant, earliest first, up to the limit. */
  List<Timer> due(int shard, Instant now, int limit);

  /** Returns whether there is a timer with the same instant, kind and id. */
  boolean contains(Timer timer);

  /**
   * Removes one timer and adds others in one transaction. Existing timers are not changed.
   *
   * @param remove the timer to remove, null for none
   * @param add at most 99; no two of all these timers have the same instant, kind and id
   * @return false, with nothing changed, if the timer to remove does not exist
   */
  boolean replace(@Nullable Timer remove, List<Timer> add);
}
