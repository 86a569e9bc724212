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
 * Starts reads on schedule. One transaction removes the due timer, adds the next one and creates
 * the operation, so overlapping ticks start a read once. The next time is computed from the
 * schedule, so times do not drift. One read makes up for all missed times. A read is skipped while
 * the previous read of the object still runs, or while the credentials of the connection are bad.
 */
public final class ScheduledReads {
  /** The kind of the timers; their id is {@code installation/object}. */
  public static final String KIND = "schedule";

  /** A timer that has been due for longer than this is assumed to have fired. */
  private static final Duration UNFIRED_MAX = Duration.ofMinutes(2);

  private static final String PROJECT = "project";
  private static final String INTEGRATION = "integration";
  private static final String INSTALLATION = "installation";
  private static final String OBJECT = "object";
  private static final String SCHEDULE = "schedule";

  /** The last operation that was started; absent if there is none. */
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
   * Returns the timer for the next read of an object.
   *
   * @param after the read is due at the first time of the schedule after this instant
   * @param last the last read of the object, which must end before the next starts; null for none
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
   * Returns all possible timers for the next read of an object: the timer of the next time, the
   * same timer one millisecond later (see {@link ResumedReads}), and the timers of a time that has
   * just passed, which may not have fired yet. Their payload does not matter.
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
      // The object is uninstalled, or its new schedule has its own timer.
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

  /** Returns false if another tick has replaced the timer. */
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
    ReadStarts.ReadStart prepared =
        starts.prepare(
            target, ReadStarts.idOf(target, timer.dueAt()), ReadRequest.scheduled(), tasks.now());
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
        queue.send(target.installation(), prepared.roots(), Duration.ZERO);
      }
      // Another tick has started the read.
      case TIMER_GONE -> {}
      // The read of this instant was started, but the timer was not replaced then.
      case ALREADY_STARTED -> timers.replace(timer, List.of(next));
      case DIRECTORY_CHANGED ->
          throw new IllegalStateException("a transaction without directory writes was refused");
    }
  }
}
