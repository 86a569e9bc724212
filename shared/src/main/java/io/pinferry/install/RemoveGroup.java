package io.pinferry.install;

import static io.pinferry.base.Field.field;
import static io.pinferry.base.Issue.clipped;

import io.pinferry.base.Deadline;
import io.pinferry.base.Log;
import io.pinferry.base.PinferryException.Conflict;
import io.pinferry.base.PinferryException.NotFound;
import io.pinferry.base.Tasks;
import io.pinferry.delivery.DeadLetter;
import io.pinferry.delivery.DeadLetters;
import io.pinferry.delivery.DeliveryMessage;
import io.pinferry.delivery.DirectoryTargets;
import io.pinferry.directory.Connection;
import io.pinferry.directory.ConnectionRepository;
import io.pinferry.directory.DirectoryStore;
import io.pinferry.directory.GroupRemoval;
import io.pinferry.directory.GroupRemoval.Counts;
import io.pinferry.directory.GroupRemoval.Letters;
import io.pinferry.directory.GroupRemoval.Progress;
import io.pinferry.directory.GroupRemovalRepository;
import io.pinferry.directory.Installation;
import io.pinferry.directory.InstallationId;
import io.pinferry.directory.InstallationRepository;
import io.pinferry.directory.NotificationType;
import io.pinferry.directory.ProjectId;
import io.pinferry.directory.SecretStore;
import io.pinferry.directory.Snapshot;
import io.pinferry.notification.Notification;
import io.pinferry.notification.Outbox;
import io.pinferry.pinterest.PinterestOauth;
import io.pinferry.timer.Timer;
import io.pinferry.timer.TimerStore;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Removes a customer: installations with their running reads, the connection, its tokens,
 * operations, messages and dead letters. A note of the removal holds the ids of what is to be
 * removed, so a request that is repeated goes on after a crash. While the note is there, nobody can
 * connect the group. A worker that was busy may still store something, so a timer removes
 * everything once more when every worker of that time is dead.
 */
public final class RemoveGroup {
  /** The kind of the timers. Their id is that of the removal and its project. */
  public static final String KIND = "group-removal";

  /** Longer than any invocation lasts. */
  static final Duration SWEEP_DELAY = Duration.ofMinutes(20);

  /** By then the sweep is done, unless it fails. */
  public static final Duration SWEPT_BY = Duration.ofHours(1);

  private static final Duration SWEEP_TIME = Duration.ofSeconds(20);
  private static final Duration SWEEP_AGAIN = Duration.ofMinutes(1);

  /** How often installations and connections are looked for. Others may add one meanwhile. */
  private static final int ROUNDS_MAX = 5;

  private static final int LETTERS_AT_ONCE = 1000;
  private static final int SIDE_BY_SIDE = 16;
  private static final DeadLetters.Filter EVERYTHING = new DeadLetters.Filter(null, null, Set.of());
  private static final String PROJECT = "project";
  private static final String REMOVAL = "removal";

  /** The position in the list of dead letters, or {@link #NO_MORE} after its end. */
  private static final String LETTERS_AFTER = "lettersAfter";

  private static final String NO_MORE = "";

  private final GroupRemovalRepository removals;
  private final InstallationRepository installations;
  private final ConnectionRepository connections;
  private final SecretStore secrets;
  private final DeadLetters letters;
  private final Uninstall uninstall;
  private final GroupContents contents;
  private final TimerStore timers;
  private final Tasks tasks;
  private final Log log;

  public RemoveGroup(
      DirectoryStore directory,
      SecretStore secrets,
      DeadLetters letters,
      Uninstall uninstall,
      GroupContents contents,
      TimerStore timers,
      Tasks tasks,
      Log log) {
    this.removals = new GroupRemovalRepository(directory);
    this.installations = new InstallationRepository(directory);
    this.connections = new ConnectionRepository(directory);
    this.secrets = secrets;
    this.letters = letters;
    this.uninstall = uninstall;
    this.contents = contents;
    this.timers = timers;
    this.tasks = tasks;
    this.log = log;
  }

  /**
   * Begins to remove a group, or goes on with it.
   *
   * @param deadline after it no further step begins
   * @return the removal; it is finished unless the time was over
   * @throws NotFound if there is nothing of such a group, and no removal of it
   * @throws Conflict if another request removes the group, or others keep changing it
   */
  public GroupRemoval remove(ProjectId project, String groupRef, Deadline deadline) {
    String id = GroupRemovalRepository.idOf(groupRef);
    Snapshot<GroupRemoval> removal = begun(project, groupRef, id);
    if (removal.value().finishedAt() != null) {
      return removal.value();
    }
    Instant gone = tasks.now();
    for (int round = 0; ; round++) {
      List<Installation> installed = installationsOf(project, groupRef);
      Optional<Snapshot<Connection>> connection = connectionOf(project, groupRef);
      if (installed.isEmpty() && connection.isEmpty()) {
        break;
      }
      if (round == ROUNDS_MAX) {
        throw Conflict.overtaken("the group");
      }
      GroupRemoval noted = noted(removal.value(), installed, connection.orElse(null));
      removal = removals.replace(project, id, removal, noted);
      for (Installation installation : installed) {
        if (deadline.passed(tasks.now())) {
          return removal.value();
        }
        uninstall.uninstall(installation);
      }
      // The customer may have connected again meanwhile. The next round notes the new secret first.
      connectionOf(project, groupRef)
          .filter(found -> noted.secrets().contains(found.value().access().secretName()))
          .ifPresent(this::removeConnection);
      gone = tasks.now();
    }
    List<InstallationId> former = installations.formerOfGroup(project, groupRef);
    removal = removals.replace(project, id, removal, removal.value().with(former, List.of()));
    removal.value().secrets().forEach(secrets::delete);
    // Until then a deliverer may still know an installation.
    tasks.sleepUntil(gone.plus(DirectoryTargets.PRESENCE_TTL));
    return finish(project, groupRef, removal, deadline);
  }

  private Snapshot<GroupRemoval> begun(ProjectId project, String groupRef, String id) {
    Snapshot<GroupRemoval> known = removals.find(project, id).orElse(null);
    if (known != null && known.value().finishedAt() == null) {
      return known;
    }
    boolean empty =
        installationsOf(project, groupRef).isEmpty()
            && connectionOf(project, groupRef).isEmpty()
            && installations.formerOfGroup(project, groupRef).isEmpty();
    if (empty) {
      if (known == null) {
        throw new NotFound("there is no group " + clipped(groupRef) + " in this project");
      }
      return known;
    }
    removals.begin(project, id, known, tasks.now());
    return removals.find(project, id).orElseThrow(() -> Conflict.overtaken("the group"));
  }

  private static GroupRemoval noted(
      GroupRemoval removal,
      List<Installation> installed,
      @Nullable Snapshot<Connection> connection) {
    Counts counts =
        removal.removed().plus(new Counts(installed.size(), connection == null ? 0 : 1, 0, 0, 0));
    return removal
        .with(
            installed.stream().map(Installation::id).toList(),
            connection == null ? List.of() : List.of(connection.value().access().secretName()))
        .with(removal.progress(), counts);
  }

  private List<Installation> installationsOf(ProjectId project, String groupRef) {
    return installations.listOfGroup(project, groupRef).stream().map(Snapshot::value).toList();
  }

  private Optional<Snapshot<Connection>> connectionOf(ProjectId project, String groupRef) {
    return connections.findOfGroup(project, PinterestOauth.PROVIDER, groupRef);
  }

  /** If it was changed meanwhile, the next round removes it. */
  private void removeConnection(Snapshot<Connection> connection) {
    connections.remove(
        connection,
        Outbox.put(
            Notification.ofConnection(
                NotificationType.CONNECTION_DELETED, connection.value(), connection.version()),
            tasks.now()));
  }

  private GroupRemoval finish(
      ProjectId project, String groupRef, Snapshot<GroupRemoval> noted, Deadline deadline) {
    String id = GroupRemovalRepository.idOf(groupRef);
    Snapshot<GroupRemoval> removal = noted;
    List<InstallationId> all = removal.value().installations();
    while (!isDone(removal.value().progress(), all.size())) {
      if (deadline.passed(tasks.now())) {
        return removal.value();
      }
      Step step = step(project, all, removal.value().progress());
      removal =
          removals.replace(
              project,
              id,
              removal,
              removal.value().with(step.reached(), removal.value().removed().plus(step.removed())));
    }
    // The timer first: a timer without a finished removal does no harm.
    Timer sweep =
        new Timer(
            tasks.now().plus(SWEEP_DELAY),
            KIND,
            project.value() + "/" + id,
            Map.of(PROJECT, project.value(), REMOVAL, id));
    timers.replace(null, List.of(sweep));
    installations.forgetFormer(project, groupRef, all);
    removal = removals.replace(project, id, removal, removal.value().finished(tasks.now()));
    Counts removed = removal.value().removed();
    log.info(
        "group removed",
        field("project", project),
        field("installationCount", removed.installations()),
        field("operationCount", removed.operations()));
    return removal.value();
  }

  private static boolean isDone(Progress progress, int installationCount) {
    return lettersAreDone(progress, installationCount)
        && progress.installations() >= installationCount;
  }

  private static boolean lettersAreDone(Progress progress, int installationCount) {
    Letters letters = progress.letters();
    return letters != null && letters.isDone(installationCount);
  }

  /** A step of the removal: what it removed, and the progress after it. */
  private record Step(Progress reached, Counts removed) {}

  private Step step(ProjectId project, List<InstallationId> all, Progress progress) {
    if (!lettersAreDone(progress, all.size())) {
      Letters letters = progress.letters();
      // With more installations than before, the pass begins again.
      @Nullable String after =
          letters != null && letters.installations() == all.size() ? letters.pageToken() : null;
      LettersPage page = removeLetters(project, all, after);
      return new Step(
          progress.with(new Letters(all.size(), page.nextPageToken())),
          new Counts(0, 0, 0, 0, page.removed()));
    }
    int done = progress.installations();
    GroupContents.Step step = contents.remove(project, all.get(done), progress.pageToken());
    return new Step(
        step.pageToken() == null
            ? progress.with(done + 1, null)
            : progress.with(done, step.pageToken()),
        new Counts(0, 0, step.operations(), step.messages(), 0));
  }

  private record LettersPage(int removed, @Nullable String nextPageToken) {}

  /** Removes the dead letters of installations from a page of the project's. */
  private LettersPage removeLetters(
      ProjectId project, List<InstallationId> ofInstallations, @Nullable String pageToken) {
    DeadLetters.Page page = letters.list(project, EVERYTHING, LETTERS_AT_ONCE, pageToken);
    Set<InstallationId> own = Set.copyOf(ofInstallations);
    List<DeadLetter> found =
        page.letters().stream()
            .filter(
                letter ->
                    DeliveryMessage.installation(letter.content())
                        .filter(key -> own.contains(key.installation()))
                        .isPresent())
            .toList();
    List<Boolean> removed = tasks.all(found, SIDE_BY_SIDE, letters::remove);
    return new LettersPage(Collections.frequency(removed, true), page.nextPageToken());
  }

  /** Acts on a due timer: removes what workers have stored since. */
  public void fire(Timer timer) {
    var project = new ProjectId(timer.require(PROJECT));
    Optional<GroupRemoval> removal =
        removals.find(project, timer.require(REMOVAL)).map(Snapshot::value);
    Instant now = tasks.now();
    // Another removal of the group may have begun since. What it has noted is not gone yet.
    boolean underWay = removal.isPresent() && removal.get().finishedAt() == null;
    Timer again = timer.at(now.plus(underWay ? SWEEP_DELAY : SWEEP_AGAIN));
    if (removal.isEmpty() || !timers.replace(timer, List.of(again))) {
      timers.replace(timer, List.of());
      return;
    }
    if (underWay) {
      return;
    }
    removal.get().secrets().forEach(secrets::delete);
    var deadline = new Deadline(now.plus(SWEEP_TIME));
    String lettersAfter = sweepLetters(project, removal.get(), timer, deadline);
    boolean done = lettersAfter.equals(NO_MORE) && contents.sweep(project, removal.get(), deadline);
    List<Timer> next = List.of();
    if (!done) {
      Map<String, String> payload = new HashMap<>(timer.payload());
      payload.put(LETTERS_AFTER, lettersAfter);
      next = List.of(new Timer(tasks.now().plus(SWEEP_AGAIN), KIND, timer.id(), payload));
    }
    timers.replace(again, next);
  }

  /** Removes dead letters, and returns where the next timer goes on. */
  private String sweepLetters(
      ProjectId project, GroupRemoval removal, Timer timer, Deadline deadline) {
    @Nullable String after = timer.payload().get(LETTERS_AFTER);
    if (NO_MORE.equals(after)) {
      return NO_MORE;
    }
    do {
      after = removeLetters(project, removal.installations(), after).nextPageToken();
    } while (after != null && !deadline.passed(tasks.now()));
    return Objects.requireNonNullElse(after, NO_MORE);
  }
}
