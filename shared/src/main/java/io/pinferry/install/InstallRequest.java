package io.pinferry.install;

import io.pinferry.directory.Connection;
import io.pinferry.directory.Integration;
import io.pinferry.directory.ProjectId;
import io.pinferry.manifest.InstallationConfig;
import org.jspecify.annotations.Nullable;

/**
 * What a group wants to have installed.
 *
 * @param connectionId whose account is read; null for the group's connection
 * @param consumerRef whose connection it must be; null for that of any of the group's consumers
 * @param createdBy in the contract's form; null if it was not said
 * @param fromPage whether the component asks, and not a back end
 * @param skipSampling whether to install without asking Pinterest
 */
public record InstallRequest(
    ProjectId project,
    Integration integration,
    String groupRef,
    @Nullable String connectionId,
    @Nullable String consumerRef,
    InstallationConfig choice,
    @Nullable String createdBy,
    boolean fromPage,
    boolean skipSampling) {
  /** Tells whether a connection is one that may be used. */
  boolean mayUse(Connection connection) {
    return connection.owner().group().ref().equals(groupRef)
        && (consumerRef == null || connection.owner().consumer().ref().equals(consumerRef));
  }
}
