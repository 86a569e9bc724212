package io.pinbridge.read;

import static io.pinbridge.base.Field.field;

import io.pinbridge.base.Log;
import io.pinbridge.base.Tasks;
import io.pinbridge.directory.InstallationId;
import io.pinbridge.directory.IntegrationId;
import io.pinbridge.directory.ProjectId;
import io.pinbridge.manifest.Cron;
import io.pinbridge.timer.Timer;
import io.pinbridge.timer.TimerStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Starts reads on schedule. Firing a timer, arming the next and creating the operation are one
 * transaction, so overlapping ticks start a read once. The next time is computed from the schedule,
 * so times do not drift; times that were missed are caught up by one read.
 */
public final class ScheduledReads {
  /** The kind of its timers; their id is {@code installation/object}. */
  public static final String KIND = "schedule";

  private static final String PROJECT = "project";
  private static final String INTEGRATION = "integration";
  private static final String INSTALLATION = "installation";
  private static final String OBJECT = "object";
  private static final String SCHEDULE = "schedule";

  private final InstalledReads installed;
  private final ReadStarts starts;
  private final ReadStore store;
  private final ReadQueue queue;
  private final TimerStore timers;
  private final Tasks tasks;
  private final Log log;

  public ScheduledReads(
      InstalledReads installed,
      ReadStarts starts,
      ReadStore store,
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
   */
  public static Timer timerFor(ReadTarget target, Cron schedule, Instant after) {
    return new Timer(
        schedule.nextAfter(after),
        KIND,
        target.installation() + "/" + target.objectName(),
        Map.of(
            PROJECT, target.project().value(),
            INTEGRATION, target.integration().value(),
            INSTALLATION, target.installation().value(),
            OBJECT, target.objectName(),
            SCHEDULE, schedule.toString()));
  }

  /** Acts on a due timer. */
  public void fire(Timer timer) {
    Optional<InstalledReads.InstalledRead> read =
        installed.find(
            new ProjectId(payload(timer, PROJECT)),
            new IntegrationId(payload(timer, INTEGRATION)),
            new InstallationId(payload(timer, INSTALLATION)),
            payload(timer, OBJECT));
    Cron schedule = read.map(found -> found.config().schedule()).orElse(null);
    if (read.isEmpty()
        || schedule == null
        || !schedule.toString().equals(payload(timer, SCHEDULE))) {
      // Uninstalled, or another schedule, which has a timer of its own.
      timers.replace(timer, List.of());
      return;
    }
    ReadTarget target = read.get().target();
    Timer next = timerFor(target, schedule, tasks.now());
    if (read.get().config().disabled()) {
      timers.replace(timer, List.of(next));
      return;
    }
    start(timer, next, target);
  }

  private void start(Timer timer, Timer next, ReadTarget target) {
    ReadStarts.Prepared prepared =
        starts.prepare(
            target,
            ReadStarts.idOf(target, timer.dueAt()),
            ReadType.SCHEDULED,
            null,
            null,
            tasks.now());
    ReadTransaction.Outcome outcome =
        store.commit(
            new ReadTransaction(
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

  private static String payload(Timer timer, String name) {
    String value = timer.payload().get(name);
    if (value == null) {
      throw new IllegalStateException("a timer of kind " + KIND + " without " + name);
    }
    return value;
  }
}
