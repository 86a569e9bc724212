package io.pinferry.install;

import static io.pinferry.base.Field.field;
import static io.pinferry.base.Issue.clipped;

import io.pinferry.base.Attempts;
import io.pinferry.base.IdSource;
import io.pinferry.base.Issue;
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
import io.pinferry.directory.Integration;
import io.pinferry.directory.IntegrationRepository;
import io.pinferry.directory.NotificationType;
import io.pinferry.directory.Snapshot;
import io.pinferry.manifest.ConfigMerge;
import io.pinferry.manifest.Cron;
import io.pinferry.manifest.EffectiveConfig;
import io.pinferry.manifest.EffectiveRead;
import io.pinferry.manifest.IntegrationRevision;
import io.pinferry.notification.Notification;
import io.pinferry.notification.Outbox;
import io.pinferry.operation.OperationId;
import io.pinferry.operation.OperationStore;
import io.pinferry.operation.OperationTransaction;
import io.pinferry.read.InstalledReads;
import io.pinferry.read.ReadQueue;
import io.pinferry.read.ReadStarts;
import io.pinferry.read.ReadTarget;
import io.pinferry.read.ScheduledReads;
import io.pinferry.timer.Timer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Installs an integration for a group. Checks the choice against the manifest, destinations,
 * granted scopes and Pinterest. Then one transaction writes the installation, its first reads and
 * its timers.
 */
public final class Install {
  static final String CONTENT = "config.content";

  /** How many attempts there are while others change the connection of the group. */
  private static final int ATTEMPTS_MAX = 5;

  private static final String CREATED_BY_API = "api:create-installation";

  private final ConfigChecks checks;
  private final InstallationRepository installations;
  private final ConnectionRepository connections;
  private final IntegrationRepository integrations;
  private final OperationStore operations;
  private final ReadQueue queue;
  private final ReadStarts starts;
  private final IdSource ids;
  private final Tasks tasks;
  private final Log log;

  public Install(
      DirectoryStore directory,
      OperationStore operations,
      ReadQueue queue,
      ReadStarts starts,
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
    this.ids = ids;
    this.tasks = tasks;
    this.log = log;
  }

  /**
   * Installs.
   *
   * @throws InvalidRequest with all issues
   * @throws ProviderRejected if Pinterest refuses a sample; it has Pinterest's message
   * @throws Conflict if the group has installed this integration before, or has connected another
   *     account than the required one
   */
  public Installation install(InstallRequest request) {
    Integration integration = request.integration();
    ConfigChecks.checkCreatedBy("config.createdBy", request.createdBy());
    IntegrationRevision revision =
        IntegrationRevision.fromContent(integration.latestRevision().content());
    if (installations
        .findOfGroup(request.project(), integration.id(), request.groupRef())
        .isPresent()) {
      throw alreadyInstalled(request);
    }
    Connection connection = getConnection(request).value();
    EffectiveConfig effective = ConfigMerge.merge(CONTENT, revision, request.choice());
    checks.check(request.project(), connection, CONTENT, effective.read());
    if (!request.skipSampling()) {
      checks.sample(connection, CONTENT, effective.read());
    }
    return Attempts.until(ATTEMPTS_MAX, () -> tryWrite(request, getConnection(request), effective))
        .orElseThrow(() -> Conflict.overtaken("the connection of group " + request.groupRef()));
  }

  private Snapshot<Connection> getConnection(InstallRequest request) {
    Snapshot<Connection> connection = connection(request);
    String account = request.account();
    if (account != null && !account.equals(connection.value().access().userId())) {
      throw new Conflict(
          "group %s has not connected the Pinterest account %s"
              .formatted(clipped(request.groupRef()), clipped(account)),
          "Connect that account first. If the group shall use another one from now on, install it"
              + " anew.");
    }
    return connection;
  }

  private Snapshot<Connection> connection(InstallRequest request) {
    String provider = request.integration().provider();
    String id = request.connectionId();
    if (id == null) {
      return connections
          .findOfGroup(request.project(), provider, request.groupRef())
          .filter(one -> request.mayUse(one.value()))
          .orElseThrow(
              () ->
                  Issue.body(
                          "groupRef",
                          clipped(request.groupRef()),
                          "has no connection to %s; its account must be connected first"
                              .formatted(provider))
                      .unprocessable());
    }
    Optional<Snapshot<Connection>> found =
        Ids.isUuid(id)
            ? connections.find(request.project(), new ConnectionId(id))
            : Optional.empty();
    return found
        .filter(one -> request.mayUse(one.value()))
        .filter(one -> one.value().provider().equals(provider))
        .orElseThrow(
            () ->
                Issue.body(
                        "connectionId",
                        clipped(id),
                        "is no connection of this group to %s; leave it out to use the group's"
                            .formatted(provider))
                    .unprocessable());
  }

  /** Returns the installation; empty, and nothing is written, if the connection has changed. */
  private Optional<Installation> tryWrite(
      InstallRequest request, Snapshot<Connection> connection, EffectiveConfig effective) {
    Instant now = tasks.now().truncatedTo(ChronoUnit.MILLIS);
    Installation installation = installation(request, connection.value(), effective, now);
    List<DirectoryWrite> directory = new ArrayList<>(InstallationRepository.creation(installation));
    directory.add(ConnectionRepository.touch(connection));
    directory.add(
        Outbox.put(
            Notification.ofInstallation(
                NotificationType.INSTALLATION_CREATED, installation, null, null, ""),
            now));
    var firstReads = new FirstReads(starts, ids, now);
    List<Timer> timers = new ArrayList<>();
    for (EffectiveRead read : effective.read()) {
      ReadTarget target = InstalledReads.target(installation, connection.value(), read);
      OperationId first = firstReads.add(target, read).orElse(null);
      Cron cron = read.schedule();
      if (cron != null) {
        timers.add(ScheduledReads.timerFor(target, cron, now, first));
      }
    }
    timers.addAll(firstReads.watchdogs());
    return switch (operations.commit(
        new OperationTransaction(directory, List.of(), timers, firstReads.begun()))) {
      case COMMITTED -> {
        log.info(
            "installed",
            field("project", installation.project()),
            field("integration", installation.integration()),
            field("installation", installation.id()),
            field("readCount", firstReads.begun().size()));
        firstReads.send(queue, installation.id(), log);
        yield Optional.of(installation);
      }
      case DIRECTORY_CHANGED -> {
        refuseIfForGood(request);
        yield Optional.empty();
      }
      case TIMER_GONE, ALREADY_STARTED ->
          throw new IllegalStateException("a new installation's reads are not new");
    };
  }

  private Installation installation(
      InstallRequest request, Connection connection, EffectiveConfig effective, Instant now) {
    String consumer = "consumer:" + connection.owner().consumer().ref();
    String createdBy = request.createdBy();
    if (createdBy == null) {
      createdBy = request.fromPage() ? consumer : CREATED_BY_API;
    }
    return new Installation(
        new InstallationId(ids.uuid()),
        request.project(),
        request.integration().id(),
        connection.owner(),
        connection.id(),
        new InstalledConfig(
            ids.uuid(),
            request.integration().latestRevision().id(),
            now,
            createdBy,
            request.choice(),
            effective),
        consumer,
        now,
        null);
  }

  /** Throws if the directory has changed, unless only the connection has. */
  private void refuseIfForGood(InstallRequest request) {
    if (integrations.find(request.project(), request.integration().id()).isEmpty()) {
      throw new NotFound("there is no integration " + request.integration().id());
    }
    if (installations
        .findOfGroup(request.project(), request.integration().id(), request.groupRef())
        .isPresent()) {
      throw alreadyInstalled(request);
    }
  }

  private static Conflict alreadyInstalled(InstallRequest request) {
    return new Conflict(
        "group %s has integration %s installed already"
            .formatted(clipped(request.groupRef()), request.integration().name()),
        "Change that installation, or delete it first.");
  }
}
