package io.pinferry.read;

import io.pinferry.directory.ConnectionId;
import io.pinferry.directory.InstallationId;
import io.pinferry.directory.IntegrationId;
import io.pinferry.directory.ProjectId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One full read of one object for one installation.
 *
 * @param configId the config the read was started under
 * @param objectName the provider's object, e.g. {@code pins}
 * @param readType why it was started
 * @param spec everything the read needs of the config as it was then, so that one operation's
 *     messages do not depend on later changes: JSON written by {@link ReadSpec}
 * @param startedAt when it was started; the contract's operation time
 * @param status where it stands
 * @param result what a person reads about the outcome; empty while in progress
 * @param endedAt when it ended, null while in progress
 */
public record Operation(
    OperationId id,
    ProjectId project,
    IntegrationId integration,
    InstallationId installation,
    ConnectionId connection,
    String configId,
    String objectName,
    ReadType readType,
    String spec,
    Instant startedAt,
    OperationStatus status,
    String result,
    @Nullable Instant endedAt) {

  public boolean ended() {
    return status != OperationStatus.IN_PROGRESS;
  }
}
