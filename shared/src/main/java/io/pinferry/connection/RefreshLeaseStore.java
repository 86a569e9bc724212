package io.pinferry.connection;

import io.pinferry.directory.ConnectionId;
import io.pinferry.directory.SecretStore;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Grants leases so that one refresher at a time works on a connection. A lease saves calls and
 * avoids races; it fences nothing: tokens are protected by {@link SecretStore#promote}.
 */
public interface RefreshLeaseStore {
  /**
   * Takes the lease of a connection unless another holds one. Never waits; atomic.
   *
   * @param length how long it is valid if nobody releases it; at least a millisecond
   * @return empty if a lease is held that ends after {@code now}
   */
  Optional<RefreshLease> tryAcquire(ConnectionId connection, Duration length, Instant now);

  /** Releases a lease. Does nothing if it is no longer the current one. */
  void release(RefreshLease lease);
}
