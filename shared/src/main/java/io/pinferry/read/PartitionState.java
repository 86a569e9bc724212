package io.pinferry.read;

/** The state of a partition. */
public enum PartitionState {
  /** There are pages to fetch or send. */
  OPEN,
  /**
   * All pages were fetched, and the queue accepted all messages. Or there is no such list any more;
   * then it has a reason.
   */
  ENDED,
  /** The partition stopped before its end, with a reason. The operation fails. */
  FAILED,
  /** The token may not read it; the reason names the missing scope. This is not a failure. */
  SKIPPED
}
