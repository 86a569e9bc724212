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
 * Stores partitions. Every read is strongly consistent. Each method is one atomic step unless it
 * says otherwise; a call that throws may or may not have taken effect, and every call can be
 * repeated safely. The repetition of a call that did take effect may answer as if another caller
 * had been first ({@code false}, empty): the watchdog's look at the open partitions then does what
 * the caller leaves undone. Instants are kept to the millisecond.
 */
public interface PartitionStore {
  Optional<Partition> find(PartitionKey key);

  /**
   * Returns all partitions of an operation, in the order of their ids. Not one atomic step: a
   * partition that changes meanwhile is seen before or after its change.
   */
  List<Partition> ofOperation(OperationId operation);

  /**
   * Returns those partitions of an operation of which something is undelivered, or that wait for
   * delivery, in the order of their ids. Not one atomic step, as {@link #ofOperation}.
   */
  List<Partition> undeliveredOf(OperationId operation);

  /**
   * Takes the lease of an open partition whose last lease has ended or was released. Raises the
   * fence and counts the lease as one without a page; the partition no longer waits for delivery.
   * {@code notBefore} is the caller's to heed.
   *
   * @return the partition as it is after that; empty if it is leased, not in state OPEN, or absent
   */
  Optional<Partition> tryLease(PartitionKey key, Duration length, Instant now);

  /**
   * Stores a page: adds its messages to the undelivered ones, records that all pages before it were
   * accepted by the queue, and prolongs the lease; the lease no longer counts as one without a
   * page. Storing the same page again under a newer fence replaces what it stored before: {@code
   * replaced} entries are removed. That is a step of its own, before the other: if the second is
   * then refused, the entries are gone all the same. Nobody can take the partition for delivered in
   * between, since it is in state OPEN.
   *
   * @return how many messages of the partition are undelivered after it; empty, with nothing else
   *     changed, if the fence is not the newest or the partition is not in state OPEN
   */
  OptionalInt storePage(PartitionKey key, long fence, PageStored page);

  /**
   * Gives the lease back, with where to go on. Counts the page before as accepted.
   *
   * @return the partition after it; empty, with nothing changed, if the fence is not the newest or
   *     the partition is not in state OPEN
   */
  Optional<Partition> release(PartitionKey key, long fence, Release release);

  /**
   * Ends a partition in a state other than OPEN and gives the lease back. Unless {@code end} says
   * that it settles, the partition stays in the index of open partitions until {@link #settle}.
   *
   * @param end the state, never OPEN
   * @return the partition after it; empty, with nothing changed, if the fence is not the newest or
   *     the partition is not in state OPEN, or if it would settle while something is undelivered
   */
  Optional<Partition> end(PartitionKey key, long fence, PartitionEnd end);

  /**
   * Creates a partition for each chain, only if absent. Not one atomic step: partitions are created
   * in groups, and after an exception some may exist.
   */
  void createPartitions(OperationId operation, List<Chain> chains);

  /**
   * Removes delivered messages from a partition's undelivered ones. Entries that are not there are
   * ignored.
   *
   * @return the partition after it; empty if there is no such partition
   */
  Optional<Partition> removeUndelivered(PartitionKey key, Collection<String> entries);

  /**
   * Gives a message up: removes its entry, and turns a partition in state OPEN, ENDED or SKIPPED to
   * FAILED with the reason. The first failure's reason is kept. The fence is raised and the lease
   * ended, so that its holder stops.
   *
   * @return the partition after it; empty, with nothing changed, if the entry is not there
   */
  Optional<Partition> giveUp(PartitionKey key, String entry, String reason);

  /**
   * Takes a partition out of the index of open ones if it is not in state OPEN and nothing of it is
   * undelivered.
   *
   * @return whether it is out of the index now; true if there is no such partition
   */
  boolean settle(PartitionKey key);

  /** Returns ids of partitions in the index of open ones, in their order, after the given one. */
  List<PartitionId> openPartitions(OperationId operation, @Nullable PartitionId after, int limit);

  /**
   * One page as stored.
   *
   * @param cursor at this page; its bookmark is the one that fetches the page
   * @param entries one {@code page.part.digest} per message of the page, possibly none
   * @param replaced entries that an earlier attempt at this page left and this one does not have
   * @param leasedUntil the new end of the lease
   * @param advances whether the partition has never come so far, so that the leases before it were
   *     not in vain
   */
  record PageStored(
      Cursor cursor,
      Set<String> entries,
      Set<String> replaced,
      Instant leasedUntil,
      boolean advances) {
    public PageStored {
      entries = Set.copyOf(entries);
      replaced = Set.copyOf(replaced);
    }

    public int page() {
      return cursor.page();
    }
  }

  /**
   * How a lease is given back before the partition has ended.
   *
   * @param cursor where the next lease holder goes on
   * @param notBefore no work before this instant; null for at once
   * @param counts whether this lease counts as one without a page, if it stored none
   * @param forDelivery whether the partition waits until enough of its messages were delivered
   */
  record Release(Cursor cursor, @Nullable Instant notBefore, boolean counts, boolean forDelivery) {
    /** The next lease holder goes on at once. */
    public static Release continues(Cursor cursor) {
      return new Release(cursor, null, true, false);
    }

    /** The next lease holder goes on then; the wait is nobody's fault. */
    public static Release waitsUntil(Cursor cursor, Instant notBefore) {
      return new Release(cursor, notBefore, false, false);
    }

    /** The next lease holder tries again then, after this lease has failed. */
    public static Release retriesAt(Cursor cursor, Instant notBefore) {
      return new Release(cursor, notBefore, true, false);
    }

    /** The partition goes on after enough messages were delivered. */
    public static Release waitsForDelivery(Cursor cursor) {
      return new Release(cursor, null, false, true);
    }

    /** The next lease holder begins at page 1 again. */
    public static Release restarts(Cursor cursor) {
      return new Release(cursor.restarted(), null, true, false);
    }

    /** The lease is given back as if it had not been taken. */
    public static Release unused(Cursor cursor) {
      return new Release(cursor, null, false, false);
    }
  }

  /**
   * How a partition ended.
   *
   * @param state ENDED, FAILED or SKIPPED
   * @param cursor where the partition stood
   * @param reason null for ENDED
   * @param settles whether the caller knows that nothing of the partition is undelivered, so that
   *     it leaves the index of open ones in the same step
   */
  record PartitionEnd(
      PartitionState state, Cursor cursor, @Nullable String reason, boolean settles) {}
}
