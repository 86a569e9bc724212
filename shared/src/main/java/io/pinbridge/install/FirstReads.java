package io.pinbridge.install;

import static io.pinbridge.base.Field.field;

import io.pinbridge.base.IdSource;
import io.pinbridge.base.Log;
import io.pinbridge.base.PinbridgeException.ProviderUnavailable;
import io.pinbridge.directory.InstallationId;
import io.pinbridge.manifest.Backfill;
import io.pinbridge.manifest.EffectiveRead;
import io.pinbridge.read.OperationId;
import io.pinbridge.read.PartitionKey;
import io.pinbridge.read.ReadQueue;
import io.pinbridge.read.ReadStarts;
import io.pinbridge.read.ReadStarts.Prepared;
import io.pinbridge.read.ReadTarget;
import io.pinbridge.read.ReadTransaction;
import io.pinbridge.read.ReadType;
import io.pinbridge.timer.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The first reads of objects that one transaction is to begin. */
final class FirstReads {
  private final ReadStarts starts;
  private final IdSource ids;
  private final Instant now;
  private final List<Timer> watchdogs = new ArrayList<>();
  private final List<ReadTransaction.Start> begun = new ArrayList<>();
  private final List<PartitionKey> roots = new ArrayList<>();

  FirstReads(ReadStarts starts, IdSource ids, Instant now) {
    this.starts = starts;
    this.ids = ids;
    this.now = now;
  }

  /** Adds the first read of an object; returns its id, empty if it has none. */
  Optional<OperationId> add(ReadTarget target, EffectiveRead read) {
    if (read.disabled() || read.backfill() instanceof Backfill.None) {
      return Optional.empty();
    }
    var id = new OperationId(ids.uuid());
    Prepared prepared =
        starts.prepare(target, id, ReadType.BACKFILL, since(read.backfill(), now), null, now);
    watchdogs.add(prepared.watchdog());
    begun.add(prepared.start());
    roots.addAll(prepared.roots());
    return Optional.of(id);
  }

  List<Timer> watchdogs() {
    return watchdogs;
  }

  List<ReadTransaction.Start> begun() {
    return begun;
  }

  /** Sends what the transaction has begun. */
  void send(ReadQueue queue, InstallationId installation, Log log) {
    try {
      if (!roots.isEmpty()) {
        queue.send(roots, Duration.ZERO);
      }
    } catch (ProviderUnavailable e) {
      // They have begun; the watchdog sends what nobody works on.
      log.warn("first reads not sent", e, field("installation", installation));
    }
  }

  private static @Nullable Instant since(Backfill backfill, Instant now) {
    return switch (backfill) {
      case Backfill.Days days -> now.minus(Duration.ofDays(days.count()));
      case Backfill.Full full -> null;
      case Backfill.None none -> throw new IllegalStateException("no backfill has no beginning");
    };
  }
}
