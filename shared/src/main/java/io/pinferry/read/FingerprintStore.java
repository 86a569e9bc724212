package io.pinferry.read;

import io.pinferry.operation.OperationId;
import java.time.Duration;
import java.util.List;

/**
 * Stores the fingerprints of the records of a read, and their keys, page by page, for the next
 * read. Every read is strongly consistent.
 */
public interface FingerprintStore {
  /**
   * Without fingerprints the next read delivers everything. Each read has fingerprints of its own.
   */
  Duration KEPT = Duration.ofDays(8);

  /**
   * Stores the fingerprints of a page in place of those that an attempt with the same or an older
   * fence has stored. It is one atomic step.
   *
   * @return false, with nothing changed, if a newer fence has stored the page
   */
  boolean store(PartitionKey key, Page page);

  /** Returns the stored pages of a partition in their order; not atomic. */
  List<Page> of(PartitionKey key);

  /** Removes the fingerprints of a read. The call is not atomic. */
  void remove(OperationId operation);

  /**
   * The fingerprints of a page.
   *
   * @param number the number of the page, from 1
   * @param fence the fence of the lease that has read the page
   * @param created how many records, the first ones, the partition of the read before did not have
   * @param keys the keys of the records by list; empty if deletions are not told
   */
  record Page(int number, long fence, int created, Fingerprints fingerprints, List<ListKeys> keys) {
    public Page {
      keys = List.copyOf(keys);
    }
  }
}
