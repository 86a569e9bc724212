package io.pinferry.connection;

import io.pinferry.directory.ConnectionId;
import io.pinferry.directory.ProjectId;
import io.pinferry.timer.Timer;
import java.time.Instant;
import java.util.Map;

/**
 * The timer that starts reads after an account is connected again, if bad credentials had stopped
 * them. It is written before the connection, so that a crash cannot lose it.
 *
 * @param at the time just before the account was connected again, in milliseconds
 */
public record Reconnect(ProjectId project, ConnectionId connection, Instant at) {
  /** The kind of these timers. The id is that of the connection. */
  public static final String KIND = "reconnect";

  private static final String PROJECT = "project";
  private static final String AT = "at";

  /** Returns the timer, due at once. */
  public Timer timer() {
    return new Timer(
        at,
        KIND,
        connection.value(),
        Map.of(PROJECT, project.value(), AT, Long.toString(at.toEpochMilli())));
  }

  /** Reads a timer. Its due time may have changed. */
  public static Reconnect of(Timer timer) {
    return new Reconnect(
        new ProjectId(timer.require(PROJECT)),
        new ConnectionId(timer.id()),
        Instant.ofEpochMilli(Long.parseLong(timer.require(AT))));
  }
}
