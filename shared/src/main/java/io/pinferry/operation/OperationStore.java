package io.pinferry.operation;

import io.pinferry.directory.DirectoryWrite;
import io.pinferry.directory.InstallationId;
import io.pinferry.directory.ProjectId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Stores operations and their logs. Every read but one is strongly consistent. Each method is one
 * atomic step. A call that throws may or may not have taken effect. Every call can be repeated; if
 * the first one took effect, the second may answer as if another caller had been first. Instants
 * are stored to the millisecond.
 */
public interface OperationStore {
  /** How long operations are stored, with all that belongs to them. */
  Duration KEPT = Duration.ofDays(90);

  /** How long the lines of their logs are stored. */
  Duration LOG_KEPT = Duration.ofDays(30);

  /**
   * Starts operations together with their root partitions and other changes. If several conditions
   * fail, the first outcome in the order of {@link OperationTransaction.Outcome} is returned.
   */
  OperationTransaction.Outcome commit(OperationTransaction transaction);

  /** Finds an operation. The details of its end are only in its log. */
  Optional<Operation> find(OperationId id);

  /**
   * Returns an installation's operations, newest first.
   *
   * @param limit at most this many, 1 to 1000
   * @param pageToken the position to go on from, see {@link ListPosition}; null for the first page
   * @throws IllegalArgumentException if it is not a page token
   */
  Page ofInstallation(InstallationId installation, int limit, @Nullable String pageToken);

  /**
   * Returns a project's operations, newest first, also those of removed installations. The newest
   * ones may be missing for some seconds: only this list is not strongly consistent.
   *
   * @param limit at most this many, 1 to 1000
   * @param pageToken the position to go on from, see {@link ListPosition}; null for the first page
   * @throws IllegalArgumentException if it is not a page token
   */
  Page ofProject(ProjectId project, int limit, @Nullable String pageToken);

  /**
   * Returns an installation's reads in progress, newest first. The cost does not depend on the
   * number of ended reads.
   */
  List<Operation> readsInProgress(InstallationId installation);

  /**
   * Replaces the work of an operation that is in progress.
   *
   * @param operation as it was found
   * @return whether it was in progress
   */
  boolean changeWork(Operation operation, Work work);

  /**
   * Ends an operation that is in progress. A line of its log and the notification, a write of the
   * directory, take effect together with the end.
   *
   * @param operation as it was found
   * @param along the notification, a write that is never refused; null if nobody is notified
   * @return whether this call ended it; false if it had ended or does not exist
   */
  boolean finish(Operation operation, OperationEnd end, @Nullable DirectoryWrite along);

  /** Adds a line to an operation's log, unless the log has a line with the same id. */
  void log(OperationId id, LogLine line);

  /** Returns an operation's newest log lines, up to the limit, in the order of time and id. */
  List<LogLine> logOf(OperationId id, int limit);

  /**
   * Returns places of an installation's operations, newest first, also of removed operations.
   *
   * @param limit at most this many, 1 to 1000
   * @param pageToken the position to go on from, see {@link ListPosition}; null for the first ones
   */
  List<ListPosition> placesOf(InstallationId installation, int limit, @Nullable String pageToken);

  /**
   * Removes an operation and its log. Its place stays. The call is not atomic.
   *
   * @return whether it was there
   */
  boolean remove(OperationId id);

  /** Removes the place of an operation of an installation. */
  void removePlace(InstallationId installation, ListPosition place);

  /**
   * A page of operations.
   *
   * @param nextPageToken null after the last page
   */
  record Page(List<Operation> operations, @Nullable String nextPageToken) {
    public Page {
      operations = List.copyOf(operations);
    }
  }
}
