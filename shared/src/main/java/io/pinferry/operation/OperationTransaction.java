package io.pinferry.operation;

import io.pinferry.directory.DirectoryWrite;
import io.pinferry.timer.Timer;
import java.util.List;

/**
 * Operations that start together with other changes, in at most 100 writes. An operation counts as
 * three writes plus its root partitions, and everything else as one. Nothing may be in two lists,
 * or twice in one.
 *
 * @param directory conditional writes of the directory
 * @param removedTimers timers that fire with this transaction; each must exist
 * @param addedTimers timers to add; existing ones are not changed
 * @param starts operations to create; none of them may exist
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
    int writeCount =
        directory.size()
            + removedTimers.size()
            + addedTimers.size()
            + starts.stream().mapToInt(start -> 3 + start.roots().size()).sum();
    if (writeCount > WRITES_MAX) {
      throw new IllegalArgumentException(
          "one transaction has %s writes, at most %s are possible"
              .formatted(writeCount, WRITES_MAX));
    }
    if (starts.stream().map(start -> start.operation().id()).distinct().count() < starts.size()) {
      throw new IllegalArgumentException("an operation would start twice: " + starts);
    }
  }

  /** The most writes that can take effect together. */
  public static final int WRITES_MAX = 100;

  /** An operation with its root partitions, without duplicates. A write has none. */
  public record Start(Operation operation, List<Chain> roots) {
    public Start {
      roots = roots.stream().distinct().toList();
    }
  }

  /** The result of a transaction. */
  public enum Outcome {
    COMMITTED,
    /** A condition of the directory did not hold; nothing changed. */
    DIRECTORY_CHANGED,
    /** A timer to remove did not exist, since another process has fired it; nothing changed. */
    TIMER_GONE,
    /** An operation exists already; nothing changed. */
    ALREADY_STARTED
  }
}
