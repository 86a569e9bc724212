package io.pinferry.install;

import static io.pinferry.base.Field.field;
import static io.pinferry.base.Issue.clipped;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.base.Attempts;
import io.pinferry.base.Codec;
import io.pinferry.base.IdSource;
import io.pinferry.base.Issue;
import io.pinferry.base.Json;
import io.pinferry.base.Log;
import io.pinferry.base.PinferryException.Conflict;
import io.pinferry.base.PinferryException.InvalidRequest;
import io.pinferry.base.PinferryException.NotFound;
import io.pinferry.base.PinferryException.ProviderRejected;
import io.pinferry.base.Tasks;
import io.pinferry.directory.Connection;
import io.pinferry.directory.ConnectionId;
import io.pinferry.directory.ConnectionRepository;
import io.pinferry.directory.DestinationRepository;
import io.pinferry.directory.DirectoryStore;
import io.pinferry.directory.DirectoryWrite;
import io.pinferry.directory.Ids;
import io.pinferry.directory.Installation;
import io.pinferry.directory.InstallationId;
import io.pinferry.directory.InstallationRepository;
import io.pinferry.directory.InstalledConfig;
import io.pinferry.directory.IntegrationRepository;
import io.pinferry.directory.NotificationType;
import io.pinferry.directory.Revision;
import io.pinferry.directory.Snapshot;
import io.pinferry.manifest.ConfigMerge;
import io.pinferry.manifest.Cron;
import io.pinferry.manifest.EffectiveConfig;
import io.pinferry.manifest.EffectiveRead;
import io.pinferry.manifest.InstallationConfig;
import io.pinferry.manifest.IntegrationRevision;
import io.pinferry.notification.Notification;
import io.pinferry.notification.Outbox;
import io.pinferry.operation.Operation;
import io.pinferry.operation.OperationId;
import io.pinferry.operation.OperationStore;
import io.pinferry.operation.OperationTransaction;
import io.pinferry.operation.ReadType;
import io.pinferry.read.InstalledReads;
import io.pinferry.read.ReadQueue;
import io.pinferry.read.ReadStarts;
import io.pinferry.read.ReadTarget;
import io.pinferry.read.RunningReads;
import io.pinferry.read.ScheduledReads;
import io.pinferry.timer.Timer;
import io.pinferry.timer.TimerStore;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Changes the config of an installation. One transaction writes the new config, the first reads of
 * new objects, and the timers of changed schedules. A read in progress goes on as it began, unless
 * its object is removed or disabled, or the connection changes: then it ends at once. The selection
 * of a read is fixed when it starts, so a new selection counts from the next read on.
 */
public final class ChangeConfig {
  /** How many attempts there are while others change the installation or a timer fires. */
  private static final int ATTEMPTS_MAX = 5;

  private final ConfigChecks checks;
  private final InstallationRepository installations;
  private final ConnectionRepository connections;
  private final IntegrationRepository integrations;
  private final OperationStore operations;
  private final ReadQueue queue;
  private final ReadStarts starts;
  private final RunningReads running;
  private final TimerStore timers;
  private final IdSource ids;
  private final Tasks tasks;
  private final Log log;

  public ChangeConfig(
      DirectoryStore directory,
      OperationStore operations,
      ReadQueue queue,
      ReadStarts starts,
      RunningReads running,
      TimerStore timers,
      Sampling sampling,
      IdSource ids,
      Tasks tasks,
      Log log) {
    this.checks = new ConfigChecks(new DestinationRepository(directory), sampling, tasks);
    this.installations = new InstallationRepository(directory);
    this.connections = new ConnectionRepository(directory);
    this.integrations = new IntegrationRepository(directory);
    this.operations = operations;
    this.queue = queue;
    this.starts = starts;
    this.running = running;
    this.timers = timers;
    this.ids = ids;
    this.tasks = tasks;
    this.log = log;
  }

  /**
   * Changes an installation.
   *
   * @return the installation after the change; the same if nothing changed
   * @throws InvalidRequest with all issues
   * @throws ProviderRejected if Pinterest refuses a sample of a new object; it has Pinterest's
   *     message
   * @throws NotFound if the installation is gone
   * @throws Conflict if others keep changing it
   */
  public Installation change(Installation installation, ChangeRequest request) {
    ConfigChecks.checkCreatedBy(
        request.content().replace(".content", ".createdBy"), request.createdBy());
    if (!request.skipSampling()) {
      ChangePlan planned = plan(installation, request);
      checks.sample(planned.connection().value(), request.content(), planned.toSample());
    }
    ChangePlan done =
        Attempts.until(
                ATTEMPTS_MAX,
                () -> {
                  ChangePlan planned = plan(installation, request);
                  return planned.same() || tryWrite(planned)
                      ? Optional.of(planned)
                      : Optional.empty();
                })
            .orElseThrow(() -> Conflict.overtaken("installation " + installation.id()));
    end(done.after(), done.at());
    return done.after();
  }

  /**
   * A change that is ready to be written.
   *
   * @param at the time at which it takes effect
   * @param connection the new connection
   * @param moved whether the connection changes
   * @param toSample the objects to sample
   */
  private record ChangePlan(
      Instant at,
      Snapshot<Installation> before,
      Installation after,
      Snapshot<Connection> connection,
      boolean moved,
      List<EffectiveRead> toSample) {
    boolean same() {
      return after.equals(before.value());
    }

    EffectiveConfig effectiveBefore() {
      return before.value().config().effective();
    }

    EffectiveConfig effective() {
      return after.config().effective();
    }
  }

  private ChangePlan plan(Installation installation, ChangeRequest request) {
    Instant now = tasks.now().truncatedTo(ChronoUnit.MILLIS);
    Snapshot<Installation> before =
        installations
            .find(installation.project(), installation.integration(), installation.id())
            .orElseThrow(() -> new NotFound("there is no installation " + installation.id()));
    Installation present = before.value();
    Revision latest =
        integrations
            .find(present.project(), present.integration())
            .orElseThrow(() -> new NotFound("there is no integration " + present.integration()))
            .value()
            .latestRevision();
    Snapshot<Connection> connection = connection(present, request);
    boolean moved = !connection.value().id().equals(present.connection());
    EffectiveConfig was = present.config().effective();
    InstallationConfig choice = request.choice().of(present.config().choice(), was);
    EffectiveConfig merged =
        ConfigMerge.merge(
            request.content(),
            IntegrationRevision.fromContent(latest.content()),
            choice,
            was,
            request.touched());
    List<EffectiveRead> toCheck = new ArrayList<>();
    List<EffectiveRead> toSample = new ArrayList<>();
    List<EffectiveRead> effective = new ArrayList<>();
    for (EffectiveRead read : merged.read()) {
      EffectiveRead old = find(was, read.objectName());
      EffectiveRead noted =
          old != null && old.disabled() && read.disabled()
              ? read.withDisabled(true, old.pauseNote())
              : read;
      boolean other = moved || !noted.equals(old);
      if (moved || request.touched().reads(read.objectName())) {
        toCheck.add(noted);
        if (other && !noted.disabled()) {
          toSample.add(noted);
        }
        effective.add(noted);
      } else if (!other
          || checks
              .issues(present.project(), connection.value(), request.content(), noted)
              .isEmpty()) {
        effective.add(noted);
      } else if (old != null) {
        effective.add(old);
      }
    }
    checks.check(present.project(), connection.value(), request.content(), toCheck);
    var config =
        new InstalledConfig(
            present.config().id(),
            latest.id(),
            present.config().createTime(),
            Objects.requireNonNullElse(request.createdBy(), present.config().createdBy()),
            choice,
            merged.withReads(effective));
    Installation after = moved ? present.withConnection(connection.value()) : present;
    if (moved || !same(config, present.config())) {
      after =
          after.withConfig(
              new InstalledConfig(
                  ids.uuid(),
                  config.revision(),
                  now,
                  config.createdBy(),
                  config.choice(),
                  config.effective()),
              now);
    }
    return new ChangePlan(now, before, after, connection, moved, toSample);
  }

  /**
   * Compares the parsed texts, since the same number can be another node in a tree that was built
   * differently. The order of members does not count.
   */
  private static boolean same(InstalledConfig one, InstalledConfig other) {
    return one.revision().equals(other.revision())
        && one.createdBy().equals(other.createdBy())
        && parsed(one.choice()).equals(parsed(other.choice()))
        && parsed(one.effective()).equals(parsed(other.effective()));
  }

  private static JsonNode parsed(Object config) {
    return Json.trusted(Codec.text(config));
  }

  private Snapshot<Connection> connection(Installation present, ChangeRequest request) {
    String wanted = request.connectionId();
    if (wanted == null) {
      return connections
          .find(present.project(), present.connection())
          .orElseThrow(
              () ->
                  new Conflict(
                      "the connection of this installation was removed",
                      "Let the customer connect again, then change connectionId to the new one."));
    }
    return (Ids.isUuid(wanted)
            ? connections.find(present.project(), new ConnectionId(wanted))
            : Optional.<Snapshot<Connection>>empty())
        .filter(found -> found.value().owner().group().ref().equals(present.owner().group().ref()))
        .filter(
            found ->
                request.consumerRef() == null
                    || found.value().owner().consumer().ref().equals(request.consumerRef()))
        .orElseThrow(
            () ->
                Issue.body(
                        "installation.connectionId",
                        clipped(wanted),
                        "is no connection of this installation's group")
                    .unprocessable());
  }

  /** Returns whether it was written. Nothing is written if the directory or a timer has changed. */
  private boolean tryWrite(ChangePlan planned) {
    Instant now = planned.at();
    Installation before = planned.before().value();
    Installation after = planned.after();
    EffectiveConfig was = planned.effectiveBefore();
    EffectiveConfig is = planned.effective();
    var firstReads = new FirstReads(starts, ids, now);
    var schedules = new Schedules(now);
    var inProgress = new InProgress(after.id());
    for (EffectiveRead read : is.read()) {
      EffectiveRead old = find(was, read.objectName());
      ReadTarget target = InstalledReads.target(after, planned.connection().value(), read);
      OperationId first =
          old == null || planned.moved() ? firstReads.add(target, read).orElse(null) : null;
      Cron schedule = read.schedule();
      boolean rescheduled = old == null || !Objects.equals(text(old.schedule()), text(schedule));
      if (rescheduled || first != null) {
        schedules.remove(target, old == null ? null : old.schedule());
        schedules.remove(target, schedule);
        if (schedule != null) {
          schedules.add(target, schedule, first == null ? inProgress.find(read) : first);
        }
      }
    }
    for (EffectiveRead old : was.read()) {
      if (find(is, old.objectName()) == null) {
        schedules.remove(
            InstalledReads.target(before, planned.connection().value(), old), old.schedule());
      }
    }
    List<Timer> added = new ArrayList<>(schedules.added());
    added.addAll(firstReads.watchdogs());
    boolean touch = planned.moved() || !firstReads.begun().isEmpty();
    var transaction =
        new OperationTransaction(
            directory(planned, was, is, touch, now),
            schedules.removed(),
            added,
            firstReads.begun());
    return switch (operations.commit(transaction)) {
      case COMMITTED -> {
        log.info(
            "installation changed",
            field("project", after.project()),
            field("integration", after.integration()),
            field("installation", after.id()),
            field("readCount", firstReads.begun().size()));
        firstReads.send(queue, after.id(), log);
        yield true;
      }
      case DIRECTORY_CHANGED, TIMER_GONE -> false;
      case ALREADY_STARTED -> throw new IllegalStateException("a new read is not new");
    };
  }

  private static List<DirectoryWrite> directory(
      ChangePlan planned, EffectiveConfig was, EffectiveConfig is, boolean touch, Instant now) {
    Installation after = planned.after();
    InstalledConfig lastConfig = planned.before().value().config();
    String cause = after.config().id();
    List<DirectoryWrite> writes = new ArrayList<>();
    writes.add(InstallationRepository.replacement(planned.before(), after));
    if (touch) {
      writes.add(ConnectionRepository.touch(planned.connection()));
    }
    writes.add(
        Outbox.put(
            Notification.ofInstallation(
                NotificationType.INSTALLATION_UPDATED, after, lastConfig, null, cause),
            now));
    boolean paused =
        is.read().stream()
            .filter(EffectiveRead::disabled)
            .map(read -> find(was, read.objectName()))
            .anyMatch(old -> old != null && !old.disabled());
    if (paused) {
      writes.add(
          Outbox.put(
              Notification.ofInstallation(
                  NotificationType.READ_SCHEDULE_PAUSED, after, null, null, cause),
              now));
    }
    return writes;
  }

  /**
   * Ends the reads in progress that the new config excludes. It does so even if nothing changed,
   * since an earlier attempt may have crashed before this step.
   *
   * @param changedAt later reads were started by another change
   */
  private void end(Installation installation, Instant changedAt) {
    EffectiveConfig effective = installation.config().effective();
    running.end(
        installation.id(),
        operation ->
            !operation.startedAt().isAfter(changedAt)
                && reasonToEnd(operation, installation, effective).isPresent(),
        operation -> reasonToEnd(operation, installation, effective).orElseThrow());
  }

  private static Optional<String> reasonToEnd(
      Operation operation, Installation installation, EffectiveConfig effective) {
    EffectiveRead read = find(effective, operation.objectName());
    if (read == null) {
      return Optional.of("taken out of the installation while it was read");
    }
    if (read.disabled()) {
      return Optional.of("disabled while it was read");
    }
    return operation.connection().equals(installation.connection())
        ? Optional.empty()
        : Optional.of("another connection was chosen while it was read");
  }

  private static @Nullable EffectiveRead find(EffectiveConfig config, String objectName) {
    return config.read().stream()
        .filter(read -> read.objectName().equals(objectName))
        .findFirst()
        .orElse(null);
  }

  private static @Nullable String text(@Nullable Cron schedule) {
    return schedule == null ? null : schedule.toString();
  }

  /** The reads in progress of an installation. They are looked up once, when they are needed. */
  private final class InProgress {
    private final InstallationId installation;
    private @Nullable List<Operation> all;

    InProgress(InstallationId installation) {
      this.installation = installation;
    }

    /** Returns the read of an object that the next scheduled read has to wait for. */
    @Nullable OperationId find(EffectiveRead read) {
      if (all == null) {
        all = running.of(installation);
      }
      return all.stream()
          .filter(operation -> operation.objectName().equals(read.objectName()))
          .filter(operation -> !operation.isRead(ReadType.TRIGGERED))
          .map(Operation::id)
          .findFirst()
          .orElse(null);
    }
  }

  /** The timers of schedules that a transaction removes and adds. */
  private final class Schedules {
    private final Instant now;
    private final List<Timer> removed = new ArrayList<>();
    private final List<Timer> added = new ArrayList<>();

    Schedules(Instant now) {
      this.now = now;
    }

    /** Removes the existing timers of a schedule; null for no schedule. */
    void remove(ReadTarget target, @Nullable Cron schedule) {
      if (schedule == null) {
        return;
      }
      for (Timer timer : ScheduledReads.possibleTimers(target, schedule, now)) {
        if (!holds(removed, timer) && timers.contains(timer)) {
          removed.add(timer);
        }
      }
    }

    /**
     * A transaction cannot replace a timer by one of the same instant, so the new one is a little
     * later.
     */
    void add(ReadTarget target, Cron schedule, @Nullable OperationId last) {
      Timer timer = ScheduledReads.timerFor(target, schedule, now, last);
      while (holds(removed, timer)) {
        timer = timer.at(timer.dueAt().plusMillis(1));
      }
      added.add(timer);
    }

    List<Timer> removed() {
      return removed;
    }

    List<Timer> added() {
      return added;
    }

    private static boolean holds(List<Timer> timers, Timer timer) {
      return timers.stream()
          .anyMatch(other -> other.dueAt().equals(timer.dueAt()) && other.id().equals(timer.id()));
    }
  }
}
