package io.pinferry.connection;

import static io.pinferry.base.Field.field;

import io.pinferry.base.Deadline;
import io.pinferry.base.Log;
import io.pinferry.base.PinferryException;
import io.pinferry.base.PinferryException.ProviderUnavailable;
import io.pinferry.base.Tasks;
import io.pinferry.directory.Connection;
import io.pinferry.directory.ConnectionRepository;
import io.pinferry.directory.Project;
import io.pinferry.directory.ProjectRepository;
import io.pinferry.directory.Snapshot;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Moves the tokens of all connections to the configured store, each under its refresh lease, so
 * that no refresh runs meanwhile.
 */
public final class TokenMoves {
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
   * @param left how many of the pass are not looked at yet
   * @param cursor where the next request of the pass begins; null at the end of the pass
   */
  public record Result(int inPlace, int failed, int left, @Nullable String cursor) {}

  /** How far a pass has come: behind a connection, with so many failures. */
  private record Cursor(int failed, String behind) {
    static Cursor of(@Nullable String text) {
      if (text == null) {
        return new Cursor(0, "");
      }
      int dot = text.indexOf('.');
      try {
        return new Cursor(Integer.parseInt(text, 0, Math.max(dot, 0), 10), text.substring(dot + 1));
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException("no cursor: " + text, e);
      }
    }
  }

  /**
   * Moves tokens until the deadline. A connection that is being refreshed counts as a failure.
   *
   * @param cursor where the pass goes on; null begins a pass
   * @throws IllegalArgumentException if no result has given this cursor
   */
  public Result move(@Nullable String cursor, Deadline deadline) {
    Cursor from = Cursor.of(cursor);
    List<Connection> waiting =
        projects.list().stream()
            .map(Project::id)
            .flatMap(project -> connections.list(project, null, null, null).stream())
            .map(Snapshot::value)
            .filter(connection -> place(connection).compareTo(from.behind()) > 0)
            .sorted(Comparator.comparing(TokenMoves::place))
            .toList();
    int looked = 0;
    List<Connection> failed = new ArrayList<>();
    // At least one, so that each request gets further.
    while (looked < waiting.size() && (looked == 0 || !deadline.passed(tasks.now()))) {
      Connection connection = waiting.get(looked++);
      if (!tryMove(connection)) {
        failed.add(connection);
      }
    }
    int failedCount = from.failed() + failed.size();
    int left = waiting.size() - looked;
    return new Result(
        looked - failed.size(),
        failedCount,
        left,
        left == 0 ? null : failedCount + "." + place(waiting.get(looked - 1)));
  }

  private static String place(Connection connection) {
    return connection.project() + "/" + connection.id();
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
