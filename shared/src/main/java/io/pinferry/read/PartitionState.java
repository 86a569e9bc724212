package io.pinferry.read;

/** Where a partition stands. */
public enum PartitionState {
  /** Pages remain to be fetched or sent. */
  OPEN,
  /** Every page was fetched and its messages were accepted by the queue. */
  ENDED,
  /** It stopped before its end; the reason says why. The operation will be a failure. */
  FAILED,
  /** This token may not read it; the reason says what is missing. Normal life, not a failure. */
  SKIPPED
}
