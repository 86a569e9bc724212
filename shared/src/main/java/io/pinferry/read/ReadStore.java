package io.pinferry.read;

import io.pinferry.directory.DirectoryWrite;
import io.pinferry.directory.InstallationId;
import io.pinferry.directory.ProjectId;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where operations and partitions are kept. Every read is strongly consistent. Each method is one
 * atomic step unless it says otherwise; a call that throws may or may not have taken effect, and
 * every one can be repeated safely. The repetition of one that did take effect may answer as if
 * another caller had been first ({@code false}, empty): the watchdog's look at the open partitions
 * mends what its caller then leaves undone. Instants are kept to the millisecond.
 */
public interface ReadStore {
  /**
   * Starts operations together with what belongs to them. If several conditions fail, the first of
   * {@link ReadTransaction.Outcome}'s order is returned.
   */
  ReadTransaction.Outcome commit(ReadTransaction transaction);

  Optional<Operation> findOperation(OperationId id);

  /**
   * Returns an installation's operations, newest first.
   *
   * @param limit at most this many, 1 to 1000
   * @param pageToken where the page before ended, null for the first page
   * @throws IllegalArgumentException if the token was not made by this method
   */
  OperationPage operationsOf(InstallationId installation, int limit, @Nullable String pageToken);

  /**
   * Returns an installation's reads that are in progress, newest first. What it costs does not
   * depend on how many have ended. A read that another version started, which kept no note of what
   * is in progress, is not found.
   */
  List<Operation> readsInProgress(InstallationId installation);

  Optional<Partition> findPartition(PartitionKey key);

  /**
   * Returns all partitions of an operation, in the order of their ids. Not one atomic step: a
   * partition that changes meanwhile is seen before or after its change.
   */
  List<Partition> partitionsOf(OperationId operation);

  /**
   * Returns those partitions of an operation of which something is undelivered, or that wait for
   * delivery, in the order of their ids. Not one atomic step, as {@link #partitionsOf}.
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
   * Creates partitions, each only if absent. Not one atomic step: partitions are created in groups,
   * and after an exception some may exist.
   */
  void createPartitions(OperationId operation, List<NewPartition> partitions);

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
   * Ends an operation that is in progress, together with a write of the directory: the notification
   * of the end, which whoever ends it may not live to send.
   *
   * @param operation as it was when it was found; its status and result do not matter
   * @param along takes effect with the end or not at all; must not be refused. Null if nobody is to
   *     be told
   * @return whether this call ended it; false if it had ended or does not exist
   */
  boolean finish(
      Operation operation,
      OperationStatus status,
      String result,
      Instant endedAt,
      @Nullable DirectoryWrite along);

  /**
   * Keeps the records of a message that links to them. Keeping them again replaces them. Not one
   * atomic step: after an exception they may be kept in part, and are then not found.
   *
   * @param result a JSON array
   * @param until when it may be forgotten
   */
  void keepResult(ProjectId project, String messageId, byte[] result, Instant until);

  /** Returns what was kept of a project's message. */
  Optional<byte[]> findResult(ProjectId project, String messageId);

  /** Adds a line to an operation's log. Of lines with one id the first is kept. */
  void log(OperationId id, LogLine line);

  /** Returns an operation's log lines in the order of time and id, at most so many, newest kept. */
  List<LogLine> logOf(OperationId id, int limit);

  /**
   * One page as stored.
   *
   * @param page its number, from 1
   * @param bookmark the bookmark that fetches this page, null for the first
   * @param entries one {@code page.part.digest} per message of the page, possibly none
   * @param replaced entries that an earlier attempt at this page left and this one does not have
   * @param recordCountBefore records of all pages before this one
   * @param leasedUntil the new end of the lease
   * @param advances whether the partition has never come so far, so that the leases before it were
   *     not in vain
   */
  record PageStored(
      int page,
      @Nullable String bookmark,
      Set<String> entries,
      Set<String> replaced,
      long recordCountBefore,
      Instant leasedUntil,
      boolean advances) {
    public PageStored {
      entries = Set.copyOf(entries);
      replaced = Set.copyOf(replaced);
    }
  }

  /**
   * Where the next lease holder goes on.
   *
   * @param sentThrough the last page whose messages the queue has accepted
   * @param bookmark fetches the page after it
   * @param recordCount records of all pages up to it
   * @param notBefore no work before this instant; null for at once
   * @param waited whether this lease ended in a wait that is nobody's fault, so it does not count
   *     as one without a page
   * @param restarts how often the partition has been begun again by then
   * @param forDelivery whether it waits until enough of its messages were delivered
   */
  record Release(
      int sentThrough,
      @Nullable String bookmark,
      long recordCount,
      @Nullable Instant notBefore,
      boolean waited,
      int restarts,
      boolean forDelivery) {
    /** Goes on without waiting for delivery. */
    public Release(
        int sentThrough,
        @Nullable String bookmark,
        long recordCount,
        @Nullable Instant notBefore,
        boolean waited,
        int restarts) {
      this(sentThrough, bookmark, recordCount, notBefore, waited, restarts, false);
    }
  }

  /**
   * How a partition ended.
   *
   * @param state ENDED, FAILED or SKIPPED
   * @param sentThrough the last page whose messages the queue has accepted
   * @param recordCount records of all pages up to it
   * @param reason null for ENDED
   * @param settles whether the caller knows that nothing of the partition is undelivered, so that
   *     it leaves the index of open ones in the same step
   */
  record PartitionEnd(
      PartitionState state,
      int sentThrough,
      long recordCount,
      @Nullable String reason,
      boolean settles) {}

  /**
   * Some operations of an installation.
   *
   * @param nextPageToken null if there are no more
   */
  record OperationPage(List<Operation> operations, @Nullable String nextPageToken) {
    public OperationPage {
      operations = List.copyOf(operations);
    }
  }

  /**
   * A line of an operation's log, kept for 30 days.
   *
   * @param id distinguishes lines; the same line written again has the same id
   * @param severity {@code INFO}, {@code WARNING} or {@code ERROR}
   * @param details JSON object with more, or null
   */
  record LogLine(
      Instant at, String id, String severity, String message, @Nullable String details) {}
}
