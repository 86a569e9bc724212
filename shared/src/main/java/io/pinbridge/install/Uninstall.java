package io.pinbridge.install;

import static io.pinbridge.base.Field.field;

import io.pinbridge.base.Log;
import io.pinbridge.base.PinbridgeException.Conflict;
import io.pinbridge.connection.SecretStore;
import io.pinbridge.directory.Connection;
import io.pinbridge.directory.ConnectionRepository;
import io.pinbridge.directory.DirectoryStore;
import io.pinbridge.directory.DirectoryWrite;
import io.pinbridge.directory.Installation;
import io.pinbridge.directory.InstallationRepository;
import io.pinbridge.directory.Integration;
import io.pinbridge.directory.IntegrationRepository;
import io.pinbridge.directory.Versioned;
import io.pinbridge.read.RunningReads;
import java.util.ArrayList;
import java.util.Optional;

/**
 * Removes installations, each with the connection that nothing else uses. Running reads end at
 * once; timers find nothing when they fire and drop themselves.
 */
public final class Uninstall {
  private static final int ATTEMPTS_MAX = 5;

  private final DirectoryStore directory;
  private final InstallationRepository installations;
  private final ConnectionRepository connections;
  private final IntegrationRepository integrations;
  private final SecretStore secrets;
  private final RunningReads running;
  private final Log log;

  public Uninstall(DirectoryStore directory, SecretStore secrets, RunningReads running, Log log) {
    this.directory = directory;
    this.installations = new InstallationRepository(directory);
    this.connections = new ConnectionRepository(directory);
    this.integrations = new IntegrationRepository(directory);
    this.secrets = secrets;
    this.running = running;
    this.log = log;
  }

  /**
   * Removes an installation. If it is gone already, what is left of it is removed.
   *
   * @throws Conflict if others change it all the time
   */
  public void uninstall(Installation installation) {
    for (int attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
      if (tryRemove(installation)) {
        running.end(installation.id(), read -> true, read -> "uninstalled while it was read");
        log.info(
            "uninstalled",
            field("project", installation.project()),
            field("integration", installation.integration()),
            field("installation", installation.id()));
        return;
      }
    }
    throw new Conflict("the installation is being changed by others", "Try again.");
  }

  /**
   * Removes an integration and all that is installed of it. Can be repeated after a failure, under
   * the same id or name.
   */
  public void remove(Versioned<Integration> integration) {
    integrations.beginRemoval(integration);
    finishRemoval(integration.value());
  }

  /** Goes on with the removal of an integration that was begun. */
  public void finishRemoval(Integration integration) {
    installations
        .list(integration.project(), integration.id())
        .forEach(installation -> uninstall(installation.value()));
    integrations.finishRemoval(integration);
  }

  private boolean tryRemove(Installation installation) {
    // The connection is read before its use is looked at: who begins to use it meanwhile changes
    // its version, and the removal below is refused.
    Optional<Versioned<Connection>> connection =
        connections.find(installation.project(), installation.connection());
    Optional<Versioned<Installation>> present =
        installations.find(installation.project(), installation.integration(), installation.id());
    if (present.isEmpty()) {
      return true;
    }
    var writes = new ArrayList<DirectoryWrite>(InstallationRepository.removal(present.get()));
    boolean unused = connection.isPresent() && !usedByOthers(installation);
    if (unused) {
      writes.addAll(ConnectionRepository.removal(connection.get()));
    }
    if (!directory.write(writes).isEmpty()) {
      return false;
    }
    if (unused) {
      secrets.delete(connection.get().value().secretName());
    }
    return true;
  }

  private boolean usedByOthers(Installation installation) {
    return installations.listOfGroup(installation.project(), installation.group().ref()).stream()
        .map(Versioned::value)
        .filter(other -> !other.id().equals(installation.id()))
        .anyMatch(other -> other.connection().equals(installation.connection()));
  }
}
