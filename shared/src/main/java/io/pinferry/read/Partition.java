package io.pinferry.read;

import io.pinferry.operation.Chain;
import io.pinferry.pinterest.ReadPlan;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One bookmark chain of an operation. The next lease holder may repeat the page at the cursor, and
 * no other.
 *
 * @param storedPage the last stored page, sent or not; 0 before page 1
 * @param undelivered an entry {@code page.part.digest} for each message that is not yet delivered
 * @param notBefore the earliest time of the next lease; null for now
 * @param waitsForDelivery whether its last lease was released because of too many undelivered
 *     messages
 * @param reason the reason of state FAILED or SKIPPED, or of an end because Pinterest does not know
 *     the list any more; for people; null otherwise
 * @param open whether it is in the index of open partitions; false only when it has ended and has
 *     no undelivered messages
 * @param givenUp the messages that were given up
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
    boolean open,
    GivenUp givenUp) {

  public Partition {
    undelivered = Set.copyOf(undelivered);
  }

  /** Returns the step of the plan, which names endpoint and fan-out. */
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

  /** Returns whether it tells deletions, after all lists of its read have ended. */
  boolean tellsDeletions() {
    return chain.equals(DeletionPages.CHAIN);
  }

  /** Returns whether its records belong to the object. */
  boolean delivers(ReadPlan plan) {
    return !tellsDeletions() && plan.step(step()).delivers();
  }

  /** Returns whether it ended because Pinterest does not know its list any more. */
  boolean isGone() {
    return state == PartitionState.ENDED && reason != null;
  }

  public int leasesWithoutPage() {
    return lease.withoutPage();
  }

  public boolean leasedAt(Instant now) {
    return lease.holdsAt(now);
  }

  /** At this number of undelivered messages no further page is read. */
  static final int UNDELIVERED_MAX = 64;

  /** Returns whether the next page has to wait for deliveries. */
  boolean isFull() {
    return sentAndUndelivered() >= UNDELIVERED_MAX;
  }

  /**
   * Returns whether a waiting partition may go on: at half of the bound, so that it does not stop
   * again at once.
   */
  boolean mayGoOn() {
    return sentAndUndelivered() < UNDELIVERED_MAX / 2;
  }

  /**
   * Returns the number of messages that can still be delivered. Messages of a page that was perhaps
   * not sent do not count: the next lease holder sends them.
   */
  int sentAndUndelivered() {
    return undelivered.size() - undeliveredAfter(sentThrough()).size();
  }

  /** Returns the undelivered messages of later pages. */
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
