package io.pinferry.install;

import static io.pinferry.base.Field.field;

import io.pinferry.base.Deadline;
import io.pinferry.base.Log;
import io.pinferry.base.PinferryException.Conflict;
import io.pinferry.base.PinferryException.NotFound;
import io.pinferry.directory.ApiKey;
import io.pinferry.directory.ApiKeyRepository;
import io.pinferry.directory.Connection;
import io.pinferry.directory.ConnectionRepository;
import io.pinferry.directory.Destination;
import io.pinferry.directory.DestinationRepository;
import io.pinferry.directory.DirectoryStore;
import io.pinferry.directory.Installation;
import io.pinferry.directory.InstallationRepository;
import io.pinferry.directory.Integration;
import io.pinferry.directory.IntegrationRepository;
import io.pinferry.directory.JwtKey;
import io.pinferry.directory.JwtKeyRepository;
import io.pinferry.directory.Project;
import io.pinferry.directory.ProjectId;
import io.pinferry.directory.ProjectRepository;
import io.pinferry.directory.ProviderApp;
import io.pinferry.directory.ProviderAppRepository;
import io.pinferry.directory.SecretStore;
import io.pinferry.directory.Snapshot;
import java.time.InstantSource;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Removes a project with everything in it. The project itself goes first: then its keys are
 * invalid, and nothing new can be made in it. After that come installations with their running
 * reads, connections, secrets and keys, as far as the time of a request allows. The next request
 * goes on where the last one stopped. The items of its operations expire.
 */
public final class ProjectRemoval {
  private final ProjectRepository projects;
  private final IntegrationRepository integrations;
  private final InstallationRepository installations;
  private final ConnectionRepository connections;
  private final ProviderAppRepository apps;
  private final DestinationRepository destinations;
  private final ApiKeyRepository keys;
  private final JwtKeyRepository jwtKeys;
  private final SecretStore secrets;
  private final Uninstall uninstall;
  private final InstantSource clock;
  private final Log log;

  public ProjectRemoval(
      DirectoryStore store,
      SecretStore secrets,
      Uninstall uninstall,
      InstantSource clock,
      Log log) {
    this.projects = new ProjectRepository(store);
    this.integrations = new IntegrationRepository(store);
    this.installations = new InstallationRepository(store);
    this.connections = new ConnectionRepository(store);
    this.apps = new ProviderAppRepository(store);
    this.destinations = new DestinationRepository(store);
    this.keys = new ApiKeyRepository(store);
    this.jwtKeys = new JwtKeyRepository(store);
    this.secrets = secrets;
    this.uninstall = uninstall;
    this.clock = clock;
    this.log = log;
  }

  /**
   * Starts or continues the removal of a project.
   *
   * @param deadline after it no further step is started
   * @return whether everything is removed
   * @throws NotFound if there is no such project, and no such removal
   * @throws Conflict if others keep changing things in the project
   */
  public boolean remove(String idOrName, Deadline deadline) {
    Optional<Project> begun = projects.findRemoval(idOrName);
    if (begun.isEmpty()) {
      Snapshot<Project> project = projects.get(idOrName);
      projects.beginRemoval(project);
      log.info("removal of project begun", field("project", project.value().id()));
      return goOn(project.value(), deadline);
    }
    return goOn(begun.get(), deadline);
  }

  private boolean goOn(Project project, Deadline deadline) {
    ProjectId id = project.id();
    // From here on nothing can be installed.
    for (Snapshot<Integration> integration : integrations.list(id)) {
      integrations.beginRemoval(integration);
    }
    for (Snapshot<Installation> installation : installations.list(id)) {
      if (deadline.passed(clock.instant())) {
        return false;
      }
      uninstall.uninstall(installation.value());
    }
    for (Snapshot<Connection> connection : connections.list(id, null, null, null)) {
      if (deadline.passed(clock.instant())) {
        return false;
      }
      // A secret is removed before the item that names it. Otherwise a crash would leave it for
      // ever.
      secrets.delete(connection.value().access().secretName());
      if (!connections.remove(connection)) {
        throw new Conflict("connection " + connection.value().id() + " is in use", "Try again.");
      }
    }
    for (String secret :
        Stream.concat(
                apps.list(id).stream().map(ProviderApp::secretName),
                destinations.list(id).stream().map(Destination::secretName))
            .toList()) {
      if (deadline.passed(clock.instant())) {
        return false;
      }
      secrets.delete(secret);
    }
    for (ApiKey key : keys.list(id)) {
      if (deadline.passed(clock.instant())) {
        return false;
      }
      keys.remove(key);
    }
    for (JwtKey key : jwtKeys.list(id)) {
      if (deadline.passed(clock.instant())) {
        return false;
      }
      jwtKeys.remove(key);
    }
    while (!projects.removeSome(project)) {
      if (deadline.passed(clock.instant())) {
        return false;
      }
    }
    projects.finishRemoval(project);
    log.info("project removed", field("project", id));
    return true;
  }
}
