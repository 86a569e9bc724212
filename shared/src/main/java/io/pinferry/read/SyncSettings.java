package io.pinferry.read;

import java.time.Duration;

/**
 * The times and bounds of draining partitions.
 *
 * @param slice how long one partition is drained before others get a turn
 * @param lease how long a lease lasts after a page; the time after which another may take over
 * @param pageSize records asked for at a time
 * @param waitWithinSlice the longest wait that keeps the lease; a longer one becomes a delayed
 *     message
 * @param leasesWithoutPageMax leases in a row that may end without a page, waits excepted
 * @param pagesMax pages a partition may have
 * @param attemptsPerPage how often a page is asked for in one lease while Pinterest fails
 * @param processes how many processes read at the same time, at most
 */
public record SyncSettings(
    Duration slice,
    Duration lease,
    int pageSize,
    Duration waitWithinSlice,
    int leasesWithoutPageMax,
    int pagesMax,
    int attemptsPerPage,
    int processes) {

  private static final int PROCESSES = 10;

  /** Settings for ten processes. */
  public SyncSettings(
      Duration slice,
      Duration lease,
      int pageSize,
      Duration waitWithinSlice,
      int leasesWithoutPageMax,
      int pagesMax,
      int attemptsPerPage) {
    this(
        slice,
        lease,
        pageSize,
        waitWithinSlice,
        leasesWithoutPageMax,
        pagesMax,
        attemptsPerPage,
        PROCESSES);
  }

  /** Returns the settings that docs/architecture.md explains, with this length of a lease. */
  public static SyncSettings withLease(Duration lease) {
    return of(lease, PROCESSES);
  }

  /** Returns the same for so many processes. */
  public static SyncSettings of(Duration lease, int processes) {
    return new SyncSettings(
        Duration.ofSeconds(60), lease, 250, Duration.ofSeconds(10), 8, 100_000, 3, processes);
  }
}
