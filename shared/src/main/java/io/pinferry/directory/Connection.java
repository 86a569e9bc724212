package io.pinferry.directory;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A group's authorised access to an account at the provider; one per project, group and provider.
 *
 * @param updateTime when it last changed, null if never
 * @param notes the builder's own data about it
 */
public record Connection(
    ConnectionId id,
    @JsonProperty("projectId") ProjectId project,
    String provider,
    Owner owner,
    Access access,
    Instant createTime,
    @Nullable Instant updateTime,
    ConnectionNotes notes) {

  /** The only kind of authorisation, in the contract's words. */
  public static final String AUTH_SCHEME = "oauth2/authorizationCode";

  /**
   * The access that the customer has granted.
   *
   * @param app the app with the access; null for tokens that were imported without an app, which
   *     cannot be refreshed
   * @param scopes the granted scopes, possibly fewer than the requested ones
   * @param userId the provider's id of the account's user, null while unknown
   * @param userName the name of this user for people, null while unknown
   * @param account the account of the tokens; it changes if they may be another user's
   * @param secretName the name of the tokens in the {@link SecretStore}
   */
  public record Access(
      @Nullable ProviderAppId app,
      ConnectionStatus status,
      List<String> scopes,
      @Nullable String userId,
      @Nullable String userName,
      AccountId account,
      String secretName) {
    public Access {
      scopes = List.copyOf(scopes);
    }
  }

  /** Returns the same connection with another status and scopes, changed now. */
  public Connection with(ConnectionStatus status, List<String> scopes, Instant now) {
    var changed =
        new Access(
            access.app,
            status,
            scopes,
            access.userId,
            access.userName,
            access.account,
            access.secretName);
    return changed(changed, notes, now);
  }

  /** Returns the same connection with other notes, changed now. */
  public Connection with(ConnectionNotes newNotes, Instant now) {
    return changed(access, newNotes, now);
  }

  private Connection changed(Access newAccess, ConnectionNotes newNotes, Instant now) {
    Instant changedAt = now.truncatedTo(ChronoUnit.MILLIS);
    return new Connection(id, project, provider, owner, newAccess, createTime, changedAt, newNotes);
  }
}
