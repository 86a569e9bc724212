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
   * @param length how long it lasts if it is not released; at least a millisecond
   * @return empty if a lease is held that ends after {@code now}
   */
  Optional<RefreshLease> tryAcquire(ConnectionId connection, Duration length, Instant now);

  /** Ends a lease, if it is still this one that is held; else does nothing. */
  void release(RefreshLease lease);
}
