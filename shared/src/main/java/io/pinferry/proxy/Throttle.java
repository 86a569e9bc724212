package io.pinferry.proxy;

import io.pinferry.base.RecentlyUsed;
import io.pinferry.directory.ConnectionId;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * Remembers which connections have a limit that is used up, in the memory of this process only:
 * another one learns it from an answer of its own.
 */
final class Throttle {
  private static final int CONNECTIONS_MAX = 1_000;

  private final Map<ConnectionId, Instant> closedUntil = RecentlyUsed.map(CONNECTIONS_MAX);

  /** Notes that a connection's limit is used up. The later of two times counts. */
  void close(ConnectionId connection, Instant until) {
    synchronized (closedUntil) {
      closedUntil.merge(connection, until, (one, other) -> one.isAfter(other) ? one : other);
    }
  }

  /** Returns until when a connection should wait, if it should. */
  Optional<Instant> closedUntil(ConnectionId connection, Instant now) {
    synchronized (closedUntil) {
      return Optional.ofNullable(closedUntil.get(connection)).filter(now::isBefore);
    }
  }
}
