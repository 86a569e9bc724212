package io.pinferry.directory;

/** Tells from the installations which connections are used. */
public final class InstalledConnections implements ConnectionUse {
  private final ConnectionRepository connections;
  private final InstallationRepository installations;

  public InstalledConnections(DirectoryStore store) {
    this.connections = new ConnectionRepository(store);
    this.installations = new InstallationRepository(store);
  }

  @Override
  public boolean inUse(ProjectId project, ConnectionId connection) {
    return connections
        .find(project, connection)
        .filter(
            found -> installations.uses(project, found.value().owner().group().ref(), connection))
        .isPresent();
  }
}
