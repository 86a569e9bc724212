package io.pinferry.operation;

import io.pinferry.directory.ConnectionId;
import io.pinferry.directory.Installation;
import io.pinferry.directory.InstallationId;
import io.pinferry.directory.IntegrationId;
import io.pinferry.directory.ProjectId;

/**
 * The installation of an operation, as it was when the operation started.
 *
 * @param configId the config of the operation
 */
public record Origin(
    ProjectId project,
    IntegrationId integration,
    InstallationId installation,
    ConnectionId connection,
    String configId) {
  public static Origin of(Installation installation) {
    return new Origin(
        installation.project(),
        installation.integration(),
        installation.id(),
        installation.connection(),
        installation.config().id());
  }
}
