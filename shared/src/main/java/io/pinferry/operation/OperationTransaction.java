package io.pinferry.operation;

import io.pinferry.directory.DirectoryWrite;
import io.pinferry.timer.Timer;
import java.util.List;

/**
 * Operations that start together with other changes; at most 100 writes, for which an operation
 * counts three times and everything else once. Nothing is in two lists, or twice in one.
 *
 * @param directory conditional writes of the directory
 * @param removedTimers timers that fire by this; each must be there
 * @param addedTimers timers to add; one that is there already is left as it is
 * @param starts operations to create; each must be absent
 */
public record OperationTransaction(
    List<DirectoryWrite> directory,
    List<Timer> removedTimers,
    List<Timer> addedTimers,
    List<Start> starts) {

  public OperationTransaction {
    directory = List.copyOf(directory);
    removedTimers = List.copyOf(removedTimers);
    addedTimers = List.copyOf(addedTimers);
    starts = List.copyOf(starts);
    int writeCount = writeCount(directory, removedTimers, addedTimers, starts);
    if (writeCount > WRITES_MAX) {
      throw new IllegalArgumentException(
          writeCount + " writes cannot take effect together, only " + WRITES_MAX + " can");
    }
    if (starts.stream().map(start -> start.operation().id()).distinct().count() < starts.size()) {
      throw new IllegalArgumentException("an operation would start twice: " + starts);
    }
  }

  /** The most writes that can take effect together. */
  public static final int WRITES_MAX = 100;

  private static int writeCount(
      List<DirectoryWrite> directory,
      List<Timer> removedTimers,
      List<Timer> addedTimers,
      List<Start> starts) {
    return directory.size()
        + removedTimers.size()
        + addedTimers.size()
        + starts.stream().mapToInt(start -> 3 + start.roots().size()).sum();
  }

  /** An operation with its root partitions, of which equal ones are one. A write has none. */
  public record Start(Operation operation, List<Chain> roots) {
    public Start {
      roots = roots.stream().distinct().toList();
    }
  }

  /** The result of a transaction. */
  public enum Outcome {
    COMMITTED,
    /** A directory condition did not hold; nothing changed. */
    DIRECTORY_CHANGED,
    /** A timer to remove was gone, so another process has fired it; nothing changed. */
    TIMER_GONE,
    /** An operation exists already; nothing changed. */
    ALREADY_STARTED
  }
}
