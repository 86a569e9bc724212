package io.pinferry.read;

import io.pinferry.base.BoundedMap;
import io.pinferry.base.Tasks;
import io.pinferry.operation.Operation;
import io.pinferry.operation.OperationId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * Bounds the undelivered messages of an operation, over all partitions and processes, without a
 * counter that every page would have to write. A process may add its share of messages; then it
 * counts the undelivered messages in the store (a look). It goes on if there are fewer than {@link
 * #FULL}. After the last look each process adds at most its share and the pages of its partitions
 * in progress, so there are never more than {@link #MAX}. Only the second and later messages of
 * such a page come on top.
 *
 * <p>A look that finds half of the messages delivered sends waiting partitions again. While
 * partitions wait and the number changes, there is a look every two seconds. When it no longer
 * changes, the watchdog is enough.
 */
final class Backlog {
  /** The most undelivered messages of an operation. */
  static final int MAX = 1000;

  /** At this number of undelivered messages no further page of the operation is read. */
  static final int FULL = 300;

  /** Partitions that a process reads side by side. */
  private static final int SIDE_BY_SIDE = 10;

  /** Partitions sent again at a time. */
  private static final int SENT_AGAIN_MAX = 100;

  private static final Duration LOOKS_APART = Duration.ofSeconds(2);

  /** The waiting partitions that look within {@link #LOOKS_APART}. */
  private static final int LOOKS_AT_ONCE = 10;

  /** The time that looks go on while the number does not change. */
  private static final Duration LOOKS_UNCHANGED_MAX = Duration.ofSeconds(10);

  private static final int OPERATIONS_MAX = 100;

  private final PartitionStore store;
  private final ReadQueue queue;
  private final Tasks tasks;
  private final RandomGenerator random;
  private final int share;
  private final Map<OperationId, State> recent = BoundedMap.of(OPERATIONS_MAX);

  /** The knowledge of this process about an operation. */
  private static final class State {
    /** The messages that may be added before the next look. */
    private int left;

    /** Whether the operation was full, and still has more than half of that. */
    private boolean full;

    /** Until then the operation counts as full without a look. */
    private Instant fullUntil = Instant.MIN;

    /** The undelivered messages at the last look. */
    private int undelivered = -1;

    /** The last time at which a look found another number than the look before it. */
    private Instant changedAt = Instant.MIN;

    /** Until then a partition that will look is on its way. */
    private Instant nextLook = Instant.MIN;

    /** The waiting partitions at the last look, and those that came later. */
    private int waiting;

    private boolean looksGoOn(Instant now) {
      return now.isBefore(changedAt.plus(LOOKS_UNCHANGED_MAX));
    }
  }

  /**
   * @param processes the number of processes that read at the same time
   */
  Backlog(
      PartitionStore store, ReadQueue queue, Tasks tasks, RandomGenerator random, int processes) {
    this.store = store;
    this.queue = queue;
    this.tasks = tasks;
    this.random = random;
    this.share = Math.max(1, (MAX - FULL) / processes - SIDE_BY_SIDE);
  }

  /** Returns whether waiting partitions may go on: at half of {@link #FULL}. */
  static boolean mayGoOn(List<Partition> partitions) {
    return undelivered(partitions) < FULL / 2;
  }

  static int undelivered(List<Partition> partitions) {
    return partitions.stream().mapToInt(partition -> partition.undelivered().size()).sum();
  }

  /** Reserves room for one message, if that is possible without a look. */
  boolean tryTake(OperationId operation) {
    synchronized (recent) {
      State seen = recent.get(operation);
      if (seen == null || seen.left <= 0) {
        return false;
      }
      seen.left--;
      return true;
    }
  }

  /** Records that more messages were added than reserved; fewer if negative. */
  void added(OperationId operation, int more) {
    synchronized (recent) {
      State seen = recent.get(operation);
      if (seen != null) {
        seen.left -= more;
      }
    }
  }

  /** Reserves room for one message; false if the operation has to wait for deliveries. */
  boolean take(Operation operation) {
    if (tryTake(operation.id())) {
      return true;
    }
    synchronized (recent) {
      State seen = recent.get(operation.id());
      if (seen != null && tasks.now().isBefore(seen.fullUntil)) {
        return false;
      }
    }
    return look(operation);
  }

  /** Counts the undelivered messages in the store; returns the same as {@link #take}. */
  boolean look(Operation operation) {
    List<Partition> partitions = store.undeliveredOf(operation.id());
    int undelivered = undelivered(partitions);
    List<PartitionKey> waiting =
        new ArrayList<>(
            partitions.stream()
                .filter(partition -> partition.state() == PartitionState.OPEN)
                .filter(partition -> partition.waitsForDelivery() && partition.mayGoOn())
                .map(Partition::key)
                .toList());
    boolean full;
    boolean looksGoOn;
    synchronized (recent) {
      State seen = recent.computeIfAbsent(operation.id(), _ -> new State());
      if (undelivered != seen.undelivered) {
        seen.undelivered = undelivered;
        seen.changedAt = tasks.now();
      }
      seen.waiting = waiting.size();
      seen.full = undelivered >= (seen.full ? FULL / 2 : FULL);
      seen.left = seen.full ? 0 : share - 1;
      seen.fullUntil = seen.full ? tasks.now().plus(LOOKS_APART) : Instant.MIN;
      full = seen.full;
      looksGoOn = seen.looksGoOn(tasks.now());
    }
    if (!waiting.isEmpty()) {
      // A random start, or the last ones in order would always wait longest.
      Collections.rotate(waiting, random.nextInt(waiting.size()));
      int sent = undelivered < FULL / 2 ? Math.min(waiting.size(), SENT_AGAIN_MAX) : 0;
      if (sent > 0) {
        queue.send(operation.installation(), waiting.subList(0, sent), Duration.ZERO);
      }
      if (sent < waiting.size() && looksGoOn) {
        queue.send(operation.installation(), List.of(waiting.get(sent)), LOOKS_APART);
      }
    }
    return !full;
  }

  /**
   * Sends a waiting partition again for another look, if the number has changed recently. Every
   * waiting partition does so, since none can rely on another. The more partitions wait, the longer
   * the delay, except for the first.
   */
  void waits(Operation operation, PartitionKey key) {
    Duration delay = LOOKS_APART;
    synchronized (recent) {
      State seen = recent.get(operation.id());
      Instant now = tasks.now();
      if (seen == null || !seen.looksGoOn(now)) {
        return;
      }
      if (now.isBefore(seen.nextLook)) {
        seen.waiting++;
        delay = LOOKS_APART.multipliedBy(1 + seen.waiting / LOOKS_AT_ONCE);
      } else {
        seen.nextLook = now.plus(LOOKS_APART);
      }
    }
    queue.send(
        operation.installation(),
        List.of(key),
        delay.compareTo(ReadQueue.DELAY_MAX) > 0 ? ReadQueue.DELAY_MAX : delay);
  }
}
