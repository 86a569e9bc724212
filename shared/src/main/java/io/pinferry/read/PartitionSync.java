package io.pinferry.read;

import io.pinferry.base.Deadline;
import io.pinferry.base.Log;
import io.pinferry.base.Tasks;
import io.pinferry.client.PinterestClient;
import io.pinferry.delivery.DeliveryQueue;
import io.pinferry.delivery.ResultStore;
import io.pinferry.operation.Operation;
import io.pinferry.operation.OperationStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Drains partitions: leases a partition, decides whether it can go on, and lets {@link Drain}
 * fetch, store and send its pages. After a crash between two steps, the next lease holder repeats
 * at most one page, with the same messages.
 */
public final class PartitionSync {
  /** The most partitions of an invocation. A full batch means that more may wait. */
  public static final int BATCH_MAX = 10;

  /**
   * The turn of a full batch, and of a partition that is drained alone. An invocation lasts as long
   * as its longest partition, so one long chain would block nine places that other partitions,
   * perhaps of a small account, wait for.
   */
  private static final Duration SHORT_TURN = Duration.ofSeconds(4);

  /** After more leases in a row without a page, a partition is drained alone. */
  private static final int SHARED_LEASES_MAX = 2;

  private final Parts parts;
  private final RecentOperations operations;
  private final DrainGate gate;
  private final Backlog backlog;
  private final EarlierChains earlier;

  /**
   * The parts that draining works with.
   *
   * @param operations takes log lines about failed partitions
   */
  public record Parts(
      PartitionStore partitions,
      OperationStore operations,
      ResultStore results,
      FingerprintStore fingerprints,
      ReadQueue readQueue,
      DeliveryQueue deliveryQueue,
      PinterestClient pinterest,
      Settlement settlement,
      Tasks tasks,
      RandomGenerator random,
      Log log,
      SyncSettings settings) {}

  public PartitionSync(Parts parts) {
    this.parts = parts;
    this.operations = new RecentOperations(parts.operations(), parts.tasks());
    this.gate = new DrainGate(parts.tasks());
    this.backlog =
        new Backlog(
            parts.partitions(),
            parts.readQueue(),
            parts.tasks(),
            parts.random(),
            parts.settings().processes());
    this.earlier = new EarlierChains(parts.fingerprints(), parts.partitions(), parts.tasks());
  }

  /**
   * Returns the deadline for the partitions of a batch.
   *
   * @param invocation the deadline of the invocation
   * @param received the number of partitions
   */
  public static Deadline turn(Deadline invocation, int received, Instant now) {
    return received < BATCH_MAX ? invocation : invocation.orBefore(now.plus(SHORT_TURN));
  }

  /**
   * Drains a partition until it ends, has to wait, or the slice is over. Does nothing if it is
   * leased, not open, or its operation has ended. After this returns, its message may be deleted.
   *
   * @param invocation the end of the invocation or of its turn
   */
  public void drain(PartitionKey key, Deadline invocation) {
    boolean exclusive;
    gate.enter();
    try {
      exclusive = drainBesideOthers(key, invocation);
    } finally {
      gate.leave();
    }
    if (exclusive) {
      drainAlone(key, invocation);
    }
  }

  /** Drains a partition beside others. Returns true if it was released to be drained alone. */
  private boolean drainBesideOthers(PartitionKey key, Deadline invocation) {
    Optional<Drain> leased = lease(key, invocation);
    if (leased.isEmpty()) {
      return false;
    }
    Drain drain = leased.get();
    Partition partition = drain.partition();
    Instant notBefore = partition.notBefore();
    if (notBefore != null && !drain.waitsHereUntil(notBefore)) {
      // A delayed message or the watchdog sends the partition again.
      drain.releaseUntil(notBefore);
    } else if (partition.leasesWithoutPage() > parts.settings().leasesWithoutPageMax()) {
      drain.fail(Drain.NO_PROGRESS);
    } else if (partition.isFull()) {
      drain.waitForDelivery();
    } else if (!drain.mayAdd()) {
      drain.waitForOthers();
    } else if (partition.leasesWithoutPage() > SHARED_LEASES_MAX) {
      return drain.releaseUnused();
    } else {
      drain.run();
    }
    return false;
  }

  /** Drains a partition for a short turn, while the process drains no other. */
  private void drainAlone(PartitionKey key, Deadline invocation) {
    // The others leave after their current page, perhaps after the end of the turn.
    if (!gate.awaitExclusive(new Deadline(invocation.at().plus(SHORT_TURN)))) {
      operations
          .inProgress(key.operation())
          .ifPresent(
              operation ->
                  parts.readQueue().send(operation.installation(), List.of(key), Duration.ZERO));
      return;
    }
    try {
      lease(key, new Deadline(parts.tasks().now().plus(SHORT_TURN))).ifPresent(Drain::run);
    } finally {
      gate.endExclusive();
    }
  }

  private Optional<Drain> lease(PartitionKey key, Deadline invocation) {
    // The operation comes first: messages that are left of an ended read must not take leases.
    Optional<Operation> operation = operations.inProgress(key.operation());
    if (operation.isEmpty()) {
      return Optional.empty();
    }
    Instant now = parts.tasks().now();
    return parts
        .partitions()
        .tryLease(key, parts.settings().lease(), now)
        .map(
            partition ->
                new Drain(
                    parts,
                    backlog,
                    gate,
                    earlier,
                    partition,
                    operation.get(),
                    invocation.orBefore(now.plus(parts.settings().slice()))));
  }
}
