package io.pinferry.read;

import io.pinferry.base.BoundedMap;
import io.pinferry.base.Tasks;
import io.pinferry.operation.OperationId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * Bounds how many messages of an operation are undelivered, over all its partitions and all
 * processes, without a count that every page would have to write: a process may add its share of
 * messages, then it looks at how many there are. A look that lets it go on finds fewer than {@link
 * #FULL}, and after the newest look each process adds at most its share and what its partitions
 * have under way, so there are never more than {@link #MAX}; but for the second and later messages
 * of pages that are fetched by then.
 *
 * <p>What waits is sent again by a look that finds half of it delivered. While something waits and
 * the number changes, somebody looks every other second; once it does not any more, the watchdog's
 * looks are enough.
 */
final class Backlog {
  /** The most undelivered messages of an operation. */
  static final int MAX = 1000;

  /** With so many undelivered messages an operation is not read any further. */
  static final int FULL = 300;

  /** Partitions that a process reads side by side. */
  private static final int SIDE_BY_SIDE = 10;

  /** Partitions sent again at a time. */
  private static final int SENT_AGAIN_MAX = 100;

  private static final Duration LOOKS_APART = Duration.ofSeconds(2);

  /** So many of those that wait look within that time. */
  private static final int LOOKS_AT_ONCE = 10;

  /** How long looks go on while the number does not change. */
  private static final Duration LOOKS_UNCHANGED_MAX = Duration.ofSeconds(10);

  private static final int OPERATIONS_MAX = 100;

  private final PartitionStore store;
  private final ReadQueue queue;
  private final Tasks tasks;
  private final RandomGenerator random;
  private final int share;
  private final Map<OperationId, Seen> recent = BoundedMap.of(OPERATIONS_MAX);

  /** What this process knows of an operation. */
  private static final class Seen {
    /** How many messages may be added before the next look. */
    private int left;

    /** Whether it was full, and half of that was not delivered since. */
    private boolean full;

    /** Until then it is taken for full without a look. */
    private Instant fullUntil = Instant.MIN;

    /** How many messages were undelivered at the last look. */
    private int undelivered = -1;

    /** When that was found to be others than at the look before. */
    private Instant changedAt = Instant.MIN;

    /** Until then somebody is sent to look again. */
    private Instant nextLook = Instant.MIN;

    /** How many were seen to wait. */
    private int waiting;

    private boolean looksGoOn(Instant now) {
      return now.isBefore(changedAt.plus(LOOKS_UNCHANGED_MAX));
    }
  }

  /**
   * @param processes how many processes read at the same time
   */
  Backlog(
      PartitionStore store, ReadQueue queue, Tasks tasks, RandomGenerator random, int processes) {
    this.store = store;
    this.queue = queue;
    this.tasks = tasks;
    this.random = random;
    this.share = Math.max(1, (MAX - FULL) / processes - SIDE_BY_SIDE);
  }

  /** Returns whether half of what makes an operation full was delivered. */
  static boolean mayGoOn(List<Partition> partitions) {
    return undelivered(partitions) < FULL / 2;
  }

  static int undelivered(List<Partition> partitions) {
    return partitions.stream().mapToInt(partition -> partition.undelivered().size()).sum();
  }

  /** Takes leave to add a message, if that is possible without a look. */
  boolean tryTake(OperationId operation) {
    synchronized (recent) {
      Seen seen = recent.get(operation);
      if (seen == null || seen.left <= 0) {
        return false;
      }
      seen.left--;
      return true;
    }
  }

  /** Notes that so many messages more were added than leave was taken for, or fewer. */
  void added(OperationId operation, int more) {
    synchronized (recent) {
      Seen seen = recent.get(operation);
      if (seen != null) {
        seen.left -= more;
      }
    }
  }

  /** Takes leave to add a message; false if the operation has to wait for its deliveries. */
  boolean take(OperationId operation) {
    if (tryTake(operation)) {
      return true;
    }
    synchronized (recent) {
      Seen seen = recent.get(operation);
      if (seen != null && tasks.now().isBefore(seen.fullUntil)) {
        return false;
      }
    }
    return look(operation);
  }

  /** Looks at how many there are, whatever is known; answers as {@link #take}. */
  boolean look(OperationId operation) {
    List<Partition> partitions = store.undeliveredOf(operation);
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
      Seen seen = recent.computeIfAbsent(operation, _ -> new Seen());
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
      // Each has its turn first; else those that come last in order would wait longest each time.
      Collections.rotate(waiting, random.nextInt(waiting.size()));
      int sent = undelivered < FULL / 2 ? Math.min(waiting.size(), SENT_AGAIN_MAX) : 0;
      if (sent > 0) {
        queue.send(waiting.subList(0, sent), Duration.ZERO);
      }
      if (sent < waiting.size() && looksGoOn) {
        queue.send(List.of(waiting.get(sent)), LOOKS_APART);
      }
    }
    return !full;
  }

  /**
   * Sees to it that one who waits looks again, if the number has changed of late. Each does so by
   * itself, since nobody can know that another will: the more wait, the more seldom, but for the
   * first.
   */
  void waits(PartitionKey key) {
    Duration delay = LOOKS_APART;
    synchronized (recent) {
      Seen seen = recent.get(key.operation());
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
        List.of(key), delay.compareTo(ReadQueue.DELAY_MAX) > 0 ? ReadQueue.DELAY_MAX : delay);
  }
}
