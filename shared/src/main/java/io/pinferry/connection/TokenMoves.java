package io.pinferry.connection;

import static io.pinferry.base.Field.field;

import io.pinferry.base.Deadline;
import io.pinferry.base.Log;
import io.pinferry.base.PinferryException;
import io.pinferry.base.PinferryException.ProviderUnavailable;
import io.pinferry.base.Tasks;
import io.pinferry.directory.Connection;
import io.pinferry.directory.ConnectionId;
import io.pinferry.directory.ConnectionRepository;
import io.pinferry.directory.ProjectId;
import io.pinferry.directory.ProjectRepository;
import io.pinferry.directory.Snapshot;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Moves the tokens of all connections to the configured store, each under its refresh lease, so
 * that no refresh runs meanwhile.
 */
public final class TokenMoves {
  private static final int PAGE_SIZE = 100;

  private final ProjectRepository projects;
  private final ConnectionRepository connections;
  private final TokenPlaces places;
  private final RefreshLeaseStore leases;
  private final Tasks tasks;
  private final Log log;

  public TokenMoves(
      ProjectRepository projects,
      ConnectionRepository connections,
      TokenPlaces places,
      RefreshLeaseStore leases,
      Tasks tasks,
      Log log) {
    this.projects = projects;
    this.connections = connections;
    this.places = places;
    this.leases = leases;
    this.tasks = tasks;
    this.log = log;
  }

  /**
   * The result of one request.
   *
   * @param inPlace how many connections' tokens this request has found in the configured store, or
   *     has moved there
   * @param failed how many of the pass so far could not be moved
   * @param cursor where the next request of the pass begins; null at the end of the pass
   */
  public record Result(int inPlace, int failed, @Nullable String cursor) {}

  /**
   * How far a pass has come, with so many failures.
   *
   * @param project null before the first project
   * @param connection the last connection of the project; null before its first one
   */
  private record Cursor(
      int failed, @Nullable ProjectId project, @Nullable ConnectionId connection) {
    private static final Pattern FORM = Pattern.compile("([0-9]{1,9})[.]([^/]+)/(.*)");

    static Cursor of(@Nullable String text) {
      if (text == null) {
        return new Cursor(0, null, null);
      }
      Matcher form = FORM.matcher(text);
      if (!form.matches()) {
        throw new IllegalArgumentException("no cursor: " + text);
      }
      String connection = form.group(3);
      return new Cursor(
          Integer.parseInt(form.group(1)),
          new ProjectId(form.group(2)),
          connection.isEmpty() ? null : new ConnectionId(connection));
    }

    String text() {
      return failed + "." + project + "/" + (connection == null ? "" : connection);
    }
  }

  /**
   * Moves tokens until the deadline, and at least one pair. A connection that is being refreshed
   * counts as a failure. Connections are read page by page, so a request reads no more than it
   * moves and a page.
   *
   * @param cursor where the pass goes on; null begins a pass
   * @throws IllegalArgumentException if no result has given this cursor
   */
  public Result move(@Nullable String cursor, Deadline deadline) {
    Cursor at = Cursor.of(cursor);
    int inPlace = 0;
    int failed = at.failed();
    ProjectId project = at.project() == null ? projects.idAfter(null).orElse(null) : at.project();
    ConnectionId connection = at.connection();
    while (project != null) {
      List<Connection> page = connections.page(project, connection, PAGE_SIZE);
      for (Connection listed : page) {
        if (tryMove(listed)) {
          inPlace++;
        } else {
          failed++;
        }
        connection = listed.id();
        if (deadline.passed(tasks.now())) {
          return new Result(inPlace, failed, new Cursor(failed, project, connection).text());
        }
      }
      if (page.size() < PAGE_SIZE) {
        project = projects.idAfter(project).orElse(null);
        connection = null;
        if (project != null && deadline.passed(tasks.now())) {
          return new Result(inPlace, failed, new Cursor(failed, project, null).text());
        }
      }
    }
    return new Result(inPlace, failed, null);
  }

  private boolean tryMove(Connection listed) {
    Optional<RefreshLease> lease = leases.tryAcquire(listed.id(), AccessTokens.LEASE, tasks.now());
    if (lease.isEmpty()) {
      return false;
    }
    try {
      // A reconnect may have given the connection another secret.
      Optional<Connection> now =
          connections.find(listed.project(), listed.id()).map(Snapshot::value);
      return now.isEmpty()
          || places.move(
              now.get().access().secretName(), () -> requireTimeLeft(lease.get().until()));
    } catch (PinferryException | IllegalStateException e) {
      log.warn("tokens not moved", e, field("connection", listed.id()));
      return false;
    } finally {
      leases.release(lease.get());
    }
  }

  private void requireTimeLeft(Instant until) {
    if (tasks.now().plus(AccessTokens.LEFT_MIN).isAfter(until)) {
      throw new ProviderUnavailable("too little time is left of the lease", until, null);
    }
  }
}
