package io.pinferry.connection;

import static io.pinferry.base.Field.field;

import io.pinferry.base.Digest;
import io.pinferry.base.Log;
import io.pinferry.base.PinferryException.NotFound;
import io.pinferry.base.PinferryException.ProviderRejected;
import io.pinferry.base.PinferryException.ProviderUnavailable;
import io.pinferry.directory.Connection;
import io.pinferry.directory.ConnectionId;
import io.pinferry.directory.ConnectionRepository;
import io.pinferry.directory.ProjectId;
import io.pinferry.directory.SecretStore;
import io.pinferry.directory.Snapshot;
import io.pinferry.timer.Timer;
import io.pinferry.timer.TimerStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Keeps idle connections alive: once a day it checks each connection, and refreshes its tokens long
 * before they expire. The timer of a connection is written before its tokens and the connection. If
 * the connection does not exist, the timer removes tokens that a crash has left, and then itself.
 * If the connection has its tokens in another secret now, the timer removes the old one.
 */
public final class KeepAlive {
  /** The kind of these timers. The id is that of the connection. */
  public static final String KIND = "keep-alive";

  static final Duration INTERVAL = Duration.ofDays(1);

  private static final String PROJECT = "project";
  private static final String SECRET = "secret";

  private final ConnectionRepository connections;
  private final AccessTokens tokens;
  private final SecretStore secrets;
  private final TimerStore timers;
  private final InstantSource clock;
  private final Log log;

  public KeepAlive(
      ConnectionRepository connections,
      AccessTokens tokens,
      SecretStore secrets,
      TimerStore timers,
      InstantSource clock,
      Log log) {
    this.connections = connections;
    this.tokens = tokens;
    this.secrets = secrets;
    this.timers = timers;
    this.clock = clock;
    this.log = log;
  }

  /**
   * Returns the timer of a new connection. The time of day follows from the id, so that connections
   * that were made together are not refreshed together.
   *
   * @param secretName the name of the secret that holds its tokens, or will hold them
   */
  static Timer timerFor(
      ProjectId project, ConnectionId connection, String secretName, Instant now) {
    int place = Integer.parseInt(Digest.of(KIND, connection.value()).hex(2), 16);
    Duration offset = INTERVAL.multipliedBy(place).dividedBy(0x10000);
    return timer(now.plus(INTERVAL).plus(offset), project, connection, secretName);
  }

  /** Handles a due timer. It is set again first. */
  public void fire(Timer timer) {
    var project = new ProjectId(timer.require(PROJECT));
    Optional<Connection> connection =
        connections.find(project, new ConnectionId(timer.id())).map(Snapshot::value);
    // Timers of an earlier version have no secret. The name of a secret is never used again.
    Optional.ofNullable(timer.payload().get(SECRET))
        .filter(
            secret ->
                connection.isEmpty() || !secret.equals(connection.get().access().secretName()))
        .ifPresent(secrets::delete);
    if (connection.isEmpty()) {
      timers.replace(timer, List.of());
    } else if (timers.replace(timer, List.of(again(connection.get())))) {
      keepAlive(connection.get());
    }
  }

  private Timer again(Connection connection) {
    return timer(
        clock.instant().plus(INTERVAL),
        connection.project(),
        connection.id(),
        connection.access().secretName());
  }

  private static Timer timer(
      Instant dueAt, ProjectId project, ConnectionId connection, String secretName) {
    return new Timer(
        dueAt, KIND, connection.value(), Map.of(PROJECT, project.value(), SECRET, secretName));
  }

  private void keepAlive(Connection connection) {
    try {
      tokens.keepAlive(connection);
    } catch (NotFound | ProviderRejected | ProviderUnavailable e) {
      // Tomorrow is early enough: tokens are refreshed days before they expire.
      log.warn("connection not kept alive", e, field("connection", connection.id()));
    }
  }
}
