package io.pinferry.install;

import static io.pinferry.directory.DirectoryFixtures.PROJECT;

import io.pinferry.base.IdSource;
import io.pinferry.base.Json;
import io.pinferry.base.Log;
import io.pinferry.base.Tasks;
import io.pinferry.directory.Connection;
import io.pinferry.directory.ConnectionRepository;
import io.pinferry.directory.DestinationRepository;
import io.pinferry.directory.DirectoryFixtures;
import io.pinferry.directory.Installation;
import io.pinferry.directory.Integration;
import io.pinferry.directory.IntegrationRepository;
import io.pinferry.directory.ProjectRepository;
import io.pinferry.manifest.InstallationConfig;
import io.pinferry.read.InMemoryCloud;
import io.pinferry.read.ReadStarts;
import java.util.Optional;

/** The first state of tests of an installation. */
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
            cloud.operations(),
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
                null,
                InstallationConfig.parse("config.content", Json.trusted(choice)),
                null,
                false,
                false));
  }
}
