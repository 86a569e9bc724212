package io.pinferry.connection;

import io.pinferry.directory.ConnectionId;
import io.pinferry.directory.ProjectId;
import io.pinferry.timer.Timer;
import java.time.Instant;
import java.util.Map;

/**
 * The timer that lets reads begin that bad credentials have kept from it, once an account is
 * connected again. It is written before the connection, so that it is there whatever becomes of
 * whoever connects.
 *
 * @param at when the account was about to be connected again; to the millisecond
 */
public record Reconnect(ProjectId project, ConnectionId connection, Instant at) {
  /** The kind of its timers; their id is the connection's. */
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

  /** Reads a timer, at whatever time it is due by now. */
  public static Reconnect of(Timer timer) {
    return new Reconnect(
        new ProjectId(timer.require(PROJECT)),
        new ConnectionId(timer.id()),
        Instant.ofEpochMilli(Long.parseLong(timer.require(AT))));
  }
}
