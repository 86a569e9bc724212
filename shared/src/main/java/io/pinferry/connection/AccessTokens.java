package io.pinferry.connection;

import static io.pinferry.base.Field.field;

import io.pinferry.base.Attempts;
import io.pinferry.base.ExpiringCache;
import io.pinferry.base.Log;
import io.pinferry.base.Metric;
import io.pinferry.base.PinferryException.AppRefused;
import io.pinferry.base.PinferryException.NotFound;
import io.pinferry.base.PinferryException.ProviderRejected;
import io.pinferry.base.PinferryException.ProviderUnavailable;
import io.pinferry.base.Secret;
import io.pinferry.base.Tasks;
import io.pinferry.directory.AccountId;
import io.pinferry.directory.Connection;
import io.pinferry.directory.ConnectionId;
import io.pinferry.directory.ConnectionRepository;
import io.pinferry.directory.ConnectionStatus;
import io.pinferry.directory.DirectoryWrite;
import io.pinferry.directory.NotificationType;
import io.pinferry.directory.ProjectId;
import io.pinferry.directory.ProviderAppId;
import io.pinferry.directory.ProviderAppRepository;
import io.pinferry.directory.SecretStore;
import io.pinferry.directory.SecretStore.StoredSecret;
import io.pinferry.directory.Snapshot;
import io.pinferry.limit.BudgetOwner;
import io.pinferry.notification.Notification;
import io.pinferry.notification.Outbox;
import io.pinferry.pinterest.PinterestOauth;
import io.pinferry.pinterest.PinterestOauth.TokenAnswer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Returns access tokens that work. Refreshes them before they expire, or when Pinterest rejects
 * one.
 *
 * <p>A refresh token may be good for one use. So a new pair must never be lost, and an old pair
 * must never overwrite it. The new pair is stored as pending beside the current pair, and then
 * promoted by a compare-and-set. If a process dies in between, the next refresher finds the pending
 * pair. If the store refuses the new pair, it is stored in a secret of its own, where the next
 * refresher finds it, too. A lease allows one refresher per connection at a time.
 */
public final class AccessTokens implements Tokens {
  /** How long a token is cached. */
  public static final Duration CACHED_MAX = Duration.ofMinutes(5);

  /**
   * Tokens whose own refresh was less than this ago are not refreshed because of a rejection or a
   * request. So at most 96 pairs are stored in a day; Secrets Manager takes about 100.
   */
  public static final Duration REFRESHES_APART = Duration.ofMinutes(15);

  /**
   * The length of a lease, longer than a call of the token endpoint may take. After an outage the
   * lease is not released but expires, so that attempts are not too close together.
   */
  static final Duration LEASE = Duration.ofSeconds(30);

  /** The rest of a lease that a call of the token endpoint needs, with a margin for the clocks. */
  static final Duration LEFT_MIN = Duration.ofSeconds(15);

  /** How long to wait for another refresher. */
  static final Duration WAIT_MAX = Duration.ofSeconds(10);

  static final Duration WAIT_STEP = Duration.ofMillis(500);

  private static final int CACHED_COUNT_MAX = 1_000;
  private static final int WRITE_ATTEMPTS_MAX = 5;

  /** How often a new pair is stored, until it is lost. */
  private static final int STORE_ATTEMPTS_MAX = 5;

  /** The pause after the first attempt to store a pair; it doubles with each further one. */
  private static final Duration STORE_PAUSE = Duration.ofMillis(500);

  private final ConnectionRepository connections;
  private final ProviderAppRepository apps;
  private final SecretStore secrets;
  private final RefreshLeaseStore leases;
  private final PinterestOauth oauth;
  private final Tasks tasks;
  private final Log log;
  private final ExpiringCache<ConnectionId, CacheEntry> cache =
      new ExpiringCache<>(CACHED_COUNT_MAX);

  /**
   * A token in the cache.
   *
   * @param working whether the connection is stored as working with this token
   */
  private record CacheEntry(AccessToken token, boolean working) {}

  /**
   * A version of a connection's tokens.
   *
   * @param current the current version of the secret; another one if the tokens are beside it
   */
  private record TokenVersion(String version, TokenPair pair, String current) {
    static TokenVersion of(StoredSecret stored) {
      return of(stored, stored.version());
    }

    static TokenVersion of(StoredSecret stored, String current) {
      return new TokenVersion(stored.version(), TokenPair.of(stored.value()), current);
    }

    /** Returns whether the tokens are the same, perhaps under another version in another store. */
    boolean hasTokensOf(TokenVersion other) {
      return pair.accessToken().equals(other.pair.accessToken());
    }
  }

  /** A notification about tokens. */
  private sealed interface TokenEvent {
    record Refresh() implements TokenEvent {}

    record Refusal(String message) implements TokenEvent {}

    default Notification of(Connection connection, long version) {
      return switch (this) {
        case Refresh _ ->
            Notification.ofConnection(NotificationType.CONNECTION_REFRESHED, connection, version);
        case Refusal refused ->
            Notification.ofConnection(
                NotificationType.CONNECTION_ERROR, connection, version, refused.message());
      };
    }
  }

  public AccessTokens(
      ConnectionRepository connections,
      ProviderAppRepository apps,
      SecretStore secrets,
      RefreshLeaseStore leases,
      PinterestOauth oauth,
      Tasks tasks,
      Log log) {
    this.connections = connections;
    this.apps = apps;
    this.secrets = secrets;
    this.leases = leases;
    this.oauth = oauth;
    this.tasks = tasks;
    this.log = log;
  }

  @Override
  public AccessToken accessTokenFor(ProjectId project, ConnectionId id) {
    Instant now = tasks.now();
    Optional<CacheEntry> cached = cache.find(id, now);
    if (cached.isPresent()) {
      return cached.get().token();
    }
    Connection connection = getUsable(project, id);
    TokenVersion held = get(connection);
    return remember(
        connection, held, due(held.pair(), now) ? refreshAhead(connection, held) : held);
  }

  @Override
  public AccessToken accessTokenFor(ProjectId project, ConnectionId id, AccountId expected) {
    AccessToken token = accessTokenFor(project, id);
    if (token.account().equals(expected)) {
      return token;
    }
    forget(id, token.version());
    return accessTokenFor(project, id);
  }

  @Override
  public AccessToken refreshAfterRejection(
      ProjectId project, ConnectionId id, String rejectedVersion) {
    Optional<Secret> rejectedToken =
        cache
            .find(id, tasks.now())
            .map(CacheEntry::token)
            .filter(token -> token.version().equals(rejectedVersion))
            .map(AccessToken::token);
    forget(id, rejectedVersion);
    Connection connection = getUsable(project, id);
    TokenVersion held = get(connection);
    // Tokens that were moved to the other store have another version.
    Optional<TokenVersion> rejected =
        held.version().equals(rejectedVersion)
                || rejectedToken.filter(held.pair().accessToken()::equals).isPresent()
            ? Optional.of(held)
            : findAside(connection, held.version())
                .filter(aside -> aside.version().equals(rejectedVersion))
                // Since then the secret may have taken newer ones.
                .filter(aside -> aside.pair().succeeds(held.pair()));
    if (rejected.isEmpty()) {
      return remember(connection, held, held);
    }
    Optional<TokenVersion> newer = findNewer(connection, rejected.get());
    return remember(
        connection,
        held,
        newer.isPresent() ? newer.get() : refreshRejected(connection, rejected.get()));
  }

  private TokenVersion refreshRejected(Connection connection, TokenVersion held) {
    if (held.pair().refreshedWithin(REFRESHES_APART, tasks.now())) {
      throw new ProviderRejected(
          ("Pinterest rejects the access token of connection %s, though it issued the token at %s."
                  + " Token and host may not belong together (a token of production is not valid at"
                  + " the sandbox, and the other way round), or the customer has removed the app's"
                  + " access")
              .formatted(connection.id(), held.pair().obtainedAt()),
          "check which host of Pinterest's API is configured; if it is the right one, the customer"
              + " has to connect the account again",
          List.of());
    }
    if (held.pair().refreshToken() == null) {
      String why = "Pinterest rejects its access token, and there is no refresh token";
      return setStatus(
              connection, held, ConnectionStatus.BAD_CREDENTIALS, new TokenEvent.Refusal(why))
          .orElseThrow(() -> badCredentials(connection.id(), why));
    }
    return refresh(connection, held, tasks.now().plus(WAIT_MAX));
  }

  @Override
  public void reportSuccess(ProjectId project, ConnectionId id) {
    Optional<CacheEntry> cached = cache.find(id, tasks.now());
    if (cached.isEmpty() || cached.get().working()) {
      return;
    }
    Optional<Snapshot<Connection>> found = connections.find(project, id);
    // A lost race does no harm: the next success is noted as well.
    boolean working =
        found.isPresent()
            && (found.get().value().access().status() != ConnectionStatus.CREATED
                || connections.replace(
                    found.get(),
                    found
                        .get()
                        .value()
                        .with(
                            ConnectionStatus.WORKING,
                            found.get().value().access().scopes(),
                            tasks.now())));
    if (working) {
      AccessToken token = cached.get().token();
      cache.update(id, held -> held.token().equals(token) ? new CacheEntry(token, true) : held);
    }
  }

  /**
   * Returns the newest stored tokens of a connection, for their owner.
   *
   * @throws NotFound if they are gone
   */
  TokenPair tokens(Connection connection) {
    TokenVersion held = get(connection);
    return findNewer(connection, held).orElse(held).pair();
  }

  /**
   * Refreshes the tokens of a connection because its owner asked for it, even if its credentials
   * are marked as bad. Tokens that were refreshed just before are returned as they are.
   *
   * @param onlyIfExpired whether to keep tokens that have not expired
   * @throws ProviderRejected if Pinterest refuses and a retry does not help
   * @throws ProviderUnavailable if Pinterest cannot answer now
   */
  TokenPair refreshNow(Connection connection, boolean onlyIfExpired) {
    TokenVersion held = get(connection);
    Instant now = tasks.now();
    boolean justRefreshed =
        held.pair().refreshedWithin(REFRESHES_APART, now)
            && connection.access().status() != ConnectionStatus.BAD_CREDENTIALS;
    if ((onlyIfExpired || justRefreshed) && !held.pair().expired(now)) {
      return held.pair();
    }
    TokenVersion fresh = refresh(connection, held, now.plus(WAIT_MAX));
    forget(connection.id(), held.version());
    return fresh.pair();
  }

  /**
   * Refreshes the tokens of a connection that may be idle, long before they expire. Does nothing if
   * its credentials are bad.
   *
   * @throws NotFound if its tokens are gone
   * @throws ProviderRejected if Pinterest refuses and a retry does not help
   * @throws ProviderUnavailable if Pinterest cannot answer now, or another refreshes
   */
  void keepAlive(Connection connection) {
    if (connection.access().status() == ConnectionStatus.BAD_CREDENTIALS) {
      return;
    }
    TokenVersion held = get(connection);
    Instant now = tasks.now();
    if (held.pair().keepAliveDue(now)) {
      refresh(connection, held, now);
    }
  }

  private static boolean due(TokenPair pair, Instant now) {
    Instant dueAt = pair.refreshDueAt();
    // Without a refresh token the access token is used until Pinterest rejects it: then the
    // connection has bad credentials, by Pinterest's word and not by that of an import.
    return pair.refreshToken() != null && dueAt != null && !now.isBefore(dueAt);
  }

  /**
   * Refreshes early. As long as the present token works, an outage, another refresher or an app
   * that Pinterest refuses does no harm.
   */
  private TokenVersion refreshAhead(Connection connection, TokenVersion held) {
    Instant now = tasks.now();
    boolean expired = held.pair().expired(now);
    try {
      return refresh(connection, held, expired ? now.plus(WAIT_MAX) : now);
    } catch (ProviderUnavailable | ProviderRejected e) {
      if (held.pair().expired(tasks.now())
          || (e instanceof ProviderRejected && isBad(connection))) {
        throw e;
      }
      log.warn("token not refreshed ahead of expiry", e, field("connection", connection.id()));
      return held;
    }
  }

  private boolean isBad(Connection connection) {
    return connections
        .find(connection.project(), connection.id())
        .filter(found -> found.value().access().status() == ConnectionStatus.BAD_CREDENTIALS)
        .isPresent();
  }

  /**
   * Returns a newer version than the given one.
   *
   * @param waitUntil how long to wait for another refresher
   */
  private TokenVersion refresh(Connection connection, TokenVersion held, Instant waitUntil) {
    while (true) {
      Instant now = tasks.now();
      Optional<RefreshLease> lease = leases.tryAcquire(connection.id(), LEASE, now);
      if (lease.isPresent()) {
        return refresh(connection, held, lease.get());
      }
      if (!now.isBefore(waitUntil)) {
        throw new ProviderUnavailable(
            "the tokens of connection " + connection.id() + " are being refreshed",
            now.plus(LEASE),
            null);
      }
      tasks.sleepUntil(now.plus(WAIT_STEP));
      Optional<TokenVersion> newer = findNewer(connection, held);
      if (newer.isPresent()) {
        return newer.get();
      }
    }
  }

  private TokenVersion refresh(Connection connection, TokenVersion old, RefreshLease lease) {
    Optional<TokenVersion> newer = findNewer(connection, old);
    TokenVersion held = newer.orElse(old);
    if (newer.isPresent() && !held.pair().expired(tasks.now())) {
      if (connection.access().status() == ConnectionStatus.BAD_CREDENTIALS) {
        setStatus(connection, held, ConnectionStatus.CREATED, null);
      }
      leases.release(lease);
      return held;
    }
    Secret refreshToken = held.pair().refreshToken();
    if (refreshToken == null) {
      leases.release(lease);
      throw new ProviderRejected(
          "the access token of connection %s cannot be refreshed: there is no refresh token"
              .formatted(connection.id()),
          "connect the account again, or import its tokens together with the refresh token",
          List.of());
    }
    AppClient app = client(connection);
    return switch (refresh(app.client(), refreshToken, lease)) {
      case TokenAnswer.Tokens granted -> {
        TokenVersion refreshed = store(connection, held, granted);
        Optional<TokenVersion> other =
            setStatus(connection, refreshed, ConnectionStatus.CREATED, new TokenEvent.Refresh());
        leases.release(lease);
        AppRefusals.forget(apps, app.app(), log);
        log.info("token refreshed", field("connection", connection.id()));
        yield other.orElse(refreshed);
      }
      // The lease is kept, so that the next attempt is not too close.
      case TokenAnswer.AppRefusal refused -> {
        AppRefusals.note(apps, app.app(), refused.message(), tasks.now(), log);
        throw new AppRefused(
            "the tokens of connection %s cannot be refreshed: Pinterest refuses provider app %s. %s"
                .formatted(connection.id(), app.app().id(), refused.message()),
            AppRefusals.REMEDY);
      }
      case TokenAnswer.Refusal refused -> {
        log.count(Metric.REFRESHES_REFUSED);
        log.warn(
            "refresh refused",
            field("connection", connection.id()),
            field("project", connection.project()),
            field("answer", refused.message()));
        Optional<TokenVersion> other =
            setStatus(
                connection,
                held,
                ConnectionStatus.BAD_CREDENTIALS,
                new TokenEvent.Refusal(refused.message()));
        leases.release(lease);
        yield other.orElseThrow(() -> badCredentials(connection.id(), refused.message()));
      }
      case TokenAnswer.Outage unavailable -> {
        Instant retryAt = unavailable.retryAt();
        throw new ProviderUnavailable(
            "the tokens of connection %s cannot be refreshed: %s"
                .formatted(connection.id(), unavailable.message()),
            retryAt == null ? lease.until() : retryAt,
            null);
      }
    };
  }

  /** Asks Pinterest, unless the lease could expire before the answer. */
  private TokenAnswer refresh(
      PinterestOauth.Client client, Secret refreshToken, RefreshLease lease) {
    if (tasks.now().plus(LEFT_MIN).isAfter(lease.until())) {
      return new TokenAnswer.Outage("too little time is left of the lease", lease.until());
    }
    return oauth.refresh(client, refreshToken);
  }

  /** Stores new tokens. If others were stored in between, returns those. */
  private TokenVersion store(
      Connection connection, TokenVersion before, TokenAnswer.Tokens granted) {
    TokenPair old = before.pair();
    var pair =
        new TokenPair(
            granted.accessToken(),
            // If the answer has no refresh token, the old one stays in use.
            granted.refreshToken() == null ? old.refreshToken() : granted.refreshToken(),
            granted.accessExpiresAt(),
            granted.refreshToken() == null && granted.refreshExpiresAt() == null
                ? old.refreshExpiresAt()
                : granted.refreshExpiresAt(),
            granted.scopes().isEmpty() ? old.scopes() : granted.scopes(),
            latest(old.obtainedAt(), tasks.now()),
            true,
            old.grant(),
            old.account(),
            old.userId());
    return store(connection, before, pair);
  }

  /**
   * Stores a pair that Pinterest has issued, and perhaps will not issue again. If the store takes
   * no further version of the secret, the pair is stored beside it. A failure that passes is
   * outlasted for some seconds. If a move to another store has given the old pair another version,
   * the new pair is stored once more, to take the place of that version.
   */
  private TokenVersion store(Connection connection, TokenVersion before, TokenPair pair) {
    String name = connection.access().secretName();
    String currentVersion = before.current();
    Duration pause = STORE_PAUSE;
    for (int attempt = 1; ; attempt++) {
      try {
        StoredSecret pending = secrets.storePending(name, pair.toSecret());
        TokenVersion current = promote(connection, currentVersion, TokenVersion.of(pending));
        if (!current.hasTokensOf(before) || attempt == STORE_ATTEMPTS_MAX) {
          return current;
        }
        currentVersion = current.version();
        continue;
      } catch (ProviderUnavailable e) {
        log.warn("tokens not stored", e, field("connection", connection.id()));
      }
      try {
        TokenVersion aside =
            TokenVersion.of(secrets.storeAside(name, pair.toSecret()), currentVersion);
        log.warn("tokens stored beside their secret", field("connection", connection.id()));
        return aside;
      } catch (ProviderUnavailable e) {
        if (attempt == STORE_ATTEMPTS_MAX) {
          log.error("tokens lost", e, field("connection", connection.id()));
          throw e;
        }
      }
      tasks.sleepUntil(tasks.now().plus(pause));
      pause = pause.multipliedBy(2);
    }
  }

  /**
   * Returns the later of two instants. A refreshed pair must never be older than the pair before,
   * even if the clock of this process is behind. Otherwise a pending pair would count as the older
   * one, and would be lost.
   */
  private static Instant latest(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }

  private TokenVersion promote(Connection connection, String currentVersion, TokenVersion pending) {
    return secrets.promote(connection.access().secretName(), currentVersion, pending.version())
        ? pending
        : get(connection);
  }

  /**
   * Finds a pair that was stored since others were read: promoted, pending, or beside the secret.
   */
  private Optional<TokenVersion> findNewer(Connection connection, TokenVersion held) {
    TokenVersion current = get(connection);
    if (!current.version().equals(held.current()) && !current.hasTokensOf(held)) {
      return Optional.of(current);
    }
    Optional<TokenVersion> pending =
        secrets
            .findPending(connection.access().secretName())
            .map(TokenVersion::of)
            .filter(stored -> stored.pair().succeeds(held.pair()));
    return pending.isPresent()
        ? pending.map(stored -> promote(connection, current.version(), stored))
        : findAside(connection, current.version())
            .filter(stored -> stored.pair().succeeds(held.pair()))
            .map(stored -> moveIn(connection, stored));
  }

  private Optional<TokenVersion> findAside(Connection connection, String currentVersion) {
    return secrets
        .findAside(connection.access().secretName())
        .map(stored -> TokenVersion.of(stored, currentVersion));
  }

  /** Makes the pair beside a secret its current version, unless the store still refuses that. */
  private TokenVersion moveIn(Connection connection, TokenVersion aside) {
    try {
      StoredSecret pending =
          secrets.storePending(connection.access().secretName(), aside.pair().toSecret());
      return promote(connection, aside.current(), TokenVersion.of(pending));
    } catch (ProviderUnavailable e) {
      log.warn("tokens still beside their secret", e, field("connection", connection.id()));
      return aside;
    }
  }

  /**
   * Sets the status of a connection if the given tokens are still the current ones when the status
   * is written. A reconnect at the same time wins.
   *
   * @param told the notification that goes with the status; null for none
   * @return newer tokens, if there are any; then the status stays as it is
   */
  private Optional<TokenVersion> setStatus(
      Connection connection,
      TokenVersion held,
      ConnectionStatus status,
      @Nullable TokenEvent told) {
    Optional<StatusWrite> done =
        Attempts.until(WRITE_ATTEMPTS_MAX, () -> trySetStatus(connection, held, status, told));
    if (done.isEmpty()) {
      log.warn(
          "connection status not written: it was changed again and again",
          field("connection", connection.id()),
          field("status", status.text()));
    }
    return done.map(StatusWrite::newer);
  }

  /**
   * The result of an attempt to write a status that needs no further attempt.
   *
   * @param newer newer tokens that others have stored; then the status stays as it is
   */
  private record StatusWrite(@Nullable TokenVersion newer) {}

  private Optional<StatusWrite> trySetStatus(
      Connection connection,
      TokenVersion held,
      ConnectionStatus status,
      @Nullable TokenEvent told) {
    // The connection is read before the tokens, since a reconnect writes the tokens first.
    Optional<Snapshot<Connection>> found = connections.find(connection.project(), connection.id());
    Optional<TokenVersion> newer =
        found
            .map(Snapshot::value)
            .filter(now -> !now.access().secretName().equals(connection.access().secretName()))
            .map(this::get)
            .or(() -> findNewer(connection, held));
    if (newer.isPresent() || found.isEmpty()) {
      return Optional.of(new StatusWrite(newer.orElse(null)));
    }
    Connection now = found.get().value();
    // Every refresh is notified, bad credentials only the first time.
    boolean asWanted =
        now.access().status() == status
            && now.access().scopes().equals(held.pair().scopes())
            && !(told instanceof TokenEvent.Refresh);
    return asWanted
            || connections.replace(
                found.get(),
                now.with(status, held.pair().scopes(), tasks.now()),
                told == null
                    ? new DirectoryWrite[0]
                    : new DirectoryWrite[] {
                      Outbox.put(told.of(now, found.get().version()), tasks.now())
                    })
        ? Optional.of(new StatusWrite(null))
        : Optional.empty();
  }

  private AppClient client(Connection connection) {
    return AppClient.find(apps, secrets, connection.project(), connection.access().app())
        .orElseThrow(
            () ->
                new ProviderRejected(
                    "the tokens of connection %s cannot be refreshed: its provider app is gone"
                        .formatted(connection.id()),
                    "connect again with a provider app that exists",
                    List.of()));
  }

  private Connection getUsable(ProjectId project, ConnectionId id) {
    Connection connection = connections.get(project, id.value()).value();
    if (connection.access().status() == ConnectionStatus.BAD_CREDENTIALS) {
      throw badCredentials(id, "its credentials were refused before");
    }
    return connection;
  }

  private static ProviderRejected badCredentials(ConnectionId id, String why) {
    return new ProviderRejected(
        "connection " + id + " has bad credentials: " + why,
        "the customer must connect the account again",
        List.of());
  }

  private TokenVersion get(Connection connection) {
    return secrets
        .find(connection.access().secretName())
        .map(TokenVersion::of)
        .orElseThrow(
            () -> new NotFound("the tokens of connection " + connection.id() + " are gone"));
  }

  /**
   * Caches a token.
   *
   * @param before the tokens to which the status of the connection belongs
   */
  private AccessToken remember(Connection connection, TokenVersion before, TokenVersion held) {
    TokenPair pair = held.pair();
    var token =
        new AccessToken(
            pair.accessToken(),
            pair.obtainedAt(),
            held.version(),
            pair.account(),
            pair.scopes(),
            budgetOwner(connection, pair.userId()));
    boolean working =
        connection.access().status() == ConnectionStatus.WORKING
            && before.version().equals(held.version());
    cache.put(connection.id(), new CacheEntry(token, working), cachedUntil(pair, tasks.now()));
    return token;
  }

  /** Returns the owner of the budgets that requests of a connection use. */
  public static BudgetOwner budgetOwner(Connection connection) {
    return budgetOwner(connection, connection.access().userId());
  }

  /** Limits hold per app and user. The connection replaces an unknown one. */
  private static BudgetOwner budgetOwner(Connection connection, @Nullable String user) {
    String own = "connection:" + connection.id();
    ProviderAppId app = connection.access().app();
    return app == null
        ? new BudgetOwner("unknown", own)
        : new BudgetOwner(app.value(), user == null ? own : user);
  }

  private static Instant cachedUntil(TokenPair pair, Instant now) {
    // An overdue token could not be refreshed; the next attempt comes after the lease.
    Instant until = now.plus(due(pair, now) ? LEASE : CACHED_MAX);
    Instant bound = due(pair, now) ? pair.accessExpiresAt() : pair.refreshDueAt();
    return bound == null || bound.isAfter(until) ? until : bound;
  }

  private void forget(ConnectionId id, String version) {
    cache.removeIf(id, cached -> cached.token().version().equals(version));
  }
}
