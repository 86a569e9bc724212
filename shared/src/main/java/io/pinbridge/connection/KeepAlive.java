package io.pinbridge.connection;

import static io.pinbridge.base.Field.field;

import io.pinbridge.base.Digest;
import io.pinbridge.base.Log;
import io.pinbridge.base.PinbridgeException.NotFound;
import io.pinbridge.base.PinbridgeException.ProviderRejected;
import io.pinbridge.base.PinbridgeException.ProviderUnavailable;
import io.pinbridge.directory.Connection;
import io.pinbridge.directory.ConnectionId;
import io.pinbridge.directory.ConnectionRepository;
import io.pinbridge.directory.ProjectId;
import io.pinbridge.directory.Versioned;
import io.pinbridge.timer.Timer;
import io.pinbridge.timer.TimerStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Keeps connections alive that nobody uses: once a day each is looked at, and its tokens are
 * refreshed long before they expire. A connection's timer is written before the connection, and
 * drops itself where there is none (any more).
 */
public final class KeepAlive {
  /** The kind of its timers; their id is the connection's. */
  public static final String KIND = "keep-alive";

  static final Duration INTERVAL = Duration.ofDays(1);

  private static final String PROJECT = "project";

  private final ConnectionRepository connections;
  private final AccessTokens tokens;
  private final TimerStore timers;
  private final InstantSource clock;
  private final Log log;

  public KeepAlive(
      ConnectionRepository connections,
      AccessTokens tokens,
      TimerStore timers,
      InstantSource clock,
      Log log) {
    this.connections = connections;
    this.tokens = tokens;
    this.timers = timers;
    this.clock = clock;
    this.log = log;
  }

  /**
   * Returns a new connection's timer, at a time of day that follows from its id, so that
   * connections made together are not refreshed together.
   */
  static Timer timerFor(ProjectId project, ConnectionId connection, Instant now) {
    int place = Integer.parseInt(Digest.of(KIND, connection.value()).hex(2), 16);
    Duration offset = INTERVAL.multipliedBy(place).dividedBy(0x10000);
    return new Timer(
        now.plus(INTERVAL).plus(offset),
        KIND,
        connection.value(),
        Map.of(PROJECT, project.value()));
  }

  /** Acts on a due timer, which is re-armed before anything else is done. */
  public void fire(Timer timer) {
    var project = new ProjectId(timer.require(PROJECT));
    Optional<Connection> connection =
        connections.find(project, new ConnectionId(timer.id())).map(Versioned::value);
    if (connection.isEmpty()) {
      timers.replace(timer, List.of());
    } else if (timers.replace(timer, List.of(timer.at(clock.instant().plus(INTERVAL))))) {
      keepAlive(connection.get());
    }
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
