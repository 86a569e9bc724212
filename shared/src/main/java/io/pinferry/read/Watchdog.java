package io.pinferry.read;

import static io.pinferry.base.Field.field;

import io.pinferry.base.Log;
import io.pinferry.base.Tasks;
import io.pinferry.operation.Operation;
import io.pinferry.operation.OperationId;
import io.pinferry.operation.OperationStore;
import io.pinferry.timer.Timer;
import io.pinferry.timer.TimerStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Repairs a running operation: sends idle partitions again, settles partitions after a crash, and
 * ends the operation when it is too old. Its next timer is set before anything is sent.
 */
public final class Watchdog {
  /** The kind of the timers; their id is the id of the operation. */
  public static final String KIND = "watchdog";

  /** No operation stays open for ever. */
  static final Duration AGE_MAX = Duration.ofHours(36);

  /**
   * The most partitions sent again at a time, so that a long queue does not fill with duplicates.
   */
  private static final int SENT_AGAIN_MAX = 100;

  /** The number of looks so far. Each look sends other partitions. */
  private static final String LOOKS = "looks";

  private final OperationStore operations;
  private final PartitionStore partitions;
  private final ReadQueue queue;
  private final TimerStore timers;
  private final Settlement settlement;
  private final Tasks tasks;
  private final Log log;
  private final Duration interval;

  /**
   * @param interval the time between two looks at an operation
   */
  public Watchdog(
      OperationStore operations,
      PartitionStore partitions,
      ReadQueue queue,
      TimerStore timers,
      Settlement settlement,
      Tasks tasks,
      Log log,
      Duration interval) {
    this.operations = operations;
    this.partitions = partitions;
    this.queue = queue;
    this.timers = timers;
    this.settlement = settlement;
    this.tasks = tasks;
    this.log = log;
    this.interval = interval;
  }

  /** Returns the first timer of an operation. */
  public static Timer timerFor(OperationId operation, Instant startedAt, Duration interval) {
    return new Timer(startedAt.plus(interval), KIND, operation.value(), Map.of());
  }

  /** Acts on a due timer. */
  public void fire(Timer timer) {
    var id = new OperationId(timer.id());
    Optional<Operation> operation = operations.find(id);
    if (operation.isEmpty() || operation.get().ended()) {
      timers.replace(timer, List.of());
      return;
    }
    int looks = Integer.parseInt(timer.payload().getOrDefault(LOOKS, "0"));
    var next =
        new Timer(
            tasks.now().plus(interval),
            KIND,
            timer.id(),
            Map.of(LOOKS, Integer.toString(looks + 1)));
    if (timers.replace(timer, List.of(next))) {
      look(operation.get(), looks);
    }
  }

  private void look(Operation operation, int looks) {
    Instant now = tasks.now();
    List<Partition> open =
        partitions.ofOperation(operation.id()).stream().filter(Partition::open).toList();
    if (now.isAfter(operation.startedAt().plus(AGE_MAX))) {
      settlement.fail(
          operation,
          "[%s] not finished after %s hours; %s partitions were open"
              .formatted(operation.objectName(), AGE_MAX.toHours(), open.size()));
      return;
    }
    boolean mayGoOn = Backlog.mayGoOn(open);
    List<PartitionKey> idle = new ArrayList<>();
    for (Partition partition : open) {
      if (partition.state() != PartitionState.OPEN) {
        settlement.afterChange(partition);
      } else if (!partition.leasedAt(now)
          && (!partition.waitsForDelivery() || (mayGoOn && partition.mayGoOn()))
          && (partition.notBefore() == null || !partition.notBefore().isAfter(now))) {
        idle.add(partition.key());
      }
    }
    if (idle.size() > SENT_AGAIN_MAX) {
      // Each look starts after the end of the look before it, so that all get a turn.
      Collections.rotate(idle, -(int) ((long) looks * SENT_AGAIN_MAX % idle.size()));
      idle = idle.subList(0, SENT_AGAIN_MAX);
    }
    if (!idle.isEmpty()) {
      log.info(
          "partitions sent again",
          field("operation", operation.id()),
          field("installation", operation.installation()),
          field("partitionCount", idle.size()));
      queue.send(operation.installation(), idle, Duration.ZERO);
    }
    if (open.isEmpty()) {
      settlement.finishIfDone(operation.id());
    }
  }
}
