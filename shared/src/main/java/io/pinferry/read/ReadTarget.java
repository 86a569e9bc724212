package io.pinferry.read;

import io.pinferry.directory.AccountId;
import io.pinferry.directory.ConnectionId;
import io.pinferry.directory.InstallationId;
import io.pinferry.directory.IntegrationId;
import io.pinferry.directory.ProjectId;
import io.pinferry.notification.Notification;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One object of one installation, with all that a read of it needs.
 *
 * @param configId the installation's present config
 * @param scopes what the connection was granted
 * @param account whose account the connection opens
 * @param pinterestUserId the connected user; null if unknown
 * @param planName the plan to follow; null for the object's default
 */
public record ReadTarget(
    ProjectId project,
    IntegrationId integration,
    InstallationId installation,
    ConnectionId connection,
    String configId,
    Instant installationUpdatedAt,
    Notification.Party group,
    Notification.Party consumer,
    Set<String> scopes,
    AccountId account,
    @Nullable String pinterestUserId,
    String objectName,
    String deliveredName,
    String destination,
    @Nullable String planName,
    Selection selection) {
  public ReadTarget {
    scopes = Set.copyOf(scopes);
  }
}
