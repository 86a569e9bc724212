package io.pinferry.simulation.invariant;

import io.pinferry.read.Partition;
import io.pinferry.simulation.kernel.Journal;
import io.pinferry.simulation.kernel.SimulatedQueue;
import java.util.List;

/**
 * bounded: the undelivered messages of a partition, its leases without a page, and the depth of
 * each queue have a bound. Checked at each change of a partition; the queues at the end.
 */
public final class Bounds implements Invariant {
  /** Far above the engine's own bound, since the messages of one page may exceed that. */
  private static final int UNDELIVERED_MAX = 200;

  /** Above the engine's own bound, since leases that wait do not count there. */
  private static final int LEASES_WITHOUT_PAGE_MAX = 12;

  private static final int QUEUE_SIZE_MAX = 5_000;

  private final Journal journal;
  private final List<SimulatedQueue<?>> queues;

  public Bounds(Journal journal, List<SimulatedQueue<?>> queues) {
    this.journal = journal;
    this.queues = List.copyOf(queues);
  }

  @Override
  public void on(Event event) {
    if (event instanceof Event.PartitionState(Partition partition)) {
      check(partition, "undelivered messages", partition.undelivered().size(), UNDELIVERED_MAX);
      check(
          partition,
          "leases without a page",
          partition.leasesWithoutPage(),
          LEASES_WITHOUT_PAGE_MAX);
    }
  }

  private void check(Partition partition, String unit, int count, int most) {
    if (count > most) {
      violation("partition " + partition.key() + " has " + count + " " + unit);
    }
  }

  @Override
  public void check() {
    queues.stream()
        .filter(queue -> queue.sizeMax() > QUEUE_SIZE_MAX)
        .forEach(queue -> violation(queue.toString()));
  }

  private void violation(String text) {
    journal.violation("bounded", text);
  }
}
