package io.pinferry.connection;

import io.pinferry.base.Attempts;
import io.pinferry.base.IdSource;
import io.pinferry.base.PinferryException.Conflict;
import io.pinferry.base.PinferryException.NotFound;
import io.pinferry.base.PinferryException.ProviderUnavailable;
import io.pinferry.base.Secret;
import io.pinferry.directory.AccountId;
import io.pinferry.directory.Connection;
import io.pinferry.directory.Connection.Access;
import io.pinferry.directory.ConnectionId;
import io.pinferry.directory.ConnectionNotes;
import io.pinferry.directory.ConnectionRepository;
import io.pinferry.directory.ConnectionStatus;
import io.pinferry.directory.Consumer;
import io.pinferry.directory.Group;
import io.pinferry.directory.NotificationType;
import io.pinferry.directory.Owner;
import io.pinferry.directory.ProjectId;
import io.pinferry.directory.ProviderAppId;
import io.pinferry.directory.SecretStore;
import io.pinferry.directory.SecretStore.StoredSecret;
import io.pinferry.directory.Snapshot;
import io.pinferry.notification.Notification;
import io.pinferry.notification.Outbox;
import io.pinferry.pinterest.PinterestOauth.User;
import io.pinferry.timer.TimerStore;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Stores a grant: the tokens first, then the connection. A group that has a connection keeps its
 * id. If the store takes no further version of a connection's secret, the tokens get a new one. The
 * timer of the connection removes the old secret later, since a refresher may still use it.
 */
final class ConnectionKeeper {
  private static final int ATTEMPTS_MAX = 10;

  private final ConnectionRepository connections;
  private final SecretStore secrets;
  private final TimerStore timers;
  private final IdSource ids;
  private final InstantSource clock;

  ConnectionKeeper(
      ConnectionRepository connections,
      SecretStore secrets,
      TimerStore timers,
      IdSource ids,
      InstantSource clock) {
    this.connections = connections;
    this.secrets = secrets;
    this.timers = timers;
    this.ids = ids;
    this.clock = clock;
  }

  /**
   * The customer who connects.
   *
   * @param groupName null for the present name, or else the ref
   * @param consumerName null for the present name of the same consumer, or else the ref
   * @param connection the connection to update; null for that of the group, or a new one
   * @param onlyOwn whether the group's connection may be updated only if it is this consumer's
   */
  record Party(
      ProjectId project,
      String groupRef,
      @Nullable String groupName,
      String consumerRef,
      @Nullable String consumerName,
      @Nullable ProviderAppId app,
      @Nullable ConnectionId connection,
      boolean onlyOwn) {
    /** Returns the group as a person knows it. */
    String shownGroup() {
      return groupName == null ? groupRef : groupName;
    }

    /** Throws if an existing connection of the group may not be updated. */
    void requireOwn(Connection existing) {
      if (onlyOwn && !existing.owner().consumer().ref().equals(consumerRef)) {
        throw new Conflict(
            "the account of this group was connected by another of its consumers",
            "it can be connected anew by that one, or after that one has removed it");
      }
    }
  }

  /**
   * A grant: tokens, and what is known about them.
   *
   * @param user the provider's id of the account's user; null if unknown
   */
  record Grant(
      Secret accessToken,
      @Nullable Secret refreshToken,
      @Nullable Instant accessExpiresAt,
      @Nullable Instant refreshExpiresAt,
      List<String> scopes,
      Instant obtainedAt,
      @Nullable User user) {
    @Nullable String userId() {
      return user == null ? null : user.id();
    }

    @Nullable String userName() {
      return user == null ? null : user.name();
    }
  }

  /**
   * Stores a grant.
   *
   * @param begunAt when the customer began to connect
   * @throws NotFound if the project, or the connection to update, is gone
   * @throws Conflict if others keep changing the connection, if it belongs to another consumer and
   *     may not be taken over, or if the group was removed meanwhile
   */
  Connection keep(Party party, String provider, Grant grant, Instant begunAt) {
    String grantId = ids.uuid();
    return Attempts.until(ATTEMPTS_MAX, () -> tryKeep(party, provider, grant, grantId, begunAt))
        .orElseThrow(() -> Conflict.overtaken("the connection"));
  }

  private Optional<Connection> tryKeep(
      Party party, String provider, Grant grant, String grantId, Instant begunAt) {
    Optional<Snapshot<Connection>> existing =
        party.connection() == null
            ? connections.findOfGroup(party.project(), provider, party.groupRef())
            : connections.find(party.project(), party.connection());
    if (existing.isPresent()) {
      party.requireOwn(existing.get().value());
      return update(existing.get(), party, grant, grantId);
    }
    if (party.connection() != null) {
      throw new NotFound("connection " + party.connection() + " was removed meanwhile");
    }
    return create(party, provider, grant, grantId, begunAt);
  }

  private Optional<Connection> create(
      Party party, String provider, Grant grant, String grantId, Instant begunAt) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    TokenPlace kept = newSecret();
    var connection =
        new Connection(
            new ConnectionId(ids.uuid()),
            party.project(),
            provider,
            new Owner(
                new Group(party.groupRef(), orElse(party.groupName(), party.groupRef()), now, null),
                consumer(party, now)),
            access(party, grant, kept),
            now,
            null,
            ConnectionNotes.NONE);
    timers.replace(
        null,
        List.of(KeepAlive.timerFor(party.project(), connection.id(), kept.secretName(), now)));
    secrets.create(kept.secretName(), pair(grant, grantId, kept.account()).toSecret());
    boolean created;
    try {
      created =
          connections.create(
              connection,
              begunAt,
              Outbox.put(
                  Notification.ofConnection(NotificationType.CONNECTION_CREATED, connection, 0),
                  now));
    } catch (NotFound | Conflict e) {
      secrets.delete(kept.secretName());
      throw e;
    }
    // After any other failure the connection may exist. The timer finds out.
    if (!created) {
      secrets.delete(kept.secretName());
    }
    return created ? Optional.of(connection) : Optional.empty();
  }

  private Optional<Connection> update(
      Snapshot<Connection> before, Party party, Grant grant, String grantId) {
    Connection old = before.value();
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    TokenPlace kept = putSecret(old.access().secretName(), grant, grantId);
    Group group = old.owner().group();
    String groupName = orElse(party.groupName(), group.name());
    if (!groupName.equals(group.name())) {
      group = new Group(group.ref(), groupName, group.createTime(), now);
    }
    var connection =
        new Connection(
            old.id(),
            old.project(),
            old.provider(),
            new Owner(group, consumer(party, old.owner().consumer(), now)),
            access(party, grant, kept),
            old.createTime(),
            now,
            old.notes());
    if (old.access().status() == ConnectionStatus.BAD_CREDENTIALS) {
      timers.replace(null, List.of(new Reconnect(old.project(), old.id(), now).timer()));
    }
    boolean replaced =
        connections.replace(
            before,
            connection,
            Outbox.put(
                Notification.ofConnection(
                    NotificationType.CONNECTION_UPDATED, connection, before.version()),
                now));
    // After a failure the connection may have been replaced, so a new secret stays.
    if (!replaced && !kept.secretName().equals(old.access().secretName())) {
      secrets.delete(kept.secretName());
    }
    return replaced ? Optional.of(connection) : Optional.empty();
  }

  /** The place of stored tokens, and their account. */
  private record TokenPlace(String secretName, AccountId account) {}

  private static Access access(Party party, Grant grant, TokenPlace kept) {
    return new Access(
        party.app(),
        ConnectionStatus.CREATED,
        grant.scopes(),
        grant.userId(),
        grant.userName(),
        kept.account(),
        kept.secretName());
  }

  private TokenPlace newSecret() {
    return newSecret(new AccountId(ids.uuid()));
  }

  private TokenPlace newSecret(AccountId account) {
    return new TokenPlace(ConnectionSecrets.PREFIX + ids.uuid(), account);
  }

  private TokenPlace createSecret(TokenPlace kept, Grant grant, String grantId) {
    secrets.create(kept.secretName(), pair(grant, grantId, kept.account()).toSecret());
    return kept;
  }

  /** Makes the granted tokens the current ones, even if a refresher works at the same time. */
  private TokenPlace putSecret(String name, Grant grant, String grantId) {
    return Attempts.until(ATTEMPTS_MAX, () -> tryPutSecret(name, grant, grantId))
        .orElseThrow(
            () ->
                new Conflict("the connection's tokens are being changed by others", "Try again."));
  }

  private Optional<TokenPlace> tryPutSecret(String name, Grant grant, String grantId) {
    Optional<StoredSecret> current = secrets.find(name);
    if (current.isEmpty()) {
      return Optional.of(createSecret(newSecret(), grant, grantId));
    }
    TokenPair old = TokenPair.of(current.get().value());
    if (old.grant().equals(grantId)) {
      return Optional.of(new TokenPlace(name, old.account()));
    }
    // Reads go on only if the user is known to be the same.
    boolean sameUser = grant.userId() != null && grant.userId().equals(old.userId());
    AccountId account = sameUser ? old.account() : new AccountId(ids.uuid());
    StoredSecret pending;
    try {
      pending = secrets.storePending(name, pair(grant, grantId, account).toSecret());
    } catch (ProviderUnavailable e) {
      // A secret takes some hundred versions a day, and a code is good for one exchange.
      return Optional.of(createSecret(newSecret(account), grant, grantId));
    }
    return secrets.promote(name, current.get().version(), pending.version())
        ? Optional.of(new TokenPlace(name, account))
        : Optional.empty();
  }

  private static TokenPair pair(Grant grant, String grantId, AccountId account) {
    return new TokenPair(
        grant.accessToken(),
        grant.refreshToken(),
        grant.accessExpiresAt(),
        grant.refreshExpiresAt(),
        grant.scopes(),
        grant.obtainedAt(),
        false,
        grantId,
        account,
        grant.userId());
  }

  private static Consumer consumer(Party party, Instant now) {
    return new Consumer(
        party.consumerRef(), orElse(party.consumerName(), party.consumerRef()), now, null);
  }

  private static Consumer consumer(Party party, Consumer old, Instant now) {
    if (!party.consumerRef().equals(old.ref())) {
      return consumer(party, now);
    }
    String name = orElse(party.consumerName(), old.name());
    return name.equals(old.name()) ? old : new Consumer(old.ref(), name, old.createTime(), now);
  }

  private static String orElse(@Nullable String text, String other) {
    return text == null ? other : text;
  }
}
