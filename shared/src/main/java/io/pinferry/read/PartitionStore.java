package io.pinferry.read;

import io.pinferry.operation.Chain;
import io.pinferry.operation.OperationId;
import io.pinferry.operation.PartitionId;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Stores partitions. Every read is strongly consistent. Each method is atomic unless it says
 * otherwise. A call that throws may have taken effect, and every call can be repeated safely. The
 * repetition of a successful call may return the same as after another caller ({@code false},
 * empty); the watchdog then does the rest. Instants are kept to the millisecond.
 */
public interface PartitionStore {
  Optional<Partition> find(PartitionKey key);

  /**
   * Returns all partitions of an operation, ordered by id. Not atomic: a partition that changes
   * meanwhile is returned as before or after its change.
   */
  List<Partition> ofOperation(OperationId operation);

  /**
   * Returns the partitions of an operation that have undelivered messages or wait for delivery,
   * ordered by id. Not atomic, like {@link #ofOperation}.
   */
  List<Partition> undeliveredOf(OperationId operation);

  /**
   * Takes the lease of a partition in state OPEN whose last lease has ended or was released. Raises
   * the fence and counts the lease as one without a page. The partition no longer waits for
   * delivery. The caller must respect {@code notBefore}.
   *
   * @return the partition after it; empty if it is leased, not in state OPEN, or absent
   */
  Optional<Partition> tryLease(PartitionKey key, Duration length, Instant now);

  /**
   * Stores a page: adds its messages to the undelivered ones, records that the queue accepted all
   * earlier pages, and extends the lease. The lease no longer counts as one without a page. Storing
   * the same page again under a newer fence first removes the {@code replaced} entries, in a
   * separate step. If the second step is refused, these entries stay removed. In between the
   * partition is in state OPEN, so it does not count as delivered.
   *
   * @return the number of undelivered messages of the partition after it; empty, with nothing else
   *     changed, if the fence is not the newest or the partition is not in state OPEN
   */
  OptionalInt storePage(PartitionKey key, long fence, PageWrite page);

  /**
   * Releases the lease. Counts the page before the cursor as accepted.
   *
   * @return the partition after it; empty, with nothing changed, if the fence is not the newest or
   *     the partition is not in state OPEN
   */
  Optional<Partition> release(PartitionKey key, long fence, Release release);

  /**
   * Ends a partition and releases its lease. Unless {@code end} settles it, the partition stays in
   * the index of open partitions until {@link #settle}.
   *
   * @param end the state, never OPEN
   * @return the partition after it; empty, with nothing changed, if the fence is not the newest or
   *     the partition is not in state OPEN, or if it would settle with undelivered messages
   */
  Optional<Partition> end(PartitionKey key, long fence, PartitionEnd end);

  /**
   * Creates a partition for each chain, if it is absent. Not atomic: partitions are created in
   * groups, and after an exception some may exist.
   */
  void createPartitions(OperationId operation, List<Chain> chains);

  /**
   * Removes delivered messages from the undelivered ones. Ignores unknown entries.
   *
   * @return the partition after it; empty if there is no such partition
   */
  Optional<Partition> removeUndelivered(PartitionKey key, Collection<String> entries);

  /**
   * Gives up a message: removes its entry, and changes the state OPEN, ENDED or SKIPPED to FAILED
   * with the reason. The first failure keeps its reason. The fence is raised and the lease ends, so
   * that its holder stops.
   *
   * @return the partition after it; empty, with nothing changed, if the entry is not there
   */
  Optional<Partition> giveUp(PartitionKey key, String entry, String reason);

  /**
   * Drops a message that nobody wants any more. Like {@link #giveUp}, but the message is not among
   * those that were given up: it is no dead letter, and cannot be sent again.
   */
  Optional<Partition> drop(PartitionKey key, String entry, String reason);

  /**
   * Notes that a message that was given up and sent again was delivered. Its entry is removed, if
   * it is still there.
   *
   * @return the partition after it; empty if there is no such partition
   */
  Optional<Partition> deliverLate(PartitionKey key, String entry);

  /** Removes all partitions of an operation. The call is not atomic. */
  void remove(OperationId operation);

  /**
   * Removes a partition from the index of open ones, if it is not in state OPEN and has no
   * undelivered messages.
   *
   * @return whether it is out of the index now; true if there is no such partition
   */
  boolean settle(PartitionKey key);

  /** Returns the ids in the index of open partitions after the given id, in order. */
  List<PartitionId> openPartitions(OperationId operation, @Nullable PartitionId after, int limit);

  /**
   * A page to store.
   *
   * @param cursor the cursor of this page, whose bookmark fetches the page
   * @param entries a {@code page.part.digest} per message of the page; may be empty
   * @param replaced the entries of an earlier attempt at this page that this one does not have
   * @param leasedUntil the new end of the lease
   * @param advances whether the page is new, which resets the count of leases without a page
   */
  record PageWrite(
      Cursor cursor,
      Set<String> entries,
      Set<String> replaced,
      Instant leasedUntil,
      boolean advances) {
    public PageWrite {
      entries = Set.copyOf(entries);
      replaced = Set.copyOf(replaced);
    }

    public int page() {
      return cursor.page();
    }
  }

  /**
   * The release of a lease before the end of the partition.
   *
   * @param cursor the position at which the next lease holder goes on
   * @param notBefore the earliest time of the next lease; null for now
   * @param counts whether this lease, if it stored no page, counts as one without a page
   * @param forDelivery whether the partition waits until enough messages are delivered
   */
  record Release(Cursor cursor, @Nullable Instant notBefore, boolean counts, boolean forDelivery) {
    /** The next lease holder goes on at once. */
    public static Release continues(Cursor cursor) {
      return new Release(cursor, null, true, false);
    }

    /** The next lease holder goes on at an instant. The wait counts against nobody. */
    public static Release waitsUntil(Cursor cursor, Instant notBefore) {
      return new Release(cursor, notBefore, false, false);
    }

    /** The next lease holder tries again at an instant, since this lease has failed. */
    public static Release retriesAt(Cursor cursor, Instant notBefore) {
      return new Release(cursor, notBefore, true, false);
    }

    /** The partition goes on when enough messages are delivered. */
    public static Release waitsForDelivery(Cursor cursor) {
      return new Release(cursor, null, false, true);
    }

    /** The next lease holder starts again at page 1. */
    public static Release restarts(Cursor cursor) {
      return new Release(cursor.restarted(), null, true, false);
    }

    /** The lease does not count. */
    public static Release unused(Cursor cursor) {
      return new Release(cursor, null, false, false);
    }
  }

  /**
   * The end of a partition.
   *
   * @param state ENDED, FAILED or SKIPPED
   * @param cursor the last position
   * @param reason null for the end of a list
   * @param settles whether the partition has no undelivered messages and leaves the index of open
   *     ones in the same step
   */
  record PartitionEnd(
      PartitionState state, Cursor cursor, @Nullable String reason, boolean settles) {}
}
