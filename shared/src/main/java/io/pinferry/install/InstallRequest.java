package io.pinferry.install;

import io.pinferry.directory.Connection;
import io.pinferry.directory.Integration;
import io.pinferry.directory.ProjectId;
import io.pinferry.manifest.InstallationConfig;
import org.jspecify.annotations.Nullable;

/**
 * The request of a group to install an integration.
 *
 * @param connectionId the connection to use; null for that of the group
 * @param consumerRef the consumer that must own the connection; null for any consumer of the group
 * @param account Pinterest's id of the account that must be connected; null for any account
 * @param createdBy in the contract's form; null if absent
 * @param fromPage whether the request comes from the component, not from a back end
 * @param skipSampling whether to install without asking Pinterest
 */
public record InstallRequest(
    ProjectId project,
    Integration integration,
    String groupRef,
    @Nullable String connectionId,
    @Nullable String consumerRef,
    @Nullable String account,
    InstallationConfig choice,
    @Nullable String createdBy,
    boolean fromPage,
    boolean skipSampling) {
  /** Returns whether a connection may be used. */
  boolean mayUse(Connection connection) {
    return connection.owner().group().ref().equals(groupRef)
        && (consumerRef == null || connection.owner().consumer().ref().equals(consumerRef));
  }
}
