package io.pinferry.install;

import static io.pinferry.base.Field.field;

import io.pinferry.base.IdSource;
import io.pinferry.base.Log;
import io.pinferry.base.PinferryException.ProviderUnavailable;
import io.pinferry.directory.InstallationId;
import io.pinferry.manifest.Backfill;
import io.pinferry.manifest.EffectiveRead;
import io.pinferry.operation.OperationId;
import io.pinferry.operation.OperationTransaction;
import io.pinferry.operation.ReadType;
import io.pinferry.operation.Work;
import io.pinferry.read.PartitionKey;
import io.pinferry.read.ReadQueue;
import io.pinferry.read.ReadRequest;
import io.pinferry.read.ReadStarts;
import io.pinferry.read.ReadStarts.ReadStart;
import io.pinferry.read.ReadTarget;
import io.pinferry.timer.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The first reads of objects that one transaction starts. */
final class FirstReads {
  private final ReadStarts starts;
  private final IdSource ids;
  private final Instant now;
  private final List<Timer> watchdogs = new ArrayList<>();
  private final List<OperationTransaction.Start> begun = new ArrayList<>();
  private final List<PartitionKey> roots = new ArrayList<>();

  FirstReads(ReadStarts starts, IdSource ids, Instant now) {
    this.starts = starts;
    this.ids = ids;
    this.now = now;
  }

  /** Adds the first read of an object. Returns its id; empty if the object has no first read. */
  Optional<OperationId> add(ReadTarget target, EffectiveRead read) {
    if (read.disabled() || read.backfill() instanceof Backfill.NoHistory) {
      return Optional.empty();
    }
    var id = new OperationId(ids.uuid());
    ReadStart prepared =
        starts.prepare(
            target,
            id,
            ReadRequest.whole(ReadType.BACKFILL, Work.Period.since(since(read.backfill(), now))),
            now);
    watchdogs.add(prepared.watchdog());
    begun.add(prepared.start());
    roots.addAll(prepared.roots());
    return Optional.of(id);
  }

  List<Timer> watchdogs() {
    return watchdogs;
  }

  List<OperationTransaction.Start> begun() {
    return begun;
  }

  /** Sends the reads that the transaction has started. */
  void send(ReadQueue queue, InstallationId installation, Log log) {
    try {
      if (!roots.isEmpty()) {
        queue.send(installation, roots, Duration.ZERO);
      }
    } catch (ProviderUnavailable e) {
      // They are stored, so the watchdog sends them.
      log.warn("first reads not sent", e, field("installation", installation));
    }
  }

  private static @Nullable Instant since(Backfill backfill, Instant now) {
    return switch (backfill) {
      case Backfill.Days days -> now.minus(Duration.ofDays(days.count()));
      case Backfill.FullHistory full -> null;
      case Backfill.NoHistory none ->
          throw new IllegalStateException("no backfill has no beginning");
    };
  }
}
