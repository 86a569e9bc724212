package io.pinferry.operation;

import java.util.Locale;

/** The status of an operation. */
public enum OperationStatus {
  IN_PROGRESS,
  /** A read has delivered all that its token may read; a write has written all records. */
  SUCCESS,
  /** The operation is incomplete; its result names the missing part. */
  FAILURE;

  /** Returns the contract's word: in_progress, success or failure. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
