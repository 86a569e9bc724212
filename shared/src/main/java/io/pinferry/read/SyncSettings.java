package io.pinferry.read;

import java.time.Duration;

/**
 * The times and bounds of draining partitions.
 *
 * @param slice the time for one partition before others get a turn
 * @param lease the length of a lease after a page; then another process may take over
 * @param pageSize the records of a page
 * @param waitWithinSlice the longest wait that keeps the lease; a longer one becomes a delayed
 *     message
 * @param leasesWithoutPageMax leases in a row that may end without a page, without waits
 * @param pagesMax the most pages of a partition
 * @param attemptsPerPage the attempts for a page in one lease while Pinterest fails
 * @param processes the most processes that read at the same time
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
  /** Returns the settings that docs/architecture.md explains. */
  public static SyncSettings of(Duration lease, int processes) {
    return new SyncSettings(
        Duration.ofSeconds(60), lease, 250, Duration.ofSeconds(10), 8, 100_000, 3, processes);
  }

  /** Returns the same settings with pages of another size. */
  public SyncSettings withPageSize(int records) {
    return new SyncSettings(
        slice,
        lease,
        records,
        waitWithinSlice,
        leasesWithoutPageMax,
        pagesMax,
        attemptsPerPage,
        processes);
  }
}
