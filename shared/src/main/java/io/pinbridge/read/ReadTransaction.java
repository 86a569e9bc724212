package io.pinbridge.read;

import io.pinbridge.directory.DirectoryWrite;
import io.pinbridge.timer.Timer;
import java.util.List;

/**
 * Everything that starts, or ceases, together; at most 100 writes.
 *
 * @param directory conditional writes of the directory
 * @param removedTimers timers that fire by this; each must be there
 * @param addedTimers timers to add; one that is there already is left as it is
 * @param starts operations to create; each must be absent
 */
public record ReadTransaction(
    List<DirectoryWrite> directory,
    List<Timer> removedTimers,
    List<Timer> addedTimers,
    List<Start> starts) {

  public ReadTransaction {
    directory = List.copyOf(directory);
    removedTimers = List.copyOf(removedTimers);
    addedTimers = List.copyOf(addedTimers);
    starts = List.copyOf(starts);
  }

  /** An operation with its root partitions. */
  public record Start(Operation operation, List<NewPartition> roots) {
    public Start {
      roots = List.copyOf(roots);
    }
  }

  /** What became of a transaction. */
  public enum Outcome {
    COMMITTED,
    /** A directory condition did not hold; nothing changed. */
    DIRECTORY_CHANGED,
    /** A timer to remove was gone, so another has fired it; nothing changed. */
    TIMER_GONE,
    /** An operation exists already; nothing changed. */
    ALREADY_STARTED
  }
}
