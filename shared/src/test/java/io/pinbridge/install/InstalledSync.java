package io.pinbridge.install;

import static io.pinbridge.directory.DirectoryFixtures.PROJECT;

import io.pinbridge.base.IdSource;
import io.pinbridge.base.Json;
import io.pinbridge.base.Log;
import io.pinbridge.base.Tasks;
import io.pinbridge.directory.Connection;
import io.pinbridge.directory.ConnectionRepository;
import io.pinbridge.directory.DestinationRepository;
import io.pinbridge.directory.DirectoryFixtures;
import io.pinbridge.directory.Installation;
import io.pinbridge.directory.Integration;
import io.pinbridge.directory.IntegrationRepository;
import io.pinbridge.directory.ProjectRepository;
import io.pinbridge.manifest.InstallationConfig;
import io.pinbridge.read.InMemoryCloud;
import io.pinbridge.read.ReadStarts;
import java.util.Optional;

/** What tests of an installation begin with. */
final class InstalledSync {
  private InstalledSync() {}

  /**
   * Makes a project with the integration {@code sync}, the destination {@code hook} and a
   * connection of org_7, which installs.
   *
   * @param content of the integration's revision
   * @param choice the config's content
   */
  static Installation in(
      InMemoryCloud cloud,
      ReadStarts starts,
      IdSource ids,
      Tasks tasks,
      Connection connection,
      String content,
      String choice) {
    new ProjectRepository(cloud.directory()).create(DirectoryFixtures.project(PROJECT, "shop"));
    Integration sync = DirectoryFixtures.integrationOf(1, "sync", content);
    new IntegrationRepository(cloud.directory()).create(sync);
    new DestinationRepository(cloud.directory()).create(DirectoryFixtures.destination(1, "hook"));
    new ConnectionRepository(cloud.directory()).create(connection);
    return new Install(
            cloud.directory(),
            cloud.reads(),
            cloud.readQueue(),
            starts,
            (sampled, plan) -> Optional.empty(),
            ids,
            tasks,
            Log.none())
        .install(
            new InstallRequest(
                PROJECT,
                sync,
                "org_7",
                null,
                null,
                InstallationConfig.parse("config.content", Json.trusted(choice)),
                null,
                false,
                false));
  }
}
