package io.pinbridge.read;

import io.pinbridge.directory.ConnectionId;
import io.pinbridge.pinterest.RateCategory;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * After a 429, no request of the same connection and category is made before the reset. Kept in the
 * memory of one execution environment; each learns it from its own first 429.
 */
public final class RatePause {
  private final Map<Key, Instant> pauses = new ConcurrentHashMap<>();

  private record Key(ConnectionId connection, RateCategory category) {}

  /** Returns until when nothing may be asked; empty if it may be now. */
  Optional<Instant> until(ConnectionId connection, RateCategory category, Instant now) {
    var key = new Key(connection, category);
    Instant until = pauses.get(key);
    if (until == null || !until.isAfter(now)) {
      if (until != null) {
        pauses.remove(key, until);
      }
      return Optional.empty();
    }
    return Optional.of(until);
  }

  void pause(ConnectionId connection, RateCategory category, Instant until) {
    pauses.merge(
        new Key(connection, category), until, (old, more) -> old.isAfter(more) ? old : more);
  }
}
