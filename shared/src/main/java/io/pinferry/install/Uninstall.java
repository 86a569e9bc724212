package io.pinferry.install;

import static io.pinferry.base.Field.field;

import io.pinferry.base.Attempts;
import io.pinferry.base.Log;
import io.pinferry.base.PinferryException.Conflict;
import io.pinferry.directory.Connection;
import io.pinferry.directory.ConnectionRepository;
import io.pinferry.directory.DirectoryStore;
import io.pinferry.directory.DirectoryWrite;
import io.pinferry.directory.Installation;
import io.pinferry.directory.InstallationRepository;
import io.pinferry.directory.Integration;
import io.pinferry.directory.IntegrationRepository;
import io.pinferry.directory.NotificationType;
import io.pinferry.directory.SecretStore;
import io.pinferry.directory.Snapshot;
import io.pinferry.notification.Notification;
import io.pinferry.notification.Outbox;
import io.pinferry.operation.OperationStore;
import io.pinferry.read.RunningReads;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Optional;

/**
 * Removes installations. A connection that no other installation uses is removed too. Running reads
 * end at once. Timers find no installation when they fire, and end.
 */
public final class Uninstall {
  private static final int ATTEMPTS_MAX = 5;

  private final DirectoryStore directory;
  private final InstallationRepository installations;
  private final ConnectionRepository connections;
  private final IntegrationRepository integrations;
  private final SecretStore secrets;
  private final RunningReads running;
  private final InstantSource clock;
  private final Log log;

  public Uninstall(
      DirectoryStore directory,
      SecretStore secrets,
      RunningReads running,
      InstantSource clock,
      Log log) {
    this.directory = directory;
    this.installations = new InstallationRepository(directory);
    this.connections = new ConnectionRepository(directory);
    this.integrations = new IntegrationRepository(directory);
    this.secrets = secrets;
    this.running = running;
    this.clock = clock;
    this.log = log;
  }

  /**
   * Removes an installation, or the rest of one after a crash.
   *
   * @throws Conflict if others keep changing it
   */
  public void uninstall(Installation installation) {
    if (!Attempts.untilDone(ATTEMPTS_MAX, () -> tryRemove(installation))) {
      throw Conflict.overtaken("installation " + installation.id());
    }
    running.end(installation.id(), read -> true, read -> "uninstalled while it was read");
    log.info(
        "uninstalled",
        field("project", installation.project()),
        field("integration", installation.integration()),
        field("installation", installation.id()));
  }

  /**
   * Removes an integration and its installations. It can be repeated after a failure, with the same
   * id or name.
   */
  public void remove(Snapshot<Integration> integration) {
    integrations.beginRemoval(integration);
    finishRemoval(integration.value());
  }

  /** Continues the removal of an integration. */
  public void finishRemoval(Integration integration) {
    installations
        .list(integration.project(), integration.id())
        .forEach(installation -> uninstall(installation.value()));
    integrations.finishRemoval(integration);
  }

  private boolean tryRemove(Installation installation) {
    // The connection is read before its use. A new use in between changes its version, and then
    // the removal below is refused.
    Optional<Snapshot<Connection>> connection =
        connections.find(installation.project(), installation.connection());
    Optional<Snapshot<Installation>> present =
        installations.find(installation.project(), installation.integration(), installation.id());
    if (present.isEmpty()) {
      return true;
    }
    var writes = new ArrayList<DirectoryWrite>(InstallationRepository.removal(present.get()));
    Instant now = clock.instant();
    writes.add(Outbox.put(uninstalled(present.get().value()), now));
    writes.add(InstallationRepository.former(present.get().value(), now.plus(OperationStore.KEPT)));
    boolean unused = connection.isPresent() && !usedByOthers(installation);
    if (unused) {
      writes.addAll(ConnectionRepository.removal(connection.get()));
      writes.add(
          Outbox.put(
              Notification.ofConnection(
                  NotificationType.CONNECTION_DELETED,
                  connection.get().value(),
                  connection.get().version()),
              now));
    }
    if (!directory.write(writes).isEmpty()) {
      return false;
    }
    if (unused) {
      secrets.delete(connection.get().value().access().secretName());
    }
    return true;
  }

  private Notification uninstalled(Installation installation) {
    String integrationName =
        integrations
            .find(installation.project(), installation.integration())
            .map(found -> found.value().name())
            .or(
                () ->
                    integrations
                        .findRemoval(installation.project(), installation.integration().value())
                        .map(Integration::name))
            // Only an earlier removal can have done this.
            .orElse(installation.integration().value());
    return Notification.ofUninstalled(installation, integrationName);
  }

  private boolean usedByOthers(Installation installation) {
    return installations
        .listOfGroup(installation.project(), installation.owner().group().ref())
        .stream()
        .map(Snapshot::value)
        .filter(other -> !other.id().equals(installation.id()))
        .anyMatch(other -> other.connection().equals(installation.connection()));
  }
}
