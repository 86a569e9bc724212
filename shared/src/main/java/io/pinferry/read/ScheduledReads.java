package io.pinferry.read;

import static io.pinferry.base.Field.field;

import io.pinferry.base.Log;
import io.pinferry.base.Tasks;
import io.pinferry.directory.ConnectionStatus;
import io.pinferry.directory.InstallationId;
import io.pinferry.directory.IntegrationId;
import io.pinferry.directory.ProjectId;
import io.pinferry.manifest.Cron;
import io.pinferry.operation.LogLine;
import io.pinferry.operation.OperationId;
import io.pinferry.operation.OperationStore;
import io.pinferry.operation.OperationTransaction;
import io.pinferry.operation.ReadType;
import io.pinferry.operation.Work;
import io.pinferry.timer.Timer;
import io.pinferry.timer.TimerStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Starts reads on schedule. Firing a timer, arming the next and creating the operation are one
 * transaction, so overlapping ticks start a read once. The next time is computed from the schedule,
 * so times do not drift; times that were missed are caught up by one read. While the read before of
 * the same object still runs, or the connection's credentials are bad, a read is left out.
 */
public final class ScheduledReads {
  /** The kind of its timers; their id is {@code installation/object}. */
  public static final String KIND = "schedule";

  /** A timer that is due for longer than this is not taken for one that fires at any moment. */
  private static final Duration UNFIRED_MAX = Duration.ofMinutes(2);

  private static final String PROJECT = "project";
  private static final String INTEGRATION = "integration";
  private static final String INSTALLATION = "installation";
  private static final String OBJECT = "object";
  private static final String SCHEDULE = "schedule";

  /** The operation that was started last; absent if none was. */
  private static final String LAST = "last";

  private final InstalledReads installed;
  private final ReadStarts starts;
  private final OperationStore store;
  private final ReadQueue queue;
  private final TimerStore timers;
  private final Tasks tasks;
  private final Log log;

  public ScheduledReads(
      InstalledReads installed,
      ReadStarts starts,
      OperationStore store,
      ReadQueue queue,
      TimerStore timers,
      Tasks tasks,
      Log log) {
    this.installed = installed;
    this.starts = starts;
    this.store = store;
    this.queue = queue;
    this.timers = timers;
    this.tasks = tasks;
    this.log = log;
  }

  /**
   * Returns the timer for an object's next read.
   *
   * @param after the read is due at the schedule's first time after this
   * @param last the read of the object that was started last, which must have ended before the next
   *     begins; null for none
   */
  public static Timer timerFor(
      ReadTarget target, Cron schedule, Instant after, @Nullable OperationId last) {
    Map<String, String> payload = new HashMap<>();
    payload.put(PROJECT, target.origin().project().value());
    payload.put(INTEGRATION, target.origin().integration().value());
    payload.put(INSTALLATION, target.installation().value());
    payload.put(OBJECT, target.objectName());
    payload.put(SCHEDULE, schedule.toString());
    if (last != null) {
      payload.put(LAST, last.value());
    }
    return new Timer(
        schedule.nextAfter(after),
        KIND,
        target.installation() + "/" + target.objectName(),
        payload);
  }

  /**
   * Returns the timers of which one may be there for an object's next read: that of the next time,
   * the same moved by a millisecond (see {@link ResumedReads}), and those of a time that has just
   * passed and may not have fired yet. Their payload does not matter.
   */
  public static List<Timer> possibleTimers(ReadTarget target, Cron schedule, Instant now) {
    List<Timer> possible = new ArrayList<>();
    for (Instant after : List.of(now, now.minus(UNFIRED_MAX))) {
      Timer onTime = timerFor(target, schedule, after, null);
      if (possible.stream().noneMatch(known -> known.dueAt().equals(onTime.dueAt()))) {
        possible.add(onTime);
        possible.add(onTime.at(onTime.dueAt().plusMillis(1)));
      }
    }
    return possible;
  }

  /** Acts on a due timer. */
  public void fire(Timer timer) {
    Optional<InstalledReads.InstalledRead> read =
        installed.find(
            new ProjectId(timer.require(PROJECT)),
            new IntegrationId(timer.require(INTEGRATION)),
            new InstallationId(timer.require(INSTALLATION)),
            timer.require(OBJECT));
    Cron schedule = read.map(found -> found.config().schedule()).orElse(null);
    if (read.isEmpty()
        || schedule == null
        || !schedule.toString().equals(timer.require(SCHEDULE))) {
      // Uninstalled, or another schedule, which has a timer of its own.
      timers.replace(timer, List.of());
      return;
    }
    ReadTarget target = read.get().target();
    OperationId last = last(timer);
    if (read.get().config().disabled()) {
      timers.replace(timer, List.of(timerFor(target, schedule, tasks.now(), last)));
    } else if (read.get().connection() == ConnectionStatus.BAD_CREDENTIALS) {
      leaveOut(timer, target, schedule, "the account has to be connected again");
    } else if (last != null && store.find(last).filter(run -> !run.ended()).isPresent()) {
      if (leaveOut(timer, target, schedule, "the read before still runs")) {
        store.log(
            last,
            new LogLine(
                tasks.now(),
                "left-out-" + timer.dueAt(),
                LogLine.Severity.WARNING,
                "the read due at " + timer.dueAt() + " was left out, since this one still runs",
                null));
      }
    } else {
      start(timer, target, schedule);
    }
  }

  private static @Nullable OperationId last(Timer timer) {
    String id = timer.payload().get(LAST);
    return id == null ? null : new OperationId(id);
  }

  /** Returns whether this call replaced the timer, and not another tick. */
  private boolean leaveOut(Timer timer, ReadTarget target, Cron schedule, String reason) {
    boolean replaced =
        timers.replace(timer, List.of(timerFor(target, schedule, tasks.now(), last(timer))));
    if (replaced) {
      log.warn(
          "scheduled read left out",
          field("installation", target.installation()),
          field("object", target.objectName()),
          field("dueAt", timer.dueAt()),
          field("reason", reason));
    }
    return replaced;
  }

  private void start(Timer timer, ReadTarget target, Cron schedule) {
    ReadStarts.Prepared prepared =
        starts.prepare(
            target,
            ReadStarts.idOf(target, timer.dueAt()),
            ReadType.SCHEDULED,
            Work.Period.ALL,
            tasks.now());
    Timer next = timerFor(target, schedule, tasks.now(), prepared.start().operation().id());
    OperationTransaction.Outcome outcome =
        store.commit(
            new OperationTransaction(
                List.of(),
                List.of(timer),
                List.of(next, prepared.watchdog()),
                List.of(prepared.start())));
    switch (outcome) {
      case COMMITTED -> {
        log.info(
            "read started",
            field("operation", prepared.start().operation().id()),
            field("installation", target.installation()),
            field("object", target.objectName()),
            field("dueAt", timer.dueAt()));
        queue.send(prepared.roots(), Duration.ZERO);
      }
      // Another tick was faster.
      case TIMER_GONE -> {}
      // Its read was started under this instant before the timer could be replaced.
      case ALREADY_STARTED -> timers.replace(timer, List.of(next));
      case DIRECTORY_CHANGED ->
          throw new IllegalStateException("a transaction without directory writes was refused");
    }
  }
}
