package io.pinferry.read;

import io.pinferry.base.Digest;
import io.pinferry.manifest.DeliveryMode;
import io.pinferry.operation.Chain;
import io.pinferry.operation.Operation;
import io.pinferry.operation.OperationId;
import io.pinferry.operation.OperationStore;
import io.pinferry.operation.OperationTransaction;
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
import org.jspecify.annotations.Nullable;

/** Makes new read operations, with their root partitions and their watchdog timer. */
public final class ReadStarts {
  private final ReadBefore readBefore;
  private final Duration watchdogInterval;

  /**
   * @param store finds the read to compare with
   */
  public ReadStarts(OperationStore store, Duration watchdogInterval) {
    this.readBefore = new ReadBefore(store);
    this.watchdogInterval = watchdogInterval;
  }

  /**
   * A start that is ready to be committed.
   *
   * @param start the operation and its root partitions
   * @param watchdog the timer to add in the same transaction
   */
  public record ReadStart(OperationTransaction.Start start, Timer watchdog) {
    /** Returns the partitions to send after the commit. */
    public List<PartitionKey> roots() {
      return start.roots().stream()
          .map(root -> new PartitionKey(start.operation().id(), root.id()))
          .toList();
    }
  }

  /**
   * Returns the id of the read that is due at an instant. Every tick computes the same id, so the
   * read starts once.
   */
  public static OperationId idOf(ReadTarget target, Instant dueAt) {
    return new OperationId(
        Digest.of(target.installation().value(), target.objectName(), dueAt.toString()).uuid());
  }

  /** Prepares a read. */
  public ReadStart prepare(ReadTarget target, OperationId id, ReadRequest request, Instant now) {
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
            "records visible only through %s were left out, since %s was not granted"
                .formatted(root.step().replace('_', ' '), String.join(", ", missing)));
      }
    }
    var work =
        new Work.Read(
            target.objectName(),
            request.type(),
            plan.name(),
            target.envelope(),
            target.account(),
            target.selection(),
            request.period(),
            leftOut,
            comparison(target, request));
    Operation operation = Operation.started(id, target.origin(), work, now);
    return new ReadStart(
        new OperationTransaction.Start(operation, roots),
        Watchdog.timerFor(id, now, watchdogInterval));
  }

  private Work.@Nullable Comparison comparison(ReadTarget target, ReadRequest request) {
    return target.mode() != null
            && target.mode() != DeliveryMode.ALL
            && request.period().equals(Work.Period.ALL)
        ? readBefore.comparison(target, request)
        : null;
  }
}
