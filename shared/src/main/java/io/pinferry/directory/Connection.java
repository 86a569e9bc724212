package io.pinferry.directory;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A group's authorised access to an account at the provider; one per project, group and provider.
 *
 * @param consumer who connected the account last
 * @param providerApp the app that access was granted to; null for tokens imported without one,
 *     which cannot be refreshed
 * @param scopes what was granted, possibly less than was asked for
 * @param providerUserId the provider's id of the account's user, null while unknown
 * @param providerUserName the name that people know this user by, null while unknown
 * @param account whose account its tokens are for: another one where the tokens may be another
 *     user's
 * @param secretName where its tokens are kept; see {@code io.pinferry.connection.SecretStore}
 * @param updateTime when it last changed, null if never
 * @param notes what the builder keeps with it
 */
public record Connection(
    ConnectionId id,
    ProjectId project,
    String provider,
    Group group,
    Consumer consumer,
    @Nullable ProviderAppId providerApp,
    ConnectionStatus status,
    List<String> scopes,
    @Nullable String providerUserId,
    @Nullable String providerUserName,
    AccountId account,
    String secretName,
    Instant createTime,
    @Nullable Instant updateTime,
    ConnectionNotes notes) {

  /** The one kind of authorisation there is; the contract's word for it. */
  public static final String AUTH_SCHEME = "oauth2/authorizationCode";

  // Not the compact form: javac loses the parameters' nullness in it.
  public Connection(
      ConnectionId id,
      ProjectId project,
      String provider,
      Group group,
      Consumer consumer,
      @Nullable ProviderAppId providerApp,
      ConnectionStatus status,
      List<String> scopes,
      @Nullable String providerUserId,
      @Nullable String providerUserName,
      AccountId account,
      String secretName,
      Instant createTime,
      @Nullable Instant updateTime,
      ConnectionNotes notes) {
    this.id = id;
    this.project = project;
    this.provider = provider;
    this.group = group;
    this.consumer = consumer;
    this.providerApp = providerApp;
    this.status = status;
    this.scopes = List.copyOf(scopes);
    this.providerUserId = providerUserId;
    this.providerUserName = providerUserName;
    this.account = account;
    this.secretName = secretName;
    this.createTime = createTime;
    this.updateTime = updateTime;
    this.notes = notes;
  }

  /** A connection that nothing is kept with, of a user whose name is not known. */
  public Connection(
      ConnectionId id,
      ProjectId project,
      String provider,
      Group group,
      Consumer consumer,
      @Nullable ProviderAppId providerApp,
      ConnectionStatus status,
      List<String> scopes,
      @Nullable String providerUserId,
      AccountId account,
      String secretName,
      Instant createTime,
      @Nullable Instant updateTime) {
    this(
        id,
        project,
        provider,
        group,
        consumer,
        providerApp,
        status,
        scopes,
        providerUserId,
        null,
        account,
        secretName,
        createTime,
        updateTime,
        ConnectionNotes.NONE);
  }

  /** Returns the same connection with another status and scopes, changed now. */
  public Connection with(ConnectionStatus newStatus, List<String> newScopes, Instant now) {
    return changed(newStatus, newScopes, notes, now);
  }

  /** Returns the same connection with other notes, changed now. */
  public Connection with(ConnectionNotes newNotes, Instant now) {
    return changed(status, scopes, newNotes, now);
  }

  private Connection changed(
      ConnectionStatus newStatus, List<String> newScopes, ConnectionNotes newNotes, Instant now) {
    return new Connection(
        id,
        project,
        provider,
        group,
        consumer,
        providerApp,
        newStatus,
        newScopes,
        providerUserId,
        providerUserName,
        account,
        secretName,
        createTime,
        now.truncatedTo(ChronoUnit.MILLIS),
        newNotes);
  }
}
