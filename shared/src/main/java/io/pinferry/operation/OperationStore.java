package io.pinferry.operation;

import io.pinferry.directory.DirectoryWrite;
import io.pinferry.directory.InstallationId;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Stores operations and their logs. Every read is strongly consistent. Each method is one atomic
 * step; a call that throws may or may not have taken effect, and every call can be repeated safely.
 * The repetition of a call that did take effect may answer as if another caller had been first.
 * Instants are kept to the millisecond.
 */
public interface OperationStore {
  /**
   * Starts operations together with their root partitions and other changes. If several conditions
   * fail, the first of {@link OperationTransaction.Outcome}'s order is returned.
   */
  OperationTransaction.Outcome commit(OperationTransaction transaction);

  /** Finds an operation; the details of its end are only in its log. */
  Optional<Operation> find(OperationId id);

  /**
   * Returns an installation's operations, newest first.
   *
   * @param limit at most this many, 1 to 1000
   * @param pageToken where the page before ended, null for the first page
   * @throws IllegalArgumentException if the token was not made by this method
   */
  Page ofInstallation(InstallationId installation, int limit, @Nullable String pageToken);

  /**
   * Returns an installation's reads that are in progress, newest first. The cost does not depend on
   * how many have ended.
   */
  List<Operation> readsInProgress(InstallationId installation);

  /**
   * Replaces the work of an operation that is in progress.
   *
   * @param operation as it was when it was found
   * @return whether it was in progress
   */
  boolean changeWork(Operation operation, Work work);

  /**
   * Ends an operation that is in progress, together with a line of its log and a write of the
   * directory: the notification of the end.
   *
   * @param operation as it was when it was found
   * @param along takes effect with the end or not at all; must not be refused. Null if nobody is
   *     notified
   * @return whether this call ended it; false if it had ended or does not exist
   */
  boolean finish(Operation operation, OperationEnd end, @Nullable DirectoryWrite along);

  /** Adds a line to an operation's log. Of lines with one id the first is kept. */
  void log(OperationId id, LogLine line);

  /** Returns an operation's newest log lines, at most so many, in the order of time and id. */
  List<LogLine> logOf(OperationId id, int limit);

  /**
   * Some operations of an installation.
   *
   * @param nextPageToken null if there are no more
   */
  record Page(List<Operation> operations, @Nullable String nextPageToken) {
    public Page {
      operations = List.copyOf(operations);
    }
  }
}
