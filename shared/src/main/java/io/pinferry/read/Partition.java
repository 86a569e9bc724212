package io.pinferry.read;

import io.pinferry.operation.Chain;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One bookmark chain of an operation, as stored.
 *
 * <p>The page after the cursor's is the only one that the next lease holder may fetch again.
 *
 * @param chain what it reads
 * @param storedPage the last page that was stored, whether or not it was sent; 0 before the first
 * @param undelivered one entry per message that is not delivered yet: {@code page.part.digest}
 * @param notBefore no work before this instant; null for at once
 * @param waitsForDelivery whether its last lease was given back because too much was undelivered
 * @param reason why it failed or was skipped, in words for a person; null otherwise
 * @param open whether it is still in the index of open partitions; false only once it is ended (or
 *     failed or skipped) and nothing of it is undelivered
 */
public record Partition(
    PartitionKey key,
    Chain chain,
    Cursor cursor,
    int storedPage,
    Set<String> undelivered,
    Lease lease,
    @Nullable Instant notBefore,
    boolean waitsForDelivery,
    PartitionState state,
    @Nullable String reason,
    boolean open) {

  public Partition {
    undelivered = Set.copyOf(undelivered);
  }

  /** Returns the plan's step, which names endpoint and fan-out. */
  public String step() {
    return chain.step();
  }

  public Map<String, String> parameters() {
    return chain.parameters();
  }

  public int sentThrough() {
    return cursor.sentThrough();
  }

  public long recordCount() {
    return cursor.recordCount();
  }

  public long fence() {
    return lease.fence();
  }

  public int leasesWithoutPage() {
    return lease.withoutPage();
  }

  public boolean leasedAt(Instant now) {
    return lease.holdsAt(now);
  }

  /** With so many undelivered messages a partition is not read any further. */
  static final int UNDELIVERED_MAX = 64;

  /** Returns whether the partition has to wait for deliveries before its next page. */
  boolean isFull() {
    return sentAndUndelivered() >= UNDELIVERED_MAX;
  }

  /**
   * Returns whether a partition that waits for delivery may go on: half its bound, so that it does
   * not stop again at once.
   */
  boolean mayGoOn() {
    return sentAndUndelivered() < UNDELIVERED_MAX / 2;
  }

  /**
   * Returns how many messages can still be delivered. The messages of a page that was perhaps not
   * sent are left out: only the next lease holder sends them.
   */
  int sentAndUndelivered() {
    return undelivered.size() - undeliveredAfter(sentThrough()).size();
  }

  /** Returns the undelivered messages of pages that the queue is not known to have accepted. */
  Set<String> undeliveredAfter(int page) {
    return undelivered.stream()
        .filter(entry -> pageOf(entry) > page)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Returns the page of an undelivered message. */
  static int pageOf(String entry) {
    return Integer.parseInt(entry.substring(0, entry.indexOf('.')));
  }
}
