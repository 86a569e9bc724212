package io.pinferry.install;

import static io.pinferry.base.Field.field;

import io.pinferry.base.Attempts;
import io.pinferry.base.IdSource;
import io.pinferry.base.Issue;
import io.pinferry.base.Log;
import io.pinferry.base.Nearest;
import io.pinferry.base.PinferryException.Conflict;
import io.pinferry.base.PinferryException.InvalidRequest;
import io.pinferry.directory.DirectoryStore;
import io.pinferry.directory.DirectoryWrite;
import io.pinferry.directory.Installation;
import io.pinferry.directory.InstallationRepository;
import io.pinferry.directory.InstalledConfig;
import io.pinferry.directory.NotificationType;
import io.pinferry.directory.Snapshot;
import io.pinferry.manifest.EffectiveConfig;
import io.pinferry.manifest.EffectiveRead;
import io.pinferry.manifest.InstallationConfig;
import io.pinferry.manifest.ReadObjectConfig;
import io.pinferry.notification.Notification;
import io.pinferry.notification.Outbox;
import io.pinferry.read.RunningReads;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Pauses and resumes the reads of objects of an installation. A paused object is not read on
 * schedule or on demand. Its reads in progress end at once, and its next read starts from the
 * beginning. The timers of its schedule stay, and do nothing while it is paused.
 */
public final class PauseReads {
  private static final int ATTEMPTS_MAX = 5;

  private final DirectoryStore directory;
  private final InstallationRepository installations;
  private final RunningReads running;
  private final IdSource ids;
  private final InstantSource clock;
  private final Log log;

  public PauseReads(
      DirectoryStore directory, RunningReads running, IdSource ids, InstantSource clock, Log log) {
    this.directory = directory;
    this.installations = new InstallationRepository(directory);
    this.running = running;
    this.ids = ids;
    this.clock = clock;
    this.log = log;
  }

  /**
   * Pauses objects. An object that is paused already keeps its note.
   *
   * @param objects names at Pinterest or delivered names; null for all
   * @param note the reason, for people; null for none
   * @throws InvalidRequest if the installation does not read one of the objects
   * @throws Conflict if others keep changing the installation
   */
  public void pause(
      Installation installation, @Nullable List<String> objects, @Nullable String note) {
    pause(installation, named(installation, objects), note);
  }

  /** Pauses the objects that match. */
  public void pause(
      Installation installation, Predicate<EffectiveRead> meant, @Nullable String note) {
    change(installation, meant, true, note);
    // Even if nothing changed: an earlier attempt may have crashed before this step.
    Set<String> paused = new TreeSet<>();
    present(installation)
        .ifPresent(
            now ->
                now.value().config().effective().read().stream()
                    .filter(read -> read.disabled() && meant.test(read))
                    .forEach(read -> paused.add(read.objectName())));
    running.end(
        installation.id(),
        operation -> paused.contains(operation.objectName()),
        operation -> "paused while it was read" + (note == null ? "" : ": " + note));
  }

  /**
   * Resumes objects. They are read again from the next time of their schedule on.
   *
   * @param objects names at Pinterest or delivered names; null for all
   * @throws InvalidRequest if the installation does not read one of the objects
   * @throws Conflict if others keep changing the installation
   */
  public void unpause(Installation installation, @Nullable List<String> objects) {
    change(installation, named(installation, objects), false, null);
  }

  private static Predicate<EffectiveRead> named(
      Installation installation, @Nullable List<String> objects) {
    if (objects == null) {
      return read -> true;
    }
    EffectiveConfig config = installation.config().effective();
    Set<String> names = new TreeSet<>();
    List<Issue> issues = new ArrayList<>();
    for (String object : objects) {
      Optional<EffectiveRead> found = config.findRead(object);
      if (found.isPresent()) {
        names.add(found.get().objectName());
      } else {
        List<String> known = config.read().stream().map(EffectiveRead::objectName).toList();
        issues.add(
            Issue.body(
                "objects",
                object,
                "is not read by this installation%s%s"
                    .formatted(
                        (known.isEmpty() ? "" : "; read are " + String.join(", ", known)),
                        Nearest.hint(object, known))));
      }
    }
    if (!issues.isEmpty()) {
      throw InvalidRequest.unprocessable("the request", issues);
    }
    return read -> names.contains(read.objectName());
  }

  private void change(
      Installation installation,
      Predicate<EffectiveRead> meant,
      boolean disabled,
      @Nullable String note) {
    if (!Attempts.untilDone(ATTEMPTS_MAX, () -> tryChange(installation, meant, disabled, note))) {
      throw new Conflict(
          "installation " + installation.id() + " is being changed by others",
          "Try again: what is done already stays done.");
    }
  }

  private boolean tryChange(
      Installation installation,
      Predicate<EffectiveRead> meant,
      boolean disabled,
      @Nullable String note) {
    Optional<Snapshot<Installation>> found = present(installation);
    Optional<Installation> changed =
        found.flatMap(present -> changed(present.value(), meant, disabled, note));
    if (found.isEmpty() || changed.isEmpty()) {
      return true;
    }
    List<DirectoryWrite> writes = new ArrayList<>();
    writes.add(InstallationRepository.replacement(found.get(), changed.get()));
    for (Notification told : told(found.get().value(), changed.get(), disabled, note)) {
      writes.add(Outbox.put(told, clock.instant()));
    }
    if (!directory.write(writes).isEmpty()) {
      return false;
    }
    log.info(
        disabled ? "reads paused" : "reads unpaused",
        field("project", installation.project()),
        field("integration", installation.integration()),
        field("installation", installation.id()));
    return true;
  }

  private static List<Notification> told(
      Installation before, Installation after, boolean paused, @Nullable String note) {
    String cause = after.config().id();
    var updated =
        Notification.ofInstallation(
            NotificationType.INSTALLATION_UPDATED, after, before.config(), null, cause);
    if (!paused) {
      return List.of(updated);
    }
    return List.of(
        updated,
        Notification.ofInstallation(
            NotificationType.READ_SCHEDULE_PAUSED, after, null, note, cause));
  }

  private Optional<Snapshot<Installation>> present(Installation installation) {
    return installations.find(
        installation.project(), installation.integration(), installation.id());
  }

  /** Returns the installation after the change; empty if there is nothing to change. */
  private Optional<Installation> changed(
      Installation installation,
      Predicate<EffectiveRead> meant,
      boolean disabled,
      @Nullable String note) {
    EffectiveConfig effective = installation.config().effective();
    InstalledConfig config = installation.config();
    InstallationConfig choice = config.choice();
    var reads = new ArrayList<EffectiveRead>();
    boolean anything = false;
    for (EffectiveRead read : effective.read()) {
      if (read.disabled() == disabled || !meant.test(read)) {
        reads.add(read);
        continue;
      }
      anything = true;
      reads.add(read.withDisabled(disabled, note));
      ReadObjectConfig chosen =
          choice
              .findRead(read.objectName())
              .orElseGet(() -> ReadObjectConfig.empty(read.objectName()));
      choice = choice.withRead(chosen.withDisabled(disabled));
    }
    if (!anything) {
      return Optional.empty();
    }
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    var next =
        new InstalledConfig(
            ids.uuid(),
            config.revision(),
            now,
            config.createdBy(),
            choice,
            effective.withReads(reads));
    return Optional.of(installation.withConfig(next, now));
  }
}
