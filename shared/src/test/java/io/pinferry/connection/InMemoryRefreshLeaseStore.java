package io.pinferry.connection;

import io.pinferry.directory.ConnectionId;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Leases in a map. */
public final class InMemoryRefreshLeaseStore implements RefreshLeaseStore {
  private final Map<ConnectionId, RefreshLease> leases = new HashMap<>();
  private int count;

  @Override
  public synchronized Optional<RefreshLease> tryAcquire(
      ConnectionId connection, Duration length, Instant now) {
    RefreshLease held = leases.get(connection);
    if (held != null && held.until().isAfter(now)) {
      return Optional.empty();
    }
    count++;
    var lease = new RefreshLease(connection, "holder-" + count, now.plus(length));
    leases.put(connection, lease);
    return Optional.of(lease);
  }

  @Override
  public synchronized void release(RefreshLease lease) {
    leases.remove(lease.connection(), lease);
  }
}
