package io.pinferry.read;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The newest lease of a partition.
 *
 * @param fence the number of the lease; it guards every write of the holder
 * @param until the end of the lease; null if it was released
 * @param withoutPage the leases since the partition last stored a new page, without waits
 */
public record Lease(long fence, @Nullable Instant until, int withoutPage) {
  boolean holdsAt(Instant now) {
    return until != null && now.isBefore(until);
  }
}
