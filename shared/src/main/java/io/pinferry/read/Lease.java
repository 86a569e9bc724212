package io.pinferry.read;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The newest lease of a partition.
 *
 * @param fence the lease's number; it guards every write of the holder
 * @param until when the lease ends; null if it was released
 * @param withoutPage leases taken since a page was stored for the first time, waits excepted
 */
public record Lease(long fence, @Nullable Instant until, int withoutPage) {
  boolean holdsAt(Instant now) {
    return until != null && now.isBefore(until);
  }
}
