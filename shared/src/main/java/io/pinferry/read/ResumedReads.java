package io.pinferry.read;

import static io.pinferry.base.Field.field;

import io.pinferry.base.Log;
import io.pinferry.base.Tasks;
import io.pinferry.connection.Reconnect;
import io.pinferry.directory.Connection;
import io.pinferry.directory.ConnectionRepository;
import io.pinferry.directory.ConnectionStatus;
import io.pinferry.directory.DirectoryStore;
import io.pinferry.directory.Installation;
import io.pinferry.directory.InstallationRepository;
import io.pinferry.directory.Snapshot;
import io.pinferry.manifest.Cron;
import io.pinferry.manifest.EffectiveRead;
import io.pinferry.operation.Operation;
import io.pinferry.operation.OperationStatus;
import io.pinferry.operation.OperationStore;
import io.pinferry.operation.OperationTransaction;
import io.pinferry.operation.ReadType;
import io.pinferry.timer.Timer;
import io.pinferry.timer.TimerStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Repeats reads that bad credentials ended or prevented, as soon as the account is connected again:
 * failed backfills, and scheduled reads that failed or were skipped. A triggered read is repeated
 * by its caller only.
 */
public final class ResumedReads {
  /** The timer is written before the connection; this is longer than the time between. */
  static final Duration PATIENCE = Duration.ofMinutes(5);

  private static final Duration AGAIN = Duration.ofSeconds(30);

  /** The number of newest operations of an installation that are searched for reads. */
  private static final int LOOK_BACK = 200;

  private final InstallationRepository installations;
  private final ConnectionRepository connections;
  private final ReadStarts starts;
  private final OperationStore store;
  private final ReadQueue queue;
  private final TimerStore timers;
  private final Tasks tasks;
  private final Log log;

  public ResumedReads(
      DirectoryStore directory,
      ReadStarts starts,
      OperationStore store,
      ReadQueue queue,
      TimerStore timers,
      Tasks tasks,
      Log log) {
    this.installations = new InstallationRepository(directory);
    this.connections = new ConnectionRepository(directory);
    this.starts = starts;
    this.store = store;
    this.queue = queue;
    this.timers = timers;
    this.tasks = tasks;
    this.log = log;
  }

  /** Acts on a due timer. Every step can be repeated, so the timer is removed last. */
  public void fire(Timer timer) {
    Reconnect reconnect = Reconnect.of(timer);
    Instant now = tasks.now();
    Optional<Connection> connection =
        connections.find(reconnect.project(), reconnect.connection()).map(Snapshot::value);
    if (connection.isPresent()
        && connection.get().access().status() == ConnectionStatus.BAD_CREDENTIALS
        && now.isBefore(reconnect.at().plus(PATIENCE))) {
      timers.replace(timer, List.of(timer.at(now.plus(AGAIN))));
      return;
    }
    if (connection.isPresent()
        && connection.get().access().status() != ConnectionStatus.BAD_CREDENTIALS) {
      resume(connection.get(), reconnect.at());
    }
    timers.replace(timer, List.of());
  }

  private void resume(Connection connection, Instant at) {
    for (Snapshot<Installation> found :
        installations.listOfGroup(connection.project(), connection.owner().group().ref())) {
      Installation installation = found.value();
      if (installation.connection().equals(connection.id())) {
        List<Operation> newest =
            store.ofInstallation(installation.id(), LOOK_BACK, null).operations();
        for (EffectiveRead read : installation.config().effective().read()) {
          if (!read.disabled()) {
            resume(InstalledReads.target(installation, connection, read), read, newest, at);
          }
        }
      }
    }
  }

  private void resume(ReadTarget target, EffectiveRead read, List<Operation> newest, Instant at) {
    Operation last =
        newest.stream()
            // A triggered read does not replace a due read.
            .filter(
                operation ->
                    operation.isRead(ReadType.BACKFILL) || operation.isRead(ReadType.SCHEDULED))
            .filter(operation -> operation.objectName().equals(read.objectName()))
            .findFirst()
            .orElse(null);
    if (last != null && !last.ended()) {
      return;
    }
    Cron schedule = read.schedule();
    if (last != null && failed(last, ReadType.BACKFILL)) {
      start(
          target,
          schedule,
          prepare(target, at, ReadRequest.whole(ReadType.BACKFILL, last.read().period())));
    } else if (schedule != null
        && ((last != null && failed(last, ReadType.SCHEDULED))
            || leftOut(target, schedule, last))) {
      start(target, schedule, prepare(target, at, ReadRequest.scheduled()));
    }
  }

  private static boolean failed(Operation operation, ReadType type) {
    return operation.status() == OperationStatus.FAILURE && operation.isRead(type);
  }

  /** Returns whether a read has been due since the last one started. */
  private boolean leftOut(ReadTarget target, Cron schedule, @Nullable Operation last) {
    Instant since = last == null ? target.envelope().installationUpdatedAt() : last.startedAt();
    return !schedule.nextAfter(since).isAfter(tasks.now());
  }

  private ReadStarts.ReadStart prepare(ReadTarget target, Instant at, ReadRequest request) {
    return starts.prepare(target, ReadStarts.idOf(target, at), request, tasks.now());
  }

  private void start(ReadTarget target, @Nullable Cron schedule, ReadStarts.ReadStart prepared) {
    OperationTransaction.Outcome outcome =
        schedule == null
            ? commit(prepared, List.of(), List.of())
            : commit(target, schedule, prepared);
    if (outcome != OperationTransaction.Outcome.COMMITTED) {
      // The schedule or an earlier attempt has started it.
      return;
    }
    log.info(
        "read repeated, since the account is connected again",
        field("operation", prepared.start().operation().id()),
        field("installation", target.installation()),
        field("object", target.objectName()));
    queue.send(target.installation(), prepared.roots(), Duration.ZERO);
  }

  /**
   * Starts a read. The next scheduled read has to wait for it, so the timer of the schedule must
   * name it. A transaction cannot replace a timer by one of the same instant, so the timer moves by
   * a millisecond, and the next time back.
   */
  private OperationTransaction.Outcome commit(
      ReadTarget target, Cron schedule, ReadStarts.ReadStart prepared) {
    Timer onTime =
        ScheduledReads.timerFor(target, schedule, tasks.now(), prepared.start().operation().id());
    Timer moved = onTime.at(onTime.dueAt().plusMillis(1));
    OperationTransaction.Outcome outcome = commit(prepared, List.of(onTime), List.of(moved));
    return outcome == OperationTransaction.Outcome.TIMER_GONE
        ? commit(prepared, List.of(moved), List.of(onTime))
        : outcome;
  }

  private OperationTransaction.Outcome commit(
      ReadStarts.ReadStart prepared, List<Timer> removed, List<Timer> added) {
    List<Timer> all = new ArrayList<>(added);
    all.add(prepared.watchdog());
    return store.commit(
        new OperationTransaction(List.of(), removed, all, List.of(prepared.start())));
  }
}
