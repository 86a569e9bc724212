package io.pinbridge.read;

import io.pinbridge.directory.AccountId;
import io.pinbridge.directory.ConnectionId;
import io.pinbridge.directory.InstallationId;
import io.pinbridge.directory.IntegrationId;
import io.pinbridge.directory.ProjectId;
import io.pinbridge.notification.Notification;
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
