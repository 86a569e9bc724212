package io.pinferry.read;

import io.pinferry.base.Digest;
import io.pinferry.operation.Chain;
import io.pinferry.operation.Operation;
import io.pinferry.operation.OperationId;
import io.pinferry.operation.OperationTransaction;
import io.pinferry.operation.ReadType;
import io.pinferry.operation.Work;
import io.pinferry.pinterest.ReadCatalogue;
import io.pinferry.pinterest.ReadPlan;
import io.pinferry.pinterest.ReadableObject;
import io.pinferry.timer.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Makes operations with everything that has to be written with them. */
public final class ReadStarts {
  private final Duration watchdogInterval;

  public ReadStarts(Duration watchdogInterval) {
    this.watchdogInterval = watchdogInterval;
  }

  /**
   * A start that is ready to be committed.
   *
   * @param start the operation and its root partitions
   * @param watchdog its timer, to be added in the same transaction
   */
  public record Prepared(OperationTransaction.Start start, Timer watchdog) {
    /** Returns the partitions to send once the transaction is committed. */
    public List<PartitionKey> roots() {
      return start.roots().stream()
          .map(root -> new PartitionKey(start.operation().id(), root.id()))
          .toList();
    }
  }

  /**
   * Returns the id of the read that a due instant stands for: the same for every tick that sees the
   * instant, so none starts it twice.
   */
  public static OperationId idOf(ReadTarget target, Instant dueAt) {
    return new OperationId(
        Digest.of(target.installation().value(), target.objectName(), dueAt.toString()).uuid());
  }

  /**
   * Prepares a read.
   *
   * @param period which records are read
   */
  public Prepared prepare(
      ReadTarget target, OperationId id, ReadType type, Work.Period period, Instant now) {
    ReadableObject object = ReadCatalogue.get(target.objectName());
    ReadPlan plan =
        target.planName() == null ? object.defaultPlan() : object.plan(target.planName());
    List<Chain> roots = new ArrayList<>();
    List<String> leftOut = new ArrayList<>();
    for (ReadPlan.Root root : plan.roots()) {
      Set<String> missing = new TreeSet<>(plan.scopesFrom(plan.step(root.step())));
      missing.removeAll(target.scopes());
      if (root.required() || missing.isEmpty()) {
        roots.add(new Chain(root.step(), Map.of()));
      } else {
        leftOut.add(
            "what shows only through %s was left out, since %s was not granted"
                .formatted(root.step().replace('_', ' '), String.join(", ", missing)));
      }
    }
    var work =
        new Work.Read(
            target.objectName(),
            type,
            plan.name(),
            target.envelope(),
            target.account(),
            target.selection(),
            period,
            leftOut);
    Operation operation = Operation.started(id, target.origin(), work, now);
    return new Prepared(
        new OperationTransaction.Start(operation, roots),
        Watchdog.timerFor(id, now, watchdogInterval));
  }
}
